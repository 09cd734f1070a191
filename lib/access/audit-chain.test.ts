import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Actor, SYSTEM } from "@/lib/kernel/actor";
import { transaction } from "@/lib/platform/db";
import { newId } from "@/lib/platform/ids";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { audit, auditAlone } from "./audit";
import { GENESIS, hashEntry, maskSensitive } from "./audit-chain";
import { entryOf } from "./audit-row";
import { verifyAudit } from "./verify-audit";

let ctx: TestContext;

beforeAll(async () => {
  ctx = await makeContext();
});
afterAll(closeContexts);

const rows = () => ctx.db.auditEvent.findMany({ orderBy: { sequence: "asc" } });
const write = (resource: string): Promise<void> => auditAlone(ctx, { action: "test.write", resource });

describe("the chain", () => {
  test("fifty acts of ten writers at once leave one chain without forks or gaps", async () => {
    const writers = Array.from({ length: 10 }, async (_, writer) => {
      for (let act = 0; act < 5; act++) await write(`writer:${writer}`);
    });
    await Promise.all(writers);
    const written = await rows();
    expect(written).toHaveLength(50);
    written.forEach((row, at) => {
      expect(row.sequence).toBe(BigInt(at + 1));
      expect(row.previousHash).toBe(written[at - 1]?.hash ?? GENESIS);
    });
    expect(await verifyAudit(ctx, {})).toEqual({
      intact: true,
      checked: 50,
      unchained: 0,
      head: { sequence: "50", hash: written.at(-1)?.hash },
      broken: null,
    });
  });

  test("a write that fails leaves no row, and no gap behind it", async () => {
    const before = (await rows()).length;
    const failed = transaction(ctx.db, async (tx) => {
      await audit(ctx, tx, { action: "test.write", resource: "n:lost" });
      throw new Error("no");
    });
    await expect(failed).rejects.toThrow("no");
    await write("n:1");
    expect(await rows()).toHaveLength(before + 1);
    expect((await verifyAudit(ctx, {})).intact).toBe(true);
  });

  test("keeps who, from where, and to what, as it was then", async () => {
    const from = { ip: "10.0.0.1", agent: "curl/8", requestId: "req_1", tokenId: "tok_1", sessionId: null };
    const actor: Actor = { kind: "service", id: "svc_1", name: "nightly", role: "engineer", from };
    await auditAlone({ ...ctx, actor }, { action: "a.b", resource: "c:d", outcome: "denied", projectId: null });
    expect((await rows()).at(-1)).toMatchObject({
      actorId: "svc_1",
      actorKind: "service",
      actorName: "nightly",
      tokenId: "tok_1",
      ip: "10.0.0.1",
      agent: "curl/8",
      requestId: "req_1",
      projectId: null,
      outcome: "denied",
      at: ctx.clock.now(),
    });
  });

  test("whatever JSON can say comes back from the database with the same hash", async () => {
    const text = fc.string({ unit: "binary", maxLength: 12 }).filter((value) => !value.includes("\u0000"));
    const number = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(1e21, -0, 1e-7, 5e-324, 1.7976931348623157e308));
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { depthSize: "small" },
        text,
        number,
        fc.boolean(),
        fc.constant(null),
        fc.constant(undefined),
        fc.array(tie("tree"), { maxLength: 4 }),
        fc.dictionary(fc.oneof(text, fc.constantFrom("__proto__", "constructor", "b", "a")), tie("tree"), {
          maxKeys: 4,
        }),
      ),
    }));
    const many = fc.array(tree, { minLength: 1, maxLength: 20, size: "max" });
    await fc.assert(
      fc.asyncProperty(many, many, async (before, after) => {
        await auditAlone(ctx, { action: "test.tree", resource: "tree:x", before, after });
        const row = await ctx.db.auditEvent.findFirstOrThrow({ orderBy: { sequence: "desc" } });
        expect(hashEntry(row.previousHash, entryOf(row))).toBe(row.hash);
      }),
      { numRuns: 12 },
    );
    expect((await verifyAudit(ctx, {})).intact).toBe(true);
  });
});

describe("the database itself", () => {
  test("refuses to change or delete a row of the log", async () => {
    await write("n:1");
    const last = (await rows()).at(-1);
    const acts = [
      ctx.db.auditEvent.update({ where: { id: last?.id ?? "" }, data: { outcome: "denied" } }),
      ctx.db.auditEvent.deleteMany({ where: { id: last?.id ?? "" } }),
      ctx.db.$executeRaw`UPDATE "AuditEvent" SET "actorName" = 'Nobody'`,
    ];
    for (const act of acts) await expect(act).rejects.toThrow(/append-only/);
    expect((await rows()).at(-1)).toEqual(last);
  });

  test("refuses to change or delete a decision, also with its request", async () => {
    const requestId = newId("chg");
    await ctx.db.$transaction(async (tx) => {
      // Only what must be there; the verbs that write these have tests of their own.
      const columns = await tx.$queryRaw<{ name: string; type: string }[]>`
        SELECT column_name AS name, data_type AS type FROM information_schema.columns
        WHERE table_name = 'ChangeRequest' AND is_nullable = 'NO' AND column_default IS NULL`;
      const given: Record<string, string> = { id: `'${requestId}'`, projectId: `'${ctx.project.id}'` };
      const byType: Record<string, string> = { jsonb: "'{}'", integer: "1", ARRAY: "'{}'" };
      const values = columns.map(({ name, type }) =>
        type.startsWith("timestamp") ? "now()" : (given[name] ?? byType[type] ?? "'x'"),
      );
      const names = columns.map(({ name }) => `"${name}"`).join(", ");
      await tx.$executeRawUnsafe(`INSERT INTO "ChangeRequest" (${names}) VALUES (${values.join(", ")})`);
      await tx.decision.create({
        data: {
          id: newId("dec"),
          requestId,
          verdict: "approve",
          comment: "",
          decidedBy: "usr_x",
          decidedByName: "X",
          decidedAt: ctx.clock.now(),
        },
      });
    });
    const acts = [
      ctx.db.decision.updateMany({ where: { requestId }, data: { verdict: "reject" } }),
      ctx.db.decision.deleteMany({ where: { requestId } }),
      ctx.db.changeRequest.delete({ where: { id: requestId } }),
    ];
    for (const act of acts) await expect(act).rejects.toThrow(/append-only/);
    expect(await ctx.db.decision.count({ where: { requestId, verdict: "approve" } })).toBe(1);
  });
});

describe("masking", () => {
  test("hides secrets by their name, at any depth, and leaves what only sounds like one", () => {
    const masked = maskSensitive({
      passwordHash: "x",
      clientSecret: "x",
      apiToken: "x",
      hash: "x",
      deep: [{ cookie: "x", password: null }],
      tokensRevoked: 2,
      tokenId: "tok_1",
      previousHash: "kept",
      absent: undefined,
    });
    expect(masked).toEqual({
      passwordHash: "[masked]",
      clientSecret: "[masked]",
      apiToken: "[masked]",
      hash: "[masked]",
      deep: [{ cookie: "[masked]", password: null }],
      tokensRevoked: 2,
      tokenId: "tok_1",
      previousHash: "kept",
    });
  });

  test("hides what a definition says about values of a personal feature, and of no other", () => {
    const constraints = { min: 1000, max: 9000 };
    const salary = { name: "salary", sensitivity: "personal", default: 4242, constraints, description: "monthly" };
    const count = { name: "n", sensitivity: "none", default: 7, constraints };
    expect(maskSensitive({ features: { salary, count } })).toEqual({
      features: { salary: { ...salary, default: "[masked]", constraints: "[masked]" }, count },
    });
    expect(maskSensitive({ ...salary, default: null })).toMatchObject({ default: null });
  });

  test("is done before a row is written, whoever writes it", async () => {
    const personal = { sensitivity: "personal", default: "CANARY-7f3a", constraints: { values: ["CANARY-7f3a"] } };
    const record = { action: "t.t", resource: "t:t", before: { password: "CANARY-7f3a" }, after: [personal] };
    await auditAlone({ ...ctx, actor: SYSTEM }, record);
    expect(JSON.stringify((await rows()).at(-1), (_, value) => (typeof value === "bigint" ? 0 : value))).not.toContain(
      "CANARY",
    );
  });
});
