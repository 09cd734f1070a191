import { encodeKey, encodeTable } from "./key-encoding";
import { compareRows } from "./order";
import type { OnlineKey, OnlineRow } from "./port";
import { encodeRow } from "./row-encoding";

/** A row ready to be stored. */
export type Candidate = { key: Buffer; fullKey: string | null; row: OnlineRow; text: string };

/** The greatest row of every key of one call, encoded; so one bad row refuses the call before anything is written. */
export function newestPerKey(table: string, rows: readonly { key: OnlineKey; row: OnlineRow }[]): Candidate[] {
  const prefix = encodeTable(table);
  const newest = new Map<string, Candidate>();
  for (const { key, row } of rows) {
    const { bytes, full } = encodeKey(prefix, key);
    const text = encodeRow(row, full);
    const id = bytes.toString("latin1");
    const known = newest.get(id);
    if (!known || compareRows(row, known.row) > 0) newest.set(id, { key: bytes, fullKey: full, row, text });
  }
  return [...newest.values()];
}
