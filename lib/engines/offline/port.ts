import type { Instant } from "@/lib/kernel/time";
import type { Column, Value } from "@/lib/kernel/values";

/** How the rows of a feature table are laid out. Columns in files: keys, event time, created time if any, features. */
export type Shape = { keys: Column[]; eventTime: string; createdTime: string | null; features: Column[] };

/** One immutable Parquet file. `path` is relative to the engine's root. */
export type DataFile = {
  path: string;
  rowCount: number;
  byteCount: number;
  sha256: string;
  minEventTime: Instant | null;
  maxEventTime: Instant | null;
  /** No two rows of the file share keys and event time, so joins need not break ties within it. */
  unique: boolean;
};

/** A data file together with the commit that made it exist. */
export type CommittedFile = DataFile & { commitSequence: number; committedAt: Instant };

/** The rows of a group at one moment: what commit rows say, never what a directory lists. */
export type Table = { shape: Shape; files: CommittedFile[] };

/**
 * A named relation that SQL may read. Later inputs may read earlier ones. A path of a file input is a file, a glob, or
 * `upload:<folder>/<file>` as `saveUpload` answered it.
 */
export type Input =
  | { name: string; kind: "files"; format: "parquet" | "csv" | "json"; paths: string[] }
  | { name: string; kind: "sql"; sql: string }
  | { name: string; kind: "table"; table: Table };

/** One SELECT over named inputs. */
export type Query = { sql: string; inputs: Input[] };

/** How long anything that only looks may work, waiting for its turn not counted. */
export const PREVIEW_LIMIT_MS = 30_000;

/** Cancels, and reports rows done while the work goes on. */
export type WorkOptions = { signal?: AbortSignal; onRows?: (rows: number) => void };

export type AppendRequest = {
  query: Query;
  /** The result must hold exactly these columns; it is cast to their types without loss or refused. */
  shape: Shape;
  /** Folder below the root that receives the file; a new file name is chosen inside it. */
  folder: string;
  /** Called after each named step of the commit protocol; tests kill the process there. */
  onStep?: (step: AppendStep) => void;
};

/** The steps of `append` in their order; each is a crash point with a test. */
export const APPEND_STEPS = ["staged", "file-synced", "renamed", "directory-synced", "verified"] as const;
export type AppendStep = (typeof APPEND_STEPS)[number];

export type Spine = { kind: "rows"; columns: Column[]; rows: Value[][] } | { kind: "query"; query: Query };

/** One group joined to the spine. `keyColumns` maps each join key of the group to a spine column. */
export type AsOfJoin = {
  table: Table;
  keyColumns: Record<string, string>;
  /** null or 0: unlimited. */
  ttlSeconds: number | null;
  features: { name: string; as: string; fill?: Value }[];
};

export type AsOfRequest = {
  spine: Spine;
  timestampColumn: string;
  joins: AsOfJoin[];
  /** `created_time`: only what was known at the row's instant. */
  knowledge: "event_time" | "created_time";
  /** What a null in a key column of the spine means: an error naming the row, or a row without features. */
  nullKeys: "refuse" | "keep";
  /** `rows`: the result itself; `file`: a Parquet file at `path` below the root, written by the commit protocol. */
  output: { kind: "rows" } | { kind: "file"; path: string };
};

export type AsOfResult = {
  /** Spine columns first, in their order, then features in the order asked. */
  columns: Column[];
  rowCount: number;
  nullCounts: Record<string, number>;
  /** Cells filled with a default, by column. */
  filledCounts: Record<string, number>;
  rows: Value[][] | null;
  file: { path: string; byteCount: number; sha256: string } | null;
};

export type ColumnProfile = {
  column: string;
  count: number;
  nulls: number;
  /** NaN and ±Infinity, kept out of mean, min, max and the histogram. */
  nonFinite: number;
  distinct: number;
  min: Value;
  max: Value;
  mean: number | null;
  stddev: number | null;
  quantiles: { p01: number; p05: number; p25: number; p50: number; p75: number; p95: number; p99: number } | null;
  /** 20 bins of equal width over [min, max], upper edge inclusive; null for columns without numbers. */
  histogram: { from: number; to: number; count: number }[] | null;
  /** The ten most frequent values, for columns that are not numeric or have at most 20 distinct values. */
  topValues: { value: Value; count: number }[] | null;
  /** Mean (numeric) and nulls per time bucket; `at` is its start. Buckets without rows are missing. */
  trend: { at: Instant; count: number; nulls: number; mean: number | null }[];
};

/**
 * History, by intent. Results keep every rule of semantics.md §1–§3. Every adapter passes conformance.ts.
 * Errors are LarderErrors; a missing or damaged file is `data_corrupt` naming it, never fewer rows.
 */
export interface OfflineEngine {
  /**
   * Columns a query gives and names it reads, without running it. `names` also holds names that no input provides. Throws
   * `sql_invalid`, `sql_not_allowed`, and `timeout` when it takes longer than a preview may.
   */
  describe(query: Query, options?: WorkOptions): Promise<{ columns: Column[]; names: string[] }>;
  /** Runs a query and writes its rows as one durable, verified file. Null when there are no rows. Row order in the file: keys, event time, then the query's order. */
  append(request: AppendRequest, options?: WorkOptions): Promise<DataFile | null>;
  /** One row per key, the greatest in the total order with event time <= `at`; streams chunks of rows with their order fields. */
  latest(request: { table: Table; at?: Instant; keys?: Value[][] }, options?: WorkOptions): AsyncIterable<LatestRow[]>;
  /** Rows with start <= event time < end in event-time order (newest first with `descending`), all columns. */
  read(
    request: {
      table: Table;
      start?: Instant;
      end?: Instant;
      descending?: boolean;
      limit: number;
      offset?: number;
    },
    options?: WorkOptions,
  ): Promise<{ columns: Column[]; rows: Value[][] }>;
  /** The point-in-time join of semantics.md §2. */
  asOf(request: AsOfRequest, options?: WorkOptions): Promise<AsOfResult>;
  /** Statistics of every feature column, over all rows of the table; at most `trendBuckets` (and one) buckets of a whole number of seconds, hours, days … */
  profile(request: { table: Table; trendBuckets: number }, options?: WorkOptions): Promise<ColumnProfile[]>;
  /**
   * At most `limit` rows of a SELECT, for previews. `rowCount` is exact only with `count`. `truncated`: fewer rows than
   * there are below the limit, because they are large. Throws `resource_exhausted` when a single row is too large.
   */
  query(
    request: { query: Query; limit: number; count?: boolean },
    options?: WorkOptions,
  ): Promise<{ columns: Column[]; rows: Value[][]; rowCount: number | null; truncated: boolean }>;
  /** SHA-256 over the rows of a result file in canonical form: the same rows give the same hash on any number of threads. */
  contentHash(path: string): Promise<string>;
  /** The first rows of a result file, in file order; `truncated` and too large a row as in `query`. */
  preview(path: string, limit: number): Promise<{ columns: Column[]; rows: Value[][]; truncated: boolean }>;
  /** SHA-256 over the content of the files that a file input names, so that it changes exactly when they do. Throws `unreadable_file`. */
  fingerprint(paths: string[]): Promise<string>;
  /**
   * Keeps bytes as a new file that file inputs may name, in a folder of its own kind; durable before it has its name, and
   * nothing is left of one that did not arrive whole. Throws `payload_too_large` over `maxBytes`, `unreadable_file` for none.
   */
  saveUpload(request: {
    folder: string;
    format: "csv" | "parquet";
    body: AsyncIterable<Uint8Array>;
    maxBytes: number;
  }): Promise<{ path: string; byteCount: number }>;
  /** Removes an upload; one that is gone already is no error. */
  removeUpload(path: string): Promise<void>;
  /** A file below the root as a stream, for downloads. Throws `data_corrupt` when it is missing. */
  open(path: string): Promise<{ stream: ReadableStream<Uint8Array>; byteCount: number }>;
  close(): Promise<void>;
}

export type LatestRow = {
  keys: Value[];
  eventTime: Instant;
  createdTime: Instant | null;
  commitSequence: number;
  rowNumber: number;
  /** By position of shape.features. */
  values: Value[];
};
