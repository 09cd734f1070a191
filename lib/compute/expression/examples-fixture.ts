import type { Value } from "@/lib/kernel/values";
import { compileExpression } from "./expression";

/** Columns that examples read, each with its type and its value. */
const COLUMNS: Record<string, [type: string, value: Value]> = {
  i: ["INT64", 7],
  small: ["INT32", 3],
  big: ["INT64", "9007199254740993"],
  most: ["INT64", "9223372036854775807"],
  least_int: ["INT64", "-9223372036854775808"],
  x: ["FLOAT64", 2.5],
  f: ["FLOAT32", 0.10000000149011612],
  nan: ["FLOAT64", "NaN"],
  inf: ["FLOAT64", "Infinity"],
  s: ["STRING", "Hello"],
  emoji: ["STRING", "a😀b"],
  high: ["STRING", "\uffee"],
  yes: ["BOOL", true],
  no: ["BOOL", false],
  at: ["TIMESTAMP", "2001-06-30T23:59:58.500000Z"],
  later: ["TIMESTAMP", "2001-07-02T00:00:00.000001Z"],
  day_one: ["DATE", "2001-07-01"],
  price: ["DECIMAL(10,2)", "12.50"],
  debt: ["DECIMAL(10,2)", "-0.50"],
  list: ["INT64[]", [1, "9007199254740993", null]],
  v: ["FLOAT32[3]", [1, 2, 2]],
  w: ["FLOAT32[3]", [2, 0, -1]],
  odd: ["FLOAT64[]", [1, null, 3]],
  other: ["FLOAT64[]", [1, 2]],
  zero_v: ["FLOAT32[3]", [0, 0, 0]],
  nothing: ["FLOAT64", null],
  no_text: ["STRING", null],
  unknown: ["BOOL", null],
  when: ["INT64", 1],
  timestamp: ["INT64", 5],
};
/** The same as expressions are compiled over them. */
export const TYPES = new Map(Object.entries(COLUMNS).map(([name, [type]]) => [name, type]));

/** What an expression over them gives. */
export function evaluate(text: string): { type: string; value: Value } {
  const { type, inputs, evaluate: run } = compileExpression(text, TYPES);
  return { type, value: run(inputs.map((name) => COLUMNS[name]?.[1] ?? null)) };
}
