import { z } from "zod";
import { Name } from "@/lib/kernel/names";
import { Column, Value } from "@/lib/kernel/values";
import { SqlWarning } from "./sql-schema";

/** A row by column name. */
export const Row = z.record(z.string(), Value);
export const InstantText = z.string().max(40);

/** `POST /features/historical`; names as in the source documents. */
export const HistoricalFeatures = z.strictObject({
  entity_df: z
    .array(Row)
    .max(100_000)
    .optional()
    .describe("Spine rows: join keys, a timestamp, and whatever is to be kept"),
  features: z.array(z.string().max(200)).min(1).max(2000).optional(),
  view: Name.optional().describe("Instead of features: everything a feature view reads"),
  timestamp_column: z
    .string()
    .max(200)
    .optional()
    .describe("Default event_timestamp, else the only column that holds instants"),
  timestamp_range: z
    .strictObject({ start: InstantText, end: InstantText })
    .optional()
    .describe("Only without entity_df"),
  full_feature_names: z.boolean().default(false),
  as_known: z.enum(["event_time", "created_time"]).default("event_time"),
  fill_null: z.record(z.string(), Value).optional().describe("Default by output column, put in after the join"),
  null_keys: z
    .enum(["refuse", "keep"])
    .default("refuse")
    .describe("keep: a spine row with a null key stays, with null features"),
  snapshot: Name.optional().describe("Reads the groups as this snapshot holds them"),
  limit: z.number().int().min(1).max(100_000).default(10_000).describe("Rows at most, without entity_df"),
});
export type HistoricalFeatures = z.infer<typeof HistoricalFeatures>;

/** One feature of a retrieval, and what it was read from. */
export const RetrievedFeature = z.object({
  reference: z.string(),
  column: z.string(),
  dataType: z.string(),
  group: z.string(),
  groupVersion: z.number().int(),
  ttlSeconds: z.number().nullable(),
  commitIds: z.array(z.string()),
  commitSequence: z.number().int().optional().describe("Newest commit of the group that was read; 0: none"),
});
export type RetrievedFeature = z.infer<typeof RetrievedFeature>;

export const RetrievalOptions = z.object({
  fullFeatureNames: z.boolean(),
  asKnown: z.enum(["event_time", "created_time"]),
  fillNull: z.record(z.string(), Value),
  nullKeys: z.enum(["refuse", "keep"]),
});
export type RetrievalOptions = z.infer<typeof RetrievalOptions>;

export const HistoricalAnswer = z.object({
  columns: z.array(z.string()),
  rows: z.array(Row),
  metadata: z.object({
    row_count: z.number().int(),
    null_counts: z.record(z.string(), z.number()),
    filled_counts: z.record(z.string(), z.number()),
    warnings: z.array(z.string()).describe("One sentence for each DEPRECATED feature; as Warning headers too"),
    manifest: z.object({
      features: z.array(RetrievedFeature),
      options: RetrievalOptions,
    }),
  }),
});
export type HistoricalAnswer = z.infer<typeof HistoricalAnswer>;

/** Rows as a table: what previews and range reads answer. */
export const TableAnswer = z.object({
  columns: z.array(Column),
  rows: z.array(z.array(Value)),
  masked: z.array(z.string()).optional().describe("Columns whose values the reader may not see; they are null"),
  truncated: z.boolean().optional().describe("There are fewer rows than asked for, because they are large"),
  filteredCount: z.number().int().optional().describe("Rows that the filters of the view leave out"),
});
export type TableAnswer = z.infer<typeof TableAnswer>;

/** `GET /feature-views/{name}/data`. */
export const ReadViewData = z.object({
  name: Name,
  start: InstantText.optional().describe("Only entities with a row from then on; with aggregations rows from then on"),
  end: InstantText.optional().describe("The values as of then, by default now; with aggregations rows before it"),
  limit: z.coerce.number().int().min(1).max(10_000).default(100),
});
export type ReadViewData = z.infer<typeof ReadViewData>;

export const ReadRows = z.object({
  name: Name,
  version: z.coerce.number().int().min(1).optional(),
  start: InstantText.optional(),
  end: InstantText.optional(),
  commit: z.coerce.number().int().min(1).optional().describe("As of this commit's sequence"),
  snapshot: Name.optional().describe("As this snapshot holds it, in the version that it holds"),
  order: z.enum(["asc", "desc"]).default("desc"),
  limit: z.coerce.number().int().min(1).max(1000).default(50),
});
export type ReadRows = z.infer<typeof ReadRows>;

export const Refresh = z.strictObject({
  groups: z.array(Name).min(1).max(1000).optional().describe("None: everything"),
});
export type Refresh = z.infer<typeof Refresh>;

export const PreviewSql = z.strictObject({
  sql: z.string().describe("One SELECT over sources and feature groups, at most 100,000 characters"),
  limit: z.number().int().min(1).max(200).default(50),
});
export type PreviewSql = z.infer<typeof PreviewSql>;

export const COLUMN_ROLES = ["key", "event_time", "feature"] as const;
/** A column and what it most likely is in a feature group; `entity` is the known entity whose join key it would be. */
export const GuessedColumn = Column.extend({ role: z.enum(COLUMN_ROLES), entity: z.string().nullable() });
export type GuessedColumn = z.infer<typeof GuessedColumn>;

export const SqlPreview = z.object({
  columns: z.array(GuessedColumn),
  rows: z.array(z.array(Value)),
  inputs: z.array(z.string()).describe("Sources and feature groups that the SQL reads"),
  truncated: z.boolean().describe("There are more rows"),
  warnings: z.array(SqlWarning),
});
export type SqlPreview = z.infer<typeof SqlPreview>;

export const UPLOAD_FORMATS = ["csv", "parquet"] as const;
/** Rows of a training set may come as JSON too: one object a line, or an array of them. */
export const SPINE_FORMATS = [...UPLOAD_FORMATS, "json"] as const;
export const UploadFile = z.object({
  purpose: z
    .enum(["source", "spine"])
    .default("source")
    .describe("What it is for: a file source, or the rows of a training set"),
  name: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .regex(/^[^\p{Cc}/\\]+$/u, "must be a file name without folders")
    .default("upload")
    .describe("What the file is called where it comes from; it is kept under a name of the server's"),
});
export type UploadFile = z.infer<typeof UploadFile>;

export const UploadedFile = z.object({
  path: z.string().describe("What a file source of this project names it by: upload:<id>.csv"),
  format: z.enum(SPINE_FORMATS),
  columns: z.array(Column),
  rowCount: z.number(),
  byteCount: z.number(),
});
export type UploadedFile = z.infer<typeof UploadedFile>;
