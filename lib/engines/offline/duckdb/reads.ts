import type { Scanned } from "@/lib/engines/offline/port";
import type { Column, Value } from "@/lib/kernel/values";
import { userColumns } from "./append";
import { larderType, normalised } from "./column-types";
import { userSqlError } from "./failure";
import { requireOneStatement } from "./gate";
import { newestFirst } from "./newest-first";
import { type Operation, PREVIEW_MAX_BYTES } from "./protocol";
import { filesWithin, scannedOf } from "./prune";
import type { Session } from "./session";
import {
  historySql,
  isTieFree,
  latestSql,
  literal,
  ORDER,
  partitionBy,
  quote,
  shapeColumns,
  totalOrder,
  withinSql,
} from "./sql";
import type { RowSink } from "./stream";
import { changingNames, tableNames } from "./table-names";
import { wireSql } from "./values";

type Of<K extends Operation["kind"]> = Extract<Operation, { kind: K }>;

const KEYS = "larder_keys";

/** Streams one row per key: keys, event time, created time, commit sequence, row number, features. */
export async function latest(session: Session, { table, at, keys }: Of<"latest">, sink: RowSink): Promise<Scanned> {
  const { shape } = table;
  if (keys?.length === 0) return scannedOf(table, []);
  const names = shape.keys.map((key) => quote(key.name));
  const condition = at === null ? "true" : `${quote(shape.eventTime)} <= CAST(${literal(at)} AS TIMESTAMPTZ)`;
  let files = filesWithin(table.files, { to: at });
  let from = "";
  if (keys && names.length > 0) {
    await session.load(KEYS, shape.keys, keys);
    ({ from, files } = await newestFirst(session, table, { files, keys: KEYS, condition }));
  } else from = historySql(table, await session.scan(table, files));
  const created = shape.createdTime === null ? ORDER.created : shape.createdTime;
  const list = [
    ...names,
    `${quote(shape.eventTime)} AS "larder.at"`,
    `${quote(created)} AS "larder.known"`,
    quote(ORDER.commit),
    quote(ORDER.place),
    ...shape.features.map((feature) => quote(feature.name)),
  ];
  const query = `SELECT ${list.join(", ")} FROM (${latestSql(from, shape, condition)})`;
  await sink.send(session, query, [
    ...shape.keys,
    { name: "larder.at", type: "TIMESTAMP" },
    { name: "larder.known", type: "TIMESTAMP" },
    { name: ORDER.commit, type: "INT64" },
    { name: ORDER.place, type: "INT64" },
    ...shape.features,
  ]);
  return scannedOf(table, files);
}

/** Rows of a range of event time in the total order, all columns. */
export async function read(session: Session, operation: Of<"read">): Promise<{ columns: Column[]; rows: Value[][] }> {
  const { table, start, end, descending, limit, offset, distinct } = operation;
  const { shape } = table;
  const files = filesWithin(table.files, { from: start, before: end });
  const within = withinSql(quote(shape.eventTime), { start, end });
  const columns = shapeColumns(shape);
  const same = partitionBy([...shape.keys.map((key) => key.name), shape.eventTime]);
  const greatest =
    distinct && !isTieFree(files)
      ? `QUALIFY row_number() OVER (${same}ORDER BY ${totalOrder(shape, "DESC")}) = 1 `
      : "";
  const query =
    `SELECT * FROM (${historySql(table, await session.scan(table, files))}) WHERE ${within} ${greatest}` +
    `ORDER BY ${totalOrder(shape, descending ? "DESC" : "ASC")} LIMIT ${whole(limit)} OFFSET ${whole(offset)}`;
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
      `SELECT ${list.join(", ")} FROM (SELECT * FROM (\n${sql}\n) LIMIT ${whole(operation.limit)}) t(${aliases})`,
      columns,
      PREVIEW_MAX_BYTES,
    );
    const rowCount = operation.count ? Number((await session.row(`SELECT count(*) FROM (\n${sql}\n)`))[0]) : null;
    return { columns, rows, rowCount, truncated };
  } catch (error) {
    throw userSqlError(error, session.redact, 1);
  }
}

/** Columns a query gives and names it reads. Names are found before any view exists, or views would hide them. */
export async function describeQuery(
  session: Session,
  operation: Of<"describe">,
): Promise<{ columns: Column[]; names: string[]; changing: string[] }> {
  const { sql: text, inputs } = operation.query;
  await requireOneStatement(session.connection, text, session.redact);
  const names = await tableNames(session.connection, text);
  const changing = await changingNames(session.connection, text);
  const known = new Set(inputs.map((input) => input.name.toLowerCase()));
  if (names.some((name) => !known.has(name.toLowerCase()))) return { columns: [], names, changing };
  const sql = await session.prepare(operation.query);
  const found = await userColumns(session, sql);
  return { columns: found.map(({ name, duck }) => ({ name, type: larderType(duck) })), names, changing };
}
