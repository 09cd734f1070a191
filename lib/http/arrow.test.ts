import { tableFromIPC } from "apache-arrow";
import { expect, test } from "vitest";
import type { Column, Value } from "@/lib/kernel/values";
import { arrowStream } from "./arrow";

const COLUMNS: Column[] = [
  { name: "i32", type: "INT32" },
  { name: "i64", type: "INT64" },
  { name: "f32", type: "FLOAT32" },
  { name: "f64", type: "FLOAT64" },
  { name: "text", type: "STRING" },
  { name: "flag", type: "BOOL" },
  { name: "at", type: "TIMESTAMP" },
  { name: "day", type: "DATE" },
  { name: "money", type: "DECIMAL(20,2)" },
  { name: "bytes", type: "BYTES" },
  { name: "json", type: "JSON" },
  { name: "list", type: "INT64[]" },
  { name: "vector", type: "FLOAT32[3]" },
];
const FULL: Value[] = [
  -2147483648,
  "9223372036854775807",
  0.5,
  "-Infinity",
  "é\n\"'",
  false,
  "1969-12-31T23:59:59.999999Z",
  "2024-02-29",
  "123456789012345678.90",
  "AAH/",
  { a: [1, null] },
  [1, null, "-9007199254740993"],
  [1, "NaN", null],
];

async function bytesOf(columns: Column[], chunks: Value[][][]): Promise<Buffer> {
  async function* all(): AsyncGenerator<Value[][]> {
    yield* chunks;
  }
  const parts: Uint8Array[] = [];
  for await (const part of arrowStream(columns, all())) parts.push(part);
  return Buffer.concat(parts);
}

const raw = (column: { data: readonly { values: ArrayLike<unknown> }[] } | null, row: number): unknown =>
  column?.data[0]?.values[row];

test("every type is Arrow's own, with its exact values, and nulls", async () => {
  const table = tableFromIPC(await bytesOf(COLUMNS, [[FULL, COLUMNS.map(() => null)]]));
  expect(table.schema.fields.map((field) => [field.name, String(field.type)])).toEqual([
    ["i32", "Int32"],
    ["i64", "Int64"],
    ["f32", "Float32"],
    ["f64", "Float64"],
    ["text", "Utf8"],
    ["flag", "Bool"],
    ["at", "Timestamp<MICROSECOND, UTC>"],
    ["day", "Date32<DAY>"],
    ["money", "Utf8"],
    ["bytes", "Binary"],
    ["json", "Utf8"],
    ["list", "List<Int64>"],
    ["vector", "FixedSizeList[3]<Float32>"],
  ]);
  expect(table.schema.fields.map((field) => field.metadata.get("larder.type"))).toEqual(
    COLUMNS.map(({ type }) => type),
  );
  const get = (name: string): unknown => table.getChild(name)?.get(0);
  expect([get("i32"), get("i64"), get("f32"), get("f64"), get("text"), get("flag")]).toEqual([
    -2147483648,
    9223372036854775807n,
    0.5,
    Number.NEGATIVE_INFINITY,
    "é\n\"'",
    false,
  ]);
  expect([raw(table.getChild("at"), 0), raw(table.getChild("day"), 0)]).toEqual([-1n, 19782]);
  expect([get("money"), get("json")]).toEqual(["123456789012345678.90", '{"a":[1,null]}']);
  expect(Buffer.from(get("bytes") as Uint8Array).toString("hex")).toBe("0001ff");
  expect([...(get("list") as Iterable<unknown>)]).toEqual([1n, null, -9007199254740993n]);
  expect([...(get("vector") as Iterable<unknown>)]).toEqual([1, Number.NaN, null]);
  for (const { name } of COLUMNS) expect([name, table.getChild(name)?.get(1) ?? null]).toEqual([name, null]);
});

test("a batch for each chunk, in order; a table without rows still says what it would hold", async () => {
  const chunks = [3, 0, 8192, 1].map((count, at) => Array.from({ length: count }, (_, i) => [i, at]));
  const columns = [
    { name: "i", type: "INT32" },
    { name: "chunk", type: "INT64" },
  ];
  const table = tableFromIPC(await bytesOf(columns, chunks));
  expect(table.batches.map((batch) => batch.numRows)).toEqual([3, 8192, 1]);
  expect(table.toArray().map((row) => [row?.i, Number(row?.chunk)])).toEqual(chunks.flat());
  const empty = tableFromIPC(await bytesOf(columns, []));
  expect([empty.numRows, empty.schema.fields.map((field) => field.name)]).toEqual([0, ["i", "chunk"]]);
});

test("nothing is read ahead of who takes it", async () => {
  let given = 0;
  async function* endless(): AsyncGenerator<Value[][]> {
    for (;;) {
      given += 1;
      yield Array.from({ length: 100 }, (_, i) => [i]);
    }
  }
  let taken = 0;
  for await (const part of arrowStream([{ name: "i", type: "INT32" }], endless())) {
    taken += part.length;
    if (taken > 10_000) break;
  }
  expect(given).toBeLessThan(50);
});
