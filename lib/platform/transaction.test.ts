import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { audit } from "@/lib/access/audit";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { transaction } from "./db";

let ctx: TestContext;
beforeAll(async () => {
  ctx = await makeContext();
});
afterAll(closeContexts);

const raw = (originalCode: string): Error =>
  Object.assign(new Error("raw"), { code: "P2010", meta: { driverAdapterError: { cause: { originalCode } } } });

/** Writes, records, and fails so often with `error`; answers how often it was begun. */
async function attempts(title: string, error: unknown, failures: number): Promise<{ begun: number; failed: unknown }> {
  let begun = 0;
  const failed = await transaction(ctx.db, async (tx) => {
    begun++;
    await tx.project.update({ where: { id: ctx.project.id }, data: { title, revision: { increment: 1 } } });
    await audit(ctx, tx, { action: "test.write", resource: `project:${title}` });
    if (begun <= failures) throw error;
  }).catch((thrown: unknown) => thrown);
  return { begun, failed };
}

const revision = async (): Promise<number> =>
  (await ctx.db.project.findUniqueOrThrow({ where: { id: ctx.project.id } })).revision;

describe("a transaction that the database gave up", () => {
  test.each([
    ["Prisma's write conflict", Object.assign(new Error(), { code: "P2034" })],
    ["a deadlock in raw SQL", raw("40P01")],
    ["a serialization failure in raw SQL", raw("40001")],
    ["the adapter's own error", Object.assign(new Error(), { cause: { kind: "TransactionWriteConflict" } })],
  ])("%s: it runs again, and writes and records once", async (title, error) => {
    const before = await revision();
    expect(await attempts(title, error, 1)).toEqual({ begun: 2, failed: undefined });
    expect(await revision()).toBe(before + 1);
    expect(await ctx.db.auditEvent.count({ where: { resource: `project:${title}` } })).toBe(1);
  });

  test("what PostgreSQL itself reports counts", async () => {
    let begun = 0;
    await transaction(ctx.db, async (tx) => {
      begun++;
      if (begun === 1) await tx.$executeRaw`DO $$ BEGIN RAISE EXCEPTION 'met' USING ERRCODE = '40P01'; END $$`;
    });
    expect(begun).toBe(2);
  });

  test("the third attempt is the last", async () => {
    const error = raw("40P01");
    const before = await revision();
    expect(await attempts("twice", error, 2)).toEqual({ begun: 3, failed: undefined });
    expect(await attempts("thrice", error, 3)).toEqual({ begun: 3, failed: error });
    expect(await revision()).toBe(before + 1);
  });

  test.each([new Error("ours"), raw("23505"), Object.assign(new Error(), { code: "P2002" }), null])(
    "other failures are not tried again: %s",
    async (error) => {
      expect(await attempts("other", error, 1)).toEqual({ begun: 1, failed: error });
    },
  );
});
