import type { Column, Value } from "@/lib/kernel/values";
import { userColumns } from "./append";
import { larderType, normalised } from "./column-types";
import { userSqlError } from "./failure";
import { type Operation, PREVIEW_MAX_BYTES } from "./protocol";
import type { Session } from "./session";
import { historySql, inCommitOrder, latestSql, literal, ORDER, quote, shapeColumns, totalOrder } from "./sql";
import type { RowSink } from "./stream";
import { tableNames } from "./table-names";
import { wireSql } from "./values";

type Of<K extends Operation["kind"]> = Extract<Operation, { kind: K }>;

/** Streams one row per key: keys, event time, created time, commit sequence, row number, features. */
export async function latest(session: Session, { table, at, keys }: Of<"latest">, sink: RowSink): Promise<void> {
  const { shape } = table;
  const scan = await session.scan(table);
  const conditions = [at === null ? "true" : `${quote(shape.eventTime)} <= CAST(${literal(at)} AS TIMESTAMPTZ)`];
  if (keys) {
    if (keys.length === 0) return;
    await session.load("larder_keys", shape.keys, keys);
    const names = shape.keys.map((key) => quote(key.name));
    if (names.length > 0) conditions.push(`(${names.join(", ")}) IN (SELECT (${names.join(", ")}) FROM larder_keys)`);
  }
  const files = inCommitOrder(table.files);
  const sequences = files.map((file) => file.commitSequence);
  // A commit may have several files, so a row's place in its commit counts the rows of the files before it.
  let before = 0;
  const offsets = files.map((file, i) => {
    before = i > 0 && sequences[i - 1] === file.commitSequence ? before + (files[i - 1]?.rowCount ?? 0) : 0;
    return before;
  });
  const lookup = (list: number[]): string =>
    `(CAST([${list.join(", ") || "0"}] AS BIGINT[]))[${quote(ORDER.file)} + 1]`;
  const created = shape.createdTime === null ? ORDER.created : shape.createdTime;
  const list = [
    ...shape.keys.map((key) => quote(key.name)),
    `${quote(shape.eventTime)} AS "larder.at"`,
    `${quote(created)} AS "larder.known"`,
    `${lookup(sequences)} AS "larder.commit"`,
    `${lookup(offsets)} + ${quote(ORDER.row)} AS "larder.place"`,
    ...shape.features.map((feature) => quote(feature.name)),
  ];
  const query = `SELECT ${list.join(", ")} FROM (${latestSql(historySql(table, scan), shape, conditions.join(" AND "))})`;
  await sink.send(session, query, [
    ...shape.keys,
    { name: "larder.at", type: "TIMESTAMP" },
    { name: "larder.known", type: "TIMESTAMP" },
    { name: "larder.commit", type: "INT64" },
    { name: "larder.place", type: "INT64" },
    ...shape.features,
  ]);
}

/** Rows of a range of event time in the total order, all columns. */
export async function read(session: Session, operation: Of<"read">): Promise<{ columns: Column[]; rows: Value[][] }> {
  const { table, start, end, descending, limit, offset } = operation;
  const time = quote(table.shape.eventTime);
  const conditions = ["true"];
  if (start) conditions.push(`${time} >= CAST(${literal(start)} AS TIMESTAMPTZ)`);
  if (end) conditions.push(`${time} < CAST(${literal(end)} AS TIMESTAMPTZ)`);
  const columns = shapeColumns(table.shape);
  const query =
    `SELECT * FROM (${historySql(table, await session.scan(table))}) WHERE ${conditions.join(" AND ")} ` +
    `ORDER BY ${totalOrder(table.shape, descending ? "DESC" : "ASC")} LIMIT ${whole(limit)} OFFSET ${whole(offset)}`;
  return { columns, rows: await session.rows(session.wire(columns, `(${query})`), columns) };
}

function whole(count: number): number {
  return Math.max(0, Math.trunc(count));
}

/** At most `limit` rows of a user's SELECT, and no more than a preview may hold. */
export async function query(
  session: Session,
  operation: Of<"query">,
): Promise<{ columns: Column[]; rows: Value[][]; rowCount: number | null; truncated: boolean }> {
  const sql = await session.prepare(operation.query);
  const found = await userColumns(session, sql);
  const columns = found.map(({ name, duck }): Column => ({ name, type: larderType(duck) }));
  // By position, because a SELECT may give two columns one name; integers beyond 64 bits show as text.
  const list = found.map(({ duck }, i) => {
    const wide = /^(UBIGINT|U?HUGEINT)$/.test(duck);
    return `${wide ? `c${i}` : wireSql(normalised(`c${i}`, duck), larderType(duck))} AS c${i}`;
  });
  const aliases = found.map((_, i) => `c${i}`).join(", ");
  try {
    const { rows, truncated } = await session.firstRows(
      `SELECT ${list.join(", ")} FROM (SELECT * FROM (${sql}\n) LIMIT ${whole(operation.limit)}) t(${aliases})`,
      columns,
      PREVIEW_MAX_BYTES,
    );
    const rowCount = operation.count ? Number((await session.row(`SELECT count(*) FROM (${sql}\n)`))[0]) : null;
    return { columns, rows, rowCount, truncated };
  } catch (error) {
    throw userSqlError(error, session.redact);
  }
}

/** Columns a query gives and names it reads. Names are found before any view exists, or views would hide them. */
export async function describeQuery(
  session: Session,
  operation: Of<"describe">,
): Promise<{ columns: Column[]; names: string[] }> {
  const names = await tableNames(session.connection, operation.query.sql);
  const known = new Set(operation.query.inputs.map((input) => input.name.toLowerCase()));
  if (names.some((name) => !known.has(name.toLowerCase()))) return { columns: [], names };
  const sql = await session.prepare(operation.query);
  const found = await userColumns(session, sql);
  return { columns: found.map(({ name, duck }) => ({ name, type: larderType(duck) })), names };
}
