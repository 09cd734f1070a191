import { afterAll, describe, expect, test } from "vitest";
import { compileExpression } from "@/lib/compute/expression/expression";
import { engine, ingest, rowsOf, shapeOf } from "@/lib/engines/offline/duckdb/ingest-fixture";
import type { Value } from "@/lib/kernel/values";
import { exactValue, Refused } from "./exact-value";

afterAll(() => engine.close());

const AT = "2026-01-01T00:00:00Z";

/** Texts of JSON, as they are sent. Integers that no number holds are refused by the door, before these rules; -0 is a float here. */
const VALUES = [
  ["5", "-5", "5.0", "1e2", "0", "9007199254740991", "5.5", "1e300", "1e39", "0.1", "5e-324", "-0.0", "0.5"],
  ["true", "false", '"true"', "{}", '{"a":[1,"NaN",null]}', "[]", "[1]", "[1,2,null]", "[0.5,1]", "[0.5]"],
  [
    '"5"',
    '"+5"',
    '"5.0"',
    '"abc"',
    '""',
    '" 5"',
    '"1_000"',
    '"1.5"',
    '"."',
    '"12,34"',
    '"NaN"',
    '"-Infinity"',
    '"nan"',
  ],
  ['"9007199254740993"', '"-9223372036854775808"', '"9223372036854775808"', '"9007199254740993.0"', '"00012"'],
  ["12.34", "12.345", "123456789", '"12.3400"', '"1.5e1"', '"1.2345e1"', '"-0.00"', '"99999999.99"', '"100000000"'],
  [`"${"0".repeat(62)}1${"0".repeat(37)}"`, `"${"0".repeat(63)}1${"0".repeat(37)}"`, `"${"9".repeat(101)}"`],
  ['"x"', '"é\\n\\"\\ud83d\\ude00"', '"null"', '"a\\u0000b"', '"YQ=="', '"YQ"', '"*"', '"YWI="'],
  ['"2026-02-28"', '"2026-02-30"', '"2026-2-3"', '"2026-02-28T00:00:00Z"', '"0001-01-01"', '"9999-12-31"'],
  ['"2026-01-01T10:00"', '"2026-01-01 10:00:00"', '"2026-01-01t10:00:00z"', '"2026-01-01T00:00:00+05:45"'],
  ['"2026-01-01T00:00:00.1234560-0530"', '"2026-01-01T00:00:00.1234567"', '"2026-01-01T23:59:60"'],
  ['"2026-01-01T24:00:00"', '"2026-01-01T00:00:00+19:00"', '"2026-01-01T00:00:00-18"', '"infinity"', '"01/02/2026"'],
  ['"0000-01-01"', '"0001-01-01T00:00:00+01:00"', '"10000-01-01"', '"9999-12-31T23:59:59.999999-01:00"', "1767225600"],
  ['[1,"9007199254740993"]', "[1,1.5]", '["a","null"]', '["a",5]', "[null,null]", "[0.5,null]", "[[1]]", '["NaN",1]'],
].flat();

const TYPES = [
  ["INT32", "INT64", "FLOAT32", "FLOAT64", "DECIMAL(10,2)", "DECIMAL(38,0)", "BOOL", "STRING", "TIMESTAMP", "DATE"],
  ["BYTES", "JSON", "INT64[]", "STRING[]", "FLOAT32[2]", "FLOAT64[]"],
].flat();

describe("a pushed value passes exactly when a written one does, and becomes the same", () => {
  test.each(TYPES)("%s", async (type) => {
    const shape = shapeOf({ v: type });
    const body = VALUES.map((raw, id) => `{"id":${id},"at":"${AT}","v":${raw}}\n`).join("");
    const result = await ingest("json", body, shape, { badRows: "quarantine" });
    const written = new Map<number, Value>();
    for (const [id, , value] of result.file ? await rowsOf(shape, result) : []) written.set(Number(id), value ?? null);
    const aside = result.quarantine ? (await engine.preview(result.quarantine.path, 1000)).rows : [];
    for (const [row, reasons] of aside) written.set(Number(row) - 1, (reasons as { code: string }[])[0]?.code ?? null);
    expect(written.size).toBe(VALUES.length);
    const exact = exactValue(type);
    const pushed = VALUES.map((raw) => {
      const value = exact(JSON.parse(raw) as Value);
      return value instanceof Refused ? value.code : value;
    });
    expect(VALUES.map((raw, id) => [raw, pushed[id]])).toEqual(VALUES.map((raw, id) => [raw, written.get(id)]));
  });
});

test("a decimal that a JSON number may not have kept is refused, and never rounded", () => {
  const exact = exactValue("DECIMAL(20,4)");
  expect(exact(123456789012345.67)).toEqual(new Refused("unsafe_integer"));
  expect(exact("123456789012345.6789")).toBe("123456789012345.6789");
  expect(exact(12345678901.2345)).toBe("12345678901.2345");
});

// Regular expressions that try every way to divide the noughts would take minutes for each.
test.each<[type: string, text: string]>([
  ["DECIMAL(38,10)", `${"0".repeat(1_000_000)}x`],
  ["DECIMAL(38,10)", `${"0".repeat(1_000_000)}1`],
  ["DECIMAL(38,10)", `1${"0".repeat(1_000_000)}1`],
  ["DECIMAL(38,10)", `0.${"0".repeat(1_000_000)}1x`],
  ["INT64", `${"0".repeat(1_000_000)}x`],
  ["TIMESTAMP", `2026-01-01T00:00:00.000000${"0".repeat(1_000_000)}x`],
  ["TIMESTAMP", `${"0".repeat(1_000_000)}x`],
  ["TIMESTAMP", `2026-01-01${" ".repeat(1_000_000)}x`],
  ["DATE", `${"0".repeat(1_000_000)}-01-01`],
])("%s answers a text of a million characters at once", (type, text) => {
  expect(exactValue(type)(text)).toBeInstanceOf(Refused);
  const { evaluate } = compileExpression("d", new Map([["d", type]]));
  expect(evaluate([text])).toBeNull();
});
