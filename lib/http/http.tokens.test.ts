import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Role } from "@/lib/kernel/actor";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { inNewProject } from "@/lib/testing/definitions";
import { expectProblem, type Received } from "./test-app";
import { addUser, type Browser, signInAs, testSite } from "./test-browser";

// Tokens as programs use them: who sends a request is found out as the server does it.

let ctx: TestContext;
let site: ReturnType<typeof testSite>;
let admin: Browser;
let people = 0;

beforeAll(async () => {
  ctx = await makeContext();
  site = testSite(ctx);
  admin = await signedIn("admin");
});
beforeEach(() => ctx.clock.set("2026-01-15T12:00:00Z"));
afterAll(closeContexts);

type Token = { id: string; name: string; hint: string; expiresAt: string; state: string };
type Program = (path: string, sent?: { method?: string; body?: unknown }) => Promise<Received>;

async function signedIn(role: Role): Promise<Browser> {
  const browser = site.newBrowser();
  const { email } = await addUser(ctx, { email: `person${++people}@example.org`, role });
  await signInAs(browser, email);
  return browser;
}

/** Makes a token as a browser does, and answers how a program sends it. */
async function makeToken(browser: Browser, body: object = {}): Promise<{ token: Token; secret: string; as: Program }> {
  const made = await browser.send("/tokens", { body: { name: "ci", scopes: ["catalog:read"], ...body } });
  expect(made.status, made.text).toBe(201);
  const { token, secret } = made.json as { token: Token; secret: string };
  return { token, secret, as: program(secret) };
}

function program(secret: string): Program {
  const { send } = site.newBrowser({ authorization: `Bearer ${secret}`, "sec-fetch-site": "" });
  return send;
}

const lastEvent = () => ctx.db.auditEvent.findFirstOrThrow({ orderBy: { sequence: "desc" } });

describe("a token", () => {
  test("is shown once, works, and shows when and from where it was used last", async () => {
    const { token, secret, as } = await makeToken(admin, { days: 30 });
    expect(token.expiresAt).toBe("2026-02-14T12:00:00.000Z");
    expect((await as("/features")).status).toBe(200);
    const list = await admin.send("/tokens");
    expect(list.text).not.toContain(secret);
    expect((list.json.items as object[]).find((item) => (item as Token).id === token.id)).toMatchObject({
      state: "active",
      lastUsedAt: "2026-01-15T12:00:00.000Z",
      lastUsedIp: expect.stringMatching(/^10\./),
    });
    expect((await as("/me")).json).toMatchObject({
      project: { name: ctx.project.name, permissions: expect.anything() },
    });
  });

  test("without the scope is insufficient_scope, and the log has it as denied, with the token", async () => {
    const { token, as } = await makeToken(admin);
    const refused = await as("/project", { method: "PATCH", body: { title: "Taken over" } });
    expectProblem(refused, 403, "insufficient_scope");
    expect(refused.json.detail).toContain("the scope admin");
    expect(await lastEvent()).toMatchObject({
      action: "project.manage",
      outcome: "denied",
      tokenId: token.id,
      projectId: ctx.project.id,
      requestId: refused.headers.get("x-request-id"),
    });
    expect((await ctx.db.project.findUniqueOrThrow({ where: { id: ctx.project.id } })).title).toBe(ctx.project.name);
  });

  test("makes and rotates no tokens, however wide its scopes", async () => {
    const { token, as } = await makeToken(admin, { scopes: ["admin", "catalog:read", "audit:read"] });
    const count = await ctx.db.apiToken.count();
    expectProblem(await as("/tokens", { body: { name: "x", scopes: ["admin"] } }), 403, "insufficient_scope");
    expectProblem(await as(`/tokens/${token.id}/rotate`, { body: {} }), 403, "insufficient_scope");
    expect(await ctx.db.apiToken.count()).toBe(count);
    expect((await as("/audit-events/verify")).json).toMatchObject({ intact: true });
  });

  test("that has expired or was revoked is 401 at the next request, and both are told to the log", async () => {
    const { token, as } = await makeToken(admin, { days: 1 });
    ctx.clock.advance(86_399);
    expect((await as("/features")).status).toBe(200);
    ctx.clock.advance(1);
    const expired = await as("/features");
    expectProblem(expired, 401, "unauthenticated");
    expect(expired.headers.get("www-authenticate")).toBe("Bearer");
    const event = {
      action: "token.use",
      outcome: "denied",
      projectId: ctx.project.id,
      resource: `token:${token.id}`,
      tokenId: token.id,
    };
    expect(await lastEvent()).toMatchObject(event);
    ctx.clock.set("2026-01-15T12:00:00Z");
    expect((await as("/features")).status).toBe(200);
    const told = await ctx.db.auditEvent.count({ where: { action: "token.use" } });
    expect((await admin.send(`/tokens/${token.id}`, { method: "DELETE" })).status).toBe(200);
    const revoked = await as("/features");
    expectProblem(revoked, 401, "unauthenticated");
    expect(revoked.json.detail).toBe(expired.json.detail);
    expect(await ctx.db.auditEvent.count({ where: { action: "token.use" } })).toBe(told + 1);
  });

  test("rotated: both work through the overlap, then only the new one", async () => {
    const { token, as } = await makeToken(admin);
    const made = await admin.send(`/tokens/${token.id}/rotate`, { body: { overlapHours: 2 } });
    expect(made.status, made.text).toBe(201);
    const next = program((made.json as { secret: string }).secret);
    for (const each of [as, next]) expect((await each("/features")).status).toBe(200);
    ctx.clock.advance(2 * 3600);
    expectProblem(await as("/features"), 401, "unauthenticated");
    expect((await next("/features")).status).toBe(200);
  });

  test("of an owner who is demoted does less at the next request, and nothing once they are taken out", async () => {
    const owner = await signedIn("engineer");
    const { as } = await makeToken(owner, { scopes: ["catalog:read", "definitions:write"] });
    const write = () => as("/entities", { body: { name: `e${++people}`, joinKeys: [{ name: "k", type: "INT64" }] } });
    expect((await write()).status).toBe(201);
    const { user } = (await owner.send("/me")).json as { user: { id: string } };
    const member = `/members/${user.id}`;
    expect((await admin.send(member, { method: "PATCH", body: { role: "viewer" } })).status).toBe(200);
    expectProblem(await write(), 403, "forbidden");
    expect((await as("/features")).status).toBe(200);
    expect((await admin.send(member, { method: "DELETE" })).status).toBe(200);
    expectProblem(await as("/features"), 401, "unauthenticated");
    expectProblem(await owner.send("/features"), 404, "project_not_found");
  });

  test("of a service account stops when the account is disabled, and works again when it is enabled", async () => {
    const made = await admin.send("/service-accounts", { body: { name: "nightly", role: "viewer" } });
    expect(made.status, made.text).toBe(201);
    const { id } = made.json as { id: string };
    const { as, secret } = await makeToken(admin, { serviceAccountId: id });
    expect(secret).toMatch(/^fss_/);
    expect((await as("/features")).status).toBe(200);
    const set = (disabled: boolean) => admin.send(`/service-accounts/${id}`, { method: "PATCH", body: { disabled } });
    expect((await set(true)).json).toMatchObject({ disabled: true, tokens: 1 });
    expectProblem(await as("/features"), 401, "unauthenticated");
    expect((await set(false)).status).toBe(200);
    expect((await as("/features")).status).toBe(200);
  });

  test("of one project does not reach another, nor tell that there is one", async () => {
    const other = await inNewProject(ctx);
    const { as } = await makeToken(admin);
    const there = await as(`/features?project=${other.project.name}`);
    const nowhere = await as("/features?project=no_such_project");
    expectProblem(there, 404, "project_not_found");
    expectProblem(nowhere, 404, "project_not_found");
    expect(String(there.json.detail).replace(other.project.name, "no_such_project")).toBe(nowhere.json.detail);
  });

  test("in the query is none", async () => {
    const { secret } = await makeToken(admin);
    const nobody = site.newBrowser();
    for (const query of [`token=${secret}`, `access_token=${secret}`])
      expectProblem(await nobody.send(`/features?${query}`), 401, "unauthenticated");
  });

  test("and other secrets are kept nowhere for an Idempotency-Key to replay", async () => {
    const headers = { "idempotency-key": "same" };
    const body = { name: "twice", scopes: ["catalog:read"] };
    const first = await admin.send("/tokens", { body, headers });
    const link = await admin.send("/invitations", { body: { role: "viewer" }, headers });
    expect([first.status, link.status]).toEqual([201, 201]);
    const kept = JSON.stringify(await ctx.db.idempotencyKey.findMany());
    expect(kept).not.toContain((first.json as { secret: string }).secret);
    expect(kept).not.toContain(String(link.json.path).split("#")[1]);
    const again = await admin.send("/tokens", { body, headers });
    expect(again.headers.get("idempotent-replayed")).toBeNull();
    expect(again.json.secret).not.toBe(first.json.secret);
  });
});
