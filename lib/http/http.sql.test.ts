import { afterAll, beforeAll, expect, test } from "vitest";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, csvSource } from "@/lib/testing/definitions";
import { expectProblem, testApp } from "./test-app";

let ctx: TestContext;
let app: ReturnType<typeof testApp>;

beforeAll(async () => {
  ctx = await makeContext();
  app = testApp(ctx);
  await apply(ctx, await csvSource(ctx, "people", "a,b\n1,x\n2,=y\n3,\n"));
});
afterAll(closeContexts);

const query = (sql: string, headers: Record<string, string> = {}, rest: object = {}) =>
  app.send("/sql/query", { body: { sql, ...rest }, headers });

test("rows as JSON, with what to know in the Warning header too", async () => {
  const answer = await query(
    "SELECT a, now() > TIMESTAMPTZ '2020-01-01' AS late FROM people ORDER BY a",
    {},
    { limit: 2 },
  );
  expect(answer.status).toBe(200);
  expect(answer.json).toMatchObject({
    rows: [
      [1, true],
      [2, true],
    ],
    rowCount: 2,
    truncated: true,
    inputs: ["people"],
    warnings: [{ code: "non_deterministic" }],
  });
  expect(answer.headers.get("warning")).toContain("now()");
});

test("rows as CSV", async () => {
  const answer = await query("FROM people ORDER BY a", { accept: "text/csv" });
  expect(answer.text).toBe("a,b\r\n1,x\r\n2,'=y\r\n3,\r\n");
});

test.each([
  ["", 422, "sql_empty"],
  ["-- only a comment", 422, "sql_empty"],
  [`SELECT '${"x".repeat(2_000_000)}'`, 422, "sql_too_long"],
  ["DROP TABLE people", 422, "sql_not_allowed"],
  ["SELECT 1; SELECT 2", 422, "sql_not_allowed"],
  ["FROM read_text('/etc/passwd')", 422, "sandbox_violation"],
  ["FROM '/etc/passwd'", 422, "sandbox_violation"],
  ["FROM enable_logging(storage := 'stdout')", 422, "sandbox_violation"],
  ["SELECT\n nothing FROM people", 422, "sql_invalid"],
])("%.40j is %i %s at every door", async (sql, status, code) => {
  for (const path of ["/sql/query", "/sql/download", "/sql/preview"]) {
    const answer = await app.send(path, { body: { sql } });
    expectProblem(answer, status, code);
    expect(answer.text).not.toContain("root:");
    if (code === "sql_invalid") expect(answer.json.errors).toMatchObject([{ line: 2, column: 2 }]);
  }
});

test.each([{ limit: 0 }, { limit: 10_001 }, { limit: "many" }])("%j is no limit", async (rest) => {
  expect((await query("SELECT 1", {}, rest)).status).toBe(422);
});

test("downloads say what they are", async () => {
  const parquet = await app.fetch(
    new Request("http://localhost/api/v1/sql/download", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ sql: "FROM people" }),
    }),
  );
  expect(parquet.headers.get("content-type")).toBe("application/vnd.apache.parquet");
  expect(parquet.headers.get("content-disposition")).toMatch(/^attachment; filename="[\w-]+\.parquet"$/);
  const bytes = Buffer.from(await parquet.arrayBuffer());
  expect([bytes.length, bytes.subarray(0, 4).toString()]).toEqual([
    Number(parquet.headers.get("content-length")),
    "PAR1",
  ]);
  const csv = await app.send("/sql/download", { body: { sql: "FROM people ORDER BY a", format: "csv" } });
  expect(csv.headers.get("content-type")).toMatch(/^text\/csv/);
  expect(csv.text).toBe("a,b\n1,x\n2,'=y\n3,\n");
});

test("while a query runs away, others are answered at once; when its caller leaves it is over", async () => {
  const controller = new AbortController();
  const endless = app.fetch(
    new Request("http://localhost/api/v1/sql/query", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ sql: "SELECT count(*) FROM range(1000000000000)" }),
      signal: controller.signal,
    }),
  );
  await new Promise((done) => setTimeout(done, 1500));
  const waits: number[] = [];
  for (let i = 0; i < 100; i++) {
    const began = performance.now();
    expect((await app.send("/health/live")).status).toBe(200);
    waits.push(performance.now() - began);
    await new Promise((done) => setTimeout(done, 10));
  }
  waits.sort((a, b) => a - b);
  expect(waits[98]).toBeLessThan(100);
  controller.abort();
  expect(((await (await endless).json()) as { code: string }).code).toBe("cancelled");
  expect((await app.send("/sql/queries?limit=1")).json.items).toMatchObject([{ state: "CANCELLED" }]);
  expect((await app.send("/sql/queries", { method: "DELETE" })).json.deleted).toBeGreaterThan(5);
  expect((await app.send("/sql/catalog")).json.relations).toMatchObject([{ name: "people", refused: null }]);
});
