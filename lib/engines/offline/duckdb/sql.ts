import type { CommittedFile, Shape, Table, TimeRange } from "@/lib/engines/offline/port";
import { duckType } from "./column-types";

/** Quotes an identifier; the only place where names become SQL. */
export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Quotes a text literal; the only place where values become SQL. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A list literal of texts. */
export function literals(texts: string[]): string {
  return `[${texts.map(literal).join(", ")}]`;
}

/** Column names that Parquet scans of DuckDB add by themselves; a data column must not hide them. */
export const RESERVED_COLUMNS = ["file_index", "file_row_number", "filename"];

/** Names of the order columns that `historySql` adds to the columns of a table. */
export const ORDER = { created: "larder.created", commit: "larder.commit", place: "larder.place" } as const;

/** Columns by which a compacted file keeps the order of its rows; `known` only where the shape has no created time. */
export const KEPT = { commit: "larder.commit", place: "larder.place", known: "larder.known" } as const;

/** Microseconds since the epoch; unlike interval arithmetic it needs no time zone. */
export function micros(expression: string): string {
  return `epoch_us(${expression})`;
}

/** The columns of a shape with their types, in file order. */
export function shapeColumns(shape: Shape): { name: string; type: string }[] {
  const created = shape.createdTime === null ? [] : [{ name: shape.createdTime, type: "TIMESTAMP" }];
  return [...shape.keys, { name: shape.eventTime, type: "TIMESTAMP" }, ...created, ...shape.features];
}

/** Files in the order of their commits; files of one commit keep the order given. */
export function inCommitOrder(files: CommittedFile[]): CommittedFile[] {
  return [...files].sort((a, b) => a.commitSequence - b.commitSequence);
}

/** Files that one scan can read: laid out alike and with the same rows hidden. */
export type ScanPart = {
  /** In commit order. `firstPlace`: the place of the file's first row in its commit. */
  files: { path: string; commitSequence: number; committedAt: string; firstPlace: number }[];
  /** Columns that at least one of the files has. */
  present: Set<string>;
  /** Whether the files differ in their columns. */
  mixed: boolean;
  hidden: TimeRange[];
  compacted: boolean;
};

/** What is read of a table, part by part; no parts: no rows. */
export type Scan = { parts: ScanPart[] };

/** Divides files into parts that one scan can read; `places` comes from `firstPlaces` of the whole table. */
export function partsOf(files: CommittedFile[], places: Map<CommittedFile, number>): CommittedFile[][] {
  const parts = new Map<string, CommittedFile[]>();
  for (const file of inCommitOrder(files)) {
    if (isAllHidden(file) || !places.has(file)) continue;
    const key = JSON.stringify([file.compacted ?? false, file.hidden ?? []]);
    parts.set(key, [...(parts.get(key) ?? []), file]);
  }
  return [...parts.values()];
}

function isAllHidden(file: CommittedFile): boolean {
  return (file.hidden ?? []).some(({ start, end }) => start === null && end === null);
}

/** A commit may have several files, so a row's place in its commit counts the rows of the files before it. */
export function firstPlaces(files: CommittedFile[]): Map<CommittedFile, number> {
  const places = new Map<CommittedFile, number>();
  const next = new Map<number, number>();
  for (const file of inCommitOrder(files)) {
    const first = next.get(file.commitSequence) ?? 0;
    places.set(file, first);
    next.set(file.commitSequence, first + file.rowCount);
  }
  return places;
}

/** The condition that a row's event time lies within a range; true without bounds. */
export function withinSql(time: string, { start, end }: TimeRange): string {
  const bounds = [
    ...(start === null ? [] : [`${time} >= CAST(${literal(start)} AS TIMESTAMPTZ)`]),
    ...(end === null ? [] : [`${time} < CAST(${literal(end)} AS TIMESTAMPTZ)`]),
  ];
  return bounds.length === 0 ? "true" : bounds.join(" AND ");
}

function fromSql(part: ScanPart, eventTime: string): string {
  const paths = literals(part.files.map((file) => file.path));
  const visible = part.hidden.map((range) => `NOT (${withinSql(quote(eventTime), range)})`);
  const where = visible.length === 0 ? "" : ` WHERE ${visible.join(" AND ")}`;
  return `read_parquet(${paths}${part.mixed ? ", union_by_name = true" : ""})${where}`;
}

/** The type a column has inside the engine: DuckDB cannot put arrays of fixed length into CASE, lists it can. */
export function innerType(type: string): string {
  return type.replace(/\[\d+\]$/, "[]");
}

function columnSql(column: { name: string; type: string }, part: ScanPart): string {
  const name = quote(column.name);
  const type = duckType(column.type);
  return part.present.has(column.name) ? `CAST(${name} AS ${type}) AS ${name}` : `CAST(NULL AS ${type}) AS ${name}`;
}

/** All rows of a table with the columns of its shape and their declared types; typed and empty without files. */
export function tableSql(table: Table, scan: Scan, typeOf: (type: string) => string = (type) => type): string {
  const columns = shapeColumns(table.shape).map(({ name, type }) => ({ name, type: typeOf(type) }));
  if (scan.parts.length === 0) return emptySql(columns);
  const parts = scan.parts.map((part) => {
    const list = columns.map((column) => columnSql(column, part)).join(", ");
    return `SELECT ${list} FROM ${fromSql(part, table.shape.eventTime)}`;
  });
  return parts.join(" UNION ALL ");
}

function emptySql(columns: { name: string; type: string }[]): string {
  const list = columns.map((column) => `CAST(NULL AS ${duckType(column.type)}) AS ${quote(column.name)}`);
  return `SELECT ${list.join(", ")} WHERE false`;
}

/**
 * The rows of a table with the columns of the total order: created time (the commit's when the shape has none),
 * sequence of the commit, place in it.
 */
export function historySql(
  table: Table,
  scan: Scan,
  features: string[] = table.shape.features.map((f) => f.name),
): string {
  const wanted = new Set(features);
  const { shape } = table;
  const columns = shapeColumns({
    ...shape,
    features: shape.features.filter((feature) => wanted.has(feature.name)),
  }).map(({ name, type }) => ({ name, type: innerType(type) }));
  const order = [ORDER.created, ORDER.commit, ORDER.place].map(quote);
  if (scan.parts.length === 0) {
    const nulls = `CAST(NULL AS TIMESTAMPTZ) AS ${order[0]}, CAST(NULL AS BIGINT) AS ${order[1]}, CAST(NULL AS BIGINT) AS ${order[2]}`;
    return `SELECT *, ${nulls} FROM (${emptySql(columns)})`;
  }
  const parts = scan.parts.map((part) => {
    const list = columns.map((column) => columnSql(column, part)).join(", ");
    const added = orderSql(part, shape).map((expression, i) => `${expression} AS ${order[i]}`);
    return `SELECT ${list}, ${added.join(", ")} FROM ${fromSql(part, shape.eventTime)}`;
  });
  return parts.join(" UNION ALL ");
}

// A compacted file knows its rows' order; of others it is what their commits say.
function orderSql(part: ScanPart, shape: Shape): [created: string, commit: string, place: string] {
  const own = shape.createdTime === null ? null : `CAST(${quote(shape.createdTime)} AS TIMESTAMPTZ)`;
  if (part.compacted) return [own ?? quote(KEPT.known), quote(KEPT.commit), quote(KEPT.place)];
  const first = byFile(
    part.files.map((file) => String(file.firstPlace)),
    "BIGINT",
  );
  return [
    own ??
      byFile(
        part.files.map((file) => literal(file.committedAt)),
        "TIMESTAMPTZ",
      ),
    byFile(
      part.files.map((file) => String(file.commitSequence)),
      "BIGINT",
    ),
    first === "CAST(0 AS BIGINT)" ? "file_row_number" : `${first} + file_row_number`,
  ];
}

function byFile(values: string[], type: string): string {
  if (new Set(values).size === 1) return `CAST(${values[0]} AS ${type})`;
  return `(CAST([${values.join(", ")}] AS ${type}[]))[file_index::BIGINT + 1]`;
}

/** ORDER BY terms of the total order (event time, created time nulls first, commit, row), oldest or newest first. */
export function totalOrder(shape: Shape, direction: "ASC" | "DESC"): string {
  const nulls = direction === "ASC" ? "NULLS FIRST" : "NULLS LAST";
  return [shape.eventTime, ORDER.created, ORDER.commit, ORDER.place]
    .map((name) => `${quote(name)} ${direction}${name === ORDER.created ? ` ${nulls}` : ""}`)
    .join(", ");
}

/** PARTITION BY of the keys; nothing when the table has none. */
export function partitionBy(names: string[]): string {
  return names.length === 0 ? "" : `PARTITION BY ${names.map(quote).join(", ")} `;
}

/** Names of the columns of a table of keys, which no table of rows has. */
export const KEY = (i: number): string => `larder.k${i}`;

/**
 * The rows whose keys stand in a table of keys; tuples are compared, never texts made of them. A join, because DuckDB
 * gathers all rows of a large table for a correlated EXISTS beside another condition.
 */
export function amongSql(rows: string, names: string[], keys: string): string {
  if (names.length === 0) return rows;
  const same = names.map((name, i) => `h.${quote(name)} = q.${quote(KEY(i))}`);
  return `SELECT h.* FROM (${rows}) h SEMI JOIN ${keys} q ON ${same.join(" AND ")}`;
}

/** One row per key: the greatest in the total order among the rows that meet `condition`. */
export function latestSql(history: string, shape: Shape, condition: string): string {
  const keys = partitionBy(shape.keys.map((key) => key.name));
  return (
    `SELECT * FROM (${history}) WHERE ${condition} ` +
    `QUALIFY row_number() OVER (${keys}ORDER BY ${totalOrder(shape, "DESC")}) = 1`
  );
}

/** Whether no two rows of the table can share keys and event time, judged by what its files say of themselves. */
export function isTieFree(files: CommittedFile[]): boolean {
  if (files.some((file) => !file.unique || file.minEventTime === null || file.maxEventTime === null)) return false;
  const spans = files.flatMap(spansOf).sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
  return spans.every((span, i) => {
    const before = spans[i - 1];
    return !before || (before.open ? span.start >= before.end : span.start > before.end);
  });
}

/** A stretch of event time in which a file shows rows; its end belongs to it unless it is open. */
type Span = { start: string; end: string; open: boolean };

function spansOf(file: CommittedFile): Span[] {
  const whole: Span = { start: file.minEventTime ?? "", end: file.maxEventTime ?? "", open: false };
  return (file.hidden ?? []).reduce((spans, range) => spans.flatMap((span) => without(span, range)), [whole]);
}

function without(span: Span, { start, end }: TimeRange): Span[] {
  const isBeside =
    (start !== null && (span.end < start || (span.open && span.end === start))) || (end !== null && span.start >= end);
  if (isBeside) return [span];
  return [
    ...(start !== null && span.start < start ? [{ start: span.start, end: start, open: true }] : []),
    ...(end !== null && (span.end > end || (span.end === end && !span.open)) ? [{ ...span, start: end }] : []),
  ];
}
