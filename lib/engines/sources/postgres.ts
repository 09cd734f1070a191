import { Client } from "pg";
import Cursor from "pg-cursor";
import { type ErrorIssue, LarderError } from "@/lib/kernel/errors";
import type { Column } from "@/lib/kernel/values";
import { type Connection, postgresError, tableGone } from "./postgres-failure";
import { type CatalogColumn, quoteName, readableText, type TableColumn, tableColumn } from "./postgres-types";

const CONNECT_MS = 10_000;
/** How long one batch of rows, or a look at the catalog, may take. */
const ANSWER_MS = 120_000;
const BATCH = { first: 10, most: 1000, bytes: 4_000_000 };
/** Less than the offline engine reads as one line. */
const MAX_LINE_BYTES = 16_000_000;

type Table = { columns: TableColumn[]; from: string; primaryKey: string[] };

/** The columns of a table or view. Throws `dependency_unavailable`, `source_not_found`, and `schema_mismatch` for columns that could not be told apart. */
export async function describeTable(connection: Connection, table: string): Promise<Column[]> {
  const client = await open(connection, table);
  try {
    return (await look(client, connection, table)).columns.map(({ name, type }) => ({ name, type }));
  } catch (error) {
    throw postgresError(error, connection, table);
  } finally {
    await close(client);
  }
}

/**
 * All rows of a table as they are at one moment, one JSON object a line, each value as the text of its type; nulls are left
 * out. In the order of the primary key if there is one. Throws as `describeTable` does, and `schema_mismatch` naming what
 * differs when the table no longer has the columns expected; more columns than those are not read.
 */
export async function* copyTable(
  connection: Connection,
  request: { table: string; columns: Column[] },
  options: { signal?: AbortSignal; onRows?: (rows: number) => void } = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const { table } = request;
  const client = await open(connection, table);
  const stop = (): void => void close(client);
  options.signal?.addEventListener("abort", stop);
  try {
    requireNotCancelled(options.signal);
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    const found = await look(client, connection, table);
    const columns = requireColumns(table, request.columns, found.columns);
    // Without the name of the table before it, a name would be the text that stands in the list.
    const keys = found.primaryKey.map((name) => `source.${quoteName(name)}`);
    const order = keys.length > 0 ? ` ORDER BY ${keys.join(", ")}` : "";
    const text = `SELECT ${columns.map(({ sql }) => sql).join(", ")} FROM ${found.from} AS source${order}`;
    const cursor = client.query(new Cursor<(string | null)[]>(text, [], { rowMode: "array" }));
    let count = 0;
    let next = BATCH.first;
    for (let rows = await inTime(cursor.read(next)); rows.length > 0; rows = await inTime(cursor.read(next))) {
      requireNotCancelled(options.signal);
      const lines = rows.map((row, i) => lineOf(columns, row, { table, at: count + i + 1 }));
      count += rows.length;
      const chunk = Buffer.from(`${lines.join("\n")}\n`);
      // Wide rows come in small batches: all of one is in memory.
      next = Math.max(1, Math.min(BATCH.most, Math.floor((BATCH.bytes * rows.length) / chunk.length)));
      yield chunk;
      options.onRows?.(count);
    }
    // Something is kept of an empty table too.
    if (count === 0) yield Buffer.from("\n");
    await cursor.close();
    await client.query("COMMIT");
  } catch (error) {
    requireNotCancelled(options.signal);
    throw postgresError(error, connection, table);
  } finally {
    options.signal?.removeEventListener("abort", stop);
    await close(client);
  }
}

async function open(connection: Connection, table: string): Promise<Client> {
  const client = new Client({
    connectionString: connection.url,
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: ANSWER_MS,
    lock_timeout: CONNECT_MS,
    query_timeout: ANSWER_MS,
    keepAlive: true,
    application_name: "larder",
  });
  // A connection that breaks between two queries fails the next one.
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.query(
      "SET DateStyle = 'ISO, MDY'; SET TimeZone = 'UTC'; SET extra_float_digits = 1; SET client_encoding = 'UTF8'; SET synchronize_seqscans = off",
    );
    return client;
  } catch (error) {
    await close(client);
    throw postgresError(error, connection, table);
  }
}

async function close(client: Client): Promise<void> {
  await client.end().catch(() => undefined);
}

async function look(client: Client, connection: Connection, table: string): Promise<Table> {
  const dot = table.indexOf(".");
  const parts = dot < 0 ? [table] : [table.slice(0, dot), table.slice(dot + 1)];
  const from = parts.map(quoteName).join(".");
  const { rows } = await client.query<CatalogColumn>(COLUMNS, [from]);
  if (rows.length === 0) throw tableGone(connection.name, table);
  const twice = rows.find(({ name }, i) =>
    rows.some((other, j) => j < i && other.name.toLowerCase() === name.toLowerCase()),
  );
  if (twice)
    throw new LarderError(
      "schema_mismatch",
      `Table ${table} has two columns whose names differ in capitals only: ${twice.name}`,
    );
  const keys = await client.query<{ name: string }>(PRIMARY_KEY, [from]);
  return { columns: rows.map(tableColumn), from, primaryKey: keys.rows.map(({ name }) => name) };
}

// A domain is read as what it is made of.
const COLUMNS = `
  SELECT a.attname::text AS name, b.typname::text AS type,
    CASE WHEN b.typcategory = 'A' THEN e.typname::text END AS element,
    CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END AS typmod
  FROM pg_catalog.pg_attribute a
  JOIN pg_catalog.pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
  JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
  JOIN pg_catalog.pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
  LEFT JOIN pg_catalog.pg_type e ON e.oid = b.typelem
  WHERE a.attrelid = to_regclass($1::text)::oid AND a.attnum > 0 AND NOT a.attisdropped
  ORDER BY a.attnum`;

const PRIMARY_KEY = `
  SELECT a.attname::text AS name
  FROM pg_catalog.pg_index i
  CROSS JOIN LATERAL unnest(i.indkey::smallint[]) WITH ORDINALITY AS k(number, place)
  JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
  WHERE i.indrelid = to_regclass($1::text)::oid AND i.indisprimary
  ORDER BY k.place`;

function requireColumns(table: string, expected: Column[], found: TableColumn[]): TableColumn[] {
  const there = new Map(found.map((column) => [column.name, column]));
  const issues: ErrorIssue[] = expected.flatMap(({ name, type }) => {
    const now = there.get(name)?.type;
    if (now === type) return [];
    const detail = now ? `column ${name} was ${type} and is ${now}` : `column ${name} (${type}) is gone`;
    return [{ code: now ? "invalid_type" : "missing_column", detail }];
  });
  if (issues.length > 0) {
    const detail = `Table ${table} is not as it was registered: ${issues.map((issue) => issue.detail).join("; ")}`;
    throw new LarderError("schema_mismatch", detail, issues);
  }
  return expected.map(({ name }) => there.get(name) as TableColumn);
}

function lineOf(columns: TableColumn[], row: (string | null)[], place: { table: string; at: number }): string {
  const values: Record<string, string> = {};
  for (const [i, { name, type }] of columns.entries()) {
    const text = row[i];
    if (text === null || text === undefined) continue;
    const unfit = (type.endsWith("[]") && text.startsWith("[[")) || (type.startsWith("DECIMAL") && /[a-z]/i.test(text));
    if (unfit) {
      const shown = type.endsWith("[]") ? "an array of several dimensions" : text;
      throw new LarderError(
        "invalid_type",
        `Row ${place.at} of ${place.table}: ${name} is ${shown}, which ${type} cannot hold`,
      );
    }
    values[name] = type === "DATE" || type === "TIMESTAMP" ? readableText(text) : text;
  }
  const line = JSON.stringify(values);
  if (line.length > MAX_LINE_BYTES / 4 && Buffer.byteLength(line) > MAX_LINE_BYTES)
    throw new LarderError(
      "resource_exhausted",
      `Row ${place.at} of ${place.table} has more than ${MAX_LINE_BYTES / 1e6} MB`,
    );
  return line;
}

function requireNotCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new LarderError("cancelled", "The work was cancelled");
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("timeout: no rows arrived")), ANSWER_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
