import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
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

const given = (name: string, sql: string): Input => ({ name, kind: "sql", sql });
const INPUTS: Input[] = [
  given(
    "t",
    "SELECT 1 AS k, 2 AS a, 3 AS b, 4 AS c, [1] AS l, {'p': 1, 'q': {'r': 2}} AS s, '{}'::JSON AS j, now() AS ts",
  ),
  given("u", "SELECT 1 AS k, 2 AS d, 3 AS e, now() AS ts"),
  given("Camel", 'SELECT 1 AS "Mixed", 2 AS "with space"'),
];

async function originsOf(sql: string, inputs = INPUTS): Promise<string> {
  const found = await engine.columnOrigins({ sql, inputs });
  return found
    .map(({ column, from }) => `${column}: ${from.map((one) => `${one.name}.${one.column}`).join(" ")}`.trim())
    .join(" | ");
}

const ALL_T = "t.a t.b t.c t.j t.k t.l t.s t.ts";

describe("columnOrigins", () => {
  test.each([
    // Names and aliases
    ["SELECT a FROM t", "a: t.a"],
    ["SELECT a AS x, b y FROM t", "x: t.a | y: t.b"],
    ["SELECT A FROM T", "a: t.a"],
    ['SELECT MIXED, "With Space" AS w FROM camel', "Mixed: Camel.Mixed | w: Camel.with space"],
    ["SELECT x.a FROM t AS x", "a: t.a"],
    ["SELECT main.t.a, memory.main.t.b FROM main.t", "a: t.a | b: t.b"],
    ["SELECT q + b AS y FROM t AS x(q)", "y: t.b t.k"],
    ["SELECT a + 1 AS z, z * b AS y FROM t", "z: t.a | y: t.a t.b"],
    ["SELECT 1 AS a, a AS y FROM t", "a: | y: t.a"],
    ["SELECT 1 AS one, now() AS n, current_date AS d, pi() AS p FROM t", "one: | n: | d: | p:"],
    ["FROM t SELECT a", "a: t.a"],
    ["TABLE u", "k: u.k | d: u.d | e: u.e | ts: u.ts"],
    // Expressions
    ["SELECT CASE WHEN a > 0 THEN b ELSE c END AS x FROM t", "x: t.a t.b t.c"],
    ["SELECT CAST(a AS DOUBLE) / nullif(b, 0) AS x FROM t", "x: t.a t.b"],
    ["SELECT a BETWEEN b AND c AS x, a IS NULL AS y, NOT (a = 1) AS z FROM t", "x: t.a t.b t.c | y: t.a | z: t.a"],
    ["SELECT coalesce(a, b) AS x, TRY(a / c) AS y FROM t", "x: t.a t.b | y: t.a t.c"],
    ["SELECT ts + to_minutes(greatest(a, 0)) AS x FROM t", "x: t.a t.ts"],
    ["SELECT extract(hour FROM ts) AS h, INTERVAL (a) DAY AS i FROM t", "h: t.ts | i: t.a"],
    // Structures, lists, lambdas
    ["SELECT s.p, s.q.r, t.s.p AS tp, s['p'] AS i FROM t", "p: t.s | r: t.s | tp: t.s | i: t.s"],
    ["SELECT {'x': a, 'y': b} AS o, row(a, c) AS r, map {a: b} AS m FROM t", "o: t.a t.b | r: t.a t.c | m: t.a t.b"],
    ["SELECT s.* FROM t", "p: t.s | q: t.s"],
    ["SELECT a, s.*, b FROM t", "a: t.a | p: t.s | q: t.s | b: t.b"],
    ["SELECT unnest(s), a FROM t", "p: t.s | q: t.s | a: t.a"],
    ["SELECT unnest(l) AS x, a FROM t", "x: t.l | a: t.a"],
    ["SELECT list_transform(l, lambda a: a + b) AS x FROM t", "x: t.b t.l"],
    ["SELECT list_reduce(l, lambda x, y: x + y + c) AS x FROM t", "x: t.c t.l"],
    ["SELECT [v + a FOR v IN l IF v > b] AS x FROM t", "x: t.a t.b t.l"],
    ["SELECT l.list_filter(lambda v: v > c).len() AS x FROM t", "x: t.c t.l"],
    ["SELECT j -> '$.x' AS x, j ->> 'y' AS y, json_extract(j, '$.z') AS z FROM t", "x: t.j | y: t.j | z: t.j"],
    ["SELECT l[a] AS x, l[a:b] AS y FROM t", "x: t.a t.l | y: t.a t.b t.l"],
    ["SELECT t FROM t", `t: ${ALL_T}`],
    // Aggregates and windows
    ["SELECT k, count(*) AS n, sum(a) AS x FROM t GROUP BY k", "k: t.k | n: | x: t.a"],
    ["SELECT sum(a) FILTER (WHERE b > 0) AS x, string_agg(c, ',' ORDER BY k) AS y FROM t", "x: t.a t.b | y: t.c t.k"],
    ["SELECT count(DISTINCT a) AS x, arg_max(b, ts) AS y FROM t HAVING max(c) > 0", "x: t.a | y: t.b t.ts"],
    ["SELECT a AS x FROM t WHERE b > 0 ORDER BY c LIMIT 3", "x: t.a"],
    ["SELECT sum(a) OVER (PARTITION BY k ORDER BY ts) AS x FROM t", "x: t.a t.k t.ts"],
    [
      "SELECT sum(a) OVER w AS x, row_number() OVER (w ORDER BY ts) AS y FROM t WINDOW w AS (PARTITION BY k)",
      "x: t.a t.k | y: t.k t.ts",
    ],
    ["SELECT lag(a, 1, b) OVER (ORDER BY ts) AS x FROM t QUALIFY c > 0", "x: t.a t.b t.ts"],
    ["SELECT #2 AS x FROM t", "x: t.a"],
    // Stars
    ["SELECT * FROM u", "k: u.k | d: u.d | e: u.e | ts: u.ts"],
    ["SELECT * EXCLUDE (k, ts) FROM u", "d: u.d | e: u.e"],
    ["SELECT * EXCLUDE (ts) REPLACE (d + e AS d) FROM u", "k: u.k | d: u.d u.e | e: u.e"],
    ["SELECT * RENAME (d AS dd) FROM u", "k: u.k | dd: u.d | e: u.e | ts: u.ts"],
    ["SELECT x.* FROM u AS x, t", "k: u.k | d: u.d | e: u.e | ts: u.ts"],
    ["SELECT COLUMNS('^[de]$') FROM u", "d: u.d | e: u.e"],
    ["SELECT COLUMNS(c -> c LIKE 'd%'), k AS z FROM u", "d: u.d | z: u.k"],
    ["SELECT COLUMNS(['e', 'd']) FROM u", "d: u.d | e: u.e"],
    ["SELECT k, max(COLUMNS(* EXCLUDE (k))) FROM u GROUP BY k", "k: u.k | d: u.d | e: u.e | ts: u.ts"],
    ["SELECT * LIKE 'd%' FROM u", "d: u.d"],
    ["SELECT coalesce(*COLUMNS('^[de]$')) AS x FROM u", "x: u.d u.e"],
    ["SELECT COLUMNS('^[de]$') + k AS y FROM u", "y: u.d u.k | y_1: u.e u.k"],
    // Common table expressions and subqueries
    ["WITH w AS (SELECT k, sum(a) AS x FROM t GROUP BY ALL) SELECT x / 2 AS y FROM w", "y: t.a"],
    ["WITH w(p, q) AS (SELECT a, b FROM t), v AS (SELECT p + q AS z FROM w) SELECT * FROM v", "z: t.a t.b"],
    ["WITH t AS (SELECT d AS a FROM u) SELECT a FROM t", "a: u.d"],
    ["WITH t AS (SELECT b AS a FROM t) SELECT a FROM t", "a: t.b"],
    ["SELECT x FROM (SELECT a + b AS x FROM t) q", "x: t.a t.b"],
    ["SELECT * FROM (SELECT sum(a), b FROM t GROUP BY b) q", "sum(a): t.a | b: t.b"],
    ['SELECT "sum(a)" AS x FROM (SELECT sum(a), b FROM t GROUP BY b) q', "x: t.a"],
    ["SELECT (SELECT max(d) FROM u WHERE u.k = t.k) AS x FROM t", "x: u.d"],
    ["SELECT (SELECT max(d + t.a) FROM u) AS x FROM t", "x: t.a u.d"],
    ["SELECT EXISTS (SELECT 1 FROM u WHERE u.k = t.k AND u.d > a) AS x FROM t", "x: t.a t.k u.d u.k"],
    ["SELECT a IN (SELECT d FROM u) AS x, b = ANY (SELECT e FROM u) AS y FROM t", "x: t.a u.d | y: t.b u.e"],
    ["SELECT ARRAY(SELECT d FROM u) AS x FROM t", "x: u.d"],
    ["SELECT a FROM t WHERE k IN (SELECT k FROM u)", "a: t.a"],
    [
      "WITH RECURSIVE w(n, v) AS (SELECT k, a FROM t UNION ALL SELECT w.n + 1, u.d FROM w JOIN u ON u.k = w.n) SELECT n, v FROM w",
      "n: t.k | v: t.a u.d",
    ],
    [
      "WITH RECURSIVE w(x, y) AS (SELECT a, b FROM t UNION ALL SELECT y, x + 1 FROM w WHERE x < 3) SELECT x, y FROM w",
      "x: t.a t.b | y: t.a t.b",
    ],
    // Joins
    ["SELECT t.a, u.d, t.k FROM t JOIN u ON t.k = u.k", "a: t.a | d: u.d | k: t.k"],
    ["SELECT k, d FROM t JOIN u USING (k)", "k: t.k | d: u.d"],
    ["SELECT k FROM t RIGHT JOIN u USING (k)", "k: u.k"],
    ["SELECT k FROM t FULL JOIN u USING (k)", "k: t.k u.k"],
    ["SELECT * EXCLUDE (a, b, c, l, s, j) FROM t NATURAL JOIN u", "k: t.k | ts: t.ts | d: u.d | e: u.e"],
    ["SELECT * EXCLUDE (l, s, j) FROM t SEMI JOIN u USING (k)", "k: t.k | a: t.a | b: t.b | c: t.c | ts: t.ts"],
    ["SELECT a, d FROM t ASOF JOIN u ON t.k = u.k AND t.ts >= u.ts", "a: t.a | d: u.d"],
    ["SELECT x.a + y.a AS z FROM t x JOIN t y ON x.k = y.b", "z: t.a"],
    [
      "SELECT * FROM (SELECT k, a FROM t) x JOIN (SELECT k, d FROM u) y ON x.k = y.k",
      "k: t.k | a: t.a | k_1: u.k | d: u.d",
    ],
    ["SELECT a, z FROM t, LATERAL (SELECT d + t.b AS z FROM u)", "a: t.a | z: t.b u.d"],
    ["SELECT a, x FROM t, unnest(t.l) AS q(x)", "a: t.a | x: t.l"],
    ["SELECT a, q.x FROM t CROSS JOIN (VALUES (1, 2)) q(x, y)", "a: t.a | x:"],
    ["SELECT * FROM (SELECT a FROM t) POSITIONAL JOIN (SELECT d FROM u)", "a: t.a | d: u.d"],
    ["SELECT i FROM range(3) r(i)", "i:"],
    // Set operations
    ["SELECT a, b FROM t UNION ALL SELECT d, e FROM u", "a: t.a u.d | b: t.b u.e"],
    ["SELECT a AS x, b AS y FROM t UNION BY NAME SELECT d AS y, e AS z FROM u", "x: t.a | y: t.b u.d | z: u.e"],
    ["SELECT a FROM t EXCEPT SELECT d FROM u", "a: t.a"],
    ["SELECT a FROM t INTERSECT SELECT d FROM u", "a: t.a u.d"],
    ["VALUES (1, 2)", "col0: | col1:"],
    // Pivots: what is turned round may be made from all that turns
    ["SELECT * FROM u PIVOT (sum(e) FOR d IN (1, 2) GROUP BY k)", "k: u.k | 1: u.d u.e u.ts | 2: u.d u.e u.ts"],
    ["PIVOT (SELECT k, d, e FROM u) ON d IN (1, 2) USING sum(e)", "k: u.k | 1: u.d u.e | 2: u.d u.e"],
    ["UNPIVOT (SELECT k, d, e FROM u) ON d, e INTO NAME n VALUE v", "k: u.d u.e u.k | n: u.d u.e u.k | v: u.d u.e u.k"],
    ["SELECT column_name FROM (SUMMARIZE u)", "column_name: u.d u.e u.k u.ts"],
  ])("%s", async (sql, expected) => {
    expect(await originsOf(sql)).toBe(expected);
  });

  test("names a source for what its SQL reads, not what that reads in turn", async () => {
    expect(await originsOf("SELECT x FROM v", [...INPUTS, given("v", "SELECT a + b AS x FROM t")])).toBe("x: v.x");
  });
});

describe("columnOrigins of the demonstration", () => {
  const sql = (name: string): string => readFileSync(join(ROOT_DIR, `examples/flights/sql/${name}.sql`), "utf8");
  const inputs = [
    given("flights", "SELECT now()::TIMESTAMP AS date, 1 AS delay, 2 AS distance, 'a' AS origin, 'b' AS destination"),
    given(
      "airports",
      "SELECT 'a' AS iata, 'n' AS name, 'c' AS city, 's' AS state, 'x' AS country, 1.5 AS latitude, 2.5 AS longitude",
    ),
    given("departures", sql("departures")),
  ];
  test.each([
    [
      "departures",
      "origin: flights.origin | destination: flights.destination | scheduled_at: flights.date | known_at: flights.date flights.delay | delay: flights.delay | late: flights.delay",
    ],
    [
      "airport_profile",
      "airport: airports.iata | event_timestamp: | airport_name: airports.name | city: airports.city | state: airports.state | latitude: airports.latitude | longitude: airports.longitude",
    ],
    [
      "airport_traffic",
      "airport: departures.origin | event_timestamp: departures.known_at | departures_1h: departures.known_at departures.origin | departures_24h: departures.known_at departures.origin | departures_7d: departures.known_at departures.origin | mean_delay_1h: departures.delay departures.known_at departures.origin | mean_delay_24h: departures.delay departures.known_at departures.origin | mean_delay_7d: departures.delay departures.known_at departures.origin | late_share_24h: departures.known_at departures.late departures.origin",
    ],
    [
      "route_traffic",
      "origin: departures.origin | destination: departures.destination | event_timestamp: departures.known_at | route_departures_7d: departures.destination departures.known_at departures.origin | route_departures_28d: departures.destination departures.known_at departures.origin | route_mean_delay_7d: departures.delay departures.destination departures.known_at departures.origin | route_mean_delay_28d: departures.delay departures.destination departures.known_at departures.origin | route_late_share_28d: departures.destination departures.known_at departures.late departures.origin",
    ],
  ])("%s", async (name, expected) => {
    expect(await originsOf(sql(name), inputs)).toBe(expected);
  });
});
