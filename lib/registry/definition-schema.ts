import { z } from "zod";
import { DataTypeText, FeatureType, KeyTypeText } from "@/lib/kernel/data-types";
import { Name } from "@/lib/kernel/names";
import { parseDuration } from "@/lib/kernel/time";
import { Value } from "@/lib/kernel/values";

const Text = z.string().max(4000);
const Tags = z
  .array(z.string().regex(/^[a-z0-9][a-z0-9_:.-]{0,62}$/, "must be lower case letters, digits, _ : . -"))
  .max(50);
const Duration = z
  .string()
  .refine((text) => parseDuration(text) !== null, "must be a duration such as 90s, 15m, 24h or 7d");
const Described = { description: Text.default(""), owner: z.string().max(200).optional(), tags: Tags.default([]) };

export const JoinKey = z.strictObject({ name: Name, type: KeyTypeText });
export type JoinKey = z.infer<typeof JoinKey>;

export const EntityDefinition = z.strictObject({
  kind: z.literal("entity"),
  name: Name,
  ...Described,
  joinKeys: z.array(JoinKey).max(16).describe("Empty: an entity-less group joins on time alone"),
});
export type EntityDefinition = z.infer<typeof EntityDefinition>;

export const FileFormat = z.enum(["parquet", "csv", "json"]);

export const SourceDefinition = z.strictObject({
  kind: z.literal("source"),
  name: Name,
  ...Described,
  eventTime: z.string().max(200).optional(),
  createdTime: z.string().max(200).optional(),
  files: z
    .strictObject({ format: FileFormat, paths: z.array(z.string().min(1).max(1000)).min(1).max(1000) })
    .optional(),
  sql: z.string().max(100_000).optional().describe("A SELECT over other sources and feature groups"),
  postgres: z
    .strictObject({
      connection: z
        .string()
        .regex(/^[A-Z][A-Z0-9_]{0,60}$/, "must be the name of a connection: capital letters, digits and _")
        .describe("NAME: the server finds the address in LARDER_SOURCE_<NAME>"),
      table: z.string().min(1).max(200).describe("schema.table, or table"),
    })
    .optional(),
});
export type SourceDefinition = z.infer<typeof SourceDefinition>;

export const FeatureDefinition = z.strictObject({
  name: Name,
  type: DataTypeText,
  featureType: FeatureType.optional(),
  ...Described,
  unit: z.string().max(40).optional(),
  constraints: z
    .strictObject({
      min: z.number().optional(),
      max: z.number().optional(),
      notNull: z.boolean().optional(),
      allowed: z.array(Value).max(1000).optional(),
    })
    .optional(),
  default: Value.optional(),
  sensitivity: z
    .enum(["public", "internal", "personal"])
    .optional()
    .describe("Values of personal features are for sensitive readers only"),
});
export type FeatureDefinition = z.infer<typeof FeatureDefinition>;

/** Computed by ranges of event time; SQL may read `getvariable('interval_start')` and `interval_end`. */
export const Incremental = z.strictObject({
  interval: Duration.describe("Length of one range of event time, counted from the epoch in UTC: 1h, 1d, 7d"),
  start: z.string().max(40).describe("Where the first interval begins, an instant"),
  lookback: Duration.optional().describe("Intervals that end within it before now are computed again every time"),
});
export type Incremental = z.infer<typeof Incremental>;

/** When a group is refreshed by itself. */
export const Schedule = z.strictObject({
  cron: z.string().min(1).max(200).describe("Five fields: minute hour day month weekday"),
  timeZone: z.string().max(60).default("UTC").describe("An IANA zone, for example Europe/Vienna"),
  catchUp: z
    .enum(["skip", "latest", "all"])
    .default("latest")
    .describe("What happens to ticks that nobody was there for"),
});
export type Schedule = z.infer<typeof Schedule>;

/** How long what a group holds is kept. */
export const Retention = z.strictObject({
  history: Duration.optional().describe(
    "Older commits can no longer be read, unless a snapshot or training set needs them",
  ),
  rows: Duration.optional().describe("Rows with an older event time are removed"),
});
export type Retention = z.infer<typeof Retention>;

export const DUPLICATES = ["reject", "keep_last"] as const;

export const FeatureGroupDefinition = z.strictObject({
  kind: z.literal("feature_group"),
  name: Name,
  ...Described,
  entity: Name,
  sql: z
    .string()
    .min(1)
    .max(100_000)
    .optional()
    .describe(
      "A SELECT giving the join keys, the event time and every feature; none: rows are written through the API",
    ),
  incremental: Incremental.optional(),
  schedule: Schedule.optional(),
  retention: Retention.optional(),
  duplicates: z
    .enum(DUPLICATES)
    .optional()
    .describe("Written rows with the keys and event time of others: refused, or the last one counts (the default)"),
  eventTime: Name.default("event_timestamp"),
  createdTime: Name.optional(),
  ttl: Duration.optional().describe("How long a value keeps; none: for ever"),
  online: z.boolean().default(true),
  offline: z.boolean().default(true),
  features: z.array(FeatureDefinition).min(1).max(10_000),
});
export type FeatureGroupDefinition = z.infer<typeof FeatureGroupDefinition>;

export const ViewJoin = z.strictObject({
  group: Name,
  version: z.number().int().min(1).optional().describe("None: the newest at the time the view is applied"),
  prefix: Name.optional().describe("Put before each feature name, so that a group can be joined twice"),
  keys: z.record(Name, Name).default({}).describe("Join key -> spine column, where the names differ"),
  features: z.array(Name).min(1).max(1000),
});
export type ViewJoin = z.infer<typeof ViewJoin>;

export const ViewSpine = z.strictObject({
  sql: z.string().min(1).max(100_000),
  timestampColumn: z.string().default("event_timestamp"),
  label: z.string().optional(),
});
export type ViewSpine = z.infer<typeof ViewSpine>;

const Scalar = z.union([z.string().max(1000), z.number(), z.boolean()]);
/** What a column of a view must meet for a row to be kept; a null meets nothing. */
export const ViewFilter = z
  .strictObject({
    eq: Scalar.optional(),
    ne: Scalar.optional(),
    gt: Scalar.optional(),
    gte: Scalar.optional(),
    lt: Scalar.optional(),
    lte: Scalar.optional(),
    in: z.array(Scalar).min(1).max(1000).optional(),
    notNull: z.literal(true).optional(),
  })
  .refine((filter) => Object.keys(filter).length > 0, "must have at least one condition");
export type ViewFilter = z.infer<typeof ViewFilter>;
export const AGGREGATIONS = ["count", "sum", "mean", "min", "max", "stddev", "first", "last"] as const;

/** A feature that is computed when a view is read. */
export const OnDemandFeature = z.strictObject({
  expression: z
    .string()
    .min(1)
    .max(4000)
    .describe("Over the columns of the view, its request data and other on-demand features; docs/on-demand.md"),
  type: DataTypeText.optional().describe("What the expression must give; none: whatever it gives"),
  description: Text.default(""),
  unit: z.string().max(40).optional(),
});
export type OnDemandFeature = z.infer<typeof OnDemandFeature>;

const few = <T extends z.ZodType>(values: T) =>
  z.record(Name, values).refine((record) => Object.keys(record).length <= 200, "has more than 200 names");

export const FeatureViewDefinition = z.strictObject({
  kind: z.literal("feature_view"),
  name: Name,
  ...Described,
  joins: z.array(ViewJoin).min(1).max(100),
  spine: ViewSpine.optional().describe("The spine offered when a training set is built from this view"),
  filters: z
    .record(Name, ViewFilter)
    .optional()
    .describe("Column of the view -> what it must meet; other rows are left out of its data and its training sets"),
  aggregations: z
    .record(Name, z.enum(AGGREGATIONS))
    .optional()
    .describe("Column of the view -> function: its data is one row per entity over a range of time"),
  requestData: few(DataTypeText)
    .optional()
    .describe("Name -> type of what a caller sends with each request, for on-demand features"),
  onDemand: few(OnDemandFeature)
    .optional()
    .describe("Name -> feature that is computed at each read, online and in training sets alike"),
});
export type FeatureViewDefinition = z.infer<typeof FeatureViewDefinition>;

export const ConsumerDefinition = z.strictObject({
  kind: z.literal("consumer"),
  name: Name,
  ...Described,
  type: z.enum(["model", "service", "dashboard"]),
  url: z
    .url({ protocol: /^https?$/ })
    .max(1000)
    .optional(),
  views: z.array(Name).max(100).default([]).describe("Feature views it reads"),
  features: z.array(z.string().max(200)).max(1000).default([]).describe("Features it reads directly: group:feature"),
});
export type ConsumerDefinition = z.infer<typeof ConsumerDefinition>;

export const ProjectDefinition = z.strictObject({
  kind: z.literal("project"),
  name: Name,
  title: z.string().max(200),
  description: Text.default(""),
});
export type ProjectDefinition = z.infer<typeof ProjectDefinition>;

export const Definition = z.discriminatedUnion("kind", [
  ProjectDefinition,
  EntityDefinition,
  SourceDefinition,
  FeatureGroupDefinition,
  FeatureViewDefinition,
  ConsumerDefinition,
]);
export type Definition = z.infer<typeof Definition>;
export type DefinitionKind = Definition["kind"];

export const DefinitionFile = z.strictObject({ path: z.string().max(500), text: z.string().max(1_000_000) });
export type DefinitionFile = z.infer<typeof DefinitionFile>;

export const ApplyDefinitions = z.strictObject({
  files: z
    .array(DefinitionFile)
    .min(1)
    .max(2000)
    .describe("YAML definitions and the .sql files they name, paths relative to one folder"),
  dryRun: z.boolean().default(false).describe("Only the plan; nothing is written"),
});
export type ApplyDefinitions = z.infer<typeof ApplyDefinitions>;

export const PlanStep = z.object({
  action: z.enum(["create", "change", "unchanged"]),
  kind: z.enum(["project", "entity", "source", "feature_group", "feature_view", "consumer"]),
  name: z.string(),
  grade: z.enum(["BREAKING", "NON_BREAKING", "METADATA"]).nullable(),
  version: z.number().int(),
  /** What differs, one sentence each. */
  changes: z.array(z.string()),
  /** What reads it, directly or through others, as kind:name with the owner. */
  downstream: z.array(z.object({ id: z.string(), owner: z.string().nullable() })).default([]),
  /** What does not stop it and should be known. */
  warnings: z.array(z.object({ code: z.string(), detail: z.string() })).optional(),
});
export type PlanStep = z.infer<typeof PlanStep>;

/** The kinds that can be edited one by one. A project is changed by its settings. */
export const DefinitionOf = {
  entity: EntityDefinition,
  source: SourceDefinition,
  feature_group: FeatureGroupDefinition,
  feature_view: FeatureViewDefinition,
  consumer: ConsumerDefinition,
} as const;
export type DefinableKind = keyof typeof DefinitionOf;
const Definable = z.discriminatedUnion("kind", [
  EntityDefinition,
  SourceDefinition,
  FeatureGroupDefinition,
  FeatureViewDefinition,
  ConsumerDefinition,
]);

/** One definition, as forms and the API send it. */
export const CreateDefinition = z.object({ definition: Definable });
export type CreateDefinition = z.infer<typeof CreateDefinition>;
export const PlanDefinition = CreateDefinition;
export type PlanDefinition = CreateDefinition;
const ExpectedRevision = z.number().int().min(0).describe("The revision that was read");
export const UpdateDefinition = CreateDefinition.extend({ expectedRevision: ExpectedRevision });
export type UpdateDefinition = z.infer<typeof UpdateDefinition>;
export const DefinitionName = z.object({
  kind: z.enum(["entity", "source", "feature_group", "feature_view", "consumer"]),
  name: Name,
});
export type DefinitionName = z.infer<typeof DefinitionName>;

const { description, owner, tags, constraints, default: fallback, sensitivity, unit } = FeatureDefinition.shape;
/** What can be said about one feature without touching its data; null clears, what is left out stays. */
export const UpdateFeature = z.object({
  reference: z.string().max(200).describe("group:feature, or feature"),
  expectedRevision: ExpectedRevision,
  description: description.unwrap().nullable().optional(),
  owner: owner.unwrap().nullable().optional(),
  tags: tags.unwrap().nullable().optional(),
  constraints: constraints.unwrap().nullable().optional(),
  default: fallback,
  sensitivity: sensitivity.unwrap().nullable().optional(),
  unit: unit.unwrap().nullable().optional(),
});
export type UpdateFeature = z.infer<typeof UpdateFeature>;

/** A definition as it stands, with the revision that a change of it must name. */
export const StoredDefinitionAnswer = z.object({
  kind: z.string(),
  name: z.string(),
  version: z.number().int(),
  revision: z.number().int(),
  definition: Definition,
  updatedBy: z.string(),
  updatedAt: z.string(),
});
export type StoredDefinitionAnswer = z.infer<typeof StoredDefinitionAnswer>;

/** One revision in the history of a definition, with what it changed. The first has no grade. */
export const Revision = z.object({
  revision: z.number().int(),
  version: z.number().int(),
  createdBy: z.string(),
  createdAt: z.string(),
  definition: Definition,
  grade: PlanStep.shape.grade,
  changes: z.array(z.string()),
});
export type Revision = z.infer<typeof Revision>;
export const Revisions = z.object({ items: z.array(Revision) });
export type Revisions = z.infer<typeof Revisions>;

export const Plan = z.object({ steps: z.array(PlanStep), applied: z.boolean() });
export type Plan = z.infer<typeof Plan>;
