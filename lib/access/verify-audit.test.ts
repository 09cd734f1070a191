import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { newId } from "@/lib/platform/ids";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { errorOf } from "@/lib/testing/runs";
import { auditAlone } from "./audit";
import { type AuditEntry, GENESIS, hashEntry } from "./audit-chain";
import { verifyAudit } from "./verify-audit";

let ctx: TestContext;

beforeAll(async () => {
  ctx = await makeContext();
  // Whoever owns the database can do this; the chain is what then gives them away.
  await ctx.db.$executeRaw`ALTER TABLE "AuditEvent" DISABLE TRIGGER append_only`;
});
beforeEach(() => rebuild(8, 0));
afterAll(closeContexts);

/** A log of `unchained` rows from before there was a chain, and `chained` ones that fit. */
async function rebuild(chained: number, unchained: number): Promise<void> {
  await ctx.db.auditEvent.deleteMany();
  let previousHash = GENESIS;
  const data = Array.from({ length: unchained + chained }, (_, at) => {
    const entry: AuditEntry = {
      id: newId("aud"),
      sequence: String(at + 1),
      at: ctx.clock.now().toISOString(),
      projectId: ctx.project.id,
      actorId: "usr_1",
      actorKind: "user",
      actorName: "Ada",
      tokenId: null,
      ip: "10.0.0.1",
      agent: "curl",
      requestId: `req_${at}`,
      action: "definition.create",
      resource: `entity:e${at}`,
      before: null,
      after: { at, note: "é" },
      outcome: "allowed",
    };
    const row = {
      ...entry,
      sequence: BigInt(at + 1),
      at: ctx.clock.now(),
      before: undefined,
      after: { at, note: "é" },
    };
    if (at < unchained) return { ...row, previousHash: "", hash: "" };
    const hash = hashEntry(previousHash, entry);
    const linked = { ...row, previousHash, hash };
    previousHash = hash;
    return linked;
  });
  await ctx.db.auditEvent.createMany({ data });
  const sequence = BigInt(unchained + chained);
  await ctx.db.auditHead.update({ where: { id: 1 }, data: { sequence, hash: previousHash } });
}

const verify = () => verifyAudit(ctx, {});
const run = (sql: string): Promise<number> => ctx.db.$executeRawUnsafe(sql);

describe("a log that fits", () => {
  test("is intact, with rows from before the chain in front, and goes on being so", async () => {
    await rebuild(3, 2);
    expect(await verify()).toMatchObject({ intact: true, checked: 3, unchained: 2, broken: null });
    await auditAlone(ctx, { action: "a.b", resource: "c:d" });
    expect(await verify()).toMatchObject({ intact: true, checked: 4, unchained: 2, head: { sequence: "6" } });
  });

  test("is intact when it is empty, or has no chain yet", async () => {
    await rebuild(0, 0);
    expect(await verify()).toMatchObject({ intact: true, checked: 0, unchained: 0 });
    await rebuild(0, 3);
    expect(await verify()).toMatchObject({ intact: true, checked: 0, unchained: 3 });
    await auditAlone(ctx, { action: "a.b", resource: "c:d" });
    expect(await verify()).toMatchObject({ intact: true, checked: 1, unchained: 3 });
  });

  test("is walked a page at a time, while others write", async () => {
    await rebuild(2500, 1);
    const [answer] = await Promise.all([
      verify(),
      ...Array.from({ length: 10 }, () => auditAlone(ctx, { action: "a.b", resource: "c:d" })),
    ]);
    expect(answer).toMatchObject({ intact: true, unchained: 1, broken: null });
    expect(answer.checked).toBeGreaterThanOrEqual(2500);
    await run(`UPDATE "AuditEvent" SET "resource" = 'entity:other' WHERE "sequence" = 2002`);
    expect(await verify()).toMatchObject({ intact: false, checked: 2000, broken: { sequence: "2002" } });
  });
});

describe("a changed row is named", () => {
  test.each([
    `"actorName" = 'Adb'`,
    `"actorId" = 'usr_2'`,
    `"actorKind" = 'system'`,
    `"action" = 'definition.delete'`,
    `"resource" = 'entity:e5'`,
    `"outcome" = 'denied'`,
    `"projectId" = NULL`,
    `"ip" = '10.0.0.2'`,
    `"agent" = NULL`,
    `"requestId" = 'req_9'`,
    `"tokenId" = 'tok_1'`,
    `"at" = "at" + interval '1 millisecond'`,
    `"before" = '{}'`,
    `"after" = jsonb_set("after", '{note}', '"e"')`,
    `"id" = 'aud_other'`,
    `"hash" = overlay("hash" placing (CASE left("hash", 1) WHEN 'a' THEN 'b' ELSE 'a' END) from 1)`,
  ])("%s", async (change) => {
    await run(`UPDATE "AuditEvent" SET ${change} WHERE "sequence" = 4`);
    expect(await verify()).toMatchObject({
      intact: false,
      checked: 3,
      broken: { sequence: "4", reason: "was changed: its hash is another one" },
    });
  });

  test("also when its own hash was made to fit: the row after it gives it away", async () => {
    const row = await ctx.db.auditEvent.findFirstOrThrow({ where: { sequence: 4 } });
    const { previousHash, hash: _hash, ...rest } = row;
    const forged = { ...rest, actorName: "Eve", sequence: "4", at: row.at.toISOString() };
    const hash = hashEntry(previousHash, forged);
    await ctx.db.auditEvent.update({ where: { id: row.id }, data: { actorName: "Eve", hash } });
    expect((await verify()).broken).toEqual({
      sequence: "5",
      reason: "does not name the hash of the row before it",
    });
  });
});

describe("a missing, moved or added row is named", () => {
  test.each([
    ["the first", 1, "1", "is missing"],
    ["one in between", 4, "4", "is missing"],
    ["the last", 8, "8", "is missing"],
  ])("%s deleted", async (_, sequence, broken, reason) => {
    await ctx.db.auditEvent.deleteMany({ where: { sequence } });
    expect((await verify()).broken).toEqual({ sequence: broken, reason });
  });

  test("several, at the end or in between", async () => {
    await ctx.db.auditEvent.deleteMany({ where: { sequence: { gt: 5 } } });
    expect(await verify()).toMatchObject({
      intact: false,
      checked: 5,
      head: { sequence: "8" },
      broken: { sequence: "6", reason: "is missing, and all after it up to 8" },
    });
    await ctx.db.auditEvent.deleteMany({ where: { sequence: { in: [2, 3] } } });
    expect((await verify()).broken).toEqual({ sequence: "2", reason: "is missing, and all after it up to 3" });
    await ctx.db.auditEvent.deleteMany();
    expect((await verify()).broken).toEqual({ sequence: "1", reason: "is missing, and all after it up to 8" });
  });

  test("the end cut off together with the head's number", async () => {
    await ctx.db.auditEvent.deleteMany({ where: { sequence: 8 } });
    await ctx.db.auditHead.update({ where: { id: 1 }, data: { sequence: 7 } });
    expect((await verify()).broken).toEqual({
      sequence: "7",
      reason: "is the last row, but the head has another hash",
    });
  });

  test("two swapped", async () => {
    await run(`UPDATE "AuditEvent" SET "sequence" = 100 WHERE "sequence" = 4`);
    await run(`UPDATE "AuditEvent" SET "sequence" = 4 WHERE "sequence" = 5`);
    await run(`UPDATE "AuditEvent" SET "sequence" = 5 WHERE "sequence" = 100`);
    expect((await verify()).broken?.sequence).toBe("4");
  });

  test("one behind the head", async () => {
    const last = await ctx.db.auditEvent.findFirstOrThrow({ where: { sequence: 8 } });
    const { hash: previousHash } = last;
    const entry = { ...last, id: newId("aud"), sequence: "9", at: last.at.toISOString() };
    const { previousHash: _p, hash: _h, ...covered } = entry;
    const hash = hashEntry(previousHash, covered);
    const data = { ...covered, sequence: 9n, at: last.at, before: undefined, after: { at: 7, note: "é" } };
    await ctx.db.auditEvent.create({ data: { ...data, previousHash, hash } });
    expect((await verify()).broken).toEqual({ sequence: "9", reason: "stands behind the head of the chain" });
  });

  test("the start passed off as older than the chain", async () => {
    await run(`UPDATE "AuditEvent" SET "hash" = '', "previousHash" = '' WHERE "sequence" < 4`);
    expect((await verify()).broken).toEqual({ sequence: "4", reason: "does not name the beginning of the chain" });
    await run(`UPDATE "AuditEvent" SET "hash" = '', "previousHash" = ''`);
    expect((await verify()).broken).toMatchObject({ sequence: "8" });
  });

  test("one without a hash among those that have one", async () => {
    await run(`UPDATE "AuditEvent" SET "hash" = '', "previousHash" = '' WHERE "sequence" = 4`);
    expect((await verify()).broken).toEqual({
      sequence: "4",
      reason: "has no hash, although the rows before it have",
    });
  });

  test("the head gone", async () => {
    await ctx.db.auditHead.delete({ where: { id: 1 } });
    expect(await verify()).toMatchObject({ intact: false, broken: { reason: "the head of the chain is gone" } });
    await ctx.db.auditHead.create({ data: { id: 1, sequence: 0, hash: GENESIS } });
  });
});

test("an engineer may not", async () => {
  const actor = { kind: "user", id: "usr_e", name: "Eve", role: "engineer" } as const;
  expect((await errorOf(verifyAudit({ ...ctx, actor }, {}))).code).toBe("forbidden");
});
