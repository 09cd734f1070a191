import type {
  AppendStep,
  AsOfRequest,
  ExpectedFile,
  IngestRequest,
  Query,
  Shape,
  Table,
  TimeRange,
} from "@/lib/engines/offline/port";
import type { ErrorCode, ErrorIssue } from "@/lib/kernel/errors";
import type { Instant } from "@/lib/kernel/time";
import type { Value } from "@/lib/kernel/values";

/** More than anybody reads, little enough to pass between processes and to a browser. */
export const PREVIEW_MAX_BYTES = 5_000_000;

/** Where a new file is first written and where it ends, both absolute. */
export type Destination = { staging: string; target: string };

/** Work that a child process does; paths inside tables and inputs stay relative to the root. */
export type Operation =
  | { kind: "describe"; query: Query }
  | {
      kind: "append";
      query: Query;
      shape: Shape;
      interval: { start: Instant; end: Instant } | null;
      destination: Destination;
    }
  | {
      kind: "ingest";
      request: Omit<IngestRequest, "onStep">;
      destination: Destination;
      quarantine: Destination;
    }
  | { kind: "compact"; table: Table; destination: Destination }
  | { kind: "count"; table: Table; range: TimeRange | null }
  | { kind: "columnOrigins"; query: Query }
  | { kind: "resultRows"; path: string }
  | { kind: "checkFiles"; files: ExpectedFile[]; deep: boolean }
  | { kind: "latest"; table: Table; at: Instant | null; keys: Value[][] | null }
  | { kind: "latestTexts"; table: Table; range: TimeRange | null; after: Value[] | null }
  | {
      kind: "read";
      table: Table;
      start: Instant | null;
      end: Instant | null;
      descending: boolean;
      limit: number;
      offset: number;
      distinct: boolean;
    }
  | { kind: "asOf"; request: AsOfRequest; destination: Destination | null }
  | { kind: "profile"; table: Table; trendBuckets: number }
  | { kind: "query"; query: Query; limit: number; count: boolean }
  | { kind: "export"; query: Query; limit: number; format: "parquet" | "csv"; path: string }
  | { kind: "contentHash"; path: string }
  | { kind: "preview"; path: string; limit: number }
  | { kind: "fingerprint"; paths: string[] };

/**
 * Limits of one DuckDB instance; `temporaryDirectory` belongs to one child process alone. Sources are read below
 * `sourceRoots` only, never below `privateDirs`; uploads by their own names in `uploadsDir`.
 */
export type Settings = {
  root: string;
  rootDir: string;
  sourceRoots: string[];
  privateDirs: string[];
  uploadsDir: string;
  memoryLimit: string;
  /** Most that work which does not fit into memory may put on disk. */
  temporaryLimit: string;
  threads: number;
  temporaryDirectory: string;
};

/** What the parent says. `ack` answers every `rows` and `step`; without `more` the child ends early. */
export type ToChild = { kind: "start"; settings: Settings; operation: Operation } | { kind: "ack"; more: boolean };

/** What a child says. Rows travel by column. */
export type FromChild =
  | { kind: "rows"; columns: Value[][]; rowCount: number }
  | { kind: "step"; step: AppendStep }
  | { kind: "progress"; rows: number }
  | { kind: "done"; result: unknown }
  | { kind: "error"; code: ErrorCode; detail: string; issues: ErrorIssue[] };
