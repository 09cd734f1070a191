import { compareRows, type OnlineRowText } from "@/lib/compute/online-row";
import { encodeKey, encodeTable } from "./key-encoding";
import { keyedRow, newestPerKey, rowOf } from "./newest";
import type { KeyedRow, OnlineStore, StoreStatus, TableKeys } from "./port";

const UP: StoreStatus = { state: "up", detail: null };
const CHUNK = 1000;

/** A store that lives as long as the process: for tests, and for trying things out. */
export function createMemoryStore(): OnlineStore {
  const tables = new Map<string, Map<string, string>>();

  const rowsOf = ({ table, keys }: TableKeys): (OnlineRowText | null)[] => {
    const prefix = encodeTable(table);
    const rows = tables.get(table);
    return keys.map((key) => {
      const { bytes, full } = encodeKey(prefix, key);
      const stored = rows?.get(bytes.toString("latin1"));
      return stored === undefined ? null : rowOf(stored, full);
    });
  };

  return {
    capabilities: { durable: false, sharedBetweenProcesses: false },

    async getMany(table, keys) {
      return rowsOf({ table, keys });
    },

    async getAcross(wanted) {
      return wanted.map(rowsOf);
    },

    async putMany(table, rows) {
      const candidates = newestPerKey(table, rows);
      const stored = tables.get(table) ?? new Map<string, string>();
      tables.set(table, stored);
      let written = 0;
      for (const { key, row } of candidates) {
        const id = key.toString("latin1");
        const present = stored.get(id);
        if (present !== undefined && compareRows(row, present) <= 0) continue;
        stored.set(id, row);
        written += 1;
      }
      return { written };
    },

    async deleteMany(table, keys) {
      const prefix = encodeTable(table);
      const ids = keys.map((key) => encodeKey(prefix, key).bytes.toString("latin1"));
      for (const id of ids) tables.get(table)?.delete(id);
    },

    async *scan(table) {
      const { length } = encodeTable(table);
      let chunk: KeyedRow[] = [];
      for (const [id, stored] of tables.get(table) ?? []) {
        chunk.push(keyedRow(Buffer.from(id, "latin1"), length, stored));
        if (chunk.length < CHUNK) continue;
        yield chunk;
        chunk = [];
      }
      if (chunk.length > 0) yield chunk;
    },

    async drop(table) {
      tables.delete(table);
    },

    async flush() {},
    status: () => UP,
    check: async () => UP,
    figures: async () => ({}),
    async close() {},
  };
}
