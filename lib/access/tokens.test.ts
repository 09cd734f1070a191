import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { inNewProject } from "@/lib/testing/definitions";
import { person } from "@/lib/testing/people";
import { countAllRows, errorOf } from "@/lib/testing/runs";
import { createServiceAccount } from "./create-service-account";
import { createToken } from "./create-token";
import { listServiceAccounts } from "./list-service-accounts";
import { listTokens } from "./list-tokens";
import { SCOPES } from "./permissions";
import { revokeToken } from "./revoke-token";
import { rotateToken } from "./rotate-token";
import { CreateServiceAccount, CreateToken, ListTokens } from "./schema";
import { hashSecret, isSecret } from "./secret";
import { mayHaveScope } from "./token-scopes";
import { updateServiceAccount } from "./update-service-account";

let base: TestContext;
let ctx: TestContext;
let ada: TestContext;
let bob: TestContext;

beforeAll(async () => {
  base = await makeContext();
});
beforeEach(async () => {
  base.clock.set("2026-01-15T12:00:00Z");
  ctx = await inNewProject(base);
  ada = await person(ctx, "Ada", "admin");
  bob = await person(ctx, "Bob", "viewer");
});
afterAll(closeContexts);

const wish = (input: object = {}) => CreateToken.parse({ name: "laptop", scopes: ["catalog:read"], ...input });
const account = (input: object = {}) => CreateServiceAccount.parse({ name: "nightly", role: "engineer", ...input });
const mine = ListTokens.parse({});
const all = ListTokens.parse({ all: "true" });
const rowOf = (id: string) => base.db.apiToken.findUniqueOrThrow({ where: { id } });
const lastEvent = () => base.db.auditEvent.findFirstOrThrow({ orderBy: { sequence: "desc" } });
const withToken = (who: TestContext, scopes: readonly string[]): TestContext => ({
  ...who,
  actor: {
    ...who.actor,
    scopes,
    from: { ip: null, agent: null, requestId: null, sessionId: null, tokenId: "tok_used" },
  },
});

describe("a token of one's own", () => {
  test("is shown once; only its hash and a hint are kept, and the audit log has neither", async () => {
    const { token, secret } = await createToken(bob, wish({ scopes: ["online:read", "catalog:read", "online:read"] }));
    expect(isSecret(secret, ["fsp"])).toBe(true);
    expect(token).toMatchObject({
      name: "laptop",
      scopes: ["catalog:read", "online:read"],
      owner: { kind: "user", id: bob.actor.id, name: "Bob" },
      expiresAt: "2026-04-15T12:00:00.000Z",
      lastUsedAt: null,
      state: "active",
    });
    const row = await rowOf(token.id);
    expect(row).toMatchObject({ hash: hashSecret(secret), projectId: ctx.project.id, createdBy: bob.actor.id });
    expect(token.hint).toBe(`${secret.slice(0, 8)}…${secret.slice(-4)}`);
    const event = await lastEvent();
    expect(event).toMatchObject({ action: "token.create", resource: "token:laptop", outcome: "allowed" });
    const kept = JSON.stringify([{ ...row, hash: "" }, event.before, event.after]);
    expect(kept).not.toContain(secret);
    expect(kept).not.toContain(row.hash);
  });

  test("of unknown scopes is refused, naming each of them", async () => {
    const refused = await errorOf(createToken(bob, wish({ scopes: ["catalog:read", "root", "admin:*"] })));
    expect(refused.code).toBe("validation_failed");
    expect(refused.issues).toEqual([
      { code: "unknown_scope", pointer: "/scopes/1", detail: "root is not a scope" },
      { code: "unknown_scope", pointer: "/scopes/2", detail: "admin:* is not a scope" },
    ]);
    expect(await base.db.apiToken.count({ where: { projectId: ctx.project.id } })).toBe(0);
  });

  test("reaches no further than the role of today, and the refusal names the scope", async () => {
    const refused = await errorOf(createToken(bob, wish({ scopes: ["catalog:read", "definitions:write"] })));
    expect(refused).toMatchObject({ code: "forbidden", permission: "token.manage" });
    expect(refused.detail).toBe("Bob is viewer; a token with the scope definitions:write takes engineer or more");
    expect((await errorOf(createToken(ada, wish({ scopes: ["sensitive:read"] })))).detail).toContain(
      "a sensitive reader",
    );
    const reader = { ...bob, actor: { ...bob.actor, sensitive: true } };
    expect((await createToken(reader, wish({ scopes: ["sensitive:read"] }))).token.scopes).toEqual(["sensitive:read"]);
  });

  test.each([
    ["viewer", ["catalog:read", "data:read", "online:read"]],
    [
      "scientist",
      [
        "catalog:read",
        "data:read",
        "online:read",
        "drafts:read",
        "sql:run",
        "snapshots:write",
        "training-sets:write",
        "runs:write",
      ],
    ],
    ["admin", SCOPES.filter((scope) => scope !== "sensitive:read")],
  ] as const)("a %s may have the scopes of their role", (role, scopes) => {
    expect(SCOPES.filter((scope) => mayHaveScope({ kind: "user", name: "x", role }, scope))).toEqual(scopes);
  });

  test("no token makes, rotates or lists tokens, whatever its scopes", async () => {
    const { token } = await createToken(ada, wish());
    const robot = withToken(ada, SCOPES);
    const before = await countAllRows(base.db);
    for (const act of [
      createToken(robot, wish()),
      rotateToken(robot, { id: token.id, overlapHours: 1 }),
      listTokens(robot, mine),
    ])
      expect((await errorOf(act)).code).toBe("insufficient_scope");
    expect(await countAllRows(base.db)).toEqual(before);
  });
});

describe("the list", () => {
  test("has one's own; everybody's takes service_account.manage; another project's are in neither", async () => {
    const first = await createToken(bob, wish({ name: "first" }));
    base.clock.advance(1);
    await createToken(bob, wish({ name: "second" }));
    await createToken(ada, wish({ name: "adas" }));
    const other = await inNewProject(base);
    await base.db.member.create({ data: { projectId: other.project.id, userId: bob.actor.id, role: "admin" } });
    await createToken({ ...other, actor: bob.actor }, wish({ name: "elsewhere" }));
    const own = await listTokens(bob, mine);
    expect(own.items.map(({ name }) => name)).toEqual(["second", "first"]);
    expect((await listTokens(ada, all)).items.map(({ name }) => name).sort()).toEqual(["adas", "first", "second"]);
    expect((await errorOf(listTokens(bob, all))).code).toBe("forbidden");
    const page = await listTokens(bob, ListTokens.parse({ limit: 1 }));
    const next = await listTokens(bob, ListTokens.parse({ limit: 1, cursor: page.nextCursor }));
    expect([page.items[0]?.name, next.items[0]?.name, next.nextCursor]).toEqual(["second", "first", null]);
    await revokeToken(bob, { id: first.token.id });
    base.clock.advance(91 * 86_400);
    expect((await listTokens(bob, mine)).items.map(({ state }) => state)).toEqual(["expired", "revoked"]);
  });
});

describe("revoking", () => {
  test("is for its owner, and for who keeps service accounts; to others it is token_not_found", async () => {
    const carl = await person(ctx, "Carl", "steward");
    const { token } = await createToken(bob, wish());
    expect((await errorOf(revokeToken(carl, { id: token.id }))).code).toBe("token_not_found");
    const stranger = await person(await inNewProject(base), "Stranger", "admin");
    expect((await errorOf(revokeToken(stranger, { id: token.id }))).code).toBe("token_not_found");
    expect((await rowOf(token.id)).revokedAt).toBeNull();
    await revokeToken(ada, { id: token.id });
    expect(await rowOf(token.id)).toMatchObject({ revokedAt: base.clock.now(), revokedBy: ada.actor.id });
    expect(await lastEvent()).toMatchObject({ action: "token.revoke", before: { owner: bob.actor.id } });
    const rows = await countAllRows(base.db);
    base.clock.advance(60);
    expect(await revokeToken(bob, { id: token.id })).toEqual({ done: true });
    expect(await countAllRows(base.db)).toEqual(rows);
    expect((await rowOf(token.id)).revokedBy).toBe(ada.actor.id);
  });

  test("by a token takes the scope admin, also for one's own", async () => {
    const { token } = await createToken(ada, wish());
    const narrow = withToken(ada, ["catalog:read"]);
    expect((await errorOf(revokeToken(narrow, { id: token.id }))).code).toBe("insufficient_scope");
    expect(await revokeToken(withToken(ada, ["admin"]), { id: token.id })).toEqual({ done: true });
  });
});

describe("rotating", () => {
  test("makes an equal successor; the old one ends after the overlap, never later than it would have", async () => {
    const { token } = await createToken(bob, wish({ scopes: ["catalog:read", "data:read"], days: 30 }));
    base.clock.advance(10 * 86_400);
    const made = await rotateToken(bob, { id: token.id, overlapHours: 24 });
    expect(made.token).toMatchObject({ name: "laptop", scopes: ["catalog:read", "data:read"], state: "active" });
    expect(Date.parse(made.token.expiresAt ?? "") - base.clock.now().getTime()).toBe(30 * 86_400_000);
    expect((await rowOf(token.id)).expiresAt?.toISOString()).toBe("2026-01-26T12:00:00.000Z");
    const event = await lastEvent();
    expect(event).toMatchObject({
      action: "token.rotate",
      before: { id: token.id },
      after: { id: made.token.id, predecessor: { id: token.id, expiresAt: "2026-01-26T12:00:00.000Z" } },
    });
    expect(JSON.stringify(event.after)).not.toContain(made.secret);
    base.clock.advance(12 * 3600);
    await rotateToken(bob, { id: token.id, overlapHours: 168 });
    expect((await rowOf(token.id)).expiresAt?.toISOString()).toBe("2026-01-26T12:00:00.000Z");
    await rotateToken(bob, { id: made.token.id, overlapHours: 0 });
    expect((await listTokens(bob, mine)).items.find(({ id }) => id === made.token.id)?.state).toBe("expired");
  });

  test("of one that works no more is refused, and of another person's nobody may, an admin neither", async () => {
    const { token } = await createToken(bob, wish({ days: 1 }));
    const theirs = await errorOf(rotateToken(ada, { id: token.id, overlapHours: 0 }));
    expect(theirs.code).toBe("token_not_found");
    await revokeToken(bob, { id: token.id });
    const revoked = await errorOf(rotateToken(bob, { id: token.id, overlapHours: 0 }));
    expect(revoked).toMatchObject({ code: "state_conflict", detail: expect.stringContaining("revoked") });
    const late = await createToken(bob, wish({ days: 1 }));
    base.clock.advance(86_400);
    const expired = await errorOf(rotateToken(bob, { id: late.token.id, overlapHours: 0 }));
    expect(expired).toMatchObject({ code: "state_conflict", detail: expect.stringContaining("expired") });
    expect((await errorOf(rotateToken(bob, { id: "tok_none", overlapHours: 0 }))).code).toBe("token_not_found");
  });
});

describe("service accounts", () => {
  test("are made, changed and disabled by admins, each act audited with before and after", async () => {
    const made = await createServiceAccount(ada, account({ description: "runs at night" }));
    expect(made).toMatchObject({ name: "nightly", role: "engineer", sensitive: false, disabled: false, tokens: 0 });
    expect(await lastEvent()).toMatchObject({ action: "service_account.create", resource: "service_account:nightly" });
    const changed = await updateServiceAccount(ada, { id: made.id, role: "viewer", disabled: true });
    expect(changed).toMatchObject({ description: "runs at night", role: "viewer", disabled: true });
    expect(await lastEvent()).toMatchObject({
      action: "service_account.update",
      before: { role: "engineer", disabled: false },
      after: { role: "viewer", disabled: true },
    });
    const rows = await countAllRows(base.db);
    await updateServiceAccount(ada, { id: made.id, disabled: true });
    expect(await countAllRows(base.db)).toEqual(rows);
    expect((await listServiceAccounts(ada, {})).items).toEqual([changed]);
    expect((await updateServiceAccount(ada, { id: made.id, disabled: false })).disabled).toBe(false);
  });

  test("have names of their own in the project, also when made at once; another project has its own", async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => createServiceAccount(ada, account())));
    const lost = outcomes.filter((outcome) => outcome.status === "rejected");
    expect(lost).toHaveLength(4);
    for (const { reason } of lost) expect(reason).toMatchObject({ code: "already_exists" });
    const stranger = await person(await inNewProject(base), "Stranger", "admin");
    const theirs = await createServiceAccount(stranger, account());
    expect((await errorOf(updateServiceAccount(ada, { id: theirs.id, disabled: true }))).code).toBe(
      "service_account_not_found",
    );
    expect((await errorOf(createToken(ada, wish({ serviceAccountId: theirs.id })))).code).toBe(
      "service_account_not_found",
    );
    expect((await listServiceAccounts(ada, {})).total).toBe(1);
    for (const act of [createServiceAccount(bob, account()), listServiceAccounts(bob, {})])
      expect((await errorOf(act)).code).toBe("forbidden");
  });

  test("have tokens that admins make and rotate, within the account's role; disabled they get none", async () => {
    const { id } = await createServiceAccount(ada, account());
    const asked = wish({ serviceAccountId: id, scopes: ["definitions:write"] });
    expect((await errorOf(createToken(bob, asked))).code).toBe("forbidden");
    const { token, secret } = await createToken(ada, asked);
    expect(isSecret(secret, ["fss"])).toBe(true);
    expect(token.owner).toEqual({ kind: "service", id, name: "nightly" });
    expect((await listServiceAccounts(ada, {})).items[0]?.tokens).toBe(1);
    const beyond = await errorOf(createToken(ada, { ...asked, scopes: ["admin"] }));
    expect(beyond.detail).toBe("nightly is engineer; a token with the scope admin takes admin or more");
    const next = await rotateToken(ada, { id: token.id, overlapHours: 0 });
    expect(isSecret(next.secret, ["fss"])).toBe(true);
    expect((await errorOf(rotateToken(bob, { id: next.token.id, overlapHours: 0 }))).code).toBe("token_not_found");
    expect((await listServiceAccounts(ada, {})).items[0]?.tokens).toBe(1);
    await updateServiceAccount(ada, { id, disabled: true });
    expect((await errorOf(createToken(ada, asked))).code).toBe("state_conflict");
    expect((await errorOf(rotateToken(ada, { id: next.token.id, overlapHours: 0 }))).code).toBe("state_conflict");
  });
});
