import type { ColumnProfile, Table } from "@/lib/engines/offline/port";
import { isNumeric, parseDataType } from "@/lib/kernel/data-types";
import type { Column, Value } from "@/lib/kernel/values";
import type { Operation } from "./protocol";
import type { Session } from "./session";
import { innerType, micros, quote, tableSql } from "./sql";
import { wireSql } from "./values";

const BINS = 20;
const TOP = 10;
const EXACT_DISTINCT_ROWS = 2_000_000;
const QUANTILES = { p01: 0.01, p05: 0.05, p25: 0.25, p50: 0.5, p75: 0.75, p95: 0.95, p99: 0.99 } as const;
const FIELDS = 10;

type Trend = ColumnProfile["trend"];

function isFloat(type: string): boolean {
  return /^FLOAT\d\d$/.test(type);
}

function finite(column: Column): string {
  const x = quote(column.name);
  return isFloat(column.type) ? `CASE WHEN isfinite(${x}) THEN ${x} END` : x;
}

/** Statistics of every feature column; never throws on NaN, infinities, nulls only, or no rows. */
export async function profile(
  session: Session,
  { table, trendBuckets }: Extract<Operation, { kind: "profile" }>,
): Promise<ColumnProfile[]> {
  const { features } = table.shape;
  if (features.length === 0) return [];
  const from = `(${tableSql(table, await session.scan(table), innerType)})`;
  const rowCount = table.files.reduce((sum, file) => sum + file.rowCount, 0);
  const profiles: ColumnProfile[] = [];
  const trends = await trendsOf(session, from, table, trendBuckets);
  const bases = await session.row(
    `SELECT ${features.flatMap((column) => baseSql(column, rowCount)).join(", ")} FROM ${from}`,
  );
  const histograms = await histogramsOf(session, from, features, bases);
  for (const [i, column] of features.entries()) {
    const base = bases.slice(i * FIELDS, (i + 1) * FIELDS);
    const [count, nulls, nonFinite, distinct, min, max, , mean, stddev, quantiles] = base;
    const numeric = isNumeric(column.type);
    const few = !numeric || Number(distinct) <= BINS;
    profiles.push({
      column: column.name,
      count: Number(count),
      nulls: Number(nulls),
      nonFinite: Number(nonFinite),
      distinct: Number(distinct),
      min: min ?? null,
      max: max ?? null,
      mean: number(mean),
      stddev: number(stddev),
      quantiles: Array.isArray(quantiles)
        ? (Object.fromEntries(
            Object.keys(QUANTILES).map((name, q) => [name, Number(quantiles[q])]),
          ) as ColumnProfile["quantiles"])
        : null,
      histogram: histograms[i] ?? null,
      topValues: few ? await topValues(session, from, column) : null,
      trend: trends[i] ?? [],
    });
  }
  return profiles;
}

function number(value: Value | undefined): number | null {
  return typeof value === "number"
    ? value
    : typeof value === "string" && Number.isFinite(Number(value))
      ? Number(value)
      : null;
}

// Ten fields a column: count, nulls, non-finite, distinct, min, max, scale, mean, deviation, quantiles.
function baseSql(column: Column, rowCount: number): string[] {
  const x = quote(column.name);
  const type = parseDataType(column.type);
  const f = finite(column);
  const comparable = type?.length === null && type.kind !== "JSON" && type.kind !== "BYTES";
  const distinct = rowCount > EXACT_DISTINCT_ROWS ? `approx_count_distinct(${x})` : `count(DISTINCT ${x})`;
  const nonFinite = isFloat(column.type) ? `count(*) FILTER (${x} IS NOT NULL AND NOT isfinite(${x}))` : "0";
  const ends = comparable ? ["min", "max"].map((end) => wireSql(`${end}(${f})`, column.type)) : ["NULL", "NULL"];
  if (!isNumeric(column.type))
    return ["count(*)", `count(*) - count(${x})`, nonFinite, distinct, ...ends, "NULL", "NULL", "NULL", "NULL"];
  const d = `CAST(${f} AS DOUBLE)`;
  // stddev_pop throws when squares overflow; there is no honest number then, so values that large give none.
  const deviation = `CASE WHEN max(abs(${d})) < 1e150 THEN stddev_pop(CASE WHEN abs(${d}) < 1e150 THEN ${d} END) END`;
  return [
    "count(*)",
    `count(*) - count(${x})`,
    nonFinite,
    distinct,
    ...ends,
    `max(abs(${d}))`,
    `avg(${d})`,
    deviation,
    `quantile_cont(${d}, [${Object.values(QUANTILES).join(", ")}])`,
  ];
}

/** Edges of bins of equal width; fewer where floating point cannot tell them apart, one for a constant. */
export function binEdges(min: number, max: number): number[] {
  if (min === max) return [max];
  const edges = Array.from({ length: BINS }, (_, i) =>
    i === BINS - 1 ? max : min + ((i + 1) / BINS) * max - ((i + 1) / BINS) * min,
  );
  return [...new Set(edges)].sort((a, b) => a - b);
}

async function histogramsOf(
  session: Session,
  from: string,
  features: Column[],
  bases: Value[],
): Promise<ColumnProfile["histogram"][]> {
  const edges = features.map((column, i) => {
    const min = number(bases[i * FIELDS + 4]);
    const max = number(bases[i * FIELDS + 5]);
    return isNumeric(column.type) && min !== null && max !== null ? { min, edges: binEdges(min, max) } : null;
  });
  const list = features.map((column, i) => {
    const found = edges[i];
    if (!found) return "NULL";
    const inner = found.edges.slice(0, -1);
    // Rounding may put the greatest value above the last edge, so the last bin takes all that is left.
    const d = `CAST(${finite(column)} AS DOUBLE)`;
    const bin = `CASE WHEN ${d} IS NULL THEN NULL ${inner.map((edge, b) => `WHEN ${d} <= ${double(edge)} THEN ${b}`).join(" ")} ELSE ${inner.length} END`;
    return `map_entries(histogram(${bin}))::VARCHAR`;
  });
  const row = await session.row(`SELECT ${list.join(", ")} FROM ${from}`);
  return edges.map((found, i) => {
    if (!found) return null;
    const counts = new Map<number, number>();
    for (const [, bin, count] of String(row[i] ?? "").matchAll(/'key': (\d+), 'value': (\d+)/g))
      counts.set(Number(bin), Number(count));
    return found.edges.map((to, b) => ({
      from: b === 0 ? found.min : (found.edges[b - 1] ?? to),
      to,
      count: counts.get(b) ?? 0,
    }));
  });
}

function double(value: number): string {
  return `CAST('${value}' AS DOUBLE)`;
}

async function topValues(session: Session, from: string, column: Column): Promise<{ value: Value; count: number }[]> {
  const x = quote(column.name);
  const rows = await session.rows(
    `SELECT ${wireSql(x, column.type)}, n FROM (SELECT ${x}, count(*) AS n FROM (SELECT ${x} FROM ${from} WHERE ${x} IS NOT NULL) t(${x}) GROUP BY ${x}) t(${x}, n) ORDER BY n DESC, CAST(${x} AS VARCHAR) LIMIT ${TOP}`,
    [column, { name: "n", type: "INT64" }],
  );
  return rows.map(([value, count]) => ({ value: value ?? null, count: Number(count) }));
}

const SECOND = 1_000_000n;
/** Widths people think in, from a second to a year, so that bucket edges are whole hours and days. */
const WIDTHS = [
  1, 5, 15, 60, 300, 900, 3600, 10_800, 21_600, 43_200, 86_400, 604_800, 2_419_200, 7_862_400, 31_536_000,
].map((seconds) => BigInt(seconds) * SECOND);

function bucketWidth(range: bigint, buckets: bigint): bigint {
  const least = range / buckets + 1n;
  return WIDTHS.find((width) => width >= least) ?? least;
}

async function trendsOf(session: Session, from: string, table: Table, buckets: number): Promise<Trend[]> {
  const { features, eventTime } = table.shape;
  const at = micros(quote(eventTime));
  const [min, max] = (await session.row(`SELECT min(${at}), max(${at}) FROM ${from}`)).map((value) =>
    value === null ? null : BigInt(String(value)),
  );
  if (min === null || min === undefined || max === null || max === undefined || buckets < 1)
    return features.map(() => []);
  const width = bucketWidth(max - min, BigInt(Math.trunc(buckets)));
  const list = features.flatMap((column) => [
    `count(*) - count(${quote(column.name)})`,
    isNumeric(column.type) ? `avg(CAST(${finite(column)} AS DOUBLE))` : "NULL",
  ]);
  const rows = await session.rows(
    `SELECT ${wireSql(`make_timestamptz(b * ${width})`, "TIMESTAMP")}, n, ${list.map((_, i) => `x${i}`).join(", ")} ` +
      `FROM (SELECT (${at} - (${at} % ${width} + ${width}) % ${width}) // ${width} AS b, count(*) AS n, ${list.map((item, i) => `${item} AS x${i}`).join(", ")} FROM ${from} GROUP BY 1) ORDER BY b`,
  );
  return features.map((_, i) =>
    rows.map(([start, n, ...values]) => ({
      at: String(start),
      count: Number(n),
      nulls: Number(values[2 * i]),
      mean: number(values[2 * i + 1]),
    })),
  );
}
