import type { Session } from "./session";
import { literal, quote } from "./sql";

/** Nulls of each column of a relation. */
export async function countNulls(session: Session, names: string[], from: string): Promise<Record<string, number>> {
  const counts = await session.row(
    `SELECT count(*), ${names.map((name) => `count(${quote(name)})`).join(", ")} FROM ${from}`,
  );
  return Object.fromEntries(names.map((name, i) => [name, Number(counts[0]) - Number(counts[i + 1])]));
}

/** The same for a Parquet file: its footer counts nulls, so that only columns of lists need to be read. */
export async function nullsInFile(session: Session, names: string[], path: string): Promise<Record<string, number>> {
  const rows = await session.rows(
    `SELECT path_in_schema, sum(stats_null_count) FROM parquet_metadata(${literal(path)}) ` +
      `GROUP BY path_in_schema HAVING count(*) = count(stats_null_count)`,
  );
  const known = new Map(rows.map(([name, count]) => [String(name), Number(count)]));
  const unknown = names.filter((name) => !known.has(name));
  const counted = unknown.length > 0 ? await countNulls(session, unknown, `read_parquet(${literal(path)})`) : {};
  return Object.fromEntries(names.map((name) => [name, known.get(name) ?? counted[name] ?? 0]));
}
