import { z } from "zod";
import { Name } from "@/lib/kernel/names";
import { PageQuery } from "@/lib/kernel/page";
import { parseInstant } from "@/lib/kernel/time";
import { Column, Value } from "@/lib/kernel/values";
import { GuessedColumn, InstantText, RetrievalOptions, RetrievedFeature, Row } from "./schema";

/** The file of a spine, as `POST /uploads?purpose=spine` answered it. */
export const UploadPath = z
  .string()
  .regex(/^upload:upl_[0-9a-f]{32}\.(?:csv|parquet|json)$/, "must be the path that an upload answered");

/** The rows that features are joined to: join keys, an instant, and what is to be kept. Exactly one field. */
export const TrainingSetSpine = z.strictObject({
  rows: z.array(Row).min(1).max(100_000).optional(),
  sql: z.string().min(1).max(100_000).optional().describe("A SELECT over sources and feature groups"),
  upload: UploadPath.optional().describe("What POST /uploads?purpose=spine answered"),
  group: z
    .strictObject({ name: Name, start: InstantText.optional(), end: InstantText.optional() })
    .optional()
    .describe("The keys and event times of a feature group with start <= event time < end, each once; and its label"),
});
export type TrainingSetSpine = z.infer<typeof TrainingSetSpine>;

/** Features of one group, and how its join keys are called in the spine. */
export const TrainingSetJoin = z.strictObject({
  group: Name,
  version: z.number().int().min(1).optional().describe("None: the newest"),
  prefix: Name.optional().describe("Put before each feature name, so that a group can be joined twice"),
  keys: z.record(Name, z.string().max(200)).default({}).describe("Join key -> spine column, where the names differ"),
  features: z.array(Name).min(1).max(1000),
});
export type TrainingSetJoin = z.infer<typeof TrainingSetJoin>;

/** The column that says which part of a split a row belongs to. */
export const SPLIT_COLUMN = "split";

const HashSplit = z.strictObject({
  by: z.literal("hash"),
  keys: z
    .array(z.string().max(200))
    .min(1)
    .max(16)
    .optional()
    .describe("Spine columns; rows that are equal in them stay together. None: all key columns"),
  seed: z.number().int().min(0).max(2_147_483_647).default(0),
  parts: z
    .array(z.strictObject({ name: Name, share: z.number().gt(0).lt(1) }))
    .min(2)
    .max(5),
});
const TimeSplit = z.strictObject({
  by: z.literal("time"),
  parts: z
    .array(
      z.strictObject({ name: Name, until: InstantText.optional().describe("Rows before it; the last part has none") }),
    )
    .min(2)
    .max(5),
});

/** How the rows of a training set are divided, in a column `split`. */
export const TrainingSplit = z.discriminatedUnion("by", [HashSplit, TimeSplit]).superRefine((split, ctx) => {
  const problem = splitProblem(split);
  if (problem) ctx.addIssue({ code: "custom", path: ["parts"], message: problem });
});
export type TrainingSplit = z.infer<typeof TrainingSplit>;

function splitProblem(split: z.infer<typeof HashSplit> | z.infer<typeof TimeSplit>): string | null {
  const names = split.parts.map((part) => part.name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice) return `must have different names; ${twice} comes twice`;
  if (split.by === "hash") {
    const sum = split.parts.reduce((total, part) => total + part.share, 0);
    return Math.abs(sum - 1) > 1e-6 ? `must have shares that add up to 1; these are ${Number(sum.toFixed(6))}` : null;
  }
  const bounds = split.parts.map((part) => (part.until === undefined ? null : parseInstant(part.until)));
  if (bounds.at(-1) !== null || split.parts.at(-1)?.until !== undefined)
    return "must end with a part that is open: without until";
  const ends = bounds.slice(0, -1);
  if (ends.some((bound) => bound === null)) return "must say until when each part but the last goes, as an instant";
  const ascends = ends.every((bound, at) => at === 0 || String(ends[at - 1]) < String(bound));
  return ascends ? null : "must be in order of time";
}

/** Which features are joined, to what, and how: all of a training set but its name. */
const Retrieval = z.strictObject({
  view: Name.optional(),
  features: z.array(z.string().max(200)).min(1).max(2000).optional(),
  joins: z.array(TrainingSetJoin).min(1).max(100).optional().describe("Instead of view or features"),
  spine: TrainingSetSpine.optional().describe("None: the spine that the view offers"),
  rowLimit: z
    .number()
    .int()
    .min(1)
    .max(10_000_000)
    .optional()
    .describe("Rows of the spine that are used, evenly spread over it. None: 100,000 of SQL, all of any other"),
  timestampColumn: z.string().max(200).optional(),
  label: z.string().max(200).optional(),
  split: TrainingSplit.optional(),
  snapshot: Name.optional().describe("Reads the groups as this snapshot holds them"),
  fullFeatureNames: z.boolean().default(false),
  asKnown: z.enum(["event_time", "created_time"]).default("event_time"),
  fillNull: z.record(z.string(), Value).default({}).describe("Default by output column, put in after the join"),
  nullKeys: z.enum(["refuse", "keep"]).default("refuse"),
});

export const CreateTrainingSet = z.strictObject({ name: Name, ...Retrieval.shape });
export type CreateTrainingSet = z.infer<typeof CreateTrainingSet>;

/** `POST /training-sets/preview`: the same without a name. */
export const PreviewRetrieval = Retrieval;
export type PreviewRetrieval = z.infer<typeof PreviewRetrieval>;

export const WARNING_CODES = [
  "event_time_is_label_time",
  "associated_with_label",
  "mostly_null",
  "always_null",
  "repeated_spine_rows",
  "deprecated",
  "label_missing",
] as const;
/** Something about a retrieval that is worth a look before it is believed. */
export const RetrievalWarning = z.object({
  code: z.enum(WARNING_CODES),
  column: z.string().nullable(),
  value: z.number().nullable().describe("The share, association or count that gave rise to it"),
  detail: z.string(),
});
export type RetrievalWarning = z.infer<typeof RetrievalWarning>;

export const RetrievalPreview = z.object({
  columns: z.array(Column),
  rows: z.array(z.array(Value)).describe("At most 50"),
  rowCount: z.number().int().describe("Spine rows looked at: all, or 10,000 evenly spread"),
  sampled: z.boolean(),
  filteredCount: z.number().int().describe("Of those, rows that the filters of the view leave out"),
  nullCounts: z.record(z.string(), z.number()),
  splitCounts: z.record(z.string(), z.number()).nullable(),
  spineColumns: z.array(Column),
  warnings: z.array(RetrievalWarning),
});
export type RetrievalPreview = z.infer<typeof RetrievalPreview>;

/** `POST /training-sets/spine`: a look at a spine before features are chosen. */
export const PreviewSpine = z.strictObject({
  spine: TrainingSetSpine,
  timestampColumn: z.string().max(200).optional(),
});
export type PreviewSpine = z.infer<typeof PreviewSpine>;

export const SpinePreview = z.object({
  columns: z.array(GuessedColumn),
  rows: z.array(z.array(Value)).describe("At most 20"),
  rowCount: z.number().int().nullable().describe("null: counting takes too long"),
  timestampColumn: z.string().nullable().describe("The one that would be used"),
  entities: z.array(z.string()).describe("Entities whose join keys are all there under their own names"),
});
export type SpinePreview = z.infer<typeof SpinePreview>;

/** Everything that makes a training set what it is. Version 1 has no joins and no kept spine. */
export const Manifest = z.object({
  formatVersion: z.union([z.literal(1), z.literal(2)]),
  createdAt: z.string(),
  spine: z.object({
    kind: z.enum(["rows", "sql", "upload", "group"]),
    sql: z.string().nullable(),
    upload: z.string().nullable().optional(),
    group: z
      .object({
        name: z.string(),
        version: z.number().int(),
        commitSequence: z.number().int(),
        start: z.string().nullable(),
        end: z.string().nullable(),
      })
      .nullable()
      .optional(),
    path: z.string().optional().describe("The typed rows, kept so that the training set can be rebuilt"),
    contentSha256: z.string().optional().describe("Of the rows at path"),
    hash: z.string(),
    rowCount: z.number(),
    timestampColumn: z.string(),
    label: z.string().nullable(),
  }),
  features: z.array(RetrievedFeature),
  joins: z
    .array(
      z.object({
        groupId: z.string(),
        group: z.string(),
        groupVersion: z.number().int(),
        commitSequence: z.number().int(),
        keys: z.record(z.string(), z.string()).describe("Join key -> spine column"),
        ttlSeconds: z.number().nullable(),
        features: z.array(z.object({ name: z.string(), column: z.string() })),
      }),
    )
    .optional(),
  view: z.object({ name: z.string(), version: z.number().int() }).nullable(),
  options: RetrievalOptions,
  filters: z
    .array(z.object({ column: z.string(), operator: z.string(), value: Value }))
    .optional()
    .describe("What a row must meet to be in it; from the view"),
  onDemand: z
    .object({
      columns: z.array(
        z.object({ name: z.string(), type: z.string(), expression: z.string(), inputs: z.array(z.string()) }),
      ),
      requestData: z.array(Column).describe("Columns of the spine"),
    })
    .nullable()
    .optional()
    .describe("What was computed of the joined columns; from the view"),
  split: z
    .union([
      z.object({
        by: z.literal("hash"),
        column: z.string(),
        keys: z.array(z.string()),
        seed: z.number().int(),
        parts: z.array(z.object({ name: z.string(), share: z.number() })),
      }),
      z.object({
        by: z.literal("time"),
        column: z.string(),
        parts: z.array(z.object({ name: z.string(), until: z.string().nullable() })),
      }),
    ])
    .nullable()
    .optional(),
  snapshot: z.string().nullable().optional(),
  inputs: z.record(z.string(), z.string()).describe("Fingerprint or commit of everything the spine was read from"),
  personal: z
    .boolean()
    .optional()
    .describe("Whether it was made from personal features; older training sets do not say"),
  engine: z.object({ name: z.string(), version: z.string() }),
  rowCount: z.number(),
  filteredCount: z.number().optional().describe("Rows of the spine that the filters left out"),
  splitCounts: z.record(z.string(), z.number()).nullable().optional(),
  columns: z.array(Column),
  nullCounts: z.record(z.string(), z.number()),
  filledCounts: z.record(z.string(), z.number()),
  contentSha256: z.string(),
});
export type Manifest = z.infer<typeof Manifest>;

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
export type TrainingSetName = z.infer<typeof TrainingSetName>;
export const PreviewTrainingSet = z.object({ name: Name, limit: z.coerce.number().int().min(1).max(1000).default(50) });
export type PreviewTrainingSet = z.infer<typeof PreviewTrainingSet>;
export const DownloadTrainingSet = z.object({
  name: Name,
  part: Name.optional().describe("Only the rows of this part of its split"),
});
export type DownloadTrainingSet = z.infer<typeof DownloadTrainingSet>;

/** What the run of a verification answers. */
export const VerifiedTrainingSet = z.object({
  matches: z.boolean(),
  contentSha256: z.string(),
  expected: z.string(),
  rowCount: z.number(),
});
export type VerifiedTrainingSet = z.infer<typeof VerifiedTrainingSet>;
