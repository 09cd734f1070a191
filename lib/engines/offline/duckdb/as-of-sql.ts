import type { AsOfJoin, AsOfRequest } from "@/lib/engines/offline/port";
import type { Instant } from "@/lib/kernel/time";
import type { Column } from "@/lib/kernel/values";
import {
  amongSql,
  historySql,
  innerType,
  isTieFree,
  literal,
  micros,
  ORDER,
  partitionBy,
  quote,
  type Scan,
  tableSql,
  totalOrder,
} from "./sql";
import { constant } from "./values";

/** The spine as a loaded table: its columns, and how each key column becomes the key's declared type. */
export type LoadedSpine = {
  table: string;
  columns: Column[];
  timestamp: string;
  /** By join, then by join key: an expression over alias `s`. */
  keys: Record<string, string>[];
  min: Instant;
  max: Instant;
};

/** The data type of a feature of a join. */
export function featureType(join: AsOfJoin, name: string): string {
  return join.table.shape.features.find((feature) => feature.name === name)?.type ?? "STRING";
}

/** Spine columns first, then features in the order asked. */
export function outputColumns(spine: Column[], joins: AsOfJoin[]): Column[] {
  return [
    ...spine,
    ...joins.flatMap((join) => join.features.map(({ name, as }) => ({ name: as, type: featureType(join, name) }))),
  ];
}

/**
 * The rows a join may find: `larder.k0…` keys, `larder.known` the instant from which the row counts, `larder.at` its
 * event time, `larder.v0…` features. No two rows share keys and `larder.known`. `onlyKeys` is a table of the keys asked
 * for; rows of others are left out.
 */
export function candidatesSql(
  join: AsOfJoin,
  scan: Scan,
  knowledge: AsOfRequest["knowledge"],
  range: { min: Instant; max: Instant; from?: Instant | null },
  onlyKeys: string | null = null,
): string {
  const { shape, files } = join.table;
  const time = quote(shape.eventTime);
  const keys = shape.keys.map((key) => key.name);
  const features = [...new Set(join.features.map((feature) => feature.name))];
  const known = knowledge === "event_time" ? time : `greatest(${time}, ${quote(ORDER.created)})`;
  const list = [
    ...keys.map((key, i) => `${quote(key)} AS "larder.k${i}"`),
    `${known} AS "larder.known"`,
    `${time} AS "larder.at"`,
    ...features.map((name, i) => `${quote(name)} AS "larder.v${i}"`),
  ].join(", ");
  const conditions = ["true"];
  const among = (rows: string): string => (onlyKeys ? amongSql(rows, keys, onlyKeys) : rows);
  // What the files' own ranges rule out need not be tested row by row.
  if (files.some((file) => file.maxEventTime === null || file.maxEventTime > range.max))
    conditions.push(`${time} <= CAST(${literal(range.max)} AS TIMESTAMPTZ)`);
  // `from` is the same bound as an instant, which a scan can test by itself.
  if (range.from) conditions.push(`${time} >= CAST(${literal(range.from)} AS TIMESTAMPTZ)`);
  else if (join.ttlSeconds)
    conditions.push(`${micros(time)} >= ${micros(`CAST(${literal(range.min)} AS TIMESTAMPTZ)`)} - ${ttlMicros(join)}`);
  if (knowledge === "event_time" && isTieFree(files)) {
    return `SELECT ${list} FROM (${among(tableSql(join.table, scan, innerType))}) WHERE ${conditions.join(" AND ")}`;
  }
  const history = among(historySql(join.table, scan, features));
  if (knowledge === "event_time") {
    return (
      `SELECT ${list} FROM (${history}) WHERE ${conditions.join(" AND ")} ` +
      `QUALIFY row_number() OVER (${partitionBy([...keys, shape.eventTime])}ORDER BY ${totalOrder(shape, "DESC")}) = 1`
    );
  }
  conditions.push(`${quote(ORDER.created)} IS NOT NULL`);
  // A row matters from the instant it is known, and only if nothing greater is known by then. The frame takes in
  // rows known at the same instant, so of those only the greatest stays.
  const ranked = `SELECT *, row_number() OVER (${partitionBy(keys)}ORDER BY ${totalOrder(shape, "ASC")}) AS "larder.rank" FROM (${history}) WHERE ${conditions.join(" AND ")}`;
  return (
    `SELECT ${list} FROM (${ranked}) ` +
    `QUALIFY "larder.rank" = max("larder.rank") OVER (${partitionBy(keys)}ORDER BY ${known} RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)`
  );
}

function ttlMicros(join: AsOfJoin): string {
  return String(BigInt(Math.round((join.ttlSeconds ?? 0) * 1e6)));
}

/** Name of the column that says at which instant the row lies that a join found. */
export const foundAt = (join: number): string => `larder.at${join}`;

/** The joined rows in spine order, features under their output names, not yet filled; with `found` the instants of what was found too. */
export function asOfSql(spine: LoadedSpine, joins: AsOfJoin[], candidates: string[], found = false): string {
  const timestamp = `s.${quote(spine.timestamp)}`;
  const list = spine.columns.map((column) => `s.${quote(column.name)}`);
  const clauses: string[] = [];
  joins.forEach((join, j) => {
    const keys = join.table.shape.keys.map((key, i) => `${spine.keys[j]?.[key.name]} = j${j}."larder.k${i}"`);
    clauses.push(
      `ASOF LEFT JOIN (${candidates[j]}) j${j} ON ${[...keys, `${timestamp} >= j${j}."larder.known"`].join(" AND ")}`,
    );
    const names = [...new Set(join.features.map((feature) => feature.name))];
    const fresh = (value: string): string =>
      join.ttlSeconds
        ? `CASE WHEN ${micros(timestamp)} - ${micros(`j${j}."larder.at"`)} <= ${ttlMicros(join)} THEN ${value} END`
        : value;
    for (const feature of join.features)
      list.push(`${fresh(`j${j}."larder.v${names.indexOf(feature.name)}"`)} AS ${quote(feature.as)}`);
    if (found) list.push(`${fresh(`j${j}."larder.at"`)} AS ${quote(foundAt(j))}`);
  });
  return `SELECT ${list.join(", ")} FROM ${spine.table} s ${clauses.join(" ")} ORDER BY s.rowid`;
}

/** A feature's value in a joined row, with its default put in where it has one. */
export function valueSql(join: AsOfJoin, { name, as, fill }: AsOfJoin["features"][number]): string {
  if (fill === undefined || fill === null) return quote(as);
  return `coalesce(${quote(as)}, ${constant(fill, innerType(featureType(join, name)))})`;
}
