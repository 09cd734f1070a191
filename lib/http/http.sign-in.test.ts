import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { newSecret } from "@/lib/access/secret";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { countAllRows } from "@/lib/testing/runs";
import { expectProblem } from "./test-app";
import { addUser, type Browser, PASSWORD, signInAs, testSite } from "./test-browser";

let ctx: TestContext;
let newBrowser: () => Browser;
let accounts = 0;
let ada: { id: string; email: string };

beforeAll(async () => {
  ctx = await makeContext();
  newBrowser = testSite(ctx).newBrowser;
});
beforeEach(async () => {
  ada = await addUser(ctx, { email: `ada${++accounts}@example.org`, role: "engineer" });
});
afterAll(closeContexts);

const statusOfMe = async (browser: Browser): Promise<number> => (await browser.send("/me")).status;

describe("a session", () => {
  test("is a cookie that scripts cannot read, begins at sign-in and ends at sign-out", async () => {
    const browser = newBrowser();
    expectProblem(await browser.send("/me"), 401, "unauthenticated");
    const signed = await browser.send("/auth/sign-in", {
      body: { email: ` ${ada.email.toUpperCase()} `, password: PASSWORD },
    });
    expect(signed.json).toEqual({ user: { id: ada.id, name: ada.email.split("@")[0] } });
    const [cookie = ""] = signed.headers.getSetCookie();
    expect(cookie).toMatch(/^larder_session=lse_\w{38}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=604800$/);
    expect(signed.headers.get("cache-control")).toBe("no-store");

    const me = await browser.send("/me");
    expect(me.json).toMatchObject({
      user: { id: ada.id, email: ada.email, kind: "user", instanceAdmin: false, hasPassword: true },
      project: { name: ctx.project.name, role: "engineer", sensitive: false },
      demo: null,
    });

    const token = browser.cookies.get("larder_session") ?? "";
    expect((await browser.send("/auth/sign-out", { method: "POST" })).json).toEqual({ done: true });
    expect(browser.cookies.size).toBe(0);
    browser.cookies.set("larder_session", token);
    expectProblem(await browser.send("/me"), 401, "unauthenticated");
    expect((await browser.send("/auth/sign-out", { method: "POST" })).status).toBe(200);
  });

  test("only the hash of its token is in the database", async () => {
    const token = await signInAs(newBrowser(), ada.email);
    const rows = await ctx.db.session.findMany({ where: { userId: ada.id } });
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain(token.slice(4));
  });

  test("over https the cookie is bound to the host", async () => {
    const browser = testSite(ctx, { door: { demo: false, secure: true } }).newBrowser();
    const signed = await browser.send("/auth/sign-in", { body: { email: ada.email, password: PASSWORD } });
    expect(signed.headers.getSetCookie()[0]).toMatch(
      /^__Host-larder_session=lse_\w{38}; Path=\/; HttpOnly; .*; Secure$/,
    );
    expect(await statusOfMe(browser)).toBe(200);
  });

  test("gets a new token at every sign-in, and the one before is worth nothing", async () => {
    const browser = newBrowser();
    const first = await signInAs(browser, ada.email);
    const second = await signInAs(browser, ada.email);
    expect(second).not.toBe(first);
    browser.cookies.set("larder_session", first);
    expect(await statusOfMe(browser)).toBe(401);
  });

  test("a token that somebody planted before the sign-in is not taken over", async () => {
    const planted = newSecret("lse");
    const browser = newBrowser();
    browser.cookies.set("larder_session", planted);
    expect(await signInAs(browser, ada.email)).not.toBe(planted);
  });

  test("ends a day after it was last used, and seven days after sign-in in any case", async () => {
    const now = ctx.clock.now().toISOString();
    const [idle, used] = [newBrowser(), newBrowser()];
    await signInAs(idle, ada.email);
    await signInAs(used, ada.email);
    for (let day = 0; day < 8; day++) {
      expect(await statusOfMe(used), `day ${day}`).toBe(day < 7 ? 200 : 401);
      ctx.clock.advance(12 * 3600);
      if (day < 7) expect(await statusOfMe(used)).toBe(200);
      ctx.clock.advance(12 * 3600 - 1);
      if (day === 0) expect(await statusOfMe(idle)).toBe(200);
      ctx.clock.advance(1);
    }
    ctx.clock.set(now);
    const other = newBrowser();
    await signInAs(other, ada.email);
    ctx.clock.advance(24 * 3600);
    expect(await statusOfMe(other)).toBe(401);
    ctx.clock.set(now);
  });

  test("of a disabled user is over at the next request, and signing in again is refused like a wrong password", async () => {
    const browser = newBrowser();
    await signInAs(browser, ada.email);
    await ctx.db.user.update({ where: { id: ada.id }, data: { disabledAt: ctx.clock.now() } });
    expectProblem(await browser.send("/me"), 401, "unauthenticated");
    expectProblem(
      await browser.send("/auth/sign-in", { body: { email: ada.email, password: PASSWORD } }),
      401,
      "unauthenticated",
    );
  });

  test("is listed with where it came from, and can be ended from another", async () => {
    const [desk, phone, eve] = [newBrowser(), newBrowser(), newBrowser()];
    await desk.send("/auth/sign-in", {
      body: { email: ada.email, password: PASSWORD },
      headers: { "user-agent": "Desk/1" },
    });
    await phone.send("/auth/sign-in", {
      body: { email: ada.email, password: PASSWORD },
      headers: { "user-agent": "Phone/1" },
    });
    const other = await addUser(ctx, { email: `eve${accounts}@example.org`, role: "admin" });
    await signInAs(eve, other.email);
    const items = (await desk.send("/me/sessions")).json.items as { id: string; current: boolean; agent: string }[];
    expect(
      items.map(({ agent, current }) => ({ agent, current })).sort((a, b) => (a.agent < b.agent ? -1 : 1)),
    ).toEqual([
      { agent: "Desk/1", current: true },
      { agent: "Phone/1", current: false },
    ]);
    const phones = items.find((item) => !item.current)?.id;
    expectProblem(await eve.send(`/me/sessions/${phones}`, { method: "DELETE" }), 404, "session_not_found");
    expect(await statusOfMe(phone)).toBe(200);
    expect((await desk.send(`/me/sessions/${phones}`, { method: "DELETE" })).json).toEqual({ done: true });
    expect([await statusOfMe(desk), await statusOfMe(phone), await statusOfMe(eve)]).toEqual([200, 401, 200]);
    expectProblem(await desk.send(`/me/sessions/${phones}`, { method: "DELETE" }), 404, "session_not_found");
    expectProblem(await desk.send("/me/sessions/%00", { method: "DELETE" }), 422, "invalid_parameter");
  });

  test("sign-out everywhere ends all of them, and nobody else's", async () => {
    const [desk, phone, eve] = [newBrowser(), newBrowser(), newBrowser()];
    await signInAs(desk, ada.email);
    await signInAs(phone, ada.email);
    await signInAs(eve, (await addUser(ctx, { email: `eva${accounts}@example.org`, role: "viewer" })).email);
    expect((await desk.send("/me/sign-out-everywhere", { method: "POST" })).status).toBe(200);
    expect(desk.cookies.size).toBe(0);
    expect([await statusOfMe(desk), await statusOfMe(phone), await statusOfMe(eve)]).toEqual([401, 401, 200]);
  });

  test("of somebody without a project knows who they are, and that they have none", async () => {
    const browser = newBrowser();
    await signInAs(browser, (await addUser(ctx, { email: `new${accounts}@example.org` })).email);
    expect((await browser.send("/me")).json).toMatchObject({ project: null, projects: [] });
    expectProblem(await browser.send("/features"), 404, "project_not_found");
  });
});

describe("a new password", () => {
  const next = "nine white horses by the sea";

  test("ends every other session at its next request, and gives this one a new token", async () => {
    const [desk, phone] = [newBrowser(), newBrowser()];
    const before = await signInAs(desk, ada.email);
    await signInAs(phone, ada.email);
    const changed = await desk.send("/me/password", { body: { current: PASSWORD, next } });
    expect(changed.status).toBe(200);
    expect(changed.text).not.toContain("lse_");
    expect(desk.cookies.get("larder_session")).not.toBe(before);
    expect([await statusOfMe(desk), await statusOfMe(phone)]).toEqual([200, 401]);
    desk.cookies.set("larder_session", before);
    expect(await statusOfMe(desk)).toBe(401);
    const old = await phone.send("/auth/sign-in", { body: { email: ada.email, password: PASSWORD } });
    expectProblem(old, 401, "unauthenticated");
    await signInAs(phone, ada.email, next);
  });

  test("needs the present one, and must not be easy", async () => {
    const desk = newBrowser();
    await signInAs(desk, ada.email);
    const wrong = await desk.send("/me/password", { body: { current: "not it at all", next } });
    expectProblem(wrong, 422, "validation_failed");
    expect(wrong.json.errors).toEqual([expect.objectContaining({ pointer: "/current", code: "wrong_password" })]);
    for (const easy of ["short", "Password123!", PASSWORD, `${ada.email.split("@")[0]}-2024-x`]) {
      const weak = await desk.send("/me/password", { body: { current: PASSWORD, next: easy } });
      expectProblem(weak, 422, "weak_password");
    }
    expect(await statusOfMe(desk)).toBe(200);
    await signInAs(newBrowser(), ada.email);
  });

  test("cannot be guessed at from an open browser", async () => {
    const desk = newBrowser();
    await signInAs(desk, ada.email);
    const guess = () => desk.send("/me/password", { body: { current: "a guess", next } });
    for (let i = 0; i < 5; i++) expect((await guess()).status).toBe(422);
    expectProblem(await guess(), 429, "rate_limited");
    expectProblem(await desk.send("/me/password", { body: { current: PASSWORD, next } }), 429, "rate_limited");
  });
});

describe("what is refused", () => {
  test("is refused with the same words, whoever it is", async () => {
    const nobody = await addUser(ctx, { email: `sso${accounts}@example.org`, password: null });
    const gone = await addUser(ctx, { email: `gone${accounts}@example.org` });
    const demo = await addUser(ctx, { email: `demo${accounts}@example.org`, kind: "demo" });
    await ctx.db.user.update({ where: { id: gone.id }, data: { disabledAt: new Date(0) } });
    const tries = [
      { email: ada.email, password: "wrong password" },
      { email: `unknown${accounts}@example.org`, password: PASSWORD },
      { email: nobody.email, password: "" },
      { email: gone.email, password: PASSWORD },
      { email: demo.email, password: PASSWORD },
      { email: "no address", password: PASSWORD },
      { email: "", password: "" },
    ];
    const answers = [];
    for (const body of tries) {
      const answer = await newBrowser().send("/auth/sign-in", { body });
      expectProblem(answer, 401, "unauthenticated");
      expect(answer.headers.getSetCookie()).toEqual([]);
      answers.push(JSON.stringify({ ...answer.json, request_id: "" }));
    }
    expect(new Set(answers).size).toBe(1);
    const reasons = await ctx.db.auditEvent.findMany({
      where: { action: "session.start", outcome: "failed" },
      orderBy: { sequence: "desc" },
      take: tries.length,
    });
    expect(reasons.reverse().map(({ after }) => (after as { reason: string }).reason)).toEqual([
      "wrong_password",
      "unknown_account",
      "no_password",
      "disabled",
      "no_password",
      "unknown_account",
      "unknown_account",
    ]);
    expect(JSON.stringify(reasons.map(({ after, resource }) => ({ after, resource })))).not.toContain("no address");
  });

  test("after five attempts in a minute with the same 429, whether there is such an account or not", async () => {
    const answers = [];
    for (const email of [ada.email, `nobody${accounts}@example.org`]) {
      for (let i = 0; i < 5; i++)
        expect((await newBrowser().send("/auth/sign-in", { body: { email, password: "wrong" } })).status).toBe(401);
      const limited = await newBrowser().send("/auth/sign-in", { body: { email, password: PASSWORD } });
      expectProblem(limited, 429, "rate_limited");
      expect(limited.headers.get("retry-after")).toBe("60");
      answers.push(JSON.stringify({ ...limited.json, request_id: "" }));
    }
    expect(answers[0]).toBe(answers[1]);
  });

  test("after twenty accounts tried from one address", async () => {
    const browser = newBrowser();
    for (let i = 0; i < 20; i++) {
      const body = { email: `spray${i}.${accounts}@example.org`, password: "wrong" };
      expect((await browser.send("/auth/sign-in", { body })).status).toBe(401);
    }
    expectProblem(
      await browser.send("/auth/sign-in", { body: { email: ada.email, password: PASSWORD } }),
      429,
      "rate_limited",
    );
    await signInAs(newBrowser(), ada.email);
  });

  test.each([
    [{ email: { contains: "" }, password: PASSWORD }, "invalid_type"],
    [{ email: { not: "" }, password: { not: "" } }, "invalid_type"],
    [{ email: ["a@example.org"], password: PASSWORD }, "invalid_type"],
    [{ email: "a@example.org", password: 1 }, "invalid_type"],
    [{ email: "a@example.org", password: "x".repeat(257) }, "validation_failed"],
    [{ email: "a@example.org", password: PASSWORD, instanceAdmin: true }, "unknown_field"],
    [{ email: "a@example.org" }, "validation_failed"],
  ])("%j is 422 %s, and nothing is written", async (body, code) => {
    const before = await countAllRows(ctx.db);
    expectProblem(await newBrowser().send("/auth/sign-in", { body }), 422, code);
    expect(await countAllRows(ctx.db)).toEqual(before);
  });

  test("from a page of another site, without effect", async () => {
    const browser = newBrowser();
    await signInAs(browser, ada.email);
    const headers = { "sec-fetch-site": "cross-site", origin: "https://evil.example" };
    for (const [path, body] of [
      ["/auth/sign-in", { email: ada.email, password: PASSWORD }],
      ["/auth/sign-out", {}],
      ["/me/sign-out-everywhere", {}],
      ["/me/password", { current: PASSWORD, next: "nine white horses by the sea" }],
    ] as const)
      expectProblem(await browser.send(path, { body, headers }), 403, "csrf_rejected");
    expect(await statusOfMe(browser)).toBe(200);
  });
});

test("the audit log has who signed in, from where, and out again", async () => {
  const browser = newBrowser();
  await signInAs(browser, ada.email);
  await browser.send("/auth/sign-out", { method: "POST" });
  const rows = await ctx.db.auditEvent.findMany({ where: { actorId: ada.id }, orderBy: { sequence: "asc" } });
  expect(rows.map(({ action, outcome, projectId }) => ({ action, outcome, projectId }))).toEqual([
    { action: "session.start", outcome: "allowed", projectId: null },
    { action: "session.end", outcome: "allowed", projectId: null },
  ]);
  expect(rows[0]).toMatchObject({ actorKind: "user", resource: `user:${ada.id}`, ip: expect.stringMatching(/^10\./) });
  expect(JSON.stringify(rows, (_, value) => (typeof value === "bigint" ? String(value) : value))).not.toContain("lse_");
});
