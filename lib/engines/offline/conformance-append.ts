import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { APPEND_STEPS } from "@/lib/engines/offline/port";
import { failure, filesBelow, type Subject, second, shapeOf, tableOf, valuesQuery } from "./conformance-data";

/** Appending: what is written, what is refused, and that nothing half-done is left. */
export function appendConformance(subject: () => Subject): void {
  describe("append", () => {
    test("describes the file it wrote", async () => {
      const shape = shapeOf();
      const file = await subject().engine.append({
        query: valuesQuery(shape, [
          [2, second(5), 1],
          [1, second(9), 2],
          [1, second(3), 3],
        ]),
        shape,
        folder: "data/a",
      });
      expect(file).toMatchObject({ rowCount: 3, minEventTime: second(3), maxEventTime: second(9), unique: true });
      const table = { shape, files: file ? [{ ...file, commitSequence: 1, committedAt: second(0) }] : [] };
      expect((await subject().engine.read({ table, limit: 10 })).rows).toEqual([
        [1, second(3), 3],
        [2, second(5), 1],
        [1, second(9), 2],
      ]);
      expect(
        (await subject().engine.read({ table, limit: 1, descending: true, start: second(3), end: second(9) })).rows,
      ).toEqual([[2, second(5), 1]]);
      const tied = await subject().engine.append({
        query: valuesQuery(shape, [
          [1, second(5), 1],
          [1, second(5), 2],
        ]),
        shape,
        folder: "data/a",
      });
      expect(tied?.unique).toBe(false);
    });

    test("rows of one key and instant keep the order of the query", async () => {
      const shape = shapeOf();
      const sql =
        "SELECT i % 3 AS k, TIMESTAMPTZ '2001-01-01' AS event_time, (i * 7919) % 60000 AS v FROM range(60000) r(i) ORDER BY i";
      const file = await subject().engine.append({ query: { sql, inputs: [] }, shape, folder: "data/order" });
      const table = { shape, files: file ? [{ ...file, commitSequence: 1, committedAt: second(0) }] : [] };
      const { rows } = await subject().engine.read({ table, limit: 60_000 });
      const expected = [0, 1, 2].flatMap((k) =>
        Array.from({ length: 20_000 }, (_, j) => [k, second(0), ((3 * j + k) * 7919) % 60_000]),
      );
      expect(rows).toEqual(expected);
    });

    test("no rows, no file", async () => {
      const shape = shapeOf();
      const query = valuesQuery(shape, [[1, second(0), 1]]);
      expect(
        await subject().engine.append({
          query: { ...query, sql: `${query.sql} WHERE false` },
          shape,
          folder: "data/none",
        }),
      ).toBeNull();
      expect((await filesBelow(join(subject().root, "data/none"))).length).toBe(0);
    });

    const T = "TIMESTAMPTZ '2001-01-01' AS event_time";
    test.each([
      ["a missing column", `SELECT 1 AS k, ${T}`, "schema_mismatch"],
      ["an extra column", `SELECT 1 AS k, ${T}, 1 AS v, 2 AS w`, "schema_mismatch"],
      ["a missing key", `SELECT ${T}, 1 AS v`, "missing_key_column"],
      ["another type", `SELECT 1 AS k, ${T}, 'abc' AS v`, "schema_mismatch"],
      ["a value that would be rounded", `SELECT 1 AS k, ${T}, 1.5 AS v`, "schema_mismatch"],
      ["a value out of range", `SELECT 1 AS k, ${T}, 1e30::DOUBLE AS v`, "schema_mismatch"],
      ["a null key", `SELECT NULL::BIGINT AS k, ${T}, 1 AS v`, "null_key"],
      ["a null event time", "SELECT 1 AS k, NULL::TIMESTAMPTZ AS event_time, 1 AS v", "invalid_timestamp"],
      ["bad SQL", "SELECT nothing FROM nowhere", "sql_invalid"],
    ])("refuses %s and leaves nothing behind", async (_, sql, code) => {
      const before = await filesBelow(subject().root);
      expect(
        (await failure(subject().engine.append({ query: { sql, inputs: [] }, shape: shapeOf(), folder: "data/bad" })))
          .code,
      ).toBe(code);
      expect(await filesBelow(subject().root)).toEqual(before);
    });

    test("takes its steps in order, and a cancel at any of them leaves nothing behind", async () => {
      const shape = shapeOf();
      const query = valuesQuery(shape, [[1, second(0), 1]]);
      const before = await filesBelow(subject().root);
      for (const stop of APPEND_STEPS) {
        const controller = new AbortController();
        const seen: string[] = [];
        const onStep = (step: string): void => {
          seen.push(step);
          if (step === stop) controller.abort();
        };
        expect(
          (
            await failure(
              subject().engine.append({ query, shape, folder: "data/cancel", onStep }, { signal: controller.signal }),
            )
          ).code,
        ).toBe("cancelled");
        expect(seen).toEqual(APPEND_STEPS.slice(0, APPEND_STEPS.indexOf(stop) + 1));
        expect(await filesBelow(subject().root)).toEqual(before);
      }
      expect(await subject().engine.append({ query, shape, folder: "data/cancel" })).toMatchObject({ rowCount: 1 });
    });

    test("exact values survive: big integers, not-a-number, empty text", async () => {
      const shape = {
        ...shapeOf(),
        features: [
          { name: "i", type: "INT64" },
          { name: "f", type: "FLOAT64" },
          { name: "s", type: "STRING" },
        ],
      };
      const table = await tableOf(subject().engine, shape, [
        {
          rows: [
            [1, second(0), "9007199254740993", "NaN", ""],
            [2, second(0), -1, "-Infinity", null],
          ],
        },
      ]);
      expect((await subject().engine.read({ table, limit: 9 })).rows).toEqual([
        [1, second(0), "9007199254740993", "NaN", ""],
        [2, second(0), -1, "-Infinity", null],
      ]);
    });
  });
}
