import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Actor, Role } from "@/lib/kernel/actor";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, csvSource, entity, group, inNewProject } from "@/lib/testing/definitions";
import { errorOf, refresh } from "@/lib/testing/runs";
import { deleteSqlQueries } from "./delete-sql-queries";
import { downloadSql } from "./download-sql";
import { listSqlQueries } from "./list-sql-queries";
import { listSqlRelations } from "./list-sql-relations";
import { runSql } from "./run-sql";
import { KEPT_QUERIES } from "./sql-history";

let ctx: TestContext;

beforeAll(async () => {
  ctx = await inNewProject(await makeContext());
  const rows = Array.from({ length: 60 }, (_, i) => `${i},2024-01-01 00:00:00,n${i},${i / 2}`);
  const csv = `customer_id,seen,mail,spent\n${rows.join("\n")}\n`;
  await apply(
    ctx,
    entity("customer", { customer_id: "INT64" }),
    await csvSource(ctx, "people", csv),
    await csvSource(ctx, "contacts", csv),
    group("private_stats", {
      entity: "customer",
      eventTime: "seen",
      sql: "SELECT customer_id, seen, mail FROM contacts",
      features: { mail: { type: "STRING", status: "ACTIVE", sensitivity: "personal" } },
    }),
    group("spending", {
      entity: "customer",
      eventTime: "seen",
      sql: "SELECT customer_id, seen, spent FROM people",
      features: { spent: "FLOAT64" },
    }),
  );
  await refresh(ctx);
});
afterAll(closeContexts);

const as = (role: Role, rest: Partial<Actor> = {}): TestContext => ({
  ...ctx,
  actor: { kind: "user", id: role, name: `A ${role}`, role, ...rest },
});
const run = (sql: string, who: TestContext = as("scientist"), limit = 100): ReturnType<typeof runSql> =>
  runSql(who, { sql, limit });
const history = async (who: TestContext) => (await listSqlQueries(who, { limit: 50 })).items;

test("rows with what they are and where they come from, over sources and groups", async () => {
  const answer = await run(
    "SELECT p.customer_id, s.spent FROM people p JOIN spending s USING (customer_id) ORDER BY 1",
    as("scientist"),
    2,
  );
  expect(answer).toEqual({
    columns: [
      { name: "customer_id", type: "INT64" },
      { name: "spent", type: "FLOAT64" },
    ],
    rows: [
      [0, 0],
      [1, 0.5],
    ],
    rowCount: 2,
    truncated: true,
    inputs: ["people", "spending"],
    warnings: [],
    seconds: expect.any(Number),
    queryId: expect.stringMatching(/^sql_/),
  });
  expect(await run("FROM people", as("scientist"), 60)).toMatchObject({ rowCount: 60, truncated: false });
  expect((await run("SELECT random() AS r")).warnings).toMatchObject([{ code: "non_deterministic" }]);
});

test.each([
  ["SELECT 1;\nDELETE FROM people", "sql_not_allowed"],
  [" -- nothing", "sql_empty"],
  [`SELECT '${"x".repeat(2_000_000)}'`, "sql_too_long"],
  ["FROM read_text('/etc/passwd')", "sandbox_violation"],
  ["FROM '/etc/passwd'", "sandbox_violation"],
  ["SELECT nothing FROM people", "sql_invalid"],
  ["FROM nowhere", "sql_invalid"],
  ["SELECT CAST(mail AS INT) FROM (SELECT 'a' AS mail FROM people)", "sql_invalid"],
])("%.40s does not run", async (sql, code) => {
  const error = await errorOf(run(sql));
  expect(error.code).toBe(code);
  expect((await history(as("scientist")))[0]).toMatchObject({ state: "FAILED", error: { code }, rowCount: null });
});

describe("who may", () => {
  test("a viewer may not, nor a token without the scopes", async () => {
    expect((await errorOf(run("SELECT 1", as("viewer")))).code).toBe("forbidden");
    for (const scopes of [["sql:run"], ["data:read"]])
      expect((await errorOf(run("SELECT 1", as("engineer", { scopes })))).code).toBe("insufficient_scope");
    expect((await run("SELECT 1 AS a", as("engineer", { scopes: ["sql:run", "data:read"] }))).rows).toEqual([[1]]);
  });

  test.each(["FROM private_stats", "SELECT mail FROM contacts", "SELECT 1 FROM people, private_stats"])(
    "%s takes a sensitive reader",
    async (sql) => {
      expect((await errorOf(run(sql, as("admin")))).code).toBe("forbidden");
      expect((await errorOf(downloadSql(as("admin"), { sql, format: "csv" }))).code).toBe("forbidden");
      expect((await run(sql, as("scientist", { sensitive: true }))).rowCount).toBeGreaterThan(0);
    },
  );

  test("the catalog says so before", async () => {
    const { relations } = await listSqlRelations(as("scientist"));
    expect(relations.map(({ name, kind, refused }) => [name, kind, refused !== null])).toEqual([
      ["contacts", "source", true],
      ["people", "source", false],
      ["private_stats", "feature_group", true],
      ["spending", "feature_group", false],
    ]);
    expect(relations[3]?.columns).toEqual([
      { name: "customer_id", type: "INT64" },
      { name: "seen", type: "TIMESTAMP" },
      { name: "spent", type: "FLOAT64" },
    ]);
    const { relations: open } = await listSqlRelations(as("scientist", { sensitive: true }));
    expect(open.every(({ refused }) => refused === null)).toBe(true);
  });
});

test("time that is up is a timeout, and leaving is a cancel", async () => {
  const endless = "SELECT sum(hash(a.range, b.range)) FROM range(1000000) a, range(1000000) b";
  const started = performance.now();
  const late = await errorOf(runSql(as("scientist"), { sql: endless, limit: 1 }, { limitMs: 1500 }));
  expect([late.code, late.detail]).toEqual(["timeout", expect.stringContaining("1.5 s")]);
  expect(performance.now() - started).toBeLessThan(6000);
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 1200);
  const left = await errorOf(runSql(as("scientist"), { sql: endless, limit: 1 }, { signal: controller.signal }));
  expect(left.code).toBe("cancelled");
  expect((await history(as("scientist"))).slice(0, 2).map(({ state }) => state)).toEqual(["CANCELLED", "FAILED"]);
});

describe("the history", () => {
  test("is one's own, newest first, and can be forgotten", async () => {
    const me = as("scientist", { id: "me" });
    await run("SELECT 1 AS first", me);
    ctx.clock.advance(1);
    await errorOf(run("SELECT wrong", me));
    expect(await history(me)).toMatchObject([
      { sql: "SELECT wrong", state: "FAILED", error: { code: "sql_invalid" } },
      { sql: "SELECT 1 AS first", state: "SUCCEEDED", rowCount: 1, error: null },
    ]);
    expect((await history(as("admin"))).every(({ sql }) => sql !== "SELECT 1 AS first")).toBe(true);
    expect(await deleteSqlQueries(me)).toEqual({ deleted: 2 });
    expect(await history(me)).toEqual([]);
    expect(await history(as("scientist"))).not.toEqual([]);
  });

  test("keeps the last ones only", async () => {
    const me = as("scientist", { id: "busy" });
    const startedAt = new Date("2020-01-01T00:00:00Z");
    const base = { projectId: ctx.project.id, actorId: "busy", state: "SUCCEEDED", rowCount: 0, seconds: 0, startedAt };
    await ctx.db.sqlQuery.createMany({
      data: Array.from({ length: KEPT_QUERIES }, (_, i) => ({ id: `sql_old_${i}`, sql: `SELECT ${i}`, ...base })),
    });
    await run("SELECT 1 AS newest", me);
    const { items, total } = await listSqlQueries(me, { limit: 1 });
    expect([total, items[0]?.sql]).toEqual([KEPT_QUERIES, "SELECT 1 AS newest"]);
  });
});

test("a download is all rows, audited, and leaves nothing behind", async () => {
  const sql = "SELECT customer_id, spent FROM people ORDER BY 1";
  const file = await downloadSql(as("scientist"), { sql, format: "csv" });
  const text = await new Response(file.stream).text();
  expect(text.split("\n").slice(0, 3)).toEqual(["customer_id,spent", "0,0.0", "1,0.5"]);
  expect([text.trimEnd().split("\n").length, file.byteCount]).toEqual([61, Buffer.byteLength(text)]);
  const event = await ctx.db.auditEvent.findFirstOrThrow({
    where: { action: "sql.download", projectId: ctx.project.id },
  });
  expect(event.after).toMatchObject({ sql, format: "csv", rowCount: 60, inputs: ["people"] });
  const many = await errorOf(downloadSql(as("scientist"), { sql: "FROM range(1000001)", format: "parquet" }));
  expect(many.code).toBe("row_limit_exceeded");
});

test("a RETIRED feature is shown to nobody, whatever is asked, and the others are", async () => {
  const where = { projectId: ctx.project.id, name: "spent" };
  await ctx.db.feature.updateMany({ where, data: { status: "RETIRED" } });
  try {
    expect((await errorOf(run("SELECT spent FROM spending", as("admin", { sensitive: true })))).code).toBe(
      "sql_invalid",
    );
    const { columns } = await run("SELECT * FROM spending", as("admin", { sensitive: true }), 1);
    expect(columns.map((column) => column.name)).toEqual(["customer_id", "seen"]);
  } finally {
    await ctx.db.feature.updateMany({ where, data: { status: "ACTIVE" } });
  }
});
