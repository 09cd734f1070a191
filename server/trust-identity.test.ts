import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SCOPES } from "@/lib/access/permissions";
import { newSecret } from "@/lib/access/secret";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, csvSource, entity, group, inNewProject } from "@/lib/testing/definitions";
import { countAllRows } from "@/lib/testing/runs";
import {
  expectProblem,
  makeSession,
  makeToken,
  makeUser,
  type Received,
  type Sent,
  startTestServer,
  type TestServer,
} from "./test-server-fixture";

// The acceptance list about identity and permission (A14 to A21), through a real HTTP server.

const PASSWORD = "correct horse battery staple";
let ctx: TestContext;
/** Another project of the same instance, with things of its own. */
let other: TestContext;
let server: TestServer;

beforeAll(async () => {
  ctx = await makeContext();
  other = await inNewProject(ctx);
  for (const each of [ctx, other]) {
    const key = each === ctx ? "driver" : "foreign_key";
    await apply(
      each,
      entity(key, { [key]: "INT64" }),
      await csvSource(each, `${key}_rows`, `${key},event_timestamp,n\n1,2024-01-01,1\n`),
      group(`${key}_stats`, {
        entity: key,
        sql: `SELECT ${key}, event_timestamp, n AS ${key}_n FROM ${key}_rows`,
        features: { [`${key}_n`]: "INT64" },
      }),
    );
  }
  server = await startTestServer(ctx);
});
afterAll(async () => {
  await server.close();
  await closeContexts();
});

const get = (path: string, who: Partial<Sent> = {}): Promise<Received> =>
  server.send({ path: `/api/v1${path}`, ...who });
const FEATURES = "/features";
async function tokenOf(role: "viewer" | "admin" | "engineer", scopes: readonly string[] = SCOPES): Promise<string> {
  return makeToken(ctx, await makeUser(ctx, { role }), { scopes });
}
async function sessionOf(role: "viewer" | "admin" | "engineer"): Promise<{ id: string; cookie: string }> {
  const id = await makeUser(ctx, { role });
  return { id, cookie: await makeSession(ctx, id) };
}

describe("A14 credentials that do not hold", () => {
  test("each gets the same 401 with WWW-Authenticate, whatever is wrong with it", async () => {
    const valid = await tokenOf("viewer");
    const typo = `${valid.slice(0, -1)}${valid.endsWith("a") ? "b" : "a"}`;
    const answers = [
      await get(FEATURES, { token: "garbage" }),
      await get(FEATURES, { token: typo }),
      await get(FEATURES, { token: newSecret("fsp") }),
      await get(FEATURES, { headers: { authorization: "Basic YTpi" } }),
      await get(FEATURES, { headers: { authorization: "Bearer" } }),
    ];
    for (const answer of answers) {
      expectProblem(answer, 401, "unauthenticated");
      expect(answer.headers["www-authenticate"]).toBe("Bearer");
      expect(answer.json.detail).toBe(answers[0]?.json.detail);
    }
    expectProblem(await get(FEATURES), 401, "unauthenticated");
    expectProblem(await get(FEATURES, { cookie: newSecret("lse") }), 401, "unauthenticated");
  });

  test("a token in the query is no credential, and a bad token is not saved by a good cookie", async () => {
    expectProblem(await get(`${FEATURES}?token=${await tokenOf("viewer")}`), 401, "unauthenticated");
    const { cookie } = await sessionOf("viewer");
    expectProblem(await get(FEATURES, { cookie, token: "garbage" }), 401, "unauthenticated");
  });
});

describe("A15 credentials that held a moment ago", () => {
  test("expired and revoked tokens are out, and the audit log has it", async () => {
    const owner = await makeUser(ctx, { role: "viewer" });
    const token = await makeToken(ctx, owner, { scopes: SCOPES });
    expect((await get(FEATURES, { token })).status).toBe(200);
    const row = await ctx.db.apiToken.findFirstOrThrow({ where: { userId: owner } });
    await ctx.db.apiToken.update({ where: { id: row.id }, data: { revokedAt: ctx.clock.now() } });
    expectProblem(await get(FEATURES, { token }), 401, "unauthenticated");
    const expired = await makeToken(ctx, owner, { scopes: SCOPES, expired: true });
    for (let i = 0; i < 3; i++) expectProblem(await get(FEATURES, { token: expired }), 401, "unauthenticated");
    const events = await ctx.db.auditEvent.findMany({ where: { action: "token.use", projectId: ctx.project.id } });
    // Once for each token, however often it is tried within a minute.
    expect(events).toHaveLength(2);
    for (const event of events)
      expect(event).toMatchObject({ outcome: "denied", ip: "127.0.0.1", tokenId: expect.any(String) });
  });

  test("a disabled user is out at the next request, by session and by token", async () => {
    const { id, cookie } = await sessionOf("engineer");
    const token = await makeToken(ctx, id, { scopes: SCOPES });
    expect((await get(FEATURES, { cookie })).status).toBe(200);
    await ctx.db.user.update({ where: { id }, data: { disabledAt: ctx.clock.now() } });
    expectProblem(await get(FEATURES, { cookie }), 401, "unauthenticated");
    expectProblem(await get(FEATURES, { token }), 401, "unauthenticated");
  });

  test("a session ends with sign-out, with a changed password, and with the removal of the role", async () => {
    const { cookie } = await sessionOf("viewer");
    expect((await get("/auth/sign-out", { cookie, method: "POST" })).status).toBe(200);
    expectProblem(await get(FEATURES, { cookie }), 401, "unauthenticated");

    const member = await sessionOf("viewer");
    const token = await makeToken(ctx, member.id, { scopes: SCOPES });
    await ctx.db.member.deleteMany({ where: { userId: member.id } });
    expectProblem(await get(FEATURES, { cookie: member.cookie }), 404, "project_not_found");
    expectProblem(await get(FEATURES, { token }), 401, "unauthenticated");
  });

  test("a changed password ends the other sessions", async () => {
    const { email, cookie } = await account();
    const second = await signIn(email, PASSWORD);
    const changed = await get("/me/password", {
      cookie,
      body: { current: PASSWORD, next: "another long pass phrase" },
    });
    expect(changed.status).toBe(200);
    expectProblem(await get("/me", { cookie: second.cookie }), 401, "unauthenticated");
    expectProblem(await get("/me", { cookie }), 401, "unauthenticated");
    expect((await get("/me", { cookie: cookieOf(changed) })).status).toBe(200);
  });
});

describe("A16 what a token or a role does not reach", () => {
  test("a read-only token that writes is insufficient_scope, and audited as denied", async () => {
    const token = await tokenOf("engineer", ["catalog:read"]);
    const before = await ctx.db.entity.count();
    expectProblem(
      await get("/entities", { token, body: { name: "sneaked", joinKeys: [] } }),
      403,
      "insufficient_scope",
    );
    expect(await ctx.db.entity.count()).toBe(before);
    const event = await ctx.db.auditEvent.findFirstOrThrow({ orderBy: { sequence: "desc" } });
    expect(event).toMatchObject({ action: "definition.write", outcome: "denied", tokenId: expect.any(String) });
  });

  test("a token of one project does not see another", async () => {
    const token = await tokenOf("admin");
    expectProblem(await get(`${FEATURES}?project=${other.project.name}`, { token }), 404, "project_not_found");
    expectProblem(await get(`${FEATURES}?project=no_such_project`, { token }), 404, "project_not_found");
  });

  test("a viewer who deletes is forbidden", async () => {
    const { cookie } = await sessionOf("viewer");
    expectProblem(await get("/entities/driver", { cookie, method: "DELETE" }), 403, "forbidden");
    expect(await ctx.db.entity.count({ where: { name: "driver" } })).toBe(1);
  });
});

describe("A17 things of another project", () => {
  test.each([
    ["/entities/foreign_key", "entity_not_found"],
    ["/sources/foreign_key_rows", "source_not_found"],
    ["/feature-groups/foreign_key_stats", "feature_group_not_found"],
    ["/features/foreign_key_stats:foreign_key_n", "feature_not_found"],
    ["/metadata/features/foreign_key_n", "feature_not_found"],
  ])("%s is %s, as if it did not exist", async (path, code) => {
    const { cookie } = await sessionOf("admin");
    const answer = await get(path, { cookie });
    expect(answer.status).toBe(404);
    expect([code, "feature_group_not_found"]).toContain(answer.json.code);
  });

  test("neither search nor lineage nor counts give it away", async () => {
    const { cookie } = await sessionOf("admin");
    for (const path of [
      "/features?q=foreign",
      "/metadata/features/search?q=foreign",
      "/lineage",
      "/entities?q=foreign",
    ]) {
      const answer = await get(path, { cookie });
      expect(answer.status).toBe(200);
      expect(answer.text).not.toContain("foreign_key");
    }
  });

  test("nor can it be named in a body", async () => {
    const { cookie } = await sessionOf("engineer");
    const body = { entity_id: 1, features: ["foreign_key_n"] };
    expectProblem(await get("/features/batch", { cookie, body }), 404, "feature_not_found");
    const view = { name: "stolen", joins: [{ group: "foreign_key_stats", features: ["foreign_key_n"] }] };
    const answer = await get("/feature-views", { cookie, body: view });
    expect(answer.status).toBe(422);
  });

  test("a token or a service account of another project is not found", async () => {
    const { cookie } = await sessionOf("admin");
    const stranger = await makeUser(other, { role: "admin" });
    await makeToken(other, stranger, { scopes: SCOPES });
    const { id } = await ctx.db.apiToken.findFirstOrThrow({ where: { userId: stranger } });
    expectProblem(await get(`/tokens/${id}`, { cookie, method: "DELETE" }), 404, "token_not_found");
    expectProblem(await get(`/members/${stranger}`, { cookie, method: "DELETE" }), 404, "member_not_found");
    expect(await ctx.db.apiToken.count({ where: { id, revokedAt: null } })).toBe(1);
  });
});

describe("A18 requests that another site causes", () => {
  test.each([
    ["another origin", { origin: "https://evil.example" }],
    ["an opaque origin", { origin: "null" }],
    ["cross-site without origin", { origin: "", "sec-fetch-site": "cross-site" }],
    ["same-site is not same-origin", { "sec-fetch-site": "same-site" }],
  ])("%s is csrf_rejected and has no effect", async (_name, headers: Record<string, string>) => {
    const { cookie } = await sessionOf("engineer");
    const before = await countAllRows(ctx.db);
    const sent = {
      cookie,
      body: { name: "forged", joinKeys: [] },
      headers: { "sec-fetch-site": "cross-site", ...headers },
    };
    expectProblem(await get("/entities", sent), 403, "csrf_rejected");
    expect(await countAllRows(ctx.db)).toEqual(before);
  });

  test("a cookie with neither Origin nor Sec-Fetch-Site is csrf_rejected", async () => {
    const { cookie } = await sessionOf("engineer");
    const headers = { cookie: `larder_session=${cookie}` };
    expectProblem(await get("/entities", { body: { name: "forged", joinKeys: [] }, headers }), 403, "csrf_rejected");
  });

  test("JSON sent as text/plain, as a form can, is unsupported_media_type", async () => {
    const { cookie } = await sessionOf("engineer");
    const sent = { cookie, raw: '{"name":"forged","joinKeys":[]}', headers: { "content-type": "text/plain" } };
    expectProblem(await get("/entities", sent), 415, "unsupported_media_type");
  });

  test("a token needs no Origin, and its cookies count for nothing", async () => {
    const token = await tokenOf("engineer", ["catalog:read"]);
    const { cookie } = await sessionOf("admin");
    const headers = { cookie: `larder_session=${cookie}` };
    expectProblem(
      await get("/entities", { token, headers, body: { name: "forged", joinKeys: [] } }),
      403,
      "insufficient_scope",
    );
  });
});

describe("A19 guessing passwords", () => {
  test("after the limit 429 with Retry-After, with one answer for known and unknown accounts", async () => {
    const { email } = await account();
    const guess = (name: string): Promise<Received> =>
      get("/auth/sign-in", { body: { email: name, password: "wrong password here" } });
    const known: Received[] = [];
    const unknown: Received[] = [];
    for (let i = 0; i < 8; i++) {
      known.push(await guess(email));
      unknown.push(await guess("nobody-at-all@example.com"));
    }
    expect(known.map((answer) => answer.status)).toEqual(unknown.map((answer) => answer.status));
    expect(known[0]?.json.detail).toBe(unknown[0]?.json.detail);
    expectProblem(known[0] as Received, 401, "unauthenticated");
    const last = known.at(-1) as Received;
    expectProblem(last, 429, "rate_limited");
    expect(Number(last.headers["retry-after"])).toBeGreaterThan(0);
    // Not even the right password gets in now.
    expect((await get("/auth/sign-in", { body: { email, password: PASSWORD } })).status).toBe(429);
  });

  test("a password of 10 MB is refused unread", async () => {
    const answer = await get("/auth/sign-in", { body: { email: "a@example.com", password: "x".repeat(9_000_000) } });
    expect([413, 422]).toContain(answer.status);
  });
});

describe("A20 headers that claim something", () => {
  test.each<Record<string, string>>([
    { "x-middleware-subrequest": "middleware:middleware:middleware:middleware:middleware" },
    { "x-original-url": "/api/v1/health", "x-rewrite-url": "/api/v1/health" },
    { "x-forwarded-user": "admin", "x-remote-user": "admin" },
    { "x-larder-address": "127.0.0.1", "x-nonce": "abc" },
  ])("%j opens nothing", async (headers) => {
    expectProblem(await get(FEATURES, { headers }), 401, "unauthenticated");
  });

  test("X-Forwarded-For does not become the caller's address", async () => {
    const token = await tokenOf("viewer");
    await get(FEATURES, { token, headers: { "x-forwarded-for": "203.0.113.9", "x-larder-address": "203.0.113.9" } });
    const row = await ctx.db.apiToken.findFirstOrThrow({
      where: { lastUsedAt: { not: null } },
      orderBy: { id: "desc" },
    });
    expect(row.lastUsedIp).toBe("127.0.0.1");
  });

  test("another Host is refused", async () => {
    expectProblem(await get(FEATURES, { headers: { host: "evil.example" } }), 403, "csrf_rejected");
  });
});

describe("A21 the last admin", () => {
  test("can neither leave nor be demoted; of two who demote each other at once, one stays", async () => {
    const project = await inNewProject(ctx);
    const [first, second] = [await makeUser(project, { role: "admin" }), await makeUser(project, { role: "admin" })];
    const cookies = [await makeSession(project, first), await makeSession(project, second)];
    const at = `?project=${project.project.name}`;
    const headers = { "x-larder-project": project.project.name };
    const demote = (by: number, who: string): Promise<Received> =>
      get(`/members/${who}`, { method: "PATCH", cookie: cookies[by], headers, body: { role: "viewer" } });
    const answers = await Promise.all([demote(0, second), demote(1, first)]);
    expect(answers.map((answer) => answer.status).sort()).not.toEqual([200, 200]);
    const admins = await ctx.db.member.findMany({ where: { projectId: project.project.id, role: "admin" } });
    expect(admins).toHaveLength(1);
    const left = admins[0]?.userId as string;
    const cookie = left === first ? cookies[0] : cookies[1];
    const self = { cookie, headers };
    expectProblem(
      await get(`/members/${left}`, { ...self, method: "PATCH", body: { role: "engineer" } }),
      409,
      "last_admin",
    );
    expectProblem(await get(`/members/${left}${at}`, { ...self, method: "DELETE" }), 409, "last_admin");
  });
});

function cookieOf(answer: Received): string {
  const [set = ""] = ([] as string[]).concat(answer.headers["set-cookie"] ?? []);
  expect(set).toMatch(/; HttpOnly; SameSite=Lax/);
  return /^larder_session=([^;]+)/.exec(set)?.[1] ?? "";
}

async function signIn(email: string, password: string): Promise<{ cookie: string }> {
  const answer = await get("/auth/sign-in", { body: { email, password } });
  expect(answer.status).toBe(200);
  expect(answer.json).not.toHaveProperty("sessionToken");
  return { cookie: cookieOf(answer) };
}

/** An account made the way people make one: by an invitation's link. */
async function account(): Promise<{ email: string; cookie: string }> {
  const { cookie: admin } = await sessionOf("admin");
  const invited = await get("/invitations", { cookie: admin, body: { role: "viewer" } });
  expect(invited.status).toBe(201);
  const token = String(invited.json.path).split("#")[1];
  const email = `${newSecret("lin").slice(4, 14).toLowerCase()}@example.com`;
  const accepted = await get("/auth/links/accept", { body: { token, name: "Ada", email, password: PASSWORD } });
  expect(accepted.status).toBe(200);
  return { email, cookie: cookieOf(accepted) };
}
