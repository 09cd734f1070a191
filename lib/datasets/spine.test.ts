import { describe, expect, test } from "vitest";
import { isLarderError, type LarderError } from "@/lib/kernel/errors";
import type { Value } from "@/lib/kernel/values";
import { exactKey, exactOnlineKey, findTimestampColumn, typeSpine } from "./spine";

const T = "2024-01-01T00:00:00Z";

function thrown(work: () => unknown): LarderError {
  try {
    work();
  } catch (error) {
    if (isLarderError(error)) return error;
    throw error;
  }
  throw new Error("expected an error");
}

describe("findTimestampColumn", () => {
  test.each<[string, Record<string, Value>[], string | undefined, string]>([
    ["the one that is named", [{ event_timestamp: T, e_ts: T }], "e_ts", "e_ts"],
    ["event_timestamp before others", [{ other: T, event_timestamp: T }], undefined, "event_timestamp"],
    ["the only one that holds instants", [{ k: 1, e_ts: T, note: "soon" }], undefined, "e_ts"],
    [
      "a column is one only if every row says so",
      [
        { a: T, b: T },
        { a: "x", b: T },
      ],
      undefined,
      "b",
    ],
  ])("takes %s", (_what, rows, named, expected) => {
    expect(findTimestampColumn(rows, named)).toBe(expected);
  });
  test.each<[string, Record<string, Value>[], string | undefined]>([
    ["none holds instants", [{ k: 1, note: "x" }], undefined],
    ["two could be it", [{ a: T, b: T }], undefined],
    ["the named one is not there", [{ event_timestamp: T }], "e_ts"],
  ])("missing_timestamp when %s", (_what, rows, named) => {
    expect(thrown(() => findTimestampColumn(rows, named)).code).toBe("missing_timestamp");
  });
});

describe("exactKey: a number is never taken for a text nor the reverse", () => {
  test.each<[Value, string, Value | undefined]>([
    ["a", "STRING", "a"],
    ["", "STRING", ""],
    [1, "STRING", undefined],
    [true, "STRING", undefined],
    [1, "INT64", 1],
    ["1", "INT64", undefined],
    [1.5, "INT64", undefined],
    [2 ** 53, "INT64", undefined],
    ["9007199254740993", "INT64", "9007199254740993"],
    ["9223372036854775807", "INT64", "9223372036854775807"],
    ["9223372036854775808", "INT64", undefined],
    ["-9223372036854775808", "INT64", "-9223372036854775808"],
    ["0009007199254740993", "INT64", undefined],
    [2 ** 31 - 1, "INT32", 2 ** 31 - 1],
    [2 ** 31, "INT32", undefined],
    [-(2 ** 31), "INT32", -(2 ** 31)],
    [true, "BOOL", true],
    ["true", "BOOL", undefined],
    [1, "BOOL", undefined],
    ["2024-01-01", "DATE", "2024-01-01"],
    ["2024-01-01T01:00:00+01:00", "DATE", "2024-01-01"],
    ["2024-01-01T00:00:01Z", "DATE", undefined],
    ["2024-02-30", "DATE", undefined],
    ["2024-01-01 02:00:00+02:00", "TIMESTAMP", "2024-01-01T00:00:00.000000Z"],
    ["2024-01-01T00:00:00.123456000Z", "TIMESTAMP", "2024-01-01T00:00:00.123456Z"],
    ["2024-01-01T00:00:00.1234567Z", "TIMESTAMP", undefined],
    ["2024-01-01T00:00:00.0000001Z", "DATE", undefined],
    [-0, "INT64", 0],
    [-0, "INT32", 0],
    [1704067200, "TIMESTAMP", undefined],
    [["a"], "STRING", undefined],
  ])("%o as %s -> %o", (value, type, expected) => {
    expect(exactKey(value, type)).toEqual(expected);
  });
});

describe("exactOnlineKey: an integer may come as its decimal text, and nothing else as another type", () => {
  test.each<[Value, string, Value | undefined]>([
    [5, "INT64", 5],
    ["5", "INT64", 5],
    ["-7", "INT32", -7],
    ["0", "INT64", 0],
    ["9007199254740991", "INT64", 9007199254740991],
    ["9007199254740993", "INT64", "9007199254740993"],
    ["2147483648", "INT32", undefined],
    ["9223372036854775808", "INT64", undefined],
    ["5.0", "INT64", undefined],
    ["05", "INT64", undefined],
    ["+5", "INT64", undefined],
    ["-0", "INT64", undefined],
    [" 5", "INT64", undefined],
    ["", "INT64", undefined],
    ["true", "BOOL", undefined],
    [5, "STRING", undefined],
  ])("%o as %s -> %o", (value, type, expected) => {
    expect(exactOnlineKey(value, type)).toEqual(expected);
  });
});

describe("typeSpine", () => {
  const keys = [{ name: "driver", type: "INT64" }];
  const type = (rows: Record<string, Value>[], nullKeys: "refuse" | "keep" = "refuse") =>
    typeSpine(rows, { timestampColumn: "event_timestamp", keys, nullKeys });

  test.each<[string, Value[], string]>([
    ["whole numbers", [1, 2, null], "INT64"],
    ["numbers", [1, 2.5], "FLOAT64"],
    ["texts", ["a", null], "STRING"],
    ["truth", [true, false], "BOOL"],
    ["nothing", [null, null], "STRING"],
    ["a mixture", [1, "a"], "JSON"],
    ["objects", [{ a: 1 }], "JSON"],
    ["lists", [[1]], "JSON"],
  ])("a column of %s is carried along: %o is %s", (_what, values, expected) => {
    const { columns } = type(values.map((extra) => ({ driver: 1, event_timestamp: T, extra })));
    expect(columns.find((column) => column.name === "extra")?.type).toBe(expected);
  });

  test("a column that some rows lack is null there", () => {
    const { columns, rows } = type([
      { driver: 1, event_timestamp: T },
      { driver: 2, event_timestamp: T, label: 1 },
    ]);
    expect(columns.map((column) => column.name)).toEqual(["driver", "event_timestamp", "label"]);
    expect(rows.map((row) => row[2])).toEqual([null, 1]);
  });

  test.each<[string, Record<string, Value>[], string, (number | undefined)[]]>([
    ["no rows", [], "empty_spine", []],
    ["no key column", [{ event_timestamp: T }], "missing_key_column", []],
    [
      "null keys",
      [{ driver: 1, event_timestamp: T }, { driver: null, event_timestamp: T }, { event_timestamp: T }],
      "null_key",
      [2, 3],
    ],
    [
      "keys of another type",
      [
        { driver: "1", event_timestamp: T },
        { driver: 1, event_timestamp: T },
      ],
      "key_type_mismatch",
      [1],
    ],
    [
      "bad instants",
      [
        { driver: 1, event_timestamp: "soon" },
        { driver: 1, event_timestamp: T },
        { driver: 1, event_timestamp: null },
        { driver: 1, event_timestamp: 5 },
      ],
      "invalid_timestamp",
      [1, 3, 4],
    ],
  ])("%s: refused, with every row named", (_what, rows, code, expected) => {
    const error = thrown(() => type(rows));
    expect([error.code, error.issues.map((issue) => issue.row)]).toEqual([code, expected]);
  });

  test("names the first hundred rows only, and says that there are more", () => {
    const error = thrown(() => type(Array.from({ length: 150 }, () => ({ driver: null, event_timestamp: T }))));
    expect(error.issues).toHaveLength(100);
    expect(error.detail).toContain("149 more");
  });

  test("null keys are kept when asked", () => {
    expect(type([{ driver: null, event_timestamp: T }], "keep").rows).toEqual([[null, "2024-01-01T00:00:00.000000Z"]]);
  });
});
