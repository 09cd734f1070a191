import type { Instant } from "@/lib/kernel/time";
import type { Value } from "@/lib/kernel/values";

/** The join-key values of one entity, in the entity's order. Compared as a tuple, never concatenated. */
export type OnlineKey = readonly Value[];

/** A feature row as the online store keeps it; the first four fields are the total order of semantics.md §1. */
export type OnlineRow = {
  eventTime: Instant;
  /** Null sorts first. */
  createdTime: Instant | null;
  commitSequence: number;
  rowNumber: number;
  /** By position of the table's columns. */
  values: Value[];
};

/**
 * The latest row of every key, by table. Every adapter passes conformance.ts.
 * A table is a name chosen by the caller; it exists as soon as something is put into it.
 */
export interface OnlineStore {
  readonly capabilities: { durable: boolean; sharedBetweenProcesses: boolean };
  /** One answer per key, in the order asked, duplicates kept; null for an unknown key or table. */
  getMany(table: string, keys: readonly OnlineKey[]): Promise<(OnlineRow | null)[]>;
  /**
   * Keeps, per key, the greatest row in the total order: an older row never replaces a newer one, whatever the order of calls.
   * When it resolves the rows are visible to every reader. `written` counts the rows that won.
   */
  putMany(table: string, rows: readonly { key: OnlineKey; row: OnlineRow }[]): Promise<{ written: number }>;
  /** Removes keys; unknown ones are no error. */
  deleteMany(table: string, keys: readonly OnlineKey[]): Promise<void>;
  /** Removes a whole table; an unknown one is no error. */
  drop(table: string): Promise<void>;
  /** Resolves when everything put before survives a power loss (at once where `durable` is false). */
  flush(): Promise<void>;
  close(): Promise<void>;
}
