import type { CommittedFile, Shape, Table } from "@/lib/engines/offline/port";
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
export const ORDER = { created: "larder.created", file: "larder.file", row: "larder.row" } as const;

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

/** What a table's files hold: absolute paths in commit order, and the columns that at least one file has. */
export type Scan = { paths: string[]; present: Set<string> };

function scanSql(scan: Scan): string {
  const union = scan.paths.length > 1 ? ", union_by_name = true" : "";
  return `read_parquet(${literals(scan.paths)}${union})`;
}

/** The type a column has inside the engine: DuckDB cannot put arrays of fixed length into CASE, lists it can. */
export function innerType(type: string): string {
  return type.replace(/\[\d+\]$/, "[]");
}

function columnSql(column: { name: string; type: string }, scan: Scan): string {
  const name = quote(column.name);
  const type = duckType(column.type);
  return scan.present.has(column.name) ? `CAST(${name} AS ${type}) AS ${name}` : `CAST(NULL AS ${type}) AS ${name}`;
}

/** All rows of a table with the columns of its shape and their declared types; typed and empty without files. */
export function tableSql(table: Table, scan: Scan, typeOf: (type: string) => string = (type) => type): string {
  const columns = shapeColumns(table.shape).map(({ name, type }) => ({ name, type: typeOf(type) }));
  if (scan.paths.length === 0) return emptySql(columns);
  return `SELECT ${columns.map((column) => columnSql(column, scan)).join(", ")} FROM ${scanSql(scan)}`;
}

function emptySql(columns: { name: string; type: string }[]): string {
  const list = columns.map((column) => `CAST(NULL AS ${duckType(column.type)}) AS ${quote(column.name)}`);
  return `SELECT ${list.join(", ")} WHERE false`;
}

/**
 * The rows of a table with the columns of the total order: created time (the commit's when the shape has none),
 * file in commit order, row in file.
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
  const order = [ORDER.created, ORDER.file, ORDER.row].map(quote);
  if (scan.paths.length === 0) {
    const nulls = `CAST(NULL AS TIMESTAMPTZ) AS ${order[0]}, CAST(NULL AS BIGINT) AS ${order[1]}, CAST(NULL AS BIGINT) AS ${order[2]}`;
    return `SELECT *, ${nulls} FROM (${emptySql(columns)})`;
  }
  const commits = inCommitOrder(table.files).map((file) => literal(file.committedAt));
  const created =
    shape.createdTime !== null
      ? quote(shape.createdTime)
      : new Set(commits).size === 1
        ? `CAST(${commits[0]} AS TIMESTAMPTZ)`
        : `(CAST([${commits.join(", ")}] AS TIMESTAMPTZ[]))[file_index::BIGINT + 1]`;
  return (
    `SELECT ${columns.map((column) => columnSql(column, scan)).join(", ")}, ${created} AS ${order[0]}, ` +
    `file_index::BIGINT AS ${order[1]}, file_row_number AS ${order[2]} FROM ${scanSql(scan)}`
  );
}

/** ORDER BY terms of the total order (event time, created time nulls first, commit, row), oldest or newest first. */
export function totalOrder(shape: Shape, direction: "ASC" | "DESC"): string {
  const nulls = direction === "ASC" ? "NULLS FIRST" : "NULLS LAST";
  return [shape.eventTime, ORDER.created, ORDER.file, ORDER.row]
    .map((name) => `${quote(name)} ${direction}${name === ORDER.created ? ` ${nulls}` : ""}`)
    .join(", ");
}

/** PARTITION BY of the keys; nothing when the table has none. */
export function partitionBy(names: string[]): string {
  return names.length === 0 ? "" : `PARTITION BY ${names.map(quote).join(", ")} `;
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
  const ranges = [...files].sort((a, b) => (a.minEventTime ?? "").localeCompare(b.minEventTime ?? ""));
  return ranges.every((file, i) => i === 0 || (file.minEventTime ?? "") > (ranges[i - 1]?.maxEventTime ?? ""));
}
