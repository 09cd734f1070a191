import { hash } from "@node-rs/argon2";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { getSignInOptions } from "@/lib/access/get-sign-in-options";
import { hashSecret, newSecret } from "@/lib/access/secret";
import { newId } from "@/lib/platform/ids";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { inNewProject } from "@/lib/testing/definitions";
import { expectProblem } from "./test-app";
import { addUser, type Browser, PASSWORD, signInAs, testSite } from "./test-browser";

let ctx: TestContext;
let newBrowser: (headers?: Record<string, string>) => Browser;
let count = 0;

beforeAll(async () => {
  ctx = await makeContext();
  newBrowser = testSite(ctx).newBrowser;
});
afterAll(closeContexts);

async function tokenOf(userId: string, scopes: string[]): Promise<string> {
  const token = newSecret("fsp");
  const id = newId("tok");
  const rest = { name: id, hint: "", createdBy: userId, createdAt: ctx.clock.now(), scopes };
  await ctx.db.apiToken.create({ data: { id, projectId: ctx.project.id, userId, hash: hashSecret(token), ...rest } });
  return token;
}

describe("/me", () => {
  test("lists what the role allows in the project, and nothing above it", async () => {
    const permissionsOf = async (role: "viewer" | "steward" | "admin"): Promise<string[]> => {
      const browser = newBrowser();
      await signInAs(browser, (await addUser(ctx, { email: `${role}${++count}@example.org`, role })).email);
      return ((await browser.send("/me")).json.project as { permissions: string[] }).permissions;
    };
    const [viewer, steward, admin] = [
      await permissionsOf("viewer"),
      await permissionsOf("steward"),
      await permissionsOf("admin"),
    ];
    expect(viewer).toEqual(expect.arrayContaining(["catalog.read", "token.manage", "account.manage"]));
    expect(viewer).not.toContain("definition.write");
    expect(steward).toEqual(expect.arrayContaining([...viewer, "change.decide", "audit.read"]));
    expect(steward).not.toContain("member.manage");
    expect(admin).toContain("member.manage");
    expect(admin).not.toContain("instance.manage");
    expect(admin).not.toContain("sensitive.read");
  });

  test("shows an admin of the instance every project, as its admin", async () => {
    const other = await inNewProject(ctx);
    const browser = newBrowser();
    await signInAs(browser, (await addUser(ctx, { email: `root${++count}@example.org`, instanceAdmin: true })).email);
    const me = (await browser.send(`/me?project=${other.project.name}`)).json;
    expect(me).toMatchObject({ user: { instanceAdmin: true }, project: { name: other.project.name, role: "admin" } });
    expect(me.projects).toEqual(
      expect.arrayContaining([
        { name: ctx.project.name, title: ctx.project.name, role: "admin" },
        { name: other.project.name, title: other.project.name, role: "admin" },
      ]),
    );
  });

  test("of a token shows its project only, and what is left of the role by its scopes; accounts are not for tokens", async () => {
    const user = await addUser(ctx, { email: `robot${++count}@example.org`, role: "engineer" });
    const other = await inNewProject(ctx);
    await ctx.db.member.create({ data: { projectId: other.project.id, userId: user.id, role: "admin" } });
    const robot = newBrowser({ authorization: `Bearer ${await tokenOf(user.id, ["catalog:read"])}` });
    expect((await robot.send("/me")).json).toMatchObject({
      user: { id: user.id, email: user.email },
      project: {
        name: ctx.project.name,
        role: "engineer",
        permissions: ["session.start", "catalog.read", "storage.read", "member.read", "me.read"],
      },
      projects: [{ name: ctx.project.name, role: "engineer" }],
    });
    const body = { current: PASSWORD, next: "nine white horses by the sea" };
    for (const answer of [
      await robot.send("/me/sessions"),
      await robot.send("/me/sessions/ses_x", { method: "DELETE" }),
      await robot.send("/me/sign-out-everywhere", { method: "POST" }),
      await robot.send("/me/password", { body }),
    ])
      expectProblem(answer, 403, "insufficient_scope");
  });

  test("of a visitor of a demonstration says as whom they look around; there is no password to change", async () => {
    const demo = testSite(ctx, { door: { demo: true, secure: false } }).newBrowser();
    demo.cookies.set("larder_demo", "steward");
    await ctx.db.user.create({ data: { id: "usr_demo_steward", kind: "demo", name: "Demo steward" } });
    await ctx.db.member.create({ data: { projectId: ctx.project.id, userId: "usr_demo_steward", role: "steward" } });
    expect((await demo.send("/me")).json).toMatchObject({
      demo: "steward",
      user: { id: "usr_demo_steward", email: null, hasPassword: false },
      project: { role: "steward" },
    });
    const body = { current: "", next: "nine white horses by the sea" };
    expectProblem(await demo.send("/me/password", { body }), 409, "state_conflict");
    const user = await addUser(ctx, { email: `real${++count}@example.org`, role: "viewer" });
    await signInAs(demo, user.email);
    expect((await demo.send("/me")).json).toMatchObject({ demo: null, user: { id: user.id } });
  });

  test.each([
    ["get", "/me"],
    ["get", "/me/sessions"],
    ["delete", "/me/sessions/ses_x"],
    ["post", "/me/password"],
    ["post", "/me/sign-out-everywhere"],
  ])("%s %s is 401 for nobody", async (method, path) => {
    expectProblem(await newBrowser().send(path, { method: method.toUpperCase() }), 401, "unauthenticated");
  });
});

test("a hash of weaker parameters is replaced at the next sign-in, and the password stays", async () => {
  const { id, email } = await addUser(ctx, { email: `old${++count}@example.org` });
  const weak = await hash(PASSWORD, { memoryCost: 8192, timeCost: 1, parallelism: 1 });
  await ctx.db.user.update({ where: { id }, data: { passwordHash: weak } });
  await signInAs(newBrowser(), email);
  const kept = (await ctx.db.user.findUniqueOrThrow({ where: { id } })).passwordHash ?? "";
  expect(kept).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  await signInAs(newBrowser(), email);
  expect((await ctx.db.user.findUniqueOrThrow({ where: { id } })).passwordHash).toBe(kept);
});

test("of two changes of the password at the same moment, one counts, and only its session is left", async () => {
  const user = await addUser(ctx, { email: `both${++count}@example.org`, role: "viewer" });
  const browsers = [newBrowser(), newBrowser()];
  for (const browser of browsers) await signInAs(browser, user.email);
  const next = ["nine white horses by the sea", "seven black dogs on the hill"];
  const answers = await Promise.all(
    browsers.map((browser, at) => browser.send("/me/password", { body: { current: PASSWORD, next: next[at] } })),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 422]);
  expect(await ctx.db.session.count({ where: { userId: user.id } })).toBe(1);
});

test("how one can sign in is public, and says what the environment says", async () => {
  expect((await newBrowser().send("/auth/options")).json).toEqual({ demo: false, oidc: null });
  const oidc = { issuer: "https://id.example", clientId: "larder", clientSecret: "hidden", name: "Example" };
  expect(await getSignInOptions(ctx, {}, { demo: "on", oidc })).toEqual({
    demo: true,
    oidc: { name: "Example", href: "/api/v1/auth/oidc/start" },
  });
});
