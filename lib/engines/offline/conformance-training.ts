import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { AsOfJoin, AsOfRequest, OfflineEngine, RowFilter, Shape, Split, Table } from "@/lib/engines/offline/port";
import type { Value } from "@/lib/kernel/values";
import { at, failure, joinOf, requestOf, second, tableOf } from "./conformance-data";

const SHAPE: Shape = {
  keys: [{ name: "k", type: "INT64" }],
  eventTime: "event_time",
  createdTime: null,
  features: [
    { name: "n", type: "INT64" },
    { name: "x", type: "FLOAT64" },
    { name: "s", type: "STRING" },
  ],
};

/** Filters, splits and diagnoses of a point-in-time join, and what else training sets need of an engine. */
export function trainingConformance(subject: () => OfflineEngine): void {
  const rows: Value[][] = [
    [1, second(0), 5, 1.5, "a"],
    [2, second(0), null, "NaN", "b"],
    [3, second(0), "9007199254740993", "Infinity", null],
    [4, second(0), -1, -2, "it's"],
  ];
  const spineRows = [1, 2, 3, 4, 9].map((k) => [k, second(10)] as Value[]);
  const table = (): Promise<Table> => tableOf(subject(), SHAPE, [{ rows }]);
  const keysKept = async (filters: RowFilter[], join: Partial<AsOfJoin> = {}): Promise<unknown> => {
    const result = await subject().asOf(requestOf([joinOf(await table(), join)], spineRows, { filters }));
    expect(result.rowCount + (result.filteredCount ?? 0)).toBe(spineRows.length);
    expect(result.rows).toHaveLength(result.rowCount);
    return result.rows?.map((row) => row[0]);
  };

  describe("filters", () => {
    test.each<[RowFilter["operator"], string, Value, number[]]>([
      ["eq", "n", 5, [1]],
      ["eq", "n", "9007199254740993", [3]],
      ["ne", "n", 5, [3, 4]],
      ["gt", "n", 5, [3]],
      ["gte", "n", 4.5, [1, 3]],
      ["lt", "n", 3_000_000_000, [1, 4]],
      ["gt", "x", 0, [1, 3]],
      ["lte", "x", 1.5, [1, 4]],
      ["eq", "s", "it's", [4]],
      ["in", "s", ["a", "b"], [1, 2]],
      ["in", "n", [5, -1, 100], [1, 4]],
      ["notNull", "n", true, [1, 3, 4]],
      ["gt", "k", 2, [3, 4, 9]],
    ])("%s on %s with %o; a null meets none, NaN is in no order", async (operator, column, value, expected) => {
      expect(await keysKept([{ column, operator, value }])).toEqual(expected);
    });

    test("all must be met, defaults count as values, and nothing may be left", async () => {
      const both: RowFilter[] = [
        { column: "n", operator: "gte", value: 0 },
        { column: "n", operator: "lt", value: 6 },
      ];
      expect(await keysKept(both)).toEqual([1]);
      expect(await keysKept(both, { features: [{ name: "n", as: "n", fill: 3 }] })).toEqual([1, 2, 9]);
      expect(await keysKept([{ column: "s", operator: "eq", value: "nobody" }])).toEqual([]);
    });

    test("a file holds only what they keep, and counts follow it", async () => {
      const filters: RowFilter[] = [{ column: "x", operator: "notNull", value: true }];
      const path = `out/filtered-${Math.trunc(performance.now() * 1000)}.parquet`;
      const features = [
        { name: "x", as: "x" },
        { name: "n", as: "n", fill: 0 },
      ];
      const request = requestOf([joinOf(await table(), { features })], spineRows, {
        filters,
        output: { kind: "file", path },
      });
      const result = await subject().asOf(request);
      expect(result).toMatchObject({
        rowCount: 4,
        filteredCount: 1,
        filledCounts: { n: 1 },
        nullCounts: { n: 0, x: 0 },
      });
      expect((await subject().preview(path, 10)).rows.map((row) => row[0])).toEqual([1, 2, 3, 4]);
      const nothing = [{ column: "k", operator: "lt" as const, value: 0 }];
      const empty = await subject().asOf({ ...request, filters: nothing, output: { kind: "file", path: `${path}.0` } });
      expect(empty).toMatchObject({ rowCount: 0, filteredCount: 5, nullCounts: { n: 0, x: 0 } });
      expect(await subject().contentHash(`${path}.0`)).toMatch(/^[0-9a-f]{64}$/);
    });
  });

  describe("splits", () => {
    const parts = [
      { name: "train", share: 0.7 },
      { name: "test", share: 0.2 },
      { name: "check", share: 0.1 },
    ];
    const hash: Split = { by: "hash", column: "split", keys: ["k"], seed: 7, parts };
    /** The same rule as the documentation has it, in another language. */
    const partOf = (texts: (string | null)[], seed: number): string => {
      const cells = texts.map((text) => (text === null ? "n" : `${Buffer.byteLength(text)}:${text}`));
      const digits = createHash("md5")
        .update(`${seed};${cells.join("")}`)
        .digest("hex")
        .slice(0, 13);
      const share = Number.parseInt(digits, 16) / 16 ** 13;
      return share < 0.7 ? "train" : share < 0.7 + 0.2 ? "test" : "check";
    };

    test("by hash: equal keys stay together, shares are kept, and the rule can be computed anywhere", async () => {
      const spine = Array.from({ length: 4000 }, (_, i) => [i % 1000, second(i)] as Value[]);
      const result = await subject().asOf(requestOf([joinOf(await table())], spine, { split: hash }));
      expect(result.columns.at(-1)).toEqual({ name: "split", type: "STRING" });
      expect(result.rows?.map((row) => row.at(-1))).toEqual(spine.map(([k]) => partOf([String(k)], 7)));
      const counts = result.splitCounts ?? {};
      expect(Object.keys(counts)).toEqual(["train", "test", "check"]);
      expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(4000);
      expect(Math.abs((counts.train ?? 0) / 4000 - 0.7)).toBeLessThan(0.05);
      const other = await subject().asOf(requestOf([joinOf(await table())], spine, { split: { ...hash, seed: 8 } }));
      expect(other.rows?.map((row) => row.at(-1))).not.toEqual(result.rows?.map((row) => row.at(-1)));
    });

    test("by hash of several columns: lengths keep them apart, nulls and instants are texts of their own", async () => {
      const columns = ["a", "b"].map((name) => ({ name, type: "STRING" }));
      const texts: (string | null)[][] = [
        ["1", "23"],
        ["12", "3"],
        [null, "x"],
        ["x", null],
        ["", "é"],
        ["n", ""],
      ];
      const spine: AsOfRequest["spine"] = {
        kind: "rows",
        columns: [...columns, { name: "ts", type: "TIMESTAMP" }],
        rows: texts.map((row) => [...row, second(1)]),
      };
      const request = requestOf([], [], { spine, split: { ...hash, keys: ["a", "b", "ts"] } });
      const result = await subject().asOf(request);
      expect(result.rows?.map((row) => row.at(-1))).toEqual(texts.map((row) => partOf([...row, second(1)], 7)));
    });

    test("by time: up to a bound and not including it; a part may be empty", async () => {
      const split: Split = {
        by: "time",
        column: "split",
        parts: [
          { name: "old", until: second(0) },
          { name: "train", until: second(5) },
          { name: "test", until: null },
        ],
      };
      const spine = [at(4_999_999), second(5), second(2), at(5_000_001)].map((ts) => [1, ts] as Value[]);
      const result = await subject().asOf(requestOf([joinOf(await table())], spine, { split }));
      expect(result.rows?.map((row) => row.at(-1))).toEqual(["train", "test", "train", "test"]);
      expect(result.splitCounts).toEqual({ old: 0, train: 2, test: 2 });
    });

    test("a column named split is a collision, whoever brings it", async () => {
      const columns = [...SHAPE.keys, { name: "Split", type: "STRING" }, { name: "ts", type: "TIMESTAMP" }];
      const spine: AsOfRequest["spine"] = { kind: "rows", columns, rows: [[1, "x", second(1)]] };
      const features = [{ name: "n", as: "split" }];
      for (const request of [
        requestOf([joinOf(await table())], [], { spine, split: hash }),
        requestOf([joinOf(await table(), { features })], spineRows, { split: hash }),
      ])
        expect((await failure(subject().asOf(request))).code).toBe("feature_name_collision");
    });
  });

  describe("diagnoses", () => {
    const labelled = async (
      count: number,
      feature: (i: number) => Value[],
      label: (i: number) => Value,
      type = "INT64",
    ) => {
      const made = await tableOf(subject(), SHAPE, [
        { rows: Array.from({ length: count }, (_, i) => [i, second(i), ...feature(i)]) },
      ]);
      const spine: AsOfRequest["spine"] = {
        kind: "rows",
        columns: [...SHAPE.keys, { name: "ts", type: "TIMESTAMP" }, { name: "label", type }],
        rows: Array.from({ length: count }, (_, i) => [i, second(i % 4 === 0 ? i : i + 1), label(i)]),
      };
      return subject().asOf(requestOf([joinOf(made)], [], { spine, diagnose: { label: "label" } }));
    };

    test("counts what was found, and what lies at the very instant", async () => {
      const { diagnostics = [] } = await labelled(
        40,
        (i) => [i, i, i % 2 ? "a" : null],
        () => 1,
      );
      expect(diagnostics.map(({ column, matched, atLabelTime }) => [column, matched, atLabelTime])).toEqual(
        ["n", "x", "s"].map((column) => [column, 40, 10]),
      );
    });

    test("numbers: the absolute correlation; what is no finite number is left out", async () => {
      const { diagnostics = [] } = await labelled(
        100,
        (i) => [-3 * i, i === 50 ? "NaN" : i === 51 ? "-Infinity" : i === 52 ? null : i === 53 ? 1e300 : i, String(i)],
        (i) => i,
      );
      const [n, x, s] = diagnostics;
      expect(n?.association).toBeCloseTo(1, 9);
      expect([x?.pairs, s?.association]).toEqual([96, null]);
      expect(x?.association).toBeCloseTo(1, 9);
      const { diagnostics: weak = [] } = await labelled(
        200,
        (i) => [i % 2, (i * 7919) % 101, "c"],
        (i) => (i >> 1) % 2,
      );
      expect(weak[0]?.association).toBeLessThan(0.05);
      expect(weak[2]?.association).toBeNull();
    });

    test("categories: Cramér's V, 1 when one decides the other, null when there are too many", async () => {
      const names = ["red", "green", "blue"];
      const { diagnostics = [] } = await labelled(
        90,
        (i) => [i, i, names[i % 3] ?? ""],
        (i) => `label ${i % 3}`,
        "STRING",
      );
      expect(diagnostics.map(({ association }) => association === null || association > 0.999)).toEqual([
        true,
        true,
        true,
      ]);
      expect(diagnostics[0]?.association).toBeNull();
      const { diagnostics: none = [] } = await labelled(
        90,
        (i) => [0, 0, names[i % 3] ?? ""],
        (i) => `l${i % 2}`,
        "STRING",
      );
      expect(none[2]?.association).toBeLessThan(0.1);
    });

    test("rows with the keys and instant of another are counted; without a label nothing is associated", async () => {
      const spine = [
        [1, second(1)],
        [1, second(1)],
        [1, second(2)],
        [1, second(1)],
        [2, second(1)],
      ] as Value[][];
      const result = await subject().asOf(requestOf([joinOf(await table())], spine, { diagnose: { label: null } }));
      expect(result.repeatedRows).toBe(2);
      expect(result.diagnostics?.map(({ association }) => association)).toEqual([null, null, null]);
      expect(result.rows).toHaveLength(5);
    });
  });

  test("the first rows only, while the counts are of all", async () => {
    const result = await subject().asOf(
      requestOf([joinOf(await table())], spineRows, { output: { kind: "rows", limit: 2 } }),
    );
    expect([result.rows?.length, result.rowCount, result.nullCounts.n]).toEqual([2, 5, 2]);
  });

  test("a spine that is a result file gives the same as the rows it was made of", async () => {
    const path = `out/spine-${Math.trunc(performance.now() * 1000)}.parquet`;
    const kept = await subject().asOf(
      requestOf([], [], { spine: requestOf([joinOf(await table())], spineRows).spine, output: { kind: "file", path } }),
    );
    expect(kept.rowCount).toBe(spineRows.length);
    const joins = [joinOf(await table())];
    const again = await subject().asOf(requestOf(joins, [], { spine: { kind: "file", path } }));
    expect(again.rows).toEqual((await subject().asOf(requestOf(joins, spineRows))).rows);
  });

  test("of rows with equal keys and event time a distinct input shows the last", async () => {
    const twice = await tableOf(subject(), SHAPE, [
      {
        rows: [
          [1, second(0), 1, 1, "a"],
          [1, second(0), 2, 2, "b"],
          [1, second(1), 3, 3, "c"],
        ],
      },
      { rows: [[1, second(0), 4, 4, "d"]] },
    ]);
    const count = async (distinct: boolean) => {
      const inputs = [{ name: "g", kind: "table" as const, table: twice, distinct }];
      const answer = await subject().query({ query: { sql: "SELECT n FROM g ORDER BY n", inputs }, limit: 10 });
      return answer.rows.map(([n]) => n);
    };
    expect(await count(false)).toEqual([1, 2, 3, 4]);
    expect(await count(true)).toEqual([3, 4]);
  });
}
