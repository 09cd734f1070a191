import { compareRows, type OnlineRowText } from "@/lib/compute/online-row";
import { decodeFull, decodeKey, encodeKey, encodeTable } from "./key-encoding";
import type { KeyedRow } from "./port";

/** A row ready to be stored. */
export type Candidate = { key: Buffer; row: OnlineRowText };

/** Between a row and its whole key, where the stored key holds only a hash; no row contains it. */
const SEPARATOR = "\n";

/** The greatest row of every key of one call, encoded; so one bad key refuses the call before anything is written. */
export function newestPerKey(table: string, rows: readonly KeyedRow[]): Candidate[] {
  const prefix = encodeTable(table);
  const newest = new Map<string, Candidate>();
  for (const { key, row } of rows) {
    const { bytes, full } = encodeKey(prefix, key);
    const id = bytes.toString("latin1");
    const known = newest.get(id);
    if (!known || compareRows(row, known.row) > 0)
      newest.set(id, { key: bytes, row: full === null ? row : row + SEPARATOR + full });
  }
  return [...newest.values()];
}

/** What is stored, as the key and the row that were put. */
export function keyedRow(bytes: Buffer, prefixLength: number, stored: string): KeyedRow {
  const key = decodeKey(bytes, prefixLength);
  if (key) return { key, row: stored };
  const end = stored.lastIndexOf(SEPARATOR);
  return { key: decodeFull(stored.slice(end + 1)), row: stored.slice(0, end) };
}

/** The row that was put; only a row under a hash has its key behind it. */
export function rowOf(stored: string, full: string | null): OnlineRowText {
  return full === null ? stored : stored.slice(0, stored.lastIndexOf(SEPARATOR));
}
