import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Actor, Role } from "@/lib/kernel/actor";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, csvSource, entity, group, inNewProject } from "@/lib/testing/definitions";
import { countAllRows, errorOf, refresh } from "@/lib/testing/runs";
import { previewSql } from "./preview-sql";

let ctx: TestContext;

beforeAll(async () => {
  ctx = await inNewProject(await makeContext());
  const rows = Array.from({ length: 60 }, (_, i) => `${i},2024-01-01 00:00:00,n${i},${i / 2}`);
  const mail = { type: "STRING", status: "ACTIVE" as const, sensitivity: "personal" as const };
  const features = { mail, spent: "FLOAT64" };
  await apply(
    ctx,
    entity("customer", { customer_id: "INT64" }),
    await csvSource(ctx, "people", `customer_id,seen,mail,spent\n${rows.join("\n")}\n`),
    await csvSource(ctx, "contacts", `customer_id,seen,mail,spent\n${rows.join("\n")}\n`),
    { kind: "source", name: "mails", sql: "SELECT mail FROM contacts" },
    { kind: "source", name: "spenders", sql: "SELECT customer_id, spent FROM private_stats" },
    group("private_stats", {
      entity: "customer",
      eventTime: "seen",
      sql: "SELECT customer_id, seen, mail, spent FROM contacts",
      features,
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
const preview = (sql: string, who: TestContext = as("engineer"), limit = 50): ReturnType<typeof previewSql> =>
  previewSql(who, { sql, limit });

test("rows, columns with their types and what they most likely are, and what was read", async () => {
  const before = await countAllRows(ctx.db);
  const answer = await preview("SELECT customer_id, seen, spent FROM people ORDER BY 1", as("engineer"), 2);
  expect(answer).toEqual({
    columns: [
      { name: "customer_id", type: "INT64", role: "key", entity: "customer" },
      { name: "seen", type: "TIMESTAMP", role: "event_time", entity: null },
      { name: "spent", type: "FLOAT64", role: "feature", entity: null },
    ],
    rows: [
      [0, "2024-01-01T00:00:00.000000Z", 0],
      [1, "2024-01-01T00:00:00.000000Z", 0.5],
    ],
    inputs: ["people"],
    truncated: true,
    warnings: [],
  });
  expect(await countAllRows(ctx.db)).toEqual(before);
});

test("all rows are there when they fit exactly", async () => {
  const answer = await preview("SELECT * FROM people", as("engineer"), 60);
  expect([answer.rows.length, answer.truncated]).toEqual([60, false]);
});

test("a feature group is read like a source, and SQL may read nothing at all", async () => {
  const sums = await preview("SELECT count(*) AS n FROM spending JOIN people USING (customer_id)");
  expect([sums.rows, [...sums.inputs].sort()]).toEqual([[[60]], ["people", "spending"]]);
  expect(await preview("SELECT 1 AS one")).toMatchObject({ rows: [[1]], inputs: [] });
});

describe("what cannot run says where", () => {
  test.each([
    ["SELECT 1,\n  2 FROM", "sql_invalid", undefined],
    ["SELECT 1\nFRM people", "sql_invalid", 2],
    ["SELECT spent,\n  nothing\nFROM people", "sql_invalid", 2],
    ["SELECT 1\nFROM nowhere", "sql_invalid", 2],
    ["SELECT 'nowhere' AS a\n-- some\nFROM people, elsewhere", "sql_invalid", 3],
    ["SELECT\n  CAST('x' AS INTEGER) AS n FROM people", "sql_invalid", 2],
    ["  ", "sql_empty", undefined],
    ["-- nothing", "sql_empty", undefined],
    ["x".repeat(100_001), "sql_too_long", undefined],
  ])("%j", async (sql, code, line) => {
    const error = await errorOf(preview(sql));
    expect([error.code, error.issues[0]?.line]).toEqual([code, line]);
  });

  test.each([
    "DELETE FROM people",
    "SELECT 1; SELECT 2",
    "COPY people TO '/tmp/x.csv'",
    "ATTACH '/tmp/x.db'",
    "SET memory_limit = '100GB'",
  ])("%s is not allowed", async (sql) => {
    expect((await errorOf(preview(sql))).code).toBe("sql_not_allowed");
  });

  test.each(["SELECT * FROM read_text('/etc/passwd')", "SELECT * FROM '/etc/passwd'"])(
    "%s reads no file",
    async (sql) => {
      expect((await errorOf(preview(sql))).code).toBe("sandbox_violation");
    },
  );

  test("what changes each time is said", async () => {
    expect((await preview("SELECT now() AS n FROM people")).warnings).toEqual([
      { code: "non_deterministic", detail: expect.stringContaining("now()") },
    ]);
  });

  test("sources of another project are not known", async () => {
    const other = await inNewProject(ctx);
    const error = await errorOf(
      previewSql({ ...other, actor: as("engineer").actor }, { sql: "FROM people", limit: 1 }),
    );
    expect(error.code).toBe("sql_invalid");
    expect(error.detail).toContain("people is neither a source nor a feature group");
  });
});

describe("personal features", () => {
  test.each([
    ["directly", "SELECT spent FROM private_stats"],
    ["through a source made from them", "SELECT * FROM spenders"],
    ["among others", "SELECT 1 AS one FROM people, spending, private_stats"],
  ])("are not read %s", async (_, sql) => {
    for (const who of [as("engineer"), as("admin")]) {
      const error = await errorOf(preview(sql, who));
      expect(error.code).toBe("forbidden");
      expect(error.detail).toContain("private_stats:mail");
    }
    expect((await preview(sql, as("engineer", { sensitive: true }))).rows.length).toBeGreaterThan(0);
  });

  test.each([
    ["itself", "SELECT mail FROM contacts"],
    ["through SQL over it", "FROM mails"],
  ])("the source under a personal group is not read %s", async (_, sql) => {
    const error = await errorOf(preview(sql));
    expect(error.code).toBe("forbidden");
    expect(error.detail).toContain("source:contacts");
    expect((await preview(sql, as("engineer", { sensitive: true }))).rows[0]).toEqual(["n0"]);
  });

  test("a token needs the scope besides", async () => {
    const scopes = ["definitions:write", "data:read"];
    const of = (...more: string[]) => as("engineer", { sensitive: true, scopes: [...scopes, ...more] });
    expect((await errorOf(preview("FROM private_stats", of()))).code).toBe("insufficient_scope");
    expect((await preview("FROM private_stats", of("sensitive:read"))).rows.length).toBe(50);
    expect((await preview("FROM spending", of())).rows.length).toBe(50);
    for (const scope of scopes)
      expect((await errorOf(preview("FROM spending", as("engineer", { scopes: [scope] })))).code).toBe(
        "insufficient_scope",
      );
  });
});

test.each(["viewer", "scientist"] as const)("a %s may not", async (role) => {
  expect((await errorOf(preview("SELECT 1", as(role)))).code).toBe("forbidden");
});
