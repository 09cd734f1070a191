import type { AppendStep, DataFile, Shape } from "@/lib/engines/offline/port";
import { type ErrorIssue, LarderError } from "@/lib/kernel/errors";
import type { Instant } from "@/lib/kernel/time";
import type { Column, Value } from "@/lib/kernel/values";
import { castPlan, duckType, larderType } from "./column-types";
import { commitFile } from "./commit-file";
import { userSqlError } from "./failure";
import type { Operation } from "./protocol";
import type { DuckColumn, Session } from "./session";
import { literal, quote, RESERVED_COLUMNS, shapeColumns } from "./sql";
import { damaged, footerCounts } from "./table-files";
import { wireSql } from "./values";

const RESULT = "larder_result";

/** How Larder writes Parquet; the row groups are small enough to skip by key and large enough to scan fast. */
export const PARQUET = "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 122880";
/** The same for results: nobody looks single keys up in them, so they need no bloom filters and only small dictionaries. */
export const RESULT_PARQUET = `${PARQUET}, WRITE_BLOOM_FILTER false, DICTIONARY_SIZE_LIMIT 5000`;

/** Runs an append inside the child; the path of the file is left to the parent. */
export async function append(
  session: Session,
  operation: Extract<Operation, { kind: "append" }>,
  step: (step: AppendStep) => Promise<void>,
): Promise<Omit<DataFile, "path"> | null> {
  const { shape, interval, destination } = operation;
  if (interval) {
    await session.run(`SET VARIABLE interval_start = CAST(${literal(interval.start)} AS TIMESTAMPTZ)`);
    await session.run(`SET VARIABLE interval_end = CAST(${literal(interval.end)} AS TIMESTAMPTZ)`);
  }
  const sql = await session.prepare(operation.query);
  const within = interval
    ? ` WHERE ${quote(shape.eventTime)} >= CAST(${literal(interval.start)} AS TIMESTAMPTZ) AND ${quote(shape.eventTime)} < CAST(${literal(interval.end)} AS TIMESTAMPTZ)`
    : "";
  const found = await userColumns(session, sql);
  const columns = shapeColumns(shape);
  requireColumns(found, shape);
  try {
    await session.run(
      `CREATE TABLE ${RESULT} AS SELECT ${columns.map((column) => quote(column.name)).join(", ")} FROM (${sql}\n)${within}`,
    );
  } catch (error) {
    throw userSqlError(error, session.redact);
  }
  const rowCount = await requireValues(session, found, shape);
  if (rowCount === 0) return null;

  const casts = columns.map((column) => `${cast(found, column)} AS ${quote(column.name)}`);
  const order = [...shape.keys.map((key) => key.name), shape.eventTime].map((name) =>
    cast(found, columnOf(columns, name)),
  );
  const query = `SELECT ${casts.join(", ")} FROM ${RESULT} ORDER BY ${[...order, "rowid"].join(", ")}`;
  const written = await commitFile(destination, {
    write: () => session.run(`COPY (${query}) TO ${literal(destination.staging)} (${PARQUET})`),
    verify: () => verify(session, destination.target, rowCount, columns),
    step,
  });
  return { ...written, rowCount, ...(await describeFile(session, destination.target, shape)) };
}

/** Columns of a user's SELECT; binding errors are the user's. */
export async function userColumns(session: Session, sql: string): Promise<DuckColumn[]> {
  try {
    return await session.columns(sql);
  } catch (error) {
    throw userSqlError(error, session.redact);
  }
}

function columnOf(columns: Column[], name: string): Column {
  const column = columns.find((one) => one.name === name);
  if (!column) throw new LarderError("internal", `The shape has no column ${name}`);
  return column;
}

function cast(found: DuckColumn[], column: Column): string {
  const from = found.find((one) => one.name === column.name)?.duck ?? "";
  return castPlan(from, column.type)?.expression(quote(column.name)) ?? quote(column.name);
}

function requireColumns(found: DuckColumn[], shape: Shape): void {
  const columns = shapeColumns(shape);
  const issues: ErrorIssue[] = [];
  const add = (code: string, detail: string): void => void issues.push({ code, detail });
  const missingKeys = shape.keys.filter((key) => !found.some((column) => column.name === key.name));
  for (const column of columns) {
    const have = found.filter((one) => one.name === column.name);
    const [first] = have;
    if (RESERVED_COLUMNS.includes(column.name)) add("schema_mismatch", `${column.name} is a reserved column name`);
    if (!first)
      add(
        missingKeys.includes(column) ? "missing_key_column" : "schema_mismatch",
        `column ${column.name} (${column.type}) is missing`,
      );
    else if (have.length > 1) add("schema_mismatch", `column ${column.name} comes ${have.length} times`);
    else if (!castPlan(first.duck, column.type))
      add("schema_mismatch", `column ${column.name} is ${larderType(first.duck)} but ${column.type} is declared`);
  }
  for (const { name } of found) {
    if (!columns.some((column) => column.name === name)) add("schema_mismatch", `column ${name} is not declared`);
  }
  if (issues.length === 0) return;
  const code = missingKeys.length > 0 ? "missing_key_column" : "schema_mismatch";
  throw new LarderError(code, issues.map((issue) => issue.detail).join("; "), issues);
}

async function requireValues(session: Session, found: DuckColumn[], shape: Shape): Promise<number> {
  const columns = shapeColumns(shape);
  const lossy = columns.map((column) => {
    const from = found.find((one) => one.name === column.name)?.duck ?? "";
    const condition = castPlan(from, column.type)?.lossy?.(quote(column.name));
    return condition ? `count(*) FILTER (${condition})` : "0";
  });
  const nulls = [...shape.keys.map((key) => key.name), shape.eventTime].map(
    (name) => `count(*) FILTER (${quote(name)} IS NULL)`,
  );
  const counts = (await session.row(`SELECT count(*), ${[...lossy, ...nulls].join(", ")} FROM ${RESULT}`)).map(Number);
  const issues: ErrorIssue[] = [];
  columns.forEach((column, i) => {
    const count = counts[1 + i] ?? 0;
    if (count > 0)
      issues.push({
        code: column.name === shape.eventTime ? "invalid_timestamp" : "schema_mismatch",
        detail: `${count} values of ${column.name} do not fit ${column.type}`,
      });
  });
  shape.keys.forEach((key, i) => {
    const count = counts[1 + columns.length + i] ?? 0;
    if (count > 0) issues.push({ code: "null_key", detail: `${count} rows have no ${key.name}` });
  });
  const noTime = counts.at(-1) ?? 0;
  if (noTime > 0) issues.push({ code: "invalid_timestamp", detail: `${noTime} rows have no ${shape.eventTime}` });
  if (issues.length > 0) {
    const code = (["schema_mismatch", "null_key", "invalid_timestamp"] as const).find((one) =>
      issues.some((issue) => issue.code === one),
    );
    throw new LarderError(code ?? "schema_mismatch", issues.map((issue) => issue.detail).join("; "), issues);
  }
  return counts[0] ?? 0;
}

/** Throws `data_corrupt` unless the file just written can be read back with its rows and columns. */
export async function verify(session: Session, path: string, rowCount: number, columns: Column[]): Promise<void> {
  const name = path.split("/").at(-1) ?? path;
  const count = (await footerCounts(session, [path])).get(path);
  if (count !== rowCount) throw damaged(name, `was read back with ${count} rows instead of ${rowCount}`);
  const found = await session.columns(`SELECT * FROM read_parquet(${literal(path)})`);
  // Parquet has lists but no arrays of fixed length.
  const stored = (type: string): string => type.replace(/\[\d+\]$/, "[]");
  const same =
    found.length === columns.length &&
    columns.every(
      (column, i) => found[i]?.name === column.name && stored(found[i]?.duck ?? "") === stored(duckType(column.type)),
    );
  if (!same) throw damaged(name, "was read back with other columns than were written");
}

/** Keys as text longer than this are not worth keeping beside a file. */
const LONGEST_KEY = 500;

/**
 * What a data file says of itself, for pruning and for joins: range of event time, whether no two rows share keys and
 * event time, range of the first key. The file must be sorted by keys and event time.
 */
export async function describeFile(
  session: Session,
  path: string,
  shape: Shape,
): Promise<Pick<DataFile, "minEventTime" | "maxEventTime" | "unique" | "minKey" | "maxKey">> {
  const time = quote(shape.eventTime);
  const [first] = shape.keys;
  const key = first ? quote(first.name) : "NULL";
  // Rows are sorted by keys and event time, so equal ones are neighbours and one streaming pass finds them.
  const repeated = [...shape.keys.map((one) => quote(one.name)), time]
    .map((name) => `${name} = lag(${name}) OVER ()`)
    .join(" AND ");
  const ends = ["min", "max"].map((end) => wireSql(`${end}(${key})`, first?.type ?? "STRING"));
  const [min, max, ties, minKey, maxKey] = await session.row(
    `SELECT ${wireSql(`min(${time})`, "TIMESTAMP")}, ${wireSql(`max(${time})`, "TIMESTAMP")}, count(*) FILTER (repeated), ${ends.join(", ")} ` +
      `FROM (SELECT *, (${repeated}) AS repeated FROM read_parquet(${literal(path)}))`,
  );
  const known = [minKey, maxKey].every((value) => value !== null && String(value).length <= LONGEST_KEY);
  return {
    minEventTime: min as Instant,
    maxEventTime: max as Instant,
    unique: Number(ties) === 0,
    ...(known ? { minKey: minKey as Value, maxKey: maxKey as Value } : {}),
  };
}
