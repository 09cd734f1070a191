import { expect, test } from "vitest";
import type { Value } from "@/lib/kernel/values";
import { fitsType } from "./fits-type";

test.each<[Value, string, boolean]>([
  [1, "INT32", true],
  [1.5, "INT64", false],
  ["1", "INT64", false],
  [2 ** 31, "INT32", false],
  ["9007199254740993", "INT64", true],
  [1, "FLOAT64", true],
  ["NaN", "FLOAT32", true],
  ["none", "FLOAT64", false],
  ["none", "STRING", true],
  [1, "STRING", false],
  [true, "BOOL", true],
  ["true", "BOOL", false],
  ["2024-01-01T00:00:00+02:00", "TIMESTAMP", true],
  ["soon", "TIMESTAMP", false],
  ["2024-01-01", "DATE", true],
  ["2024-02-30", "DATE", false],
  ["12.34", "DECIMAL(4,2)", true],
  [12.3, "DECIMAL(4,2)", true],
  ["12.340", "DECIMAL(4,2)", true],
  ["123.4", "DECIMAL(4,2)", false],
  ["1.234", "DECIMAL(4,2)", false],
  ["x", "DECIMAL(4,2)", false],
  [`${"0".repeat(60)}12.34${"0".repeat(30)}`, "DECIMAL(4,2)", true],
  [`12.34${"0".repeat(96)}`, "DECIMAL(4,2)", false],
  ["YWI=", "BYTES", true],
  ["not base64!", "BYTES", false],
  [{ a: 1 }, "JSON", true],
  [[1, null], "INT64[]", true],
  [[1, 2.5], "INT64[]", false],
  [[1, 2], "FLOAT32[2]", true],
  [[1], "FLOAT32[2]", false],
  [1, "INT64[]", false],
  [null, "INT64", false],
])("%o as %s: %s", (value, type, expected) => {
  expect(fitsType(value, type)).toBe(expected);
});

// A regular expression that tries every way to divide the noughts would take minutes for each.
test.each([`${"0".repeat(1_000_000)}x`, `1${"0".repeat(1_000_000)}x`, `0.${"0".repeat(1_000_000)}x`])(
  "a text of a million digits is no decimal, which is known at once",
  (text) => {
    expect(fitsType(text, "DECIMAL(38,10)")).toBe(false);
    expect(fitsType([text], "DECIMAL(38,10)[]")).toBe(false);
  },
);
