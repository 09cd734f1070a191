import { z } from "zod";
import { Name } from "@/lib/kernel/names";
import { PageQuery } from "@/lib/kernel/page";
import { Column, Value } from "@/lib/kernel/values";

const Row = z.record(z.string(), Value);
const Instant = z.string().max(40);

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
  timestamp_range: z.strictObject({ start: Instant, end: Instant }).optional().describe("Only without entity_df"),
  full_feature_names: z.boolean().default(false),
  as_known: z.enum(["event_time", "created_time"]).default("event_time"),
  fill_null: z.record(z.string(), Value).optional().describe("Default by output column, put in after the join"),
  null_keys: z
    .enum(["refuse", "keep"])
    .default("refuse")
    .describe("keep: a spine row with a null key stays, with null features"),
  limit: z.number().int().min(1).max(100_000).default(10_000).describe("Rows at most, without entity_df"),
});
export type HistoricalFeatures = z.infer<typeof HistoricalFeatures>;

/** Everything that makes a training set what it is. */
export const Manifest = z.object({
  formatVersion: z.literal(1),
  createdAt: z.string(),
  spine: z.object({
    kind: z.enum(["rows", "sql"]),
    sql: z.string().nullable(),
    hash: z.string(),
    rowCount: z.number(),
    timestampColumn: z.string(),
    label: z.string().nullable(),
  }),
  features: z.array(
    z.object({
      reference: z.string(),
      column: z.string(),
      dataType: z.string(),
      group: z.string(),
      groupVersion: z.number().int(),
      ttlSeconds: z.number().nullable(),
      commitIds: z.array(z.string()),
    }),
  ),
  view: z.object({ name: z.string(), version: z.number().int() }).nullable(),
  options: z.object({
    fullFeatureNames: z.boolean(),
    asKnown: z.enum(["event_time", "created_time"]),
    fillNull: z.record(z.string(), Value),
    nullKeys: z.enum(["refuse", "keep"]),
  }),
  inputs: z.record(z.string(), z.string()).describe("Fingerprint or commit of everything the spine's SQL read"),
  personal: z
    .boolean()
    .optional()
    .describe("Whether it was made from personal features; older training sets do not say"),
  engine: z.object({ name: z.string(), version: z.string() }),
  rowCount: z.number(),
  columns: z.array(Column),
  nullCounts: z.record(z.string(), z.number()),
  filledCounts: z.record(z.string(), z.number()),
  contentSha256: z.string(),
});
export type Manifest = z.infer<typeof Manifest>;

export const HistoricalAnswer = z.object({
  columns: z.array(z.string()),
  rows: z.array(Row),
  metadata: z.object({
    row_count: z.number().int(),
    null_counts: z.record(z.string(), z.number()),
    filled_counts: z.record(z.string(), z.number()),
    warnings: z.array(z.string()).describe("One sentence for each DEPRECATED feature; as Warning headers too"),
    manifest: z.object({
      features: Manifest.shape.features,
      options: Manifest.shape.options,
    }),
  }),
});
export type HistoricalAnswer = z.infer<typeof HistoricalAnswer>;

export const CreateTrainingSet = z.strictObject({
  name: Name,
  view: Name.optional(),
  features: z.array(z.string().max(200)).min(1).max(2000).optional(),
  spine: z
    .strictObject({ rows: z.array(Row).min(1).max(100_000).optional(), sql: z.string().min(1).max(100_000).optional() })
    .optional()
    .describe("None: the spine that the view offers"),
  rowLimit: z
    .number()
    .int()
    .min(1)
    .max(10_000_000)
    .default(100_000)
    .describe("Rows of an SQL spine that are used, evenly spread over it"),
  timestampColumn: z.string().max(200).optional(),
  label: z.string().max(200).optional(),
  fullFeatureNames: z.boolean().default(false),
  asKnown: z.enum(["event_time", "created_time"]).default("event_time"),
  fillNull: z.record(z.string(), Value).default({}),
  nullKeys: z.enum(["refuse", "keep"]).default("refuse"),
});
export type CreateTrainingSet = z.infer<typeof CreateTrainingSet>;

export const TrainingSet = z.object({
  name: z.string(),
  state: z.enum(["BUILDING", "READY", "FAILED"]),
  view: z.string().nullable(),
  label: z.string().nullable(),
  rowCount: z.number().nullable(),
  byteCount: z.number().nullable(),
  manifest: Manifest.nullable(),
  runId: z.string().nullable(),
  createdBy: z.string(),
  createdAt: z.string(),
});
export type TrainingSet = z.infer<typeof TrainingSet>;

export const ListTrainingSets = PageQuery.extend({ view: Name.optional() });
export type ListTrainingSets = z.infer<typeof ListTrainingSets>;

export const TrainingSetName = z.object({ name: Name });
export const PreviewTrainingSet = z.object({ name: Name, limit: z.coerce.number().int().min(1).max(1000).default(50) });
export type PreviewTrainingSet = z.infer<typeof PreviewTrainingSet>;

/** Rows as a table: what previews and range reads answer. */
export const TableAnswer = z.object({
  columns: z.array(Column),
  rows: z.array(z.array(Value)),
  masked: z.array(z.string()).optional().describe("Columns whose values the reader may not see; they are null"),
  truncated: z.boolean().optional().describe("There are fewer rows than asked for, because they are large"),
});
export type TableAnswer = z.infer<typeof TableAnswer>;

export const ReadRows = z.object({
  name: Name,
  version: z.coerce.number().int().min(1).optional(),
  start: Instant.optional(),
  end: Instant.optional(),
  commit: z.coerce.number().int().min(1).optional().describe("As of this commit's sequence"),
  order: z.enum(["asc", "desc"]).default("desc"),
  limit: z.coerce.number().int().min(1).max(1000).default(50),
});
export type ReadRows = z.infer<typeof ReadRows>;

export const Refresh = z.strictObject({
  groups: z.array(Name).min(1).max(1000).optional().describe("None: everything"),
});
export type Refresh = z.infer<typeof Refresh>;

export const PreviewSql = z.strictObject({
  sql: z.string().min(1).max(100_000).describe("One SELECT over sources and feature groups"),
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
});
export type SqlPreview = z.infer<typeof SqlPreview>;

export const UPLOAD_FORMATS = ["csv", "parquet"] as const;
export const UploadFile = z.object({
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
  format: z.enum(UPLOAD_FORMATS),
  columns: z.array(Column),
  rowCount: z.number(),
  byteCount: z.number(),
});
export type UploadedFile = z.infer<typeof UploadedFile>;
