import { describe, expect, test } from "vitest";
import { quoteName, readableText, tableColumn } from "./postgres-types";

/** What PostgreSQL stores for numeric(precision, scale). */
const numeric = (precision: number, scale: number): number => ((precision << 16) | (scale & 0x7ff)) + 4;

describe("tableColumn", () => {
  test.each([
    ["int2", null, -1, "INT32"],
    ["int4", null, -1, "INT32"],
    ["int8", null, -1, "INT64"],
    ["float4", null, -1, "FLOAT32"],
    ["float8", null, -1, "FLOAT64"],
    ["numeric", null, numeric(10, 2), "DECIMAL(10,2)"],
    ["numeric", null, numeric(38, 0), "DECIMAL(38,0)"],
    ["numeric", null, numeric(3, 5), "DECIMAL(5,5)"],
    ["numeric", null, numeric(3, -2), "DECIMAL(5,0)"],
    ["numeric", null, numeric(39, 0), "STRING"],
    ["numeric", null, numeric(1000, 1000), "STRING"],
    ["numeric", null, -1, "STRING"],
    ["money", null, -1, "STRING"],
    ["bool", null, -1, "BOOL"],
    ["text", null, -1, "STRING"],
    ["bpchar", null, 14, "STRING"],
    ["uuid", null, -1, "STRING"],
    ["interval", null, -1, "STRING"],
    ["an_enum_of_theirs", null, -1, "STRING"],
    ["date", null, -1, "DATE"],
    ["timestamp", null, -1, "TIMESTAMP"],
    ["timestamptz", null, 3, "TIMESTAMP"],
    ["bytea", null, -1, "BYTES"],
    ["json", null, -1, "JSON"],
    ["jsonb", null, -1, "JSON"],
    ["_int8", "int8", -1, "INT64[]"],
    ["_float8", "float8", -1, "FLOAT64[]"],
    ["_text", "text", -1, "STRING[]"],
    ["_numeric", "numeric", numeric(5, 2), "STRING"],
    ["_bytea", "bytea", -1, "STRING"],
  ])("%s of %s (%i) is %s", (type, element, typmod, expected) => {
    expect(tableColumn({ name: "c", type, element, typmod }).type).toBe(expected);
  });

  test("names are quoted", () => {
    expect(tableColumn({ name: 'a"; DROP', type: "text", element: null, typmod: -1 }).sql).toBe('"a""; DROP"::text');
    expect(quoteName("Mixed Case")).toBe('"Mixed Case"');
  });
});

test.each([
  ["0044-03-15 BC", "0044-03-15 (BC)"],
  ["0044-03-15 10:00:00.5+00 BC", "0044-03-15 (BC) 10:00:00.5+00"],
  ["2024-01-01 00:00:00+00", "2024-01-01 00:00:00+00"],
  ["infinity", "infinity"],
])("%s is written %s", (text, expected) => {
  expect(readableText(text)).toBe(expected);
});
