import { encodeKey, encodeTable } from "./key-encoding";
import { newestPerKey } from "./newest";
import type { OnlineStore } from "./port";
import { decodeRow, replaces } from "./row-encoding";

/** A store that lives as long as the process: for tests, and for trying things out. Rows are kept as text, so nobody shares objects with it. */
export function createMemoryStore(): OnlineStore {
  const tables = new Map<string, Map<string, string>>();

  return {
    capabilities: { durable: false, sharedBetweenProcesses: false },

    async getMany(table, keys) {
      const prefix = encodeTable(table);
      const rows = tables.get(table);
      return keys.map((key) => {
        const { bytes, full } = encodeKey(prefix, key);
        const text = rows?.get(bytes.toString("latin1"));
        return text === undefined ? null : decodeRow(text, full);
      });
    },

    async putMany(table, rows) {
      const candidates = newestPerKey(table, rows);
      const stored = tables.get(table) ?? new Map<string, string>();
      tables.set(table, stored);
      let written = 0;
      for (const { key, fullKey, row, text } of candidates) {
        const id = key.toString("latin1");
        const present = stored.get(id);
        if (present !== undefined && !replaces(row, present, fullKey)) continue;
        stored.set(id, text);
        written += 1;
      }
      return { written };
    },

    async deleteMany(table, keys) {
      const prefix = encodeTable(table);
      const ids = keys.map((key) => encodeKey(prefix, key).bytes.toString("latin1"));
      for (const id of ids) tables.get(table)?.delete(id);
    },

    async drop(table) {
      tables.delete(table);
    },

    async flush() {},
    async close() {},
  };
}
