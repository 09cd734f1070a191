import { existsSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { LarderError } from "@/lib/kernel/errors";
import { errorOf } from "@/lib/testing/runs";
import { createDuckDbEngine } from "./engine";

const ROOT_DIR = resolve(import.meta.dirname, "../../../..");
const root = mkdtempSync(join(tmpdir(), "larder-sandbox-"));
const common = { root, rootDir: ROOT_DIR, sourceRoots: [root], processPath: join(import.meta.dirname, "process.ts") };
const engine = createDuckDbEngine({ ...common, threads: 2, memoryLimit: "500MB", temporaryLimit: "100MB" });
afterAll(() => engine.close());

const SECRET = "larder-very-secret";
writeFileSync(join(root, "secret.csv"), `a\n${SECRET}\n`);
writeFileSync(join(root, "numbers.csv"), "a\n1\n2\nthree\n");
symlinkSync("/etc/passwd", join(root, "link.csv"));

const query = (sql: string, limitMs = 30_000, limit = 5) =>
  engine.query({ query: { sql, inputs: [] }, limit, limitMs }, { apart: "test" });

/** Everything an error says, to whoever may see it. */
function wordsOf(error: LarderError): string {
  const cause = error.cause instanceof Error ? `${error.cause.message} ${error.cause.stack}` : String(error.cause);
  return JSON.stringify([error.code, error.detail, error.issues, error.message, cause]);
}

describe("only one SELECT", () => {
  test.each([
    ["SELECT 1; DROP TABLE x", "sql_not_allowed", "2 statements (SELECT, DROP)"],
    ["COPY (SELECT 1) TO '/tmp/larder-escape.csv'", "sql_not_allowed", "COPY"],
    ["ATTACH '/tmp/larder-escape.db'", "sql_not_allowed", "ATTACH"],
    ["INSTALL httpfs", "sql_not_allowed", "INSTALL"],
    ["LOAD httpfs", "sql_not_allowed", "LOAD"],
    ["SET memory_limit = '100GB'", "sql_not_allowed", "SET"],
    ["PRAGMA database_list", "sql_not_allowed", "PRAGMA"],
    ["CALL duckdb_settings()", "sql_not_allowed", "CALL"],
    ["EXPORT DATABASE '/tmp/larder-escape'", "sql_not_allowed", "EXPORT"],
    ["IMPORT DATABASE '/etc'", "sql_not_allowed", "IMPORT"],
    ["PREPARE p AS SELECT 1", "sql_not_allowed", "PREPARE"],
    ["EXECUTE p", "sql_not_allowed", "EXECUTE"],
    ["EXPLAIN ANALYZE SELECT 1", "sql_not_allowed", "EXPLAIN"],
    ["/* a */ -- b\n CREATE TABLE x AS SELECT 1", "sql_not_allowed", "CREATE"],
    ["SELECT 1; ; SELECT 2", "sql_not_allowed", "2 statements"],
    ["", "sql_empty", ""],
    ["  -- nothing\n/* at all */ ;", "sql_empty", ""],
    [`SELECT '${"x".repeat(2_000_000)}'`, "sql_too_long", "1000000"],
    ["PIVOT (SELECT 1 AS a, 'x' AS b) ON b USING sum(a)", "sql_not_allowed", "PIVOT that needs an explicit IN list"],
    ["FROM (PIVOT (SELECT 1 a, 'x' b) ON b USING sum(a))", "sql_not_allowed", "PIVOT that needs an explicit IN list"],
    ["SELECT $1", "sql_invalid", "Parameters"],
  ])("%.60s", async (sql, code, says) => {
    const error = await errorOf(query(sql));
    expect([error.code, error.detail]).toEqual([code, expect.stringContaining(says)]);
    expect((await errorOf(engine.describe({ sql, inputs: [] }))).code).toBe(code);
    expect(existsSync("/tmp/larder-escape.csv") || existsSync("/tmp/larder-escape")).toBe(false);
  });

  test.each(["SELECT ';' AS a", "FROM range(1);", "(SELECT 1)", "WITH a AS (SELECT 1) FROM a -- ; done", "VALUES (1)"])(
    "%s passes",
    async (sql) => {
      expect((await query(sql)).rows).toHaveLength(1);
    },
  );
});

describe("no file, no address, no other SQL", () => {
  const secret = join(root, "secret.csv");
  test.each([
    "SELECT * FROM read_text('/etc/passwd')",
    `SELECT * FROM "read_text"('/etc/passwd')`,
    "SELECT (SELECT content FROM READ_TEXT('/etc/passwd'))",
    "FROM '/etc/passwd'",
    'FROM "/etc/passwd"',
    "SUMMARIZE '/etc/passwd'",
    `SELECT * FROM '${secret}'`,
    `SELECT * FROM read_csv('${secret}')`,
    `SELECT * FROM read_csv_auto(['${secret}'])`,
    `SELECT * FROM '${join(root, "link.csv")}'`,
    "SELECT * FROM 'secret.csv'",
    "SELECT * FROM secret.csv",
    "SELECT * FROM read_parquet('s3://bucket/a.parquet')",
    "FROM 'https://example.org/a.csv'",
    "FROM 's3://bucket/key'",
    "SELECT * FROM glob('/**')",
    "SELECT * FROM range(1), glob('/*')",
    "FROM query('FROM read_text(''/etc/passwd'')')",
    "FROM query_table('pg_settings')",
    "FROM json_execute_serialized_sql(json_serialize_sql('SELECT 1'))",
    "SELECT * FROM read_csv('/proc/self/environ')",
    "SELECT * FROM read_blob('../../app.db')",
    "FROM parquet_metadata('/etc/passwd')",
    "FROM sniff_csv('/etc/passwd')",
    "FROM sqlite_scan('/etc/passwd', 'x')",
    "FROM arrow_scan(1::POINTER, 2::POINTER, 3::POINTER)",
    "FROM enable_logging(storage := 'file', storage_path := '/tmp/larder-escape')",
    "FROM enable_logging(storage := 'stdout')",
    "SELECT write_log('forged')",
    "FROM import_database('/etc')",
    "WITH a AS (FROM read_text('/etc/passwd')) SELECT 1 FROM range(1) WHERE EXISTS (FROM a)",
    "SELECT * FROM (PIVOT (FROM read_text('/etc/passwd')) ON size IN (1) USING count(*))",
    "SELECT [x FOR x IN (SELECT content FROM read_text('/etc/passwd'))]",
  ])("%s", async (sql) => {
    for (const work of [
      () => query(sql),
      () => engine.describe({ sql, inputs: [] }),
      () => engine.query({ query: { sql: "FROM x", inputs: [{ name: "x", kind: "sql", sql }] }, limit: 1 }),
    ]) {
      const error = await errorOf(work());
      expect([sql, error.code]).toEqual([sql, "sandbox_violation"]);
      expect(wordsOf(error)).not.toContain("root:");
      expect(wordsOf(error)).not.toContain(SECRET);
    }
    expect(existsSync("/tmp/larder-escape")).toBe(false);
    // Nothing forged, nothing left over: the next answer is its own.
    expect((await query("SELECT 42 AS a")).rows).toEqual([[42]]);
  });

  test("what is misspelt is an error, not an attempt", async () => {
    const error = await errorOf(query("SELECT 1,\n  * FROM rnge(3)"));
    expect([error.code, error.issues[0]?.line]).toEqual(["sql_invalid", 2]);
  });
});

describe("what is wrong says where", () => {
  test.each([
    ["SELECT 1 AS a,\n  nothing FROM range(1)", 2, 3, "nothing"],
    ["SELEC 1", 1, 1, "syntax error"],
    ["SELECT a\nFROM (SELECT 1 AS abc)", 1, 8, 'Candidate bindings: "abc"'],
    ["SELECT\n  CAST('x' || range AS INTEGER) AS n FROM range(2)", 2, 3, "Could not convert"],
    ["SELECT CAST('x' || range AS INTEGER) AS n FROM range(2)", 1, 8, "Could not convert"],
  ])("%j", async (sql, line, column, says) => {
    const error = await errorOf(query(sql));
    expect(error.code).toBe("sql_invalid");
    expect(error.issues[0]).toMatchObject({ line, column });
    expect(error.detail).toContain(says);
    expect(error.detail).not.toContain("LIMIT");
  });

  test("no path of this machine in what a bad file says", async () => {
    const path = join(root, "numbers.csv");
    const columns = [{ name: "a", type: "INT64" as const }];
    const inputs = [{ name: "x", kind: "files" as const, format: "csv" as const, paths: [path], columns }];
    const error = await errorOf(engine.query({ query: { sql: "SELECT CAST(a AS BIGINT) FROM x", inputs }, limit: 5 }));
    expect(wordsOf(error).replace(/,"[^"]*Error[\s\S]*$/, "")).not.toContain(root);
  });
});

const linux = process.platform === "linux";

/** Processes whose parent is this one. */
function children(): number[] {
  return readdirSync("/proc/self/task").flatMap((task) =>
    readFileSync(`/proc/self/task/${task}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number),
  );
}

describe.skipIf(!linux)("what never ends, ends", () => {
  const LIMIT_MS = 3000;
  const SORT =
    "SELECT count(*) FROM (SELECT md5(CAST(range AS VARCHAR)) a, random() FROM range(90000000) ORDER BY a OFFSET 1)";
  const hungry = [
    ["an endless recursion", "WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r) SELECT count(*) FROM r"],
    ["a long range", "SELECT count(*) FROM range(1000000000000)"],
    ["a long text", "SELECT sum(length(repeat('x', 1000000000 + range))) FROM range(8)"],
    ["a long list", "SELECT len(list(range)) FROM range(1000000000)"],
    ["a list of a function", "SELECT len(range(1000000000))"],
    ["a join of everything", "SELECT sum(hash(a.range, b.range)) FROM range(1000000) a, range(1000000) b"],
    ["a sort on disk", SORT],
  ] as const;

  test.each(hungry)("%s", async (_, sql) => {
    await query("SELECT 1");
    const before = new Set(children());
    const started = performance.now();
    const delays: number[] = [];
    let last = performance.now();
    const timer = setInterval(() => {
      delays.push(performance.now() - last - 20);
      last = performance.now();
    }, 20);
    const other = engine.query({ query: { sql: "SELECT 1 AS a", inputs: [] }, limit: 1 });
    const error = await errorOf(query(sql, LIMIT_MS));
    clearInterval(timer);
    expect(["timeout", "resource_exhausted", "temp_space_exhausted"]).toContain(error.code);
    expect(performance.now() - started).toBeLessThan(LIMIT_MS + 2000);
    // This process went on all the while, and so did other work.
    delays.sort((a, b) => a - b);
    expect(delays[Math.floor(delays.length * 0.95)] ?? 0).toBeLessThan(100);
    expect((await other).rows).toEqual([[1]]);
    const gone = [...before].filter((pid) => !children().includes(pid));
    if (error.code === "timeout") expect(gone).toHaveLength(1);
    expect(readdirSync(join(root, "tmp")).filter((name) => spilled(name))).toEqual([]);
    expect((await query("SELECT 1 AS a")).rows).toEqual([[1]]);
  });

  function spilled(name: string): boolean {
    return readdirSync(join(root, "tmp", name)).length > 0;
  }

  test("too much on disk and too much in memory are told apart", async () => {
    const small = createDuckDbEngine({ ...common, threads: 1, memoryLimit: "100MB", temporaryLimit: "20MB" });
    const run = (sql: string) => errorOf(small.query({ query: { sql, inputs: [] }, limit: 1, limitMs: 60_000 }));
    expect((await run(SORT)).code).toBe("temp_space_exhausted");
    expect((await run("SELECT len(list(range)) FROM range(100000000)")).code).toBe("resource_exhausted");
    await small.close();
  });

  test("memory that DuckDB does not count is counted", async () => {
    const small = createDuckDbEngine({ ...common, threads: 1, memoryLimit: "100MB" });
    const text = "SELECT max(length(repeat('x', 3000000000 + range))) FROM range(4)";
    const error = await errorOf(small.query({ query: { sql: text, inputs: [] }, limit: 1, limitMs: 20_000 }));
    expect(error.code).toBe("resource_exhausted");
    expect((await small.query({ query: { sql: "SELECT 1 AS a", inputs: [] }, limit: 1 })).rows).toEqual([[1]]);
    await small.close();
  });

  test("whoever leaves takes the process with them", async () => {
    const controller = new AbortController();
    const work = errorOf(
      engine.query(
        { query: { sql: hungry[5][1], inputs: [] }, limit: 1 },
        { signal: controller.signal, apart: "leaver" },
      ),
    );
    await new Promise((done) => setTimeout(done, 1500));
    const during = children();
    const started = performance.now();
    controller.abort();
    expect((await work).code).toBe("cancelled");
    expect(performance.now() - started).toBeLessThan(2000);
    expect(during.filter((pid) => !children().includes(pid))).toHaveLength(1);
    expect(readdirSync(join(root, "tmp")).filter((name) => spilled(name))).toEqual([]);
  });
});

describe.skipIf(!linux)("work that is tried out", () => {
  const pid = async (apart?: string): Promise<number[]> => {
    const before = children();
    await engine.query({ query: { sql: "SELECT 1", inputs: [] }, limit: 1 }, apart === undefined ? {} : { apart });
    return children().filter((one) => !before.includes(one));
  };

  test("shares no process with another project, and one with itself", async () => {
    await pid("one");
    expect(await pid("one")).toEqual([]);
    await pid("two");
    expect(await pid("three")).toHaveLength(1);
    expect(await pid("three")).toEqual([]);
  });

  test("takes no turn from other work", async () => {
    const endless = "SELECT sum(hash(a.range, b.range)) FROM range(1000000) a, range(1000000) b";
    const controller = new AbortController();
    const works = [1, 2, 3, 4].map(() =>
      errorOf(
        engine.query({ query: { sql: endless, inputs: [] }, limit: 1 }, { signal: controller.signal, apart: "busy" }),
      ),
    );
    const answer = await engine.query({ query: { sql: "SELECT 7 AS a", inputs: [] }, limit: 1 });
    expect(answer.rows).toEqual([[7]]);
    controller.abort();
    for (const error of await Promise.all(works)) expect(error.code).toBe("cancelled");
  });
});

test.each([
  ["SELECT now(), random() FROM range(2)", ["now()", "random()"]],
  ["SELECT current_date, CURRENT_TIMESTAMP, localtime", ["current_date", "current_timestamp", "localtime"]],
  ["SELECT 1 FROM range(9) USING SAMPLE 2", ["USING SAMPLE"]],
  ["SELECT age(TIMESTAMP '2024-01-01'), uuid()", ["age()", "uuid()"]],
  ["SELECT 'now()' AS now, age(TIMESTAMP '2024-01-01', TIMESTAMP '2023-01-01') -- random()", []],
  ["SELECT 1 FROM range(9) USING SAMPLE reservoir(2 ROWS) REPEATABLE (7)", []],
])("what changes each time is noticed: %s", async (sql, changing) => {
  expect((await engine.describe({ sql, inputs: [] })).changing).toEqual(changing);
});

describe("rows as a file", () => {
  const file = async (sql: string, format: "csv" | "parquet", limit = 100) => {
    const answer = await engine.exportRows({ query: { sql, inputs: [] }, format, limit }, { apart: "test" });
    const bytes = Buffer.from(await new Response(answer.stream).arrayBuffer());
    expect(bytes.length).toBe(answer.byteCount);
    return { bytes, rowCount: answer.rowCount };
  };
  const left = (): string[] => readdirSync(join(root, "tmp")).filter((name) => /\.(csv|parquet)$/.test(name));

  test("a file that grows beyond what may lie on the disk is stopped, and gone", async () => {
    const error = await errorOf(file("SELECT repeat('x', 100000) AS x FROM range(1000000)", "csv", 1_000_000));
    expect(error.code).toBe("temp_space_exhausted");
    expect(left()).toEqual([]);
  });

  test("CSV is exact, and no formula", async () => {
    const { bytes, rowCount } = await file(
      `SELECT 1 AS a, 'x,"y"' AS a, NULL AS n, '' AS e, -5 AS minus, '-5' AS text, '=SUM(A1)' AS "=f",
         TIMESTAMPTZ '2024-01-01 10:00:00+02' AS t, [1, 2] AS l, 170141183460469231731687303715884105727 AS big, 1.50 AS d`,
      "csv",
    );
    expect(rowCount).toBe(1);
    expect(bytes.toString().trimEnd().split("\n")).toEqual([
      "a,a_1,n,e,minus,text,'=f,t,l,big,d",
      `1,"x,""y""",,"",-5,'-5,'=SUM(A1),2024-01-01T08:00:00.000000Z,"[1,2]",170141183460469231731687303715884105727,1.50`,
    ]);
    expect(left()).toEqual([]);
  });

  test("Parquet, all rows of it", async () => {
    const { bytes, rowCount } = await file("SELECT range AS a, 'x' AS b FROM range(100)", "parquet");
    expect([rowCount, bytes.subarray(0, 4).toString(), bytes.subarray(-4).toString()]).toEqual([100, "PAR1", "PAR1"]);
  });

  test("more rows than allowed are refused, not cut off, and nothing stays", async () => {
    const error = await errorOf(file("FROM range(101)", "csv"));
    expect(error.code).toBe("row_limit_exceeded");
    expect((await errorOf(file("SELECT CAST('x' || range AS INT) FROM range(9)", "parquet"))).code).toBe("sql_invalid");
    expect((await errorOf(file("FROM read_text('/etc/passwd')", "csv"))).code).toBe("sandbox_violation");
    expect(left()).toEqual([]);
  });
});
