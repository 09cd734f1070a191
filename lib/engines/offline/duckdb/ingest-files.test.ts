import { join, resolve } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import type { IngestRequest } from "@/lib/engines/offline/port";
import type { LarderError } from "@/lib/kernel/errors";
import type { Value } from "@/lib/kernel/values";
import { errorOf } from "@/lib/testing/runs";
import { createDuckDbEngine } from "./engine";
import { AT, engine, ingest, is, lines, parquetOf, root, rowsOf, STORED, shapeOf } from "./ingest-fixture";

const ROOT_DIR = resolve(import.meta.dirname, "../../../..");
afterAll(() => engine.close());

describe("columns", () => {
  const shape = shapeOf({ v: "INT64", name: "STRING" });

  test.each([
    ["missing", "id,at,v\n", "column name (STRING) is missing"],
    ["unknown", "id,at,v,name,more\n", "column more is unknown"],
    [
      "written differently",
      "id,at,V,name\n",
      "column v (INT64) is missing; V is written differently, column V is unknown",
    ],
    ["twice", "id,at,v,name,name\n", "column name comes 2 times"],
    ["of a table with semicolons", "id;at;v;name\n", "column id (INT64) is missing"],
  ])("of a CSV: %s", async (_, header, expected) => {
    const error = await errorOf(ingest("csv", `${header}1,2,3,4\n`, shape, { badRows: "quarantine" }));
    expect(error.code).toBe("schema_mismatch");
    expect(error.detail).toContain(expected);
    expect(new Set(error.issues.map(({ code }) => code))).toEqual(new Set(["schema_mismatch"]));
  });

  test("of a CSV in any order, quoted, with a mark of byte order, without a last line end", async () => {
    const result = await ingest("csv", `\ufeffname,"id",v,at\r\nx,1,2,${AT}\r\ny,2,3,${AT}`, shape);
    expect(await rowsOf(shape, result)).toEqual([
      [1, STORED, 2, "x"],
      [2, STORED, 3, "y"],
    ]);
  });

  const ROW = `SELECT 1::BIGINT AS id, TIMESTAMPTZ '${AT}' AS at`;

  test.each<[string, string, Value]>([
    ["INT64", "5::INTEGER", is(5)],
    ["INT64", "9007199254740993::BIGINT", is("9007199254740993")],
    ["INT64", "5::UINTEGER", is(5)],
    ["INT32", "5::BIGINT", "schema_mismatch"],
    ["INT64", "5::DOUBLE", "schema_mismatch"],
    ["INT64", "'5'", "schema_mismatch"],
    ["STRING", "5", "schema_mismatch"],
    ["STRING", "'x'", is("x")],
    ["STRING", "''", is("")],
    ["STRING", "'a' || chr(0)", "invalid_type"],
    ["FLOAT64", "0.5::FLOAT", is(0.5)],
    ["FLOAT64", "'NaN'::DOUBLE", is("NaN")],
    ["FLOAT32", "0.5::DOUBLE", "schema_mismatch"],
    ["DECIMAL(10,2)", "1.5::DECIMAL(5,1)", is("1.50")],
    ["DECIMAL(10,2)", "1.5::DECIMAL(10,3)", "schema_mismatch"],
    ["TIMESTAMP", "TIMESTAMP '2026-01-01 00:00:00'", is(STORED)],
    ["TIMESTAMP", "TIMESTAMP_NS '2026-01-01 00:00:00.000000001'", "invalid_timestamp"],
    ["TIMESTAMP", "TIMESTAMP '20000-01-01 00:00:00'", "timestamp_out_of_range"],
    ["TIMESTAMP", "'2026-01-01'", "schema_mismatch"],
    ["BOOL", "true", is(true)],
    ["BOOL", "1", "schema_mismatch"],
    ["DATE", "DATE '2026-01-01'", is("2026-01-01")],
    ["BYTES", "'a'::BLOB", is("YQ==")],
    ["JSON", "{'a': 1}", is({ a: 1 })],
    ["JSON", "'{'", "invalid_type"],
    ["FLOAT32[2]", "[0.5, 1]::FLOAT[]", is([0.5, 1])],
    ["FLOAT32[2]", "[0.5]::FLOAT[]", "invalid_type"],
    ["INT64[]", "[1, 2]::INTEGER[]", is([1, 2])],
    ["INT64[]", "['1']", "schema_mismatch"],
  ])("of Parquet: %s from %s", async (type, value, expected) => {
    const one = shapeOf({ v: type });
    const bytes = await parquetOf(`${ROW}, ${value} AS v`);
    const found = await ingest("parquet", bytes, one).then(
      async (result) => is((await rowsOf(one, result))[0]?.[2] ?? null),
      (error: LarderError) => error.code,
    );
    expect(found).toEqual(expected);
  });

  test("of Parquet: bad rows are put aside as JSON, whatever they hold", async () => {
    const bytes = await parquetOf(`${ROW}, NULL::INTEGER AS v, 'x' AS name UNION ALL SELECT NULL, NULL, 5, 'é'`);
    const result = await ingest("parquet", bytes, shape, { badRows: "quarantine" });
    expect(result).toMatchObject({ accepted: 1, rejected: 1, counts: { null_key: 1, missing_timestamp: 1 } });
    const { rows } = await engine.preview(result.quarantine?.path ?? "", 10);
    expect(rows[0]?.[2]).toBe('{"id":null,"at":null,"v":5,"name":"é"}');
  });

  test("of Parquet: a difference is told column by column, in quarantine too", async () => {
    const bytes = await parquetOf("SELECT 1 AS id, 'x' AS v, 1 AS Name");
    const error = await errorOf(ingest("parquet", bytes, shape, { badRows: "quarantine" }));
    expect(error.issues.map(({ detail }) => detail)).toEqual([
      "column at (TIMESTAMP) is missing",
      "column v is STRING, INT64 is declared",
      "column name (STRING) is missing; Name is written differently",
      "column Name is unknown",
    ]);
  });

  test("a Parquet file without rows is a file without rows", async () => {
    const bytes = await parquetOf(`${ROW}, 1 AS v, 'x' AS name LIMIT 0`);
    expect(await ingest("parquet", bytes, shape)).toMatchObject({ accepted: 0, rejected: 0, file: null });
  });

  test("damaged files say why, and the engine lives", async () => {
    const whole = await parquetOf(
      `SELECT range AS id, TIMESTAMPTZ '${AT}' AS at, range AS v, 'x' || range AS name FROM range(20000)`,
    );
    const png = Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), Buffer.alloc(500, 7)]);
    const flipped = Buffer.from(whole);
    for (let i = 200; i < 3000; i++) flipped[i] = (flipped[i] ?? 0) ^ 0x5a;
    const latin = Buffer.concat([Buffer.from(`id,at,v,name\n1,${AT},1,x\n2,${AT},1,`), Buffer.from([0xe9, 0x0a])]);
    const files: [IngestRequest["format"], Uint8Array | string, string][] = [
      ["parquet", png, ""],
      ["parquet", whole.subarray(0, whole.length / 2), ""],
      ["parquet", Buffer.from("PAR1PAR1"), ""],
      ["parquet", flipped, ""],
      ["csv", png, "not UTF-8"],
      ["csv", latin, "not UTF-8"],
      ["csv", `id,at,v,name\n1,${AT},1,x\n2,${AT},1\n`, "a row has 3 values, the header has 4 (line 3)"],
      ["csv", `id,at,v,name\n1,${AT},1,"x\n`, "a quote is never closed"],
      ["json", Buffer.concat([Buffer.from('{"id":1,"name":"'), Buffer.from([0xe9]), Buffer.from('"}\n')]), "not UTF-8"],
    ];
    for (const [format, bytes, why] of files) {
      const error = await errorOf(ingest(format, bytes, shape, { badRows: "quarantine" }));
      expect([error.code, error.detail.includes(why)], error.detail).toEqual(["unreadable_file", true]);
      expect(error.detail).not.toContain(root);
    }
    expect(await errorOf(ingest("parquet", "", shape))).toMatchObject({ code: "unreadable_file" });
    expect(await ingest("parquet", whole, shape)).toMatchObject({ accepted: 20000 });
  });
});

describe("whatever comes", () => {
  const shape = shapeOf({ v: "STRING", n: "FLOAT64", big: "INT64" });
  const value = fc.record({
    id: fc.integer({ min: 0, max: 20 }),
    at: fc.integer({ min: 0, max: 5 }).map((second) => `2026-01-01T00:00:0${second}.000000Z`),
    v: fc.option(fc.string({ unit: "grapheme", maxLength: 20 }).filter((text) => !text.includes("\0"))),
    n: fc.oneof(
      fc.double().map((n): Value => (Number.isFinite(n) ? (Object.is(n, -0) ? 0 : n) : String(n))),
      fc.constant(null),
    ),
    big: fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String)),
  });

  const wire = (text: string | null): Value =>
    text !== null && Number.isSafeInteger(Number(text)) ? Number(text) : text;
  const expectedOf = (
    rows: { id: number; at: string; v: string | null; n: Value; big: string | null }[],
  ): Value[][] => {
    const last = new Map(rows.map((row) => [`${row.id} ${row.at}`, [row.id, row.at, row.v, row.n, wire(row.big)]]));
    return [...last.values()].sort((a, b) =>
      `${a[1]} ${1000 + Number(a[0])}`.localeCompare(`${b[1]} ${1000 + Number(b[0])}`),
    );
  };

  test("JSON and CSV give exactly the rows that were sent, the last of each key and time", async () => {
    const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 1, maxLength: 60 }), async (rows) => {
        const expected = expectedOf(rows);
        const csv = rows
          .map(({ id, at, v, n, big }) => [id, at, v === null ? "" : quoted(v), n ?? "", big ?? ""].join(","))
          .join("\n");
        for (const result of [
          await ingest("json", lines(rows), shape),
          await ingest("csv", `id,at,v,n,big\n${csv}\n`, shape),
        ]) {
          expect(result.accepted).toBe(rows.length);
          const found = await rowsOf(shape, result);
          expect(
            found.sort((a, b) => `${a[1]} ${1000 + Number(a[0])}`.localeCompare(`${b[1]} ${1000 + Number(b[0])}`)),
          ).toEqual(expected);
        }
      }),
      { numRuns: 25 },
    );
  });

  test("a small file that unfolds to far more than there is room for ends as such, and the engine lives", async () => {
    const small = createDuckDbEngine({
      root,
      rootDir: ROOT_DIR,
      sourceRoots: [root],
      processPath: join(import.meta.dirname, "process.ts"),
      threads: 2,
      maxProcesses: 1,
      memoryLimit: "200MB",
      temporaryLimit: "300MB",
    });
    try {
      const bomb = await parquetOf(
        `SELECT range::BIGINT AS id, TIMESTAMPTZ '${AT}' AS at, repeat('x', 100000) AS v, 0.0::DOUBLE AS n, 1::BIGINT AS big FROM range(30000)`,
        ", COMPRESSION zstd, ROW_GROUP_SIZE 2048",
      );
      expect(bomb.length).toBeLessThan(3_000_000);
      const error = await errorOf(ingest("parquet", bomb, shape, {}, small));
      expect(["resource_exhausted", "temp_space_exhausted"]).toContain(error.code);
      expect((await small.query({ query: { sql: "SELECT 1", inputs: [] }, limit: 1 })).rows).toEqual([[1]]);
    } finally {
      await small.close();
    }
  });

  test("an encrypted Parquet file cannot be read", async () => {
    const bytes = await parquetOf("SELECT 1::BIGINT AS id", ", ENCRYPTION_CONFIG {footer_key: 'k'}", [
      "SET force_mbedtls_unsafe = 'true'",
      "PRAGMA add_parquet_key('k', '0123456789112345')",
    ]);
    const error = await errorOf(ingest("parquet", bytes, shape));
    expect([error.code, /encrypt/i.test(error.detail)]).toEqual(["unreadable_file", true]);
  });
});
