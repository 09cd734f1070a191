import type { KeyedRow, OnlineKey } from "@/lib/engines/online/port";
import type { ErrorIssue } from "@/lib/kernel/errors";
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
  /** Least and greatest value of the first join key; what is not known excludes nothing. */
  minKey?: Value;
  maxKey?: Value;
  /** Holds rows of several commits, each with its own place in the total order. */
  compacted?: boolean;
};

/** Rows with start <= event time < end; null: without that bound. */
export type TimeRange = { start: Instant | null; end: Instant | null };

/** A data file together with the commit that made it exist. */
export type CommittedFile = DataFile & {
  commitSequence: number;
  committedAt: Instant;
  /** Rows that later commits took away; they are in the file and must not be seen. */
  hidden?: TimeRange[];
};

/** The rows of a group at one moment: what commit rows say, never what a directory lists. */
export type Table = { shape: Shape; files: CommittedFile[] };

/**
 * A named relation that SQL may read. Later inputs may read earlier ones. A path of a file input is a file, a glob, or
 * `upload:<folder>/<file>` as `saveUpload` answered it.
 */
export type Input =
  | {
      name: string;
      kind: "files";
      format: "parquet" | "csv" | "json";
      paths: string[];
      /**
       * CSV: exact types of columns; of those that are not named they are found by looking. JSON: exactly these columns, one
       * object a line with each value as the text of its type; then no paths mean no rows.
       */
      columns?: Column[];
    }
  | { name: string; kind: "sql"; sql: string }
  /** `distinct`: of rows with equal keys and event time only the greatest in the total order. */
  | { name: string; kind: "table"; table: Table; distinct?: boolean };

/** One SELECT over named inputs. */
export type Query = { sql: string; inputs: Input[] };

/** How long anything that only looks may work, waiting for its turn not counted. */
export const PREVIEW_LIMIT_MS = 30_000;

/**
 * Cancels, and reports rows done while the work goes on. `apart`: somebody tries something out, in the project of this
 * id; it never takes the turn of other work, and what runs it is never shared with another project.
 */
export type WorkOptions = { signal?: AbortSignal; onRows?: (rows: number) => void; apart?: string };

export type AppendRequest = {
  query: Query;
  /** Only rows within it; the SQL may read `getvariable('interval_start')` and `interval_end`. */
  interval?: { start: Instant; end: Instant };
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

/** `file`: a result file below the root, in its order. */
export type Spine =
  | { kind: "rows"; columns: Column[]; rows: Value[][] }
  | { kind: "query"; query: Query }
  | { kind: "file"; path: string };

/**
 * How rows are divided: by a hash of spine columns and a seed, or by the spine's instant; shares add up to 1, bounds ascend.
 * `column` is the name of the column that is added.
 */
export type Split =
  | { by: "hash"; column: string; keys: string[]; seed: number; parts: { name: string; share: number }[] }
  | { by: "time"; column: string; parts: { name: string; until: Instant | null }[] };

/** A condition on an output column; a null meets none. */
export type RowFilter = {
  column: string;
  operator: "eq" | "ne" | "gt" | "gte" | "lt" | "lte" | "in" | "notNull";
  value: Value;
};

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
  /** `rows`: the result itself, or its first rows; `file`: a Parquet file at `path` below the root, written by the commit protocol. */
  output: { kind: "rows"; limit?: number } | { kind: "file"; path: string };
  /** Rows that do not meet all of them are left out, and counted. */
  filters?: RowFilter[];
  /** Adds a column that says which part a row belongs to. */
  split?: Split;
  /** Adds columns that are computed of the joined ones, defaults filled in, and of spine columns that are request data. */
  onDemand?: { columns: Record<string, { expression: string }>; requestData: Column[] };
  /** Looks for signs of leakage and answers `diagnostics`; `label` is a spine column. */
  diagnose?: { label: string | null };
};

/** What was noticed about one feature column of a join. */
export type JoinDiagnostic = {
  column: string;
  /** Spine rows that found a row of the group, whatever its value. */
  matched: number;
  /** Of those, rows whose feature row has exactly the instant of the spine row. */
  atLabelTime: number;
  /** Pearson (numbers) or Cramér's V (categories) with the label, over rows where both are there; null: not computable. */
  association: number | null;
  /** The rows that `association` was computed from. */
  pairs: number;
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
  /** Rows that the filters left out. */
  filteredCount?: number;
  /** Rows of each part of the split. */
  splitCounts?: Record<string, number>;
  diagnostics?: JoinDiagnostic[];
  /** With `diagnose`: spine rows that have the keys and the instant of another before them. */
  repeatedRows?: number;
  /** What pruning left to read. */
  scanned?: Scanned;
};

/** How much of a table an operation had to look at. */
export type Scanned = { files: number; filesTotal: number; bytes: number; bytesTotal: number };

/** A rule for the values of one column of written rows. */
export type ColumnRule = { column: string; notNull?: boolean; min?: number; max?: number; allowed?: Value[] };

export type IngestRequest = {
  /** As `saveUpload` answered it; `json` is one object a line. */
  upload: string;
  format: "csv" | "parquet" | "json";
  shape: Shape;
  rules: ColumnRule[];
  /** Rows with the keys, event time and created time of others, in the file or in `existing`. */
  duplicates: "reject" | "keep_last";
  existing: Table;
  /** One bad row: nothing is written, or it is put aside. */
  badRows: "refuse" | "quarantine";
  /** Event times after it are refused. */
  latest: Instant;
  /** Event times outside are refused: the range that an overwrite replaces. */
  range?: TimeRange;
  /** Folders below the root for the data file and for rows put aside. */
  folder: string;
  quarantineFolder: string;
  onStep?: (step: AppendStep) => void;
};

export type IngestResult = {
  file: DataFile | null;
  accepted: number;
  rejected: number;
  /** Rows that a later one of the same file replaces. */
  duplicates: number;
  /** The first 100 problems, with the row they are in; `counts` has all, by code. */
  issues: ErrorIssue[];
  counts: Record<string, number>;
  warnings: string[];
  /** The refused rows as a result file: row, reasons, and what was sent. */
  quarantine: { path: string; rowCount: number; byteCount: number } | null;
};

/** A column of a query and the columns of its inputs that it is made from, directly or through expressions. */
export type ColumnOrigin = { column: string; from: { name: string; column: string }[] };

/** What a stored file must be; null: not known, not compared. */
export type ExpectedFile = { path: string; rowCount: number | null; byteCount: number | null; sha256: string | null };

/** A file below the root, whoever knows of it. */
export type StoredFile = { path: string; byteCount: number; modifiedAt: Instant };

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
   * Columns a query gives and names it reads, without running it. `names` also holds names that no input provides.
   * `changing`: what it uses that gives something else each time, such as `now()`. Throws `sql_empty`, `sql_too_long`,
   * `sql_invalid`, `sql_not_allowed`, `sandbox_violation`, and `timeout` when it takes longer than a preview may.
   */
  describe(query: Query, options?: WorkOptions): Promise<{ columns: Column[]; names: string[]; changing: string[] }>;
  /** Runs a query and writes its rows as one durable, verified file. Null when there are no rows. Row order in the file: keys, event time, then the query's order. */
  append(request: AppendRequest, options?: WorkOptions): Promise<DataFile | null>;
  /** One row per key, the greatest in the total order with event time <= `at`; streams chunks of rows with their order fields. */
  latest(
    request: { table: Table; at?: Instant; keys?: Value[][]; onScanned?: (scanned: Scanned) => void },
    options?: WorkOptions,
  ): AsyncIterable<LatestRow[]>;
  /** The rows of `latest`, encoded by `compute/online-row`, by key: of rows within `range`, of keys behind `after`. */
  latestTexts(
    request: { table: Table; range?: TimeRange; after?: OnlineKey },
    options?: WorkOptions,
  ): AsyncIterable<KeyedRow[]>;
  /** Rows with start <= event time < end in event-time order (newest first with `descending`), all columns. */
  read(
    request: {
      table: Table;
      start?: Instant;
      end?: Instant;
      descending?: boolean;
      limit: number;
      offset?: number;
      /** One row per keys and event time: the greatest in the total order. */
      distinct?: boolean;
    },
    options?: WorkOptions,
  ): Promise<{ columns: Column[]; rows: Value[][] }>;
  /** The point-in-time join of semantics.md §2. */
  asOf(request: AsOfRequest, options?: WorkOptions): Promise<AsOfResult>;
  /** Checks the rows of an upload one by one and writes the good ones as one durable, verified file. Throws `unreadable_file`, `schema_mismatch`, and for bad rows that are refused the code of the first with up to 100 issues. */
  ingest(request: IngestRequest, options?: WorkOptions): Promise<IngestResult>;
  /** Writes the visible rows of a table again as one file that keeps every row's place in the total order. Null when there are none. */
  compact(
    request: { table: Table; folder: string; onStep?: (step: AppendStep) => void },
    options?: WorkOptions,
  ): Promise<DataFile | null>;
  /** Visible rows of a table, within a range of event time if one is given. */
  count(request: { table: Table; range?: TimeRange | null }, options?: WorkOptions): Promise<number>;
  /** Which columns of its inputs each column of a query is made from. What cannot be followed is made from all it may read. */
  columnOrigins(query: Query, options?: WorkOptions): Promise<ColumnOrigin[]>;
  /** All rows of a result file in file order, in chunks. */
  resultRows(path: string, options?: WorkOptions): Promise<{ columns: Column[]; chunks: AsyncIterable<Value[][]> }>;
  /** Statistics of every feature column, over all rows of the table; at most `trendBuckets` (and one) buckets of a whole number of seconds, hours, days … */
  profile(request: { table: Table; trendBuckets: number }, options?: WorkOptions): Promise<ColumnProfile[]>;
  /**
   * At most `limit` rows of a SELECT, for previews. `rowCount` is exact only with `count`. `truncated`: fewer rows than
   * there are below the limit, because they are large. Throws `resource_exhausted` when a single row is too large, and `timeout` after `limitMs`, counted from when it begins.
   */
  query(
    request: { query: Query; limit: number; count?: boolean; limitMs?: number },
    options?: WorkOptions,
  ): Promise<{ columns: Column[]; rows: Value[][]; rowCount: number | null; truncated: boolean }>;
  /**
   * The rows of a SELECT as a file that nobody else sees and that is gone when it was read or left. CSV as spreadsheets
   * may safely open it. Throws `row_limit_exceeded` for more than `limit` rows, `timeout` after `limitMs`.
   */
  exportRows(
    request: { query: Query; limit: number; format: "parquet" | "csv"; limitMs?: number },
    options?: WorkOptions,
  ): Promise<{ stream: ReadableStream<Uint8Array>; byteCount: number; rowCount: number }>;
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
    format: "csv" | "parquet" | "json";
    body: AsyncIterable<Uint8Array>;
    maxBytes: number;
  }): Promise<{ path: string; byteCount: number }>;
  /** Removes an upload; one that is gone already is no error. */
  removeUpload(path: string): Promise<void>;
  /** A file below the root as a stream, for downloads. Throws `data_corrupt` when it is missing. */
  open(path: string): Promise<{ stream: ReadableStream<Uint8Array>; byteCount: number }>;
  /** Files below a folder of the root, at any depth. For checks and garbage collection only: nothing else lists folders. */
  listFiles(folder: string): Promise<StoredFile[]>;
  /** Uploads of one folder, whoever knows of them. */
  listUploads(folder: string): Promise<StoredFile[]>;
  /** Which of the files are not there as they were stored, and what is wrong with them; with `deep` every byte is read. */
  checkFiles(files: ExpectedFile[], deep: boolean, options?: WorkOptions): Promise<{ path: string; what: string }[]>;
  /** Removes a file below the root; one that is gone already is no error. */
  removeFile(path: string): Promise<void>;
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
