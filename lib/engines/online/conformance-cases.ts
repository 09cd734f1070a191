import { encodeRow, type OnlineRowText, type RowOrder, rowSchema, valuesOf } from "@/lib/compute/online-row";
import type { Value } from "@/lib/kernel/values";
import type { OnlineKey } from "./port";

const SCHEMA = rowSchema([{ name: "mark", type: "JSON" }]);

/** A row of the first days of 2001, told apart by `mark`. */
export function rowOf(day: number, mark: Value, order: Partial<RowOrder> = {}): OnlineRowText {
  const eventTime = new Date(Date.UTC(2001, 0, day)).toISOString().replace("Z", "000Z");
  return encodeRow(SCHEMA, { eventTime, createdTime: null, commitSequence: 1, rowNumber: 1, ...order }, [mark]);
}

/** What `rowOf` was told; undefined for no row. */
export function markOf(row: OnlineRowText | null | undefined): Value | undefined {
  return row ? valuesOf(SCHEMA, row)[0] : undefined;
}

/** A created time after every event of `LADDER`. */
export const CREATED = "2001-01-09T00:00:00.000000Z";

/** Rows of one key, each greater than the one before it for one reason only. */
export const LADDER: OnlineRowText[] = [
  rowOf(1, "first"),
  rowOf(1, "later row", { rowNumber: 2 }),
  rowOf(1, "later commit", { commitSequence: 2 }),
  rowOf(1, "has a created time", { createdTime: CREATED }),
  rowOf(1, "created later", { createdTime: "2001-01-09T00:00:00.000001Z" }),
  rowOf(2, "later event"),
];

/** Keys of which no two are the same, though many would be if joined, cast, cut or normalized. */
export const DISTINCT_KEYS: OnlineKey[] = [
  [1, 23],
  [12, 3],
  [123],
  ["a", "bc"],
  ["ab", "c"],
  ["abc"],
  ["abc", ""],
  ["", "abc"],
  [""],
  ["", ""],
  [],
  [1],
  ["1"],
  [true],
  ["true"],
  [false],
  ["false"],
  [0],
  ["0"],
  [-1],
  [1.5],
  [2 ** 53],
  ["9007199254740993"],
  ["null"],
  ["a\u0000b"],
  ["a", "b"],
  ["a\u0000", "b"],
  [`${"x".repeat(80)}\u0000b`],
  ["x".repeat(80), "b"],
  ["Zürich"],
  ["é"],
  ["e\u0301"],
  ["😀"],
  ["東京"],
  ["\uFFFD"],
  [" a"],
  ["a "],
  ["A"],
  ["a"],
  ["\u0004"],
  ["__proto__"],
  ["k".repeat(500)],
  ["k".repeat(501)],
  ["k".repeat(5_000)],
  [`${"k".repeat(4_999)}l`],
  ["k".repeat(250), "k".repeat(250)],
];

/** What is no key, by name. */
export const REFUSED_KEYS: [string, OnlineKey][] = [
  ["null", [null]],
  ["a null part", ["a", null]],
  ["a list", [[1]]],
  ["an object", [{ a: 1 }]],
  ["NaN", [Number.NaN]],
  ["infinity", [Number.POSITIVE_INFINITY]],
  ["half a surrogate pair", ["\ud83d"]],
];

/** Values that some encoding or other changes, by name. */
export const EXACT_VALUES: [string, Value[]][] = [
  ["none", []],
  ["null", [null, null]],
  ["booleans", [true, false]],
  ["numbers", [0, -0, 1, -1, 0.1 + 0.2, 5e-324, 1.5e-310, Number.MAX_VALUE, 2 ** 53, -(2 ** 31), 1e21]],
  ["numbers as text", ["9007199254740993", "-170141183460469231731687303715884105728", "12345.6789000000"]],
  ["non-finite floats as text", ["NaN", "Infinity", "-Infinity"]],
  [
    "text",
    [
      "",
      " ",
      "null",
      '"quoted"',
      "back\\slash",
      "line\nbreak",
      "\u0000",
      "\u2028",
      "Zürich",
      "😀",
      "e\u0301",
      "\ud83d",
    ],
  ],
  ["lists", [[], [1, [2, [null]]], ["a"], Array.from({ length: 384 }, (_, index) => Math.fround(index / 7))]],
  ["objects", [{}, { a: { b: [1, { c: null }] } }, JSON.parse('{"__proto__": {"x": 1}, "constructor": 2, "": 3}')]],
  ["a megabyte", ["é".repeat(500_000)]],
];
