import { afterAll, describe, expect, test } from "vitest";
import type { LarderError } from "@/lib/kernel/errors";
import type { Value } from "@/lib/kernel/values";
import { errorOf } from "@/lib/testing/runs";
import { AT, engine, ingest, is, lines, rowsOf, shapeOf } from "./ingest-fixture";

afterAll(() => engine.close());

/** What one value of a type becomes, sent as raw JSON: the stored value, or the code of the problem. */
async function viaJson(type: string, raw: string): Promise<Value> {
  const shape = shapeOf({ v: type });
  try {
    const result = await ingest("json", `{"id":1,"at":"${AT}","v":${raw}}\n`, shape);
    return { stored: (await rowsOf(shape, result))[0]?.[2] ?? null };
  } catch (error) {
    return (error as LarderError).code;
  }
}

async function viaCsv(type: string, raw: string): Promise<Value> {
  const shape = shapeOf({ v: type });
  try {
    const result = await ingest("csv", `id,at,v\n1,${AT},${raw}\n`, shape);
    return { stored: (await rowsOf(shape, result))[0]?.[2] ?? null };
  } catch (error) {
    return (error as LarderError).code;
  }
}

describe("values in JSON", () => {
  test.each<[string, string, Value]>([
    ["INT64", "5", is(5)],
    ["INT64", "-5", is(-5)],
    ["INT64", "5.0", is(5)],
    ["INT64", "1e2", is(100)],
    ["INT64", "null", is(null)],
    ["INT64", "9007199254740991", is(9007199254740991)],
    ["INT64", "9007199254740992", "unsafe_integer"],
    ["INT64", "9007199254740993", "unsafe_integer"],
    ["INT64", "-9007199254740993", "unsafe_integer"],
    ["INT64", "9007199254740993.0", "unsafe_integer"],
    ["INT64", "99999999999999999999", "unsafe_integer"],
    ["INT64", '"9007199254740993"', is("9007199254740993")],
    ["INT64", '"-9223372036854775808"', is("-9223372036854775808")],
    ["INT64", '"9223372036854775808"', "invalid_type"],
    ["INT64", "5.5", "invalid_type"],
    ["INT64", "1e300", "invalid_type"],
    ["INT64", "true", "invalid_type"],
    ["INT64", '"abc"', "invalid_type"],
    ["INT64", '""', "invalid_type"],
    ["INT64", '" 5"', "invalid_type"],
    ["INT64", '"1_000"', "invalid_type"],
    ["INT64", "[1]", "invalid_type"],
    ["INT32", "2147483647", is(2147483647)],
    ["INT32", "2147483648", "invalid_type"],
    ["INT32", '"5"', "invalid_type"],
    ["FLOAT64", "0.1", is(0.1)],
    ["FLOAT64", "5", is(5)],
    ["FLOAT64", "1e300", is(1e300)],
    ["FLOAT64", "5e-324", is(5e-324)],
    ["FLOAT64", '"NaN"', is("NaN")],
    ["FLOAT64", '"Infinity"', is("Infinity")],
    ["FLOAT64", '"-Infinity"', is("-Infinity")],
    ["FLOAT64", "NaN", "invalid_type"],
    ["FLOAT64", "-Infinity", "invalid_type"],
    ["FLOAT64", "1e400", "invalid_type"],
    ["FLOAT64", '"1.5"', "invalid_type"],
    ["FLOAT64", '"nan"', "invalid_type"],
    ["FLOAT64", "true", "invalid_type"],
    ["FLOAT32", "0.5", is(0.5)],
    ["FLOAT32", "1e39", "invalid_type"],
    ["DECIMAL(10,2)", "12.34", is("12.34")],
    ["DECIMAL(10,2)", "12.3400", is("12.34")],
    ["DECIMAL(10,2)", '"12.34"', is("12.34")],
    ["DECIMAL(10,2)", "12.345", "decimal_overflow"],
    ["DECIMAL(10,2)", "123456789", "decimal_overflow"],
    ["DECIMAL(10,2)", "1.5e1", is("15.00")],
    ["DECIMAL(10,2)", "1.2345e1", "decimal_overflow"],
    ["DECIMAL(10,2)", '"1.2345e1"', "decimal_overflow"],
    ["DECIMAL(10,2)", '"12,34"', "invalid_type"],
    ["DECIMAL(10,2)", '"."', "invalid_type"],
    ["DECIMAL(20,4)", "123456789012345.6789", is("123456789012345.6789")],
    ["DECIMAL(38,10)", '"1234567890123456789012345678.0123456789"', is("1234567890123456789012345678.0123456789")],
    ["DECIMAL(20,0)", "9007199254740993", "unsafe_integer"],
    ["BOOL", "true", is(true)],
    ["BOOL", "false", is(false)],
    ["BOOL", "1", "invalid_type"],
    ["BOOL", '"true"', "invalid_type"],
    ["STRING", '"x"', is("x")],
    ["STRING", '""', is("")],
    ["STRING", '"é\\n\\"\\ud83d\\ude00"', is('é\n"😀')],
    ["STRING", '"null"', is("null")],
    ["STRING", "5", "invalid_type"],
    ["STRING", '"a\\u0000b"', "invalid_type"],
    ["STRING", '"a\\ud800b"', "invalid_type"],
    ["DATE", '"2026-02-28"', is("2026-02-28")],
    ["DATE", '"2026-02-30"', "invalid_type"],
    ["DATE", '"2026-2-3"', "invalid_type"],
    ["BYTES", '"YQ=="', is("YQ==")],
    ["BYTES", '"*"', "invalid_type"],
    ["JSON", '{"a":[1,"NaN",null]}', is({ a: [1, "NaN", null] })],
    ["JSON", '{"a":NaN}', "invalid_type"],
    ["JSON", '"x"', is("x")],
    ["INT64[]", "[1,2,null]", is([1, 2, null])],
    ["INT64[]", "[]", is([])],
    ["INT64[]", '[1,"9007199254740993"]', is([1, "9007199254740993"])],
    ["INT64[]", "[1,9007199254740993]", "invalid_type"],
    ["INT64[]", "[1,1.5]", "invalid_type"],
    ["INT64[]", "5", "invalid_type"],
    ["STRING[]", '["a","null"]', is(["a", "null"])],
    ["FLOAT32[2]", "[0.5,1]", is([0.5, 1])],
    ["FLOAT32[2]", "[0.5]", "invalid_type"],
    ["FLOAT32[2]", "[0.5,null]", "invalid_type"],
  ])("%s from %s", async (type, raw, expected) => {
    expect(await viaJson(type, raw)).toEqual(expected);
  });

  test("minus nought keeps its sign where it is written as a float", async () => {
    const shape = shapeOf({ v: "FLOAT64" });
    const result = await ingest("json", `{"id":1,"at":"${AT}","v":-0.0}\n`, shape);
    expect(Object.is((await rowsOf(shape, result))[0]?.[2], -0)).toBe(true);
  });
});

describe("values in CSV", () => {
  test.each<[string, string, Value]>([
    ["INT64", "9007199254740993", is("9007199254740993")],
    ["INT64", "1.5", "invalid_type"],
    ["INT64", "1_000", "invalid_type"],
    ["INT64", '""', "invalid_type"],
    ["INT64", "", is(null)],
    ["FLOAT64", "NaN", is("NaN")],
    ["FLOAT64", "-Infinity", is("-Infinity")],
    ["FLOAT64", "inf", "invalid_type"],
    ["FLOAT64", "1e400", "invalid_type"],
    ["DECIMAL(10,2)", "12.345", "decimal_overflow"],
    ["DECIMAL(10,2)", "12.3", is("12.30")],
    ["BOOL", "true", is(true)],
    ["BOOL", "False", is(false)],
    ["BOOL", "yes", "invalid_type"],
    ["BOOL", "1", "invalid_type"],
    ["STRING", "", is(null)],
    ["STRING", '""', is("")],
    ["STRING", '"a ""b"", c\nd"', is('a "b", c\nd')],
    ["STRING", " x ", is(" x ")],
    ["STRING", "NULL", is("NULL")],
    ["STRING", "a\0b", "invalid_type"],
    ["TIMESTAMP", "2026-01-01T00:00:00.123456Z", is("2026-01-01T00:00:00.123456Z")],
    ["JSON", '"{""a"":1}"', is({ a: 1 })],
    ["JSON", "{a", "invalid_type"],
    ["FLOAT32[2]", '" [0.5, 1]"', is([0.5, 1])],
  ])("%s from %s", async (type, raw, expected) => {
    expect(await viaCsv(type, raw)).toEqual(expected);
  });
});

describe("instants", () => {
  test.each<[string, string]>([
    ["2026-01-01", "2026-01-01T00:00:00.000000Z"],
    ["2026-01-01T10:00", "2026-01-01T10:00:00.000000Z"],
    ["2026-01-01 10:00:00", "2026-01-01T10:00:00.000000Z"],
    ["2026-01-01T10:00Z", "2026-01-01T10:00:00.000000Z"],
    ["2026-01-01t10:00:00z", "2026-01-01T10:00:00.000000Z"],
    ["2026-01-01T00:00:00+05:45", "2025-12-31T18:15:00.000000Z"],
    ["2026-01-01T00:00:00.1234560-0530", "2026-01-01T05:30:00.123456Z"],
    ["0001-01-01", "0001-01-01T00:00:00.000000Z"],
    ["2026-01-15T12:05:00Z", "2026-01-15T12:05:00.000000Z"],
    ["2026-02-30", "invalid_timestamp"],
    ["2026-01-01T23:59:60", "invalid_timestamp"],
    ["2026-01-01T24:00:00", "invalid_timestamp"],
    ["2026-01-01T00:00:00.1234567", "invalid_timestamp"],
    ["2026-01-01T00:00:00+19:00", "invalid_timestamp"],
    ["1767225600", "invalid_timestamp"],
    ["infinity", "invalid_timestamp"],
    ["epoch", "invalid_timestamp"],
    ["01/02/2026", "invalid_timestamp"],
    ["", "invalid_timestamp"],
    ["0000-01-01", "timestamp_out_of_range"],
    ["0001-01-01T00:00:00+01:00", "timestamp_out_of_range"],
    ["10000-01-01", "timestamp_out_of_range"],
    ["2026-01-15T12:05:00.000001Z", "timestamp_in_future"],
    ["9999-12-31", "timestamp_in_future"],
  ])("%s", async (text, expected) => {
    for (const [format, body] of [
      ["json", lines([{ id: 1, at: text }])],
      ["csv", `id,at\n1,"${text}"\n`],
    ] as const) {
      const found = await ingest(format, body, shapeOf()).then(
        (result) => rowsOf(shapeOf(), result).then((rows) => rows[0]?.[1]),
        (error: LarderError) => error.code,
      );
      expect([format, found]).toEqual([format, expected]);
    }
  });

  test("a number is no instant, and most rows before 1980 are worth a warning", async () => {
    expect(await errorOf(ingest("json", '{"id":1,"at":1767225600}\n', shapeOf()))).toMatchObject({
      code: "invalid_timestamp",
    });
    const rows = [1, 2, 3].map((id) => ({ id, at: id === 3 ? AT : "1970-01-01T00:00:01Z" }));
    expect((await ingest("json", lines(rows), shapeOf())).warnings).toEqual([expect.stringContaining("before 1980")]);
    expect((await ingest("json", lines(rows.slice(1)), shapeOf())).warnings).toEqual([]);
  });
});
