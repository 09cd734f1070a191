import { setTimeout as wait } from "node:timers/promises";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compareRows, encodeRow, rowSchema } from "@/lib/compute/online-row";
import { compactGroup } from "@/lib/datasets/compact-group";
import { loadTable, requireGroup } from "@/lib/datasets/load-table";
import { restoreGroup } from "@/lib/datasets/restore-group";
import type { OfflineEngine } from "@/lib/engines/offline/port";
import { readTables } from "@/lib/engines/online/table-notes";
import type { Column, Value } from "@/lib/kernel/values";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, entity, group, inNewProject } from "@/lib/testing/definitions";
import { writeTestRows } from "@/lib/testing/written-rows";
import { READERS_FOLLOW_MS } from "./left-tables";
import { materializeGroup } from "./materialize-group";
import { notePushes, PUSHED_FROM } from "./online-tables";

let base: TestContext;
beforeAll(async () => {
  base = await makeContext();
});
afterAll(closeContexts);

const KEYS = [1, 2, 3];
const hour = (n: number): string => `2026-01-10T${String(n).padStart(2, "0")}:00:00.000000Z`;
const row = fc.record({
  k: fc.constantFrom(...KEYS),
  at: fc.integer({ min: 0, max: 5 }),
  v: fc.integer({ min: 0, max: 99 }),
});
const rows = fc.array(row, { minLength: 1, maxLength: 4 });
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ act: fc.constant("append" as const), rows }) },
  {
    weight: 2,
    arbitrary: fc.record({ act: fc.constant("overwrite" as const), rows, from: fc.integer({ min: 0, max: 4 }) }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant("restore" as const), to: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant("compact" as const) }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constant("push" as const), row }) },
  { weight: 5, arbitrary: fc.record({ act: fc.constant("materialize" as const) }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant("die" as const), after: fc.integer({ min: 0, max: 2 }) }) },
);

/** An engine that gives rows one by one and fails after some of them, as a process that is killed leaves them. */
function dyingAfter(engine: OfflineEngine, chunks: number): OfflineEngine {
  return new Proxy(engine, {
    get(target, name) {
      if (name !== "latestTexts") {
        const member: unknown = Reflect.get(target, name);
        return typeof member === "function" ? member.bind(target) : member;
      }
      return async function* (...request: Parameters<OfflineEngine["latestTexts"]>) {
        let left = chunks;
        for await (const chunk of target.latestTexts(...request))
          for (const one of chunk) {
            if (left-- === 0) throw new Error("killed");
            yield [one];
          }
        throw new Error("killed");
      };
    },
  });
}

test("whatever happens in whatever order, online equals history as of the watermark, and pushed rows stay", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 9 }), async (steps) => {
      const ctx = await inNewProject(base);
      await apply(
        ctx,
        entity("thing", { k: "INT64" }),
        group("g", { entity: "thing", features: { v: "INT64" }, duplicates: "keep_last" }),
      );
      const pushed = new Map<number, string>();
      let places = PUSHED_FROM;
      const head = async () => requireGroup(ctx, { name: "g" });
      const laidOut = (given: { k: number; at: number; v: number }[]) =>
        given.map(({ k, at, v }) => ({ k, event_timestamp: hour(at), v }));
      for (const one of steps) {
        const { id, headSequence } = await head();
        const current = await ctx.db.materialization.findUnique({ where: { groupId: id } });
        if (one.act === "append") await writeTestRows(ctx, "g", laidOut(one.rows));
        if (one.act === "overwrite") {
          const range = { start: hour(one.from), end: hour(one.from + 2) };
          const within = one.rows.map((given) => ({ ...given, at: one.from + (given.at % 2) }));
          await writeTestRows(ctx, "g", laidOut(within), { mode: "overwrite", ...range });
        }
        // The newest commit is what the group holds already.
        if (one.act === "restore" && headSequence > 1)
          await restoreGroup(ctx, { name: "g", commit: 1 + (one.to % (headSequence - 1)) });
        if (one.act === "compact") await compactGroup(ctx, { name: "g", runId: null });
        if (one.act === "push" && current) {
          const schema = rowSchema(current.columns as Column[]);
          const order = {
            eventTime: hour(one.row.at),
            createdTime: hour(9),
            commitSequence: headSequence,
            rowNumber: places++,
          };
          const text = encodeRow(schema, order, [one.row.v]);
          await notePushes(ctx.online, current.onlineTable);
          await ctx.online.putMany(current.onlineTable, [{ key: [one.row.k], row: text }]);
          const known = pushed.get(one.row.k);
          if (known === undefined || compareRows(text, known) > 0) pushed.set(one.row.k, text);
        }
        if (one.act === "die") {
          const doomed = { ...ctx, offline: dyingAfter(ctx.offline, one.after) };
          await materializeGroup(doomed, { name: "g", runId: null }).catch((error: Error) =>
            expect(error.message).toBe("killed"),
          );
          continue;
        }
        if (one.act !== "materialize") continue;
        await materializeGroup(ctx, { name: "g", runId: null });
        const state = await ctx.db.materialization.findUniqueOrThrow({ where: { groupId: id } });
        const { table, sequence } = await loadTable(ctx, await head());
        expect(state.watermarkSequence).toBe(sequence);
        const schema = rowSchema(table.shape.features);
        const expected = new Map<number, string>(pushed);
        for await (const chunk of ctx.offline.latest({ table }))
          for (const { keys, values, ...order } of chunk) {
            const text = encodeRow(schema, order, values);
            const known = expected.get(Number(keys[0]));
            if (known === undefined || compareRows(text, known) > 0) expected.set(Number(keys[0]), text);
          }
        const online = await ctx.online.getMany(
          state.onlineTable,
          KEYS.map((k): Value[] => [k]),
        );
        expect(online).toEqual(KEYS.map((k) => expected.get(k) ?? null));
        // What a push brought is counted from the next build on.
        if (pushed.size === 0) expect(Number(state.rowCount)).toBe(expected.size);
        else expect(Number(state.rowCount)).toBeLessThanOrEqual(expected.size);
      }
      const { id } = await head();
      await wait(READERS_FOLLOW_MS + 100);
      await materializeGroup(ctx, { name: "g", runId: null });
      const notes = await readTables(ctx.online, id);
      // What is left besides the table in use: builds that died, until they count as abandoned.
      expect(notes.filter(({ state }) => state === "current")).toHaveLength(1);
      expect(notes.filter(({ state }) => state === "retired" || state === "dropping").length).toBeLessThan(2);
    }),
    { numRuns: 12, endOnFailure: true },
  );
}, 240_000);
