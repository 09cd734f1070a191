import { describe, expect, test } from "vitest";
import type { OfflineEngine } from "@/lib/engines/offline/port";
import { failure, second, shapeOf, tableOf } from "./conformance-data";

/** Descriptions, previews and profiles. */
export function queryConformance(subject: () => OfflineEngine): void {
  describe("queries", () => {
    test("describe gives columns, and names even when nothing provides them", async () => {
      const table = { shape: shapeOf(), files: [] };
      const known = await subject().describe({
        sql: "SELECT v + 1 AS w FROM g",
        inputs: [{ name: "g", kind: "table", table }],
      });
      expect(known).toEqual({ columns: [{ name: "w", type: "INT64" }], names: ["g"], changing: [] });
      const unknown = await subject().describe({
        sql: "WITH c AS (SELECT * FROM x) SELECT * FROM c JOIN y USING (k)",
        inputs: [],
      });
      expect(unknown).toEqual({ columns: [], names: ["x", "y"], changing: [] });
    });

    test("a query reads tables and other queries, is limited, and counts when asked", async () => {
      const table = await tableOf(subject(), shapeOf(), [
        {
          rows: [
            [1, second(0), 1],
            [2, second(0), 2],
            [3, second(0), 3],
          ],
        },
      ]);
      const inputs = [
        { name: "g", kind: "table" as const, table },
        { name: "big", kind: "sql" as const, sql: "SELECT v FROM g WHERE v > 1 -- two;" },
      ];
      const result = await subject().query({
        query: { sql: "SELECT v FROM big ORDER BY v;", inputs },
        limit: 1,
        count: true,
      });
      expect(result).toEqual({ truncated: false, columns: [{ name: "v", type: "INT64" }], rows: [[2]], rowCount: 2 });
    });

    test.each([
      "SELECT 1; SELECT 2",
      "COPY (SELECT 1) TO '/tmp/larder-escape.csv'",
      "SET threads = 1",
      "ATTACH '/tmp/larder-escape.db'",
      "PRAGMA version",
    ])("refuses %s", async (sql) => {
      expect((await failure(subject().query({ query: { sql, inputs: [] }, limit: 1 }))).code).toBe("sql_not_allowed");
    });

    test("sql_invalid names the line", async () => {
      const error = await failure(
        subject().query({ query: { sql: "SELECT 1,\n  missing_column", inputs: [] }, limit: 1 }),
      );
      expect([error.code, error.issues[0]?.line]).toEqual(["sql_invalid", 2]);
    });

    test("a profile survives every kind of column", async () => {
      const features = [
        { name: "f", type: "FLOAT64" },
        { name: "none", type: "FLOAT64" },
        { name: "one", type: "INT64" },
        { name: "s", type: "STRING" },
      ];
      const shape = { ...shapeOf(), features };
      const rows = ["1", "2", "3", "NaN", "Infinity", null].map((value, i) => [
        i,
        second(i),
        value,
        null,
        5,
        i < 4 ? "a" : "b",
      ]);
      const [f, none, one, s] = await subject().profile({
        table: await tableOf(subject(), shape, [{ rows }]),
        trendBuckets: 2,
      });
      expect(f).toMatchObject({ count: 6, nulls: 1, nonFinite: 2, min: 1, max: 3, mean: 2 });
      expect(f?.stddev).toBeCloseTo(Math.sqrt(2 / 3), 12);
      expect(f?.histogram?.length).toBe(20);
      expect(f?.histogram?.reduce((sum, bin) => sum + bin.count, 0)).toBe(3);
      expect(none).toMatchObject({ nulls: 6, min: null, mean: null, quantiles: null, histogram: null });
      expect(one).toMatchObject({ distinct: 1, stddev: 0, histogram: [{ from: 5, to: 5, count: 6 }] });
      expect(s).toMatchObject({
        distinct: 2,
        mean: null,
        histogram: null,
        topValues: [
          { value: "a", count: 4 },
          { value: "b", count: 2 },
        ],
      });
      const trend = f?.trend ?? [];
      expect(trend.map((bucket) => bucket.at)).toEqual([...new Set(trend.map((bucket) => bucket.at))].sort());
      expect([
        trend.reduce((sum, bucket) => sum + bucket.count, 0),
        trend.reduce((sum, bucket) => sum + bucket.nulls, 0),
      ]).toEqual([6, 1]);
      expect(trend.length).toBeGreaterThan(1);
      expect(await subject().profile({ table: { shape, files: [] }, trendBuckets: 2 })).toHaveLength(4);
    });
  });
}
