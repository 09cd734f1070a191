import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { getSource } from "@/lib/registry/get-source";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { emptyDatabase, type TestDatabase } from "@/lib/testing/database";
import { apply, entity, group, inNewProject, type Written } from "@/lib/testing/definitions";
import { errorOf, refresh } from "@/lib/testing/runs";
import { previewSql } from "./preview-sql";
import { readRows } from "./read-rows";
import { readSource } from "./read-source";

let ctx: TestContext;
let shop: TestDatabase;

beforeAll(async () => {
  shop = await emptyDatabase();
  process.env.LARDER_SOURCE_SHOP = shop.connectionString;
  process.env.LARDER_SOURCE_GONE = "postgres://larder:hunter2@127.0.0.1:1/gone";
  ctx = await makeContext();
});
afterAll(async () => {
  await closeContexts();
  await shop.close();
  delete process.env.LARDER_SOURCE_SHOP;
  delete process.env.LARDER_SOURCE_GONE;
});

async function sql(...statements: string[]): Promise<void> {
  const client = new Client({ connectionString: shop.connectionString });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

const foreign = (table: string, rest: Partial<Written> = {}): Written =>
  ({ kind: "source", name: "orders", postgres: { connection: "SHOP", table }, ...rest }) as Written;
const totals = group("totals", {
  entity: "customer",
  sql: "SELECT customer, placed AS event_timestamp, sum(amount) OVER (PARTITION BY customer ORDER BY placed) AS spent FROM orders",
  features: { spent: "DECIMAL(38,2)" },
});

/** A project whose table `orders_<n>` has two rows. */
async function project(): Promise<{ own: TestContext; table: string }> {
  const own = await inNewProject(ctx);
  const table = `orders_${own.project.name}`;
  await sql(
    `CREATE TABLE ${table} (id bigint PRIMARY KEY, customer bigint, amount numeric(10,2), placed timestamptz)`,
    `INSERT INTO ${table} VALUES (1, 7, 10.10, '2024-01-01'), (2, 7, 0.20, '2024-01-02')`,
  );
  await apply(
    own,
    entity("customer", { customer: "INT64" }),
    foreign(table, { eventTime: "placed" } as Partial<Written>),
    totals,
  );
  return { own, table };
}

const spent = async (own: TestContext): Promise<unknown[]> =>
  (await readRows(own, { name: "totals", limit: 100, order: "asc" })).rows.map((row) => row[2]);
const copies = async (own: TestContext): Promise<string[]> =>
  readdir(join(own.folder, "uploads", own.project.id)).catch(() => []);

describe("a table of another database", () => {
  test("is described when it is applied, copied by a refresh, and read like any other source", async () => {
    const { own, table } = await project();
    expect(await getSource(own, { name: "orders" })).toMatchObject({
      kind: "postgres",
      postgres: { connection: "SHOP", table },
      rowCount: null,
      columns: [
        { name: "id", type: "INT64" },
        { name: "customer", type: "INT64" },
        { name: "amount", type: "DECIMAL(10,2)" },
        { name: "placed", type: "TIMESTAMP" },
      ],
    });
    expect((await errorOf(previewSql(own, { sql: "SELECT * FROM orders", limit: 10 }))).code).toBe("state_conflict");
    await refresh(own);
    expect(await spent(own)).toEqual(["10.10", "10.30"]);
    expect((await getSource(own, { name: "orders" })).rowCount).toBe(2);
    expect((await previewSql(own, { sql: "SELECT id FROM orders ORDER BY id", limit: 10 })).rows).toEqual([[1], [2]]);
  });

  test("unchanged rows mean no new commit; changed ones replace the copy", async () => {
    const { own, table } = await project();
    await refresh(own);
    const before = await copies(own);
    expect(before).toHaveLength(1);
    expect(await readSource(own, { name: "orders" })).toEqual({ changed: false, rowCount: 2 });
    expect(await copies(own)).toEqual(before);
    await sql(`UPDATE ${table} SET amount = 1 WHERE id = 2`);
    await refresh(own);
    expect(await spent(own)).toEqual(["10.10", "11.10"]);
    const after = await copies(own);
    expect(after).toHaveLength(1);
    expect(after).not.toEqual(before);
  });

  test("columns that are added wait for the definition; columns that change or go stop the read and keep the copy", async () => {
    const { own, table } = await project();
    await refresh(own);
    await sql(`ALTER TABLE ${table} ADD note text`);
    expect(await readSource(own, { name: "orders" })).toEqual({ changed: false, rowCount: 2 });
    await apply(own, foreign(table, { eventTime: "placed", description: "with notes" } as Partial<Written>));
    expect((await getSource(own, { name: "orders" })).columns.at(-1)).toEqual({ name: "note", type: "STRING" });
    expect((await errorOf(previewSql(own, { sql: "SELECT * FROM orders", limit: 1 }))).code).toBe("state_conflict");
    await refresh(own);
    await sql(`ALTER TABLE ${table} DROP note, ALTER amount TYPE text`);
    const error = await errorOf(readSource(own, { name: "orders" }));
    expect([error.code, error.issues.map((issue) => issue.detail)]).toEqual([
      "schema_mismatch",
      ["column amount was DECIMAL(10,2) and is STRING", "column note (STRING) is gone"],
    ]);
    await sql(`DROP TABLE ${table}`);
    expect((await errorOf(readSource(own, { name: "orders" }))).code).toBe("source_not_found");
    expect(await copies(own)).toHaveLength(1);
    expect((await previewSql(own, { sql: "SELECT count(*) AS n FROM orders", limit: 1 })).rows).toEqual([[2]]);
  });

  test("a copy that does not come to its end leaves nothing", async () => {
    const { own } = await project();
    const abort = new AbortController();
    const error = await errorOf(
      readSource(own, { name: "orders" }, { signal: abort.signal, onRows: () => abort.abort() }),
    );
    expect(error.code).toBe("cancelled");
    expect(await copies(own)).toEqual([]);
  });

  test.each<[string, Partial<Written>, RegExp]>([
    [
      "an unknown connection",
      { postgres: { connection: "NOWHERE", table: "t" } } as Partial<Written>,
      /LARDER_SOURCE_NOWHERE/,
    ],
    [
      "an unknown table",
      { postgres: { connection: "SHOP", table: "absent" } } as Partial<Written>,
      /has no table absent/,
    ],
    [
      "a database that is not there",
      { postgres: { connection: "GONE", table: "t" } } as Partial<Written>,
      /connection GONE cannot be read/,
    ],
    ["the reserved name", { postgres: { connection: "ROOTS", table: "t" } } as Partial<Written>, /LARDER_SOURCE_ROOTS/],
    ["two kinds at once", { sql: "SELECT 1" } as Partial<Written>, /either files or sql or postgres/],
  ])("%s is refused when it is applied", async (_, rest, says) => {
    const own = await inNewProject(ctx);
    const error = await errorOf(apply(own, foreign("t", rest)));
    expect([error.code, error.issues[0]?.detail]).toEqual(["definition_invalid", expect.stringMatching(says)]);
    expect(JSON.stringify([error.detail, error.issues])).not.toMatch(/hunter2|127\.0\.0\.1/);
  });

  test("a database that goes away is a passing failure", async () => {
    const { own } = await project();
    const address = process.env.LARDER_SOURCE_SHOP ?? "";
    process.env.LARDER_SOURCE_SHOP = process.env.LARDER_SOURCE_GONE;
    const error = await errorOf(readSource(own, { name: "orders" }));
    process.env.LARDER_SOURCE_SHOP = address;
    expect(error.code).toBe("dependency_unavailable");
    expect(error.detail).not.toMatch(/hunter2|127\.0\.0\.1/);
    expect(await readSource(own, { name: "orders" })).toEqual({ changed: true, rowCount: 2 });
  });
});
