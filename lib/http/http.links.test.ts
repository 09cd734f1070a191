import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hashSecret, newSecret } from "@/lib/access/secret";
import { newId } from "@/lib/platform/ids";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { inNewProject } from "@/lib/testing/definitions";
import { countAllRows } from "@/lib/testing/runs";
import { expectProblem, type Received } from "./test-app";
import { addUser, type Browser, PASSWORD, signInAs, testSite } from "./test-browser";

let ctx: TestContext;
let newBrowser: () => Browser;
let count = 0;

beforeAll(async () => {
  ctx = await makeContext();
  newBrowser = testSite(ctx).newBrowser;
});
afterAll(closeContexts);

type Made = { kind?: string; role?: string; sensitive?: boolean; email?: string; userId?: string; projectId?: string };

async function newLink(made: Made & { usedAt?: Date; revokedAt?: Date; expiresAt?: Date } = {}): Promise<string> {
  const token = newSecret("lin");
  const now = ctx.clock.now();
  await ctx.db.invitation.create({
    data: {
      id: newId("inv"),
      kind: "join",
      hash: hashSecret(token),
      projectId: ctx.project.id,
      role: "engineer",
      createdBy: "system",
      createdAt: now,
      expiresAt: new Date(now.getTime() + 3_600_000),
      ...made,
    },
  });
  return token;
}

const newPerson = () => ({ name: "Grace", email: `grace${++count}@example.org`, password: PASSWORD });
const read = (browser: Browser, token: string) => browser.send("/auth/links/read", { body: { token } });
const accept = (browser: Browser, body: Record<string, unknown>): Promise<Received> =>
  browser.send("/auth/links/accept", { body });

// First in this file: nobody has an account yet.
describe("a setup link", () => {
  test("of two used at the same moment, one makes the first account, an admin of everything; then both are dead", async () => {
    const tokens = [await newLink({ kind: "setup", role: "admin" }), await newLink({ kind: "setup", role: "admin" })];
    const browser = newBrowser();
    expect((await read(browser, tokens[0] ?? "")).json).toEqual({
      kind: "setup",
      project: { name: ctx.project.name, title: ctx.project.name },
      role: "admin",
      email: null,
      signedInAs: null,
    });
    const answers = await Promise.all(
      tokens.map((token, at) =>
        accept(newBrowser(), { token, name: "Root", email: `root${at}@example.org`, password: PASSWORD }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 410]);
    const people = await ctx.db.user.findMany({ include: { members: true } });
    expect(people).toMatchObject([{ instanceAdmin: true, members: [{ role: "admin", projectId: ctx.project.id }] }]);
    for (const token of tokens) {
      expectProblem(await read(browser, token), 410, "link_not_valid");
      expectProblem(await accept(browser, { token, ...newPerson() }), 410, "link_not_valid");
    }
    const late = await newLink({ kind: "setup", role: "admin" });
    expectProblem(await accept(browser, { token: late, ...newPerson() }), 410, "link_not_valid");
  });
});

describe("an invitation", () => {
  test("makes an account and a member of the project, signed in, once", async () => {
    const browser = newBrowser();
    const token = await newLink({ role: "scientist", sensitive: true });
    const person = newPerson();
    const signed = await accept(browser, { token, ...person, email: person.email.toUpperCase() });
    expect(signed.status, signed.text).toBe(200);
    expect((await browser.send("/me")).json).toMatchObject({
      user: { email: person.email, name: "Grace", instanceAdmin: false },
      project: { name: ctx.project.name, role: "scientist", sensitive: true },
    });
    expectProblem(await accept(newBrowser(), { token, ...newPerson() }), 410, "link_not_valid");
    await signInAs(newBrowser(), person.email);
  });

  test("used by five at the same moment is used by one, and the others left nothing behind", async () => {
    const token = await newLink();
    const people = Array.from({ length: 5 }, newPerson);
    const answers = await Promise.all(people.map((person) => accept(newBrowser(), { token, ...person })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 410, 410, 410, 410]);
    expect(await ctx.db.user.count({ where: { email: { in: people.map(({ email }) => email) } } })).toBe(1);
  });

  test("makes who is signed in a member, in the session they have", async () => {
    const other = await inNewProject(ctx);
    const user = await addUser(ctx, { email: `here${++count}@example.org`, role: "viewer" });
    const browser = newBrowser();
    const session = await signInAs(browser, user.email);
    const token = await newLink({ projectId: other.project.id, role: "steward" });
    expect((await read(browser, token)).json).toMatchObject({ kind: "join", role: "steward", signedInAs: user.email });
    expectProblem(await accept(browser, { token, ...newPerson() }), 422, "validation_failed");
    expect((await accept(browser, { token })).json).toEqual({ user: { id: user.id, name: expect.any(String) } });
    expect(browser.cookies.get("larder_session")).toBe(session);
    expect((await browser.send("/me")).json.projects).toEqual([
      expect.objectContaining({ name: ctx.project.name, role: "viewer" }),
      expect.objectContaining({ name: other.project.name, role: "steward" }),
    ]);
  });

  test.each([
    ["viewer", "engineer", "engineer"],
    ["steward", "viewer", "steward"],
    ["admin", "steward", "admin"],
  ] as const)("a %s invited as %s is %s afterwards", async (present, offered, after) => {
    const user = await addUser(ctx, { email: `rank${++count}@example.org`, role: present });
    const browser = newBrowser();
    await signInAs(browser, user.email);
    expect((await accept(browser, { token: await newLink({ role: offered }) })).status).toBe(200);
    expect((await browser.send("/me")).json).toMatchObject({ project: { role: after } });
  });

  test("for one address is for nobody else", async () => {
    const token = await newLink({ email: `named${++count}@example.org` });
    const named = `named${count}@example.org`;
    expect((await read(newBrowser(), token)).json).toMatchObject({ email: named });
    const wrong = await accept(newBrowser(), { token, ...newPerson() });
    expectProblem(wrong, 422, "validation_failed");
    expect(wrong.json.errors).toEqual([expect.objectContaining({ pointer: "/email" })]);
    const browser = newBrowser();
    await signInAs(browser, (await addUser(ctx, { email: `else${count}@example.org` })).email);
    expectProblem(await accept(browser, { token }), 409, "state_conflict");
    const right = await accept(newBrowser(), { token, name: "Named", password: PASSWORD });
    expect(right.status, right.text).toBe(200);
  });

  test("for an address that has an account says to sign in first, and still works then", async () => {
    const user = await addUser(ctx, { email: `twice${++count}@example.org` });
    const token = await newLink();
    const again = await accept(newBrowser(), { token, name: "Again", email: user.email, password: PASSWORD });
    expectProblem(again, 409, "already_exists");
    expect(again.json.detail).toContain("sign in first");
    const browser = newBrowser();
    await signInAs(browser, user.email);
    expect((await accept(browser, { token })).status).toBe(200);
  });

  test("taken by a visitor of a demonstration makes a real account", async () => {
    const demo = testSite(ctx, { door: { demo: true, secure: false } }).newBrowser();
    const token = await newLink();
    expect((await read(demo, token)).json).toMatchObject({ signedInAs: null });
    expect((await accept(demo, { token, ...newPerson() })).status).toBe(200);
    expect((await demo.send("/me")).json).toMatchObject({ demo: null, user: { name: "Grace" } });
  });

  test.each([
    [{}, "validation_failed"],
    [{ name: "A", email: "not an address", password: PASSWORD }, "validation_failed"],
    [{ name: "A\u0000", email: "a@example.org", password: PASSWORD }, "validation_failed"],
    [{ name: "\u202eadA", email: "a@example.org", password: PASSWORD }, "validation_failed"],
    [{ name: " ", email: "a@example.org", password: PASSWORD }, "validation_failed"],
    [{ name: "A", email: "a\u0000@example.org", password: PASSWORD }, "validation_failed"],
    [{ name: "A", email: { contains: "" }, password: PASSWORD }, "invalid_type"],
    [{ name: "A", email: "a@example.org", password: "password12" }, "weak_password"],
    [{ name: "A", email: "a@example.org", password: PASSWORD, role: "admin" }, "unknown_field"],
  ])("with %j is 422 %s, and is not used up", async (fields, code) => {
    const token = await newLink();
    const before = await countAllRows(ctx.db);
    expectProblem(await accept(newBrowser(), { token, ...fields }), 422, code);
    expect(await countAllRows(ctx.db)).toEqual(before);
    expect((await read(newBrowser(), token)).status).toBe(200);
  });
});

describe("a link for a new password", () => {
  test("sets it, ends every session, signs in, and makes the others of its kind useless", async () => {
    const user = await addUser(ctx, { email: `reset${++count}@example.org`, role: "viewer" });
    const old = newBrowser();
    await signInAs(old, user.email);
    const link = { kind: "reset", userId: user.id, projectId: null, role: null } as unknown as Made;
    const [token, other] = [await newLink(link), await newLink(link)];
    const browser = newBrowser();
    expect((await read(browser, token)).json).toMatchObject({ kind: "reset", email: user.email, project: null });
    expectProblem(await accept(browser, { token, password: "password12" }), 422, "weak_password");
    expectProblem(
      await accept(browser, { token, password: PASSWORD, email: "x@example.org" }),
      422,
      "validation_failed",
    );
    const password = "nine white horses by the sea";
    expect((await accept(browser, { token, password })).status).toBe(200);
    expect([(await old.send("/me")).status, (await browser.send("/me")).status]).toEqual([401, 200]);
    for (const dead of [token, other])
      expectProblem(await accept(newBrowser(), { token: dead, password }), 410, "link_not_valid");
    await signInAs(newBrowser(), user.email, password);
  });

  test("used twice at the same moment sets one of the two", async () => {
    const user = await addUser(ctx, { email: `race${++count}@example.org` });
    const token = await newLink({ kind: "reset", userId: user.id });
    const answers = await Promise.all(
      ["first of two passwords", "second of two passwords"].map((password) =>
        accept(newBrowser(), { token, password }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 410]);
  });

  test("is dead once the password was changed, and for a disabled user", async () => {
    const user = await addUser(ctx, { email: `late${++count}@example.org` });
    const token = await newLink({ kind: "reset", userId: user.id });
    const browser = newBrowser();
    await signInAs(browser, user.email);
    await browser.send("/me/password", { body: { current: PASSWORD, next: "nine white horses by the sea" } });
    expectProblem(await read(newBrowser(), token), 410, "link_not_valid");
    const second = await newLink({ kind: "reset", userId: user.id });
    await ctx.db.user.update({ where: { id: user.id }, data: { disabledAt: ctx.clock.now() } });
    expectProblem(await accept(newBrowser(), { token: second, password: PASSWORD }), 410, "link_not_valid");
  });
});

test("whatever is wrong with a link, the answer is the same, and nothing is written", async () => {
  const now = ctx.clock.now();
  const valid = await newLink();
  const tokens = [
    await newLink({ usedAt: now }),
    await newLink({ revokedAt: now }),
    await newLink({ expiresAt: now }),
    newSecret("lin"),
    newSecret("lse"),
    `${valid.slice(0, -1)}${valid.endsWith("0") ? "1" : "0"}`,
    "",
    "../../etc/passwd",
  ];
  const before = await countAllRows(ctx.db);
  const answers = new Set<string>();
  for (const token of tokens) {
    for (const answer of [await read(newBrowser(), token), await accept(newBrowser(), { token, ...newPerson() })]) {
      expectProblem(answer, 410, "link_not_valid");
      answers.add(JSON.stringify({ ...answer.json, request_id: "", instance: "" }));
    }
  }
  expect(answers.size).toBe(1);
  expect(await countAllRows(ctx.db)).toEqual(before);
});

test("links cannot be tried out: after twenty from one address it waits", async () => {
  const browser = newBrowser();
  for (let i = 0; i < 20; i++) expect((await read(browser, newSecret("lin"))).status).toBe(410);
  const limited = await accept(browser, { token: await newLink(), ...newPerson() });
  expectProblem(limited, 429, "rate_limited");
  expect(limited.headers.get("retry-after")).toBe("60");
});

test("the audit log has the use of a link, the account and the membership, done by whom it made", async () => {
  const token = await newLink();
  const browser = newBrowser();
  const signed = await accept(browser, { token, ...newPerson() });
  const { id } = signed.json.user as { id: string };
  const rows = await ctx.db.auditEvent.findMany({ where: { actorId: id }, orderBy: { sequence: "asc" } });
  expect(rows.map(({ action, projectId }) => [action, projectId])).toEqual([
    ["user.create", null],
    ["link.use", ctx.project.id],
    ["member.add", ctx.project.id],
    ["session.start", null],
  ]);
});
