import type { OnlineRowText } from "@/lib/compute/online-row";
import type { Value } from "@/lib/kernel/values";

/** The join-key values of one entity, in the entity's order. Compared as a tuple, never concatenated. */
export type OnlineKey = readonly Value[];

/** A row under its key. */
export type KeyedRow = { key: OnlineKey; row: OnlineRowText };

/** Keys to be read of one table. */
export type TableKeys = { table: string; keys: readonly OnlineKey[] };

/**
 * Whether answers can be relied on. `incomplete`: rows may be missing that were put (evicted, or lost by a restart), so an
 * unknown key proves nothing. `detail` is for people.
 */
export type StoreStatus = { state: "up" | "down" | "incomplete"; detail: string | null };

/**
 * Figures for whoever watches a store; what an adapter cannot tell is missing. `bytes`: the space it takes. `snapshotLag`: by
 * how many transactions the oldest reader is behind, for as long as which freed space cannot be used again. `evictedKeys`: how
 * many keys were thrown away that may have been rows.
 */
export type StoreFigures = { bytes?: number; snapshotLag?: number; evictedKeys?: number };

/**
 * The latest row of every key, by table. Every adapter passes conformance.ts.
 * A table is a name chosen by the caller; it exists as soon as something is put into it. Rows are what
 * `compute/online-row` writes; a store looks only at their order. Errors: `invalid_key`, `invalid_name`,
 * `dependency_unavailable` (at once, or within a few hundred milliseconds), `insufficient_storage`, `data_corrupt`.
 */
export interface OnlineStore {
  readonly capabilities: { durable: boolean; sharedBetweenProcesses: boolean };
  /** One row per key, in the order asked, duplicates kept; null for an unknown key or table. */
  getMany(table: string, keys: readonly OnlineKey[]): Promise<(OnlineRowText | null)[]>;
  /** The same of several tables in one round trip: `rows[table][key]`. */
  getAcross(wanted: readonly TableKeys[]): Promise<(OnlineRowText | null)[][]>;
  /**
   * Keeps, per key, the greatest row in the total order: an older row never replaces a newer one, whatever the order of calls.
   * When it resolves the rows are visible to every reader. `written` counts the keys whose row changed.
   */
  putMany(table: string, rows: readonly KeyedRow[]): Promise<{ written: number }>;
  /** Removes keys; unknown ones are no error. */
  deleteMany(table: string, keys: readonly OnlineKey[]): Promise<void>;
  /**
   * All rows of a table, in chunks and in no order that means anything; rows put meanwhile may or may not be among them, and
   * a row may come more than once.
   */
  scan(table: string): AsyncIterable<KeyedRow[]>;
  /** Removes a whole table; an unknown one is no error. */
  drop(table: string): Promise<void>;
  /** Resolves when everything put before survives a power loss (at once where `durable` is false). */
  flush(): Promise<void>;
  /** What is known without asking; costs nothing. */
  status(): StoreStatus;
  /** Asks the store itself and answers what `status` says from now on. */
  check(): Promise<StoreStatus>;
  /** Asks the store how it is doing; for a look every few seconds, not for every request. */
  figures(): Promise<StoreFigures>;
  close(): Promise<void>;
}
