import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import type { Input } from "@/lib/engines/offline/port";
import { createDuckDbEngine } from "./engine";

const ROOT_DIR = resolve(import.meta.dirname, "../../../..");
const root = mkdtempSync(join(tmpdir(), "larder-origins-"));
const engine = createDuckDbEngine({
  root,
  rootDir: ROOT_DIR,
  sourceRoots: [ROOT_DIR],
  processPath: join(import.meta.dirname, "process.ts"),
  threads: 1,
});
afterAll(() => engine.close());

const COLUMNS = { t: ["a", "b", "c"], u: ["d", "e"] };

/** Two relations of four rows; the values of one column may be others. */
function inputs(other: string | null): Input[] {
  return Object.entries(COLUMNS).map(([name, columns]) => {
    const list = columns.map((column, at) =>
      other === `${name}.${column}` ? `i * ${37 + at * 11} - 50 AS ${column}` : `(i * ${7 + at * 3}) % 11 AS ${column}`,
    );
    return { name, kind: "sql", sql: `SELECT i AS k, ${list.join(", ")} FROM (VALUES (1), (2), (3), (4)) r(i)` };
  });
}

type Generated = { sql: string; columns: string[] };

function expression(columns: string[], depth: number): fc.Arbitrary<string> {
  const leaf = fc.constantFrom(...columns);
  if (depth === 0) return leaf;
  const inner = expression(columns, depth - 1);
  const two = fc.tuple(inner, inner);
  // Windows do not nest, and lambdas hold no subqueries.
  const leaves = fc.tuple(leaf, leaf);
  return fc.oneof(
    { weight: 2, arbitrary: leaf },
    { weight: 1, arbitrary: two.map(([x, y]) => `(${x} + ${y})`) },
    {
      weight: 1,
      arbitrary: fc.tuple(inner, inner, inner).map((x) => `CASE WHEN ${x[0]} > 5 THEN ${x[1]} ELSE ${x[2]} END`),
    },
    { weight: 1, arbitrary: leaves.map(([x, y]) => `sum(${x}) OVER (PARTITION BY k ORDER BY ${y})`) },
    { weight: 1, arbitrary: leaf.map((x) => `(SELECT max(u.d) + ${x} FROM u WHERE u.k < 3)`) },
    { weight: 1, arbitrary: leaves.map(([x, y]) => `list_sum(list_transform([${x}, 1], lambda a: a * ${y}))`) },
    { weight: 1, arbitrary: inner.map((x) => `EXISTS (SELECT 1 FROM t AS z WHERE z.b > ${x})::INT`) },
    { weight: 1, arbitrary: inner.map((x) => `(${x} IN (SELECT e FROM u))::INT`) },
  );
}

/** A SELECT that gives k and two columns, over tables, other SELECTs, CTEs and both arms of a UNION. */
function select(depth: number): fc.Arbitrary<Generated> {
  const base = fc.constantFrom<Generated>(
    { sql: "t", columns: COLUMNS.t },
    { sql: "u", columns: COLUMNS.u },
    { sql: "t JOIN u USING (k)", columns: [...COLUMNS.t, ...COLUMNS.u] },
    { sql: "u AS x(k, c, a) LEFT JOIN t AS y(k, d) USING (k)", columns: ["x.c", "x.a", "y.d"] },
  );
  const nested = depth > 0 ? select(depth - 1).map((one) => ({ ...one, sql: `(${one.sql}) AS q` })) : base;
  const plain = fc.oneof(base, nested).chain((from) =>
    fc.tuple(expression(from.columns, 2), expression(from.columns, 2)).map(([x, y]) => ({
      sql: `SELECT k, ${x} AS m, ${y} AS n FROM ${from.sql}`,
      columns: ["m", "n"],
    })),
  );
  if (depth === 0) return plain;
  const deeper = select(depth - 1);
  return fc.oneof(
    plain,
    deeper.map((one) => ({ ...one, sql: `WITH t AS (${one.sql}) SELECT * REPLACE (m + n AS n) FROM t` })),
    fc
      .tuple(deeper, deeper)
      .map(([x, y]) => ({ ...x, sql: `SELECT * FROM (${x.sql}) UNION ALL SELECT k, n, m FROM (${y.sql})` })),
  );
}

describe("columnOrigins, random SELECTs", () => {
  const exists = new Set(
    Object.entries(COLUMNS).flatMap(([name, list]) => ["k", ...list].map((one) => `${name}.${one}`)),
  );
  const values = async (sql: string, other: string | null): Promise<string[]> => {
    const { columns, rows } = await engine.query({ query: { sql, inputs: inputs(other) }, limit: 1000 });
    return columns.map((_, i) => JSON.stringify(rows.map((row) => String(row[i])).sort()));
  };

  let checked = 0;
  test("every origin exists, and nothing that changes a column is missing", { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(select(2), async ({ sql }) => {
        // Some combinations are more than DuckDB takes.
        const valid = await engine.describe({ sql, inputs: inputs(null) }).then(
          () => true,
          () => false,
        );
        fc.pre(valid);
        const origins = (await engine.columnOrigins({ sql, inputs: inputs(null) })).map(
          ({ from }) => new Set(from.map((one) => `${one.name}.${one.column}`)),
        );
        for (const origin of origins.flatMap((set) => [...set])) expect(exists).toContain(origin);
        const before = await values(sql, null);
        checked++;
        for (const column of exists) {
          if (column.endsWith(".k")) continue;
          const after = await values(sql, column);
          for (const [i, text] of after.entries())
            if (text !== before[i]) expect({ sql, at: i, has: [...(origins[i] ?? [])] }.has, sql).toContain(column);
        }
      }),
      { numRuns: 30 },
    );
    expect(checked).toBeGreaterThanOrEqual(30);
  });
});
