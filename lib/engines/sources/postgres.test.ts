import { mkdtempSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createDuckDbEngine } from "@/lib/engines/offline/duckdb/engine";
import type { LarderError } from "@/lib/kernel/errors";
import type { Column, Value } from "@/lib/kernel/values";
import { emptyDatabase, type TestDatabase } from "@/lib/testing/database";
import { copyTable, describeTable } from "./postgres";
import type { Connection } from "./postgres-failure";

const ROOT_DIR = resolve(import.meta.dirname, "../../..");
const root = mkdtempSync(join(tmpdir(), "larder-postgres-"));
const engine = createDuckDbEngine({
  root: join(root, "offline"),
  uploadsDir: join(root, "uploads"),
  rootDir: ROOT_DIR,
  sourceRoots: [ROOT_DIR],
  processPath: join(import.meta.dirname, "../offline/duckdb/process.ts"),
  threads: 1,
});

let database: TestDatabase;
let connection: Connection;
const SECRET = "hunter2-secret";

beforeAll(async () => {
  database = await emptyDatabase();
  connection = { name: "SHOP", url: database.connectionString };
});
afterAll(async () => {
  await engine.close();
  await database.close();
});

async function sql(...statements: string[]): Promise<void> {
  const client = new Client({ connectionString: database.connectionString });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

async function copied(
  table: string,
  columns?: Column[],
  text = "SELECT * FROM s",
): Promise<{ columns: Column[]; rows: Value[][] }> {
  const known = columns ?? (await describeTable(connection, table));
  const body = copyTable(connection, { table, columns: known });
  const { path } = await engine.saveUpload({ folder: "p", format: "json", body, maxBytes: 1e9 });
  const input = { name: "s", kind: "files" as const, format: "json" as const, paths: [path], columns: known };
  return engine.query({ query: { sql: text, inputs: [input] }, limit: 10_000 });
}

async function failure(work: Promise<unknown>): Promise<LarderError> {
  return work.then(
    () => Promise.reject(new Error("should have failed")),
    (error: LarderError) => error,
  );
}

async function drain(body: AsyncIterable<Uint8Array>): Promise<number> {
  let bytes = 0;
  for await (const chunk of body) bytes += chunk.length;
  return bytes;
}

describe("values arrive exactly", () => {
  test.each<[type: string, larder: string, cells: [written: string, read: Value][]]>([
    [
      "bigint",
      "INT64",
      [
        ["9223372036854775807", "9223372036854775807"],
        ["-9007199254740993", "-9007199254740993"],
        ["NULL", null],
      ],
    ],
    [
      "numeric(38,10)",
      "DECIMAL(38,10)",
      [
        ["1234567890123456789012345678.0123456789", "1234567890123456789012345678.0123456789"],
        ["-0.5", "-0.5000000000"],
      ],
    ],
    [
      "numeric",
      "STRING",
      [
        ["0.1000000000000000000000000000000000000000001", "0.1000000000000000000000000000000000000000001"],
        ["'NaN'", "NaN"],
      ],
    ],
    [
      "float8",
      "FLOAT64",
      [
        ["0.1", 0.1],
        ["5e-324", 5e-324],
        ["'NaN'", "NaN"],
        ["'Infinity'", "Infinity"],
        ["'-Infinity'", "-Infinity"],
        ["1.7976931348623157e308", 1.7976931348623157e308],
      ],
    ],
    ["float4", "FLOAT32", [["0.1", Math.fround(0.1)]]],
    [
      "boolean",
      "BOOL",
      [
        ["true", true],
        ["false", false],
        ["NULL", null],
      ],
    ],
    [
      "text",
      "STRING",
      [
        ["''", ""],
        ["NULL", null],
        ["'null'", "null"],
        ["E'line\\nbreak\\r\\n\"quoted\", \\\\ tab\\t ünïcode 🙂'", 'line\nbreak\r\n"quoted", \\ tab\t ünïcode 🙂'],
        ["E'\\u0001'", "\u0001"],
      ],
    ],
    ["char(5)", "STRING", [["'ab'", "ab"]]],
    [
      "date",
      "DATE",
      [
        ["'2024-02-29'", "2024-02-29"],
        ["'0001-01-01'", "0001-01-01"],
      ],
    ],
    [
      "timestamptz",
      "TIMESTAMP",
      [
        ["'2024-03-31 02:30:00.123456+02'", "2024-03-31T00:30:00.123456Z"],
        ["'1969-12-31 23:59:59.999999+00'", "1969-12-31T23:59:59.999999Z"],
      ],
    ],
    ["timestamp", "TIMESTAMP", [["'2024-03-31 02:30:00.000001'", "2024-03-31T02:30:00.000001Z"]]],
    [
      "bytea",
      "BYTES",
      [
        ["'\\x00ff0a22'", "AP8KIg=="],
        ["''", ""],
        ["decode(repeat('ab', 100), 'hex')", Buffer.alloc(100, 0xab).toString("base64")],
      ],
    ],
    [
      "jsonb",
      "JSON",
      [
        ['\'{"b": [1, null, "x"], "big": 12345678901234567890}\'', { b: [1, null, "x"], big: "12345678901234567890" }],
        ["'null'", null],
      ],
    ],
    [
      "bigint[]",
      "INT64[]",
      [
        ["'{1,NULL,9223372036854775807}'", [1, null, "9223372036854775807"]],
        ["'{}'", []],
        ["NULL", null],
      ],
    ],
    ["float8[]", "FLOAT64[]", [["'{NaN,0.1,-Infinity}'", ["NaN", 0.1, "-Infinity"]]]],
    ["text[]", "STRING[]", [["ARRAY['a,b', 'c\"d', NULL, '']", ["a,b", 'c"d', null, ""]]]],
    [
      "timestamptz[]",
      "TIMESTAMP[]",
      [["ARRAY['2024-01-01 00:00:00.000001+00'::timestamptz]", ["2024-01-01T00:00:00.000001Z"]]],
    ],
    ["uuid", "STRING", [["'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"]]],
    ["interval", "STRING", [["'1 day 02:00'", "1 day 02:00:00"]]],
  ])("%s as %s", async (type, larder, cells) => {
    const rows = cells.map(([written], i) => `(${i}, ${written})`);
    await sql(
      "DROP TABLE IF EXISTS v",
      `CREATE TABLE v (i int PRIMARY KEY, c ${type})`,
      `INSERT INTO v VALUES ${rows.join(", ")}`,
    );
    const found = await copied("v");
    expect(found.columns[1]).toEqual({ name: "c", type: larder });
    expect(found.rows.map((row) => row[1])).toEqual(cells.map(([, read]) => read));
  });

  test("instants before our era and without end can be read", async () => {
    await sql(
      "DROP TABLE IF EXISTS v",
      "CREATE TABLE v (c timestamptz)",
      "INSERT INTO v VALUES ('0044-03-15 10:00:00+00 BC'), ('infinity')",
    );
    const text = "SELECT CAST(c AS VARCHAR) AS c FROM s";
    expect((await copied("v", undefined, text)).rows).toEqual([["0044-03-15 (BC) 10:00:00+00"], ["infinity"]]);
  });

  test("strange names, domains, views, schemas, and an empty table", async () => {
    await sql(
      'CREATE SCHEMA IF NOT EXISTS "Odd one"',
      "CREATE DOMAIN price AS numeric(8,2)",
      `CREATE TABLE "Odd one"."Ta ble" ("a b" price, "select" int, "it's" text)`,
      `INSERT INTO "Odd one"."Ta ble" VALUES (1.5, 2, 'x')`,
      `CREATE VIEW prices AS SELECT "a b" AS p FROM "Odd one"."Ta ble"`,
      "CREATE TABLE nothing (i int)",
    );
    expect(await copied("Odd one.Ta ble")).toMatchObject({
      columns: [
        { name: "a b", type: "DECIMAL(8,2)" },
        { name: "select", type: "INT32" },
        { name: "it's", type: "STRING" },
      ],
      rows: [["1.50", 2, "x"]],
    });
    expect((await copied("prices")).rows).toEqual([["1.50"]]);
    expect((await copied("nothing")).rows).toEqual([]);
  });

  test("many rows come in batches, in the order of the primary key, and are counted", async () => {
    await sql(
      "CREATE TABLE many (b int, a int, PRIMARY KEY (a, b))",
      "INSERT INTO many SELECT i % 7, 3000 - i FROM generate_series(1, 3000) i",
    );
    const columns = await describeTable(connection, "many");
    const counts: number[] = [];
    let text = "";
    for await (const chunk of copyTable(
      connection,
      { table: "many", columns },
      { onRows: (rows) => counts.push(rows) },
    ))
      text += Buffer.from(chunk).toString();
    expect(counts).toEqual([10, 1010, 2010, 3000]);
    const order = text
      .trim()
      .split("\n")
      .map((line) => Number((JSON.parse(line) as { a: string }).a));
    expect(order).toEqual(Array.from({ length: 3000 }, (_, i) => i));
  });
});

describe("what goes wrong", () => {
  test.each<[string, string[], string, RegExp]>([
    ["no such table", [], "source_not_found", /SHOP has no table absent/],
    ["a column gone", ["CREATE TABLE absent (b text)"], "schema_mismatch", /column a \(INT32\) is gone/],
    ["another type", ["CREATE TABLE absent (a text)"], "schema_mismatch", /column a was INT32 and is STRING/],
    ["not a table", ["CREATE SEQUENCE absent"], "source_not_found", /has no table absent/],
  ])("%s", async (_, statements, code, says) => {
    await sql("DROP TABLE IF EXISTS absent", ...statements);
    const error = await failure(
      drain(copyTable(connection, { table: "absent", columns: [{ name: "a", type: "INT32" }] })),
    );
    await sql("DROP TABLE IF EXISTS absent").catch(() => sql("DROP SEQUENCE absent"));
    expect([error.code, error.detail]).toEqual([code, expect.stringMatching(says)]);
  });

  test("values that the type cannot hold name the row", async () => {
    await sql(
      "CREATE TABLE unfit (i int PRIMARY KEY, n numeric(5,2), l int[])",
      "INSERT INTO unfit VALUES (1, 1, '{1}'), (2, 'NaN', '{1}')",
    );
    const nan = await failure(copied("unfit"));
    expect([nan.code, nan.detail]).toEqual([
      "invalid_type",
      "Row 2 of unfit: n is NaN, which DECIMAL(5,2) cannot hold",
    ]);
    await sql("UPDATE unfit SET n = 2, l = '{{1,2},{3,4}}' WHERE i = 2");
    expect((await failure(copied("unfit"))).detail).toMatch(/Row 2 of unfit: l is an array of several dimensions/);
  });

  test("a row that is too large is named, one below the limit arrives", { timeout: 30_000 }, async () => {
    await sql("CREATE TABLE large (i int PRIMARY KEY, t text)", "INSERT INTO large VALUES (1, repeat('x', 15000000))");
    const { rows } = await copied("large", undefined, "SELECT length(t) AS n FROM s");
    expect(rows).toEqual([[15_000_000]]);
    await sql("INSERT INTO large VALUES (2, repeat('x', 16000001))");
    const error = await failure(copied("large"));
    expect([error.code, error.detail]).toEqual(["resource_exhausted", "Row 2 of large has more than 16 MB"]);
  });

  test("names that differ in capitals only", async () => {
    await sql('CREATE TABLE twins (a int, "A" int)');
    expect((await failure(describeTable(connection, "twins"))).code).toBe("schema_mismatch");
  });

  test.each([
    ["nothing listens", "postgres://larder:SECRET@127.0.0.1:1/shop", /nothing answers there/],
    ["no such host", "postgres://larder:SECRET@no-such-host.invalid/shop", /host is not known/],
    ["no such socket", "postgres://larder:SECRET@/shop?host=/no/such/place", /cannot be read|nothing answers/],
  ])("%s: dependency_unavailable, and nothing of the address is said", async (_, url, says) => {
    const error = await failure(describeTable({ name: "SHOP", url: url.replace("SECRET", SECRET) }, "t"));
    expect([error.code, error.detail]).toEqual(["dependency_unavailable", expect.stringMatching(says)]);
    expect(`${error.detail} ${error.message} ${error.stack} ${String(error.cause)}`).not.toMatch(
      /hunter2|127\.0\.0\.1|invalid\/|\/no\/such/,
    );
  });

  test("a server that takes the connection and says nothing ends after the time-out, or when it hangs up", async () => {
    const server: Server = createServer((socket) => setTimeout(() => socket.destroy(), 200));
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as { port: number };
    const error = await failure(
      describeTable({ name: "SHOP", url: `postgres://u:${SECRET}@127.0.0.1:${port}/d` }, "t"),
    );
    server.close();
    expect([error.code, error.detail]).toEqual([
      "dependency_unavailable",
      expect.stringMatching(/SHOP (closed the connection|did not answer|cannot be read)/),
    ]);
  });

  test("a copy that is cancelled ends, and lets go of the database", async () => {
    const abort = new AbortController();
    const columns = [{ name: "a", type: "INT32" }];
    await sql("CREATE TABLE long (a int)", "INSERT INTO long SELECT generate_series(1, 20000)");
    const work = drain(
      copyTable(connection, { table: "long", columns }, { signal: abort.signal, onRows: () => abort.abort() }),
    );
    expect((await failure(work)).code).toBe("cancelled");
    expect((await copied("nothing")).rows).toEqual([]);
  });
});
