import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { compareRows, type OnlineRowText } from "@/lib/compute/online-row";
import type { Value } from "@/lib/kernel/values";
import { CREATED, DISTINCT_KEYS, EXACT_VALUES, LADDER, markOf, REFUSED_KEYS, rowOf } from "./conformance-cases";
import type { KeyedRow, OnlineKey, OnlineStore } from "./port";

/** What every online store promises. `make` gives an empty store. */
export function onlineConformance(name: string, make: () => Promise<OnlineStore>): void {
  describe(name, () => {
    let store: OnlineStore;
    beforeEach(async () => {
      store = await make();
    });
    afterEach(() => store.close());

    const marksOf = async (table: string, keys: OnlineKey[]): Promise<(Value | undefined)[]> =>
      (await store.getMany(table, keys)).map(markOf);

    describe("getMany", () => {
      it("answers in the order asked, duplicates and unknown keys in their places", async () => {
        await store.putMany("t", [
          { key: [1], row: rowOf(1, "one") },
          { key: [2], row: rowOf(1, "two") },
          { key: [3], row: rowOf(1, "three") },
        ]);
        expect(await marksOf("t", [[3], [1], [9], [3], [2], [9]])).toEqual([
          "three",
          "one",
          undefined,
          "three",
          "two",
          undefined,
        ]);
      });

      it("answers null for an unknown table, nothing for no keys", async () => {
        expect(await store.getMany("nowhere", [[1], [2]])).toEqual([null, null]);
        expect(await store.getMany("nowhere", [])).toEqual([]);
      });

      it("answers for several tables at once, each by its own keys", async () => {
        const long = "k".repeat(900);
        await store.putMany("t", [
          { key: [1], row: rowOf(1, "one") },
          { key: [long], row: rowOf(1, "long") },
        ]);
        await store.putMany("other", [{ key: [1], row: rowOf(1, "its own") }]);
        const rows = await store.getAcross([
          { table: "other", keys: [[1], [long]] },
          { table: "nowhere", keys: [[1]] },
          { table: "t", keys: [] },
          { table: "t", keys: [[long], [1], [long]] },
        ]);
        expect(rows.map((found) => found.map(markOf))).toEqual([
          ["its own", undefined],
          [undefined],
          [],
          ["long", "one", "long"],
        ]);
        expect(await store.getAcross([])).toEqual([]);
        await expect(store.getAcross([{ table: "t", keys: [[1], [null]] }])).rejects.toMatchObject({
          code: "invalid_key",
        });
      });
    });

    describe("keys", () => {
      it("are compared as tuples with their types", async () => {
        await store.putMany(
          "t",
          DISTINCT_KEYS.map((key, index) => ({ key, row: rowOf(1, index) })),
        );
        expect(await marksOf("t", DISTINCT_KEYS)).toEqual(DISTINCT_KEYS.map((_, index) => index));
        expect(await marksOf("t", [[1, 2, 3], ["a", "b", "c"], ["k".repeat(502)], ["b"]])).toEqual(
          Array(4).fill(undefined),
        );
      });

      it("hold 0 and -0 as one key", async () => {
        await store.putMany("t", [{ key: [-0], row: rowOf(1, "zero") }]);
        expect(await marksOf("t", [[0], [-0]])).toEqual(["zero", "zero"]);
      });

      it.each(REFUSED_KEYS)("refuse %s", async (_name, key) => {
        await store.putMany("t", [{ key: [1], row: rowOf(1, "before") }]);
        const bad = [
          { key: [1], row: rowOf(2, "after") },
          { key, row: rowOf(1, "x") },
        ];
        await expect(store.putMany("t", bad)).rejects.toMatchObject({ code: "invalid_key" });
        await expect(store.getMany("t", [key])).rejects.toMatchObject({ code: "invalid_key" });
        await expect(store.deleteMany("t", [[1], key])).rejects.toMatchObject({ code: "invalid_key" });
        expect(await marksOf("t", [[1]]), "a refused call does nothing at all").toEqual(["before"]);
      });
    });

    describe("rows", () => {
      it.each(EXACT_VALUES)("come back exactly: %s", async (_name, values) => {
        const row = rowOf(1, values, {
          createdTime: "2001-01-02T03:04:05.678901Z",
          commitSequence: 2 ** 40,
          rowNumber: 7,
        });
        await store.putMany("t", [
          { key: ["k"], row },
          { key: ["k".repeat(900)], row },
        ]);
        expect(await store.getMany("t", [["k"], ["k".repeat(900)]])).toEqual([row, row]);
      });

      it("come back exactly: anything", async () => {
        const value = fc.jsonValue({ stringUnit: "binary" });
        await fc.assert(
          fc.asyncProperty(value, fc.uuid(), async (mark, key) => {
            const row = rowOf(1, mark as Value);
            await store.putMany("any", [{ key: [key], row }]);
            expect(await store.getMany("any", [[key]])).toEqual([row]);
          }),
          { numRuns: 200 },
        );
      });
    });

    describe("putMany", () => {
      it("keeps the greatest row, put one by one in every order of every pair and triple", async () => {
        let table = 0;
        for (const a of LADDER) {
          for (const b of LADDER) {
            for (const c of LADDER) {
              table += 1;
              for (const row of [a, b, c]) await store.putMany(`p${table}`, [{ key: [1], row }]);
              expect(await store.getMany(`p${table}`, [[1]])).toEqual([[a, b, c].toSorted(compareRows).at(-1)]);
            }
          }
        }
      });

      it("counts the rows that won: one per key that changed", async () => {
        const put = (row: OnlineRowText): Promise<{ written: number }> => store.putMany("t", [{ key: [1], row }]);
        expect(await put(rowOf(2, "new"))).toEqual({ written: 1 });
        expect(await put(rowOf(2, "new"))).toEqual({ written: 0 });
        expect(await put(rowOf(1, "old"))).toEqual({ written: 0 });
        const batch = [3, 5, 4].map((day) => ({ key: [1], row: rowOf(day, day) }));
        expect(await store.putMany("t", [...batch, { key: [2], row: rowOf(1, "other") }])).toEqual({ written: 2 });
        expect(await marksOf("t", [[1], [2]])).toEqual([5, "other"]);
        expect(await store.putMany("t", [])).toEqual({ written: 0 });
      });

      it("ends in the same state in any order, any grouping, any repetition", async () => {
        const order = fc.record({
          eventTime: fc.constantFrom("2001-01-01T00:00:00.000000Z", "2001-01-02T00:00:00.000000Z"),
          createdTime: fc.constantFrom(null, CREATED, "2001-01-09T00:00:00.000001Z"),
          commitSequence: fc.integer({ min: 1, max: 3 }),
          rowNumber: fc.integer({ min: 1, max: 3 }),
        });
        const put = fc.record({ key: fc.constantFrom<OnlineKey>([1], ["1"], [1, 2], ["long".repeat(200)]), order });
        const history = fc.array(put, { minLength: 1, maxLength: 12 }).chain((puts) =>
          fc.record({
            puts: fc.constant(puts),
            replay: fc.array(fc.array(fc.nat({ max: puts.length - 1 }), { maxLength: 6 }), { maxLength: 8 }),
            concurrent: fc.boolean(),
          }),
        );
        const seed = Date.now();
        console.info(`${name}: any order, seed ${seed}`);
        let table = 0;
        await fc.assert(
          fc.asyncProperty(history, async ({ puts, replay, concurrent }) => {
            table += 1;
            const rows = puts.map((item) => ({
              key: item.key,
              row: rowOf(1, JSON.stringify(item.order), item.order),
            }));
            const calls = [...replay, rows.map((_, index) => index).reverse(), ...replay.toReversed()];
            const run = (call: number[]): Promise<unknown> =>
              store.putMany(
                `h${table}`,
                call.flatMap((index) => rows[index] ?? []),
              );
            if (concurrent) await Promise.all(calls.map(run));
            else for (const call of calls) await run(call);
            const keys = rows.map(({ key }) => key);
            const expected = keys.map((key) => {
              const same = rows
                .filter((item) => JSON.stringify(item.key) === JSON.stringify(key))
                .map(({ row }) => row);
              return same.toSorted(compareRows).at(-1);
            });
            expect(await store.getMany(`h${table}`, keys)).toEqual(expected);
          }),
          { seed, numRuns: 150 },
        );
      });

      it("takes 20,000 rows at once", async () => {
        const keys = Array.from({ length: 20_000 }, (_, index): OnlineKey => [`customer-${index}`, index % 7]);
        const rows = keys.map((key, index) => ({ key, row: rowOf(1 + (index % 20), index) }));
        expect(await store.putMany("many", rows)).toEqual({ written: 20_000 });
        expect(await store.putMany("many", rows.toReversed())).toEqual({ written: 0 });
        expect(await marksOf("many", keys)).toEqual(keys.map((_, index) => index));
        await store.drop("many");
        expect((await store.getMany("many", keys)).filter(Boolean)).toEqual([]);
      });
    });

    describe("removal", () => {
      it("deleteMany removes the keys named and no others", async () => {
        const long = "k".repeat(3_000);
        await store.putMany(
          "t",
          [[1], [2], ["1"], [long]].map((key) => ({ key, row: rowOf(5, "x") })),
        );
        await store.deleteMany("t", [[1], [1], [99], [long]]);
        await store.deleteMany("nowhere", [[1]]);
        expect(await marksOf("t", [[1], [2], ["1"], [long]])).toEqual([undefined, "x", "x", undefined]);
        await store.putMany("t", [{ key: [1], row: rowOf(1, "older, put after the removal") }]);
        expect(await marksOf("t", [[1]])).toEqual(["older, put after the removal"]);
      });

      it("drop removes one table and leaves its neighbours", async () => {
        const tables = ["a", "ab", "b", "a\u0000", "A", "a@1", "ä", "a".repeat(255)];
        for (const table of tables) {
          await store.putMany(
            table,
            [[], [1], ["b"], ["k".repeat(900)]].map((key) => ({ key, row: rowOf(1, table) })),
          );
        }
        await store.drop("a");
        await store.drop("nowhere");
        for (const table of tables) {
          const left = table === "a" ? undefined : table;
          expect(await marksOf(table, [[], [1], ["b"], ["k".repeat(900)]])).toEqual(Array(4).fill(left));
        }
        await store.putMany("a", [{ key: [1], row: rowOf(1, "again") }]);
        expect(await marksOf("a", [[1], ["b"]])).toEqual(["again", undefined]);
      });

      it.each([[""], ["a".repeat(256)], ["\ud83d"]])("a table cannot be named %j", async (table) => {
        await expect(store.putMany(table, [])).rejects.toMatchObject({ code: "invalid_name" });
      });
    });

    describe("scan", () => {
      const scanned = async (table: string): Promise<KeyedRow[]> => {
        const chunks: KeyedRow[][] = [];
        for await (const chunk of store.scan(table)) chunks.push(chunk);
        expect(chunks.every((chunk) => chunk.length > 0)).toBe(true);
        return chunks.flat();
      };
      const sorted = (rows: KeyedRow[]): string[] => rows.map((row) => JSON.stringify(row)).sort();

      it("gives every key of one table with its row, and no other table's", async () => {
        const rows = DISTINCT_KEYS.map((key, index) => ({ key, row: rowOf(1, index) }));
        for (const table of [
          "a",
          "ab",
          "a*",
          "[a]",
          "?",
          "a\u0000",
          ...[42, 63, 91, 92, 123].map((length) => "n".repeat(length)),
        ]) {
          await store.putMany(table, [...rows, { key: ["only", table], row: rowOf(1, table) }]);
          const found = await scanned(table);
          expect(sorted(found)).toEqual(sorted([...rows, { key: ["only", table], row: rowOf(1, table) }]));
        }
        expect(await scanned("nowhere")).toEqual([]);
        await store.drop("a*");
        expect(await scanned("a*")).toEqual([]);
        expect(await scanned("ab")).toHaveLength(rows.length + 1);
      });

      it("gives 5,000 rows, all of them, and again what is put back", async () => {
        const rows = Array.from({ length: 5_000 }, (_, index) => ({ key: [`k${index}`], row: rowOf(1, index) }));
        await store.putMany("t", rows);
        const found = await scanned("t");
        expect(sorted(found)).toEqual(sorted(rows));
        expect(await store.putMany("copy", found)).toEqual({ written: 5_000 });
        await store.deleteMany(
          "copy",
          rows.slice(1).map(({ key }) => key),
        );
        expect(await scanned("copy")).toEqual([rows[0]]);
      });

      it("gives all rows that stay, while others are put and removed", async () => {
        const rows = Array.from({ length: 3_000 }, (_, index) => ({ key: [`k${index}`], row: rowOf(1, index) }));
        await store.putMany("t", rows);
        const seen = new Set<unknown>();
        let turn = 0;
        for await (const chunk of store.scan("t")) {
          for (const { key } of chunk) seen.add(key[0]);
          turn += 1;
          await store.putMany("t", [{ key: ["new", turn], row: rowOf(1, turn) }]);
          await store.deleteMany("t", [["new", turn - 1]]);
        }
        expect(rows.filter(({ key }) => !seen.has(key[0]))).toEqual([]);
      });

      it("can be left before its end", async () => {
        const rows = Array.from({ length: 3_000 }, (_, index) => ({ key: [index], row: rowOf(1, index) }));
        await store.putMany("t", rows);
        for await (const chunk of store.scan("t")) {
          expect(chunk.length).toBeGreaterThan(0);
          break;
        }
        expect(await store.putMany("t", [{ key: [1], row: rowOf(2, "after") }])).toEqual({ written: 1 });
      });
    });

    describe("status", () => {
      it("is up after a check, and stays what the last check found", async () => {
        expect(await store.check()).toEqual({ state: "up", detail: null });
        expect(store.status()).toEqual({ state: "up", detail: null });
      });

      it("figures are numbers from 0 on, and leave no trace", async () => {
        for (const figure of Object.values(await store.figures())) expect(figure).toBeGreaterThanOrEqual(0);
        await store.putMany("t", [{ key: [1], row: rowOf(1, 1) }]);
        const { bytes = 1, snapshotLag = 0, evictedKeys = 0 } = await store.figures();
        expect([bytes > 0, snapshotLag, evictedKeys]).toEqual([true, 0, 0]);
      });

      it("leaves no trace in the tables", async () => {
        await store.check();
        expect(await store.getMany("check", [[0]])).toEqual([null]);
      });
    });

    it("flush resolves: with nothing put, and with puts still on their way", async () => {
      await store.flush();
      const put = store.putMany("t", [{ key: [1], row: rowOf(1, "x") }]);
      await store.flush();
      await put;
      await store.flush();
      expect(await marksOf("t", [[1]])).toEqual(["x"]);
    });
  });
}
