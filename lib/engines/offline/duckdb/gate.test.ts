import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { errorOf } from "@/lib/testing/runs";
import { createDuckDbEngine } from "./engine";

const ROOT_DIR = resolve(import.meta.dirname, "../../../..");
const root = mkdtempSync(join(tmpdir(), "larder-gate-"));
const common = { root, rootDir: ROOT_DIR, sourceRoots: [root], processPath: join(import.meta.dirname, "process.ts") };
const engine = createDuckDbEngine({ ...common, maxProcesses: 1, threads: 1 });
afterAll(() => engine.close());

const query = (sql: string, limit = 5) => engine.query({ query: { sql, inputs: [] }, limit });

describe("what is about the server", () => {
  test.each([
    "SELECT value FROM duckdb_settings() WHERE name = 'temp_directory'",
    'SELECT value FROM "duckdb_settings" ()',
    "SELECT value FROM DuckDB_Settings/* */()",
    "FROM /* /* */ ' */ duckdb_settings() /* ' */",
    "SELECT value FROM system.main.duckdb_settings()",
    "SELECT 1 WHERE EXISTS (FROM duckdb_secrets())",
    "WITH a AS (SELECT * FROM duckdb_logs()) SELECT * FROM a",
    "FROM duckdb_temporary_files()",
    "FROM duckdb_databases()",
    "FROM duckdb_databases",
    "FROM duckdb_extensions()",
    "FROM pragma_database_size()",
    "FROM pg_settings",
    "SELECT sql FROM sqlite_master",
    "WITH duckdb_views AS (SELECT *, 'RECURSIVE_CTE_NODE' AS z FROM duckdb_views) SELECT sql FROM duckdb_views",
    "FROM pg_catalog.pg_settings",
    "SELECT current_setting('temp_directory')",
    "SELECT * FROM (PIVOT (FROM duckdb_settings()) ON scope IN ('GLOBAL') USING count(*))",
  ])("%s is not allowed", async (sql) => {
    expect((await errorOf(query(sql))).code).toBe("sql_not_allowed");
    const inputs = [{ name: "hidden", kind: "sql" as const, sql }];
    const within = engine.query({ query: { sql: "SELECT * FROM hidden", inputs }, limit: 1 });
    expect((await errorOf(within)).code).toBe("sql_not_allowed");
  });

  test.each([
    "SELECT 'duckdb_settings()' AS text -- duckdb_settings()",
    "SELECT query FROM (SELECT 1 AS query)",
    "SELECT duckdb_settings FROM (SELECT 1 AS duckdb_settings)",
    "SELECT count(*) FROM (PIVOT (SELECT 1 AS a, 'x' AS b) ON b IN ('x') USING sum(a))",
  ])("%s is", async (sql) => {
    expect((await query(sql)).rows).toHaveLength(1);
  });
});

describe("how much a preview holds", () => {
  const megabyte = "repeat('x', 1000000) AS text";

  test("rows that are large are fewer, and the answer says so", async () => {
    const { rows, truncated } = await query(`SELECT ${megabyte} FROM range(100)`, 50);
    expect([rows.length, truncated]).toEqual([4, true]);
    expect(await query(`SELECT ${megabyte} FROM range(2)`, 50)).toMatchObject({ truncated: false });
  });

  test("a single row that is larger is refused with words", async () => {
    const error = await errorOf(query("SELECT 1 AS a, repeat('x', 6000000) AS text"));
    expect(error.code).toBe("resource_exhausted");
    expect(error.detail).toContain("single row has more than 5 MB");
    expect((await query("SELECT 1 AS a")).rows).toEqual([[1]]);
  });

  test("the same goes for the file of a result", async () => {
    const columns = [
      { name: "k", type: "INT64" as const },
      { name: "event_time", type: "TIMESTAMP" as const },
      { name: "text", type: "STRING" as const },
    ];
    const write = (path: string, length: number) =>
      engine.asOf({
        spine: { kind: "rows", columns, rows: [1, 2, 3].map((k) => [k, "2024-01-01T00:00:00Z", "x".repeat(length)]) },
        timestampColumn: "event_time",
        joins: [],
        knowledge: "event_time",
        nullKeys: "refuse",
        output: { kind: "file", path },
      });
    await write("out/large.parquet", 2_000_000);
    const { rows, truncated } = await engine.preview("out/large.parquet", 50);
    expect([rows.length, truncated]).toEqual([2, true]);
    await write("out/huge.parquet", 6_000_000);
    expect((await errorOf(engine.preview("out/huge.parquet", 50))).code).toBe("resource_exhausted");
  });
});

test.skipIf(process.platform === "win32")("looking at what never answers ends, and the next work runs", async () => {
  execFileSync("mkfifo", [join(root, "pipe.csv")]);
  writeFileSync(join(root, "whole.csv"), "a\n1\n");
  const impatient = createDuckDbEngine({ ...common, maxProcesses: 1, describeMs: 3000 });
  const look = (file: string) => {
    const inputs = [{ name: "x", kind: "files" as const, format: "csv" as const, paths: [join(root, file)] }];
    return impatient.describe({ sql: "SELECT * FROM x", inputs });
  };
  const error = await errorOf(look("pipe.csv"));
  expect([error.code, error.detail]).toEqual(["timeout", expect.stringContaining("longer than 3 s")]);
  expect((await look("whole.csv")).columns).toEqual([{ name: "a", type: "INT64" }]);
  await impatient.close();
});
