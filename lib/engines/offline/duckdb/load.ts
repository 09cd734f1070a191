import { type DuckDBConnection, DuckDBDataChunk, VARCHAR } from "@duckdb/node-api";
import type { Column, Value } from "@/lib/kernel/values";
import { quote } from "./sql";
import { toText } from "./values";

const CHUNK = 2048;

/** Appends rows as text to a new table `table`, in order. `table` must be a plain unqualified name. */
export async function loadTexts(
  connection: DuckDBConnection,
  table: string,
  columns: Column[],
  rows: Value[][],
): Promise<void> {
  await connection.run(
    `CREATE TABLE ${table} (${columns.map((column) => `${quote(column.name)} VARCHAR`).join(", ")})`,
  );
  const appender = await connection.createAppender(table.replaceAll('"', ""));
  const types = columns.map(() => VARCHAR);
  for (let start = 0; start < rows.length; start += CHUNK) {
    const slice = rows.slice(start, start + CHUNK);
    const chunk = DuckDBDataChunk.create(types, slice.length);
    chunk.setColumns(columns.map((column, i) => slice.map((row) => toText(row[i] ?? null, column.type))));
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}
