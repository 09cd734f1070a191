import { z } from "zod";
import { FEATURE_TYPES, FeatureType } from "@/lib/kernel/data-types";
import { Name } from "@/lib/kernel/names";
import { PageQuery } from "@/lib/kernel/page";
import { Column, Value } from "@/lib/kernel/values";
import { Incremental, JoinKey, Schedule, ViewSpine } from "./definition-schema";

export const STATUSES = ["DRAFT", "ACTIVE", "DEPRECATED", "RETIRED"] as const;
export const FeatureStatus = z.enum(STATUSES);
export type FeatureStatus = z.infer<typeof FeatureStatus>;

/** How fresh a group's data is. Times are ISO instants; null: no data yet. */
export const Freshness = z.object({
  lastEventTime: z.string().nullable(),
  lastCommitAt: z.string().nullable(),
  materializedAt: z.string().nullable(),
  ttlSeconds: z.number().int().nullable(),
});
export type Freshness = z.infer<typeof Freshness>;

/** A feature's statistics at a glance, for labels and list rows. Null: not computed yet. */
export const Glance = z.object({
  count: z.number(),
  nullShare: z.number(),
  distinct: z.number(),
  mean: z.number().nullable(),
  min: Value,
  max: Value,
  /** 20 counts (numeric), or the counts of the most frequent values. */
  bars: z.array(z.number()),
  barsKind: z.enum(["histogram", "top"]),
});
export type Glance = z.infer<typeof Glance>;

export const FeatureSummary = z.object({
  id: z.string(),
  /** group:feature of the newest version */
  reference: z.string(),
  name: z.string(),
  group: z.string(),
  groupVersion: z.number().int(),
  entity: z.string(),
  joinKeys: z.array(JoinKey),
  dataType: z.string(),
  featureType: FeatureType,
  description: z.string(),
  status: FeatureStatus,
  owner: z.string().nullable(),
  tags: z.array(z.string()),
  unit: z.string().nullable(),
  freshness: Freshness,
  glance: Glance.nullable(),
  /** Personal, and the reader is no sensitive reader: no statistics that show values. */
  masked: z.boolean(),
  /** Names of the feature views that read it. */
  views: z.array(z.string()),
  /** What its readers are told while it is DEPRECATED or RETIRED. */
  deprecation: z.object({ note: z.string(), retireOn: z.string(), replacement: z.string().nullable() }).nullable(),
  /** The change request that waits for a decision about it. */
  openChange: z.object({ number: z.number().int(), targetStatus: FeatureStatus }).nullable(),
  /** Online requests that read it, any version of its group, in the last 30 days. */
  requestsIn30Days: z.number().int(),
  updatedAt: z.string(),
});
export type FeatureSummary = z.infer<typeof FeatureSummary>;

const FACETS = ["group", "entity", "type", "status", "owner", "tag"] as const;
export type FacetName = (typeof FACETS)[number];
export const Facets = z.record(z.enum(FACETS), z.array(z.object({ value: z.string(), count: z.number().int() })));
export type Facets = z.infer<typeof Facets>;

export const ListFeatures = PageQuery.extend({
  q: z.string().max(200).optional(),
  group: Name.optional(),
  entity: Name.optional(),
  tag: z.string().max(63).optional(),
  owner: z.string().max(200).optional(),
  status: FeatureStatus.optional(),
  type: z.enum(FEATURE_TYPES).optional(),
  sort: z.enum(["relevance", "name", "group", "updated", "status", "used"]).default("relevance"),
  order: z.enum(["asc", "desc"]).default("asc"),
});
export type ListFeatures = z.infer<typeof ListFeatures>;
export const FeatureList = z.object({
  items: z.array(FeatureSummary),
  nextCursor: z.string().nullable(),
  total: z.number().int(),
  facets: Facets,
});
export type FeatureList = z.infer<typeof FeatureList>;

export const Statistics = z.object({
  column: z.string(),
  count: z.number(),
  nulls: z.number(),
  nonFinite: z.number(),
  distinct: z.number(),
  min: Value,
  max: Value,
  mean: z.number().nullable(),
  stddev: z.number().nullable(),
  quantiles: z
    .object({
      p01: z.number(),
      p05: z.number(),
      p25: z.number(),
      p50: z.number(),
      p75: z.number(),
      p95: z.number(),
      p99: z.number(),
    })
    .nullable(),
  histogram: z.array(z.object({ from: z.number(), to: z.number(), count: z.number() })).nullable(),
  topValues: z.array(z.object({ value: Value, count: z.number() })).nullable(),
  trend: z.array(z.object({ at: z.string(), count: z.number(), nulls: z.number(), mean: z.number().nullable() })),
});
export type Statistics = z.infer<typeof Statistics>;

const ColumnRef = z.object({ name: z.string().describe("A source or a feature group"), column: z.string() });

export const FeatureDetail = FeatureSummary.extend({
  constraints: z.record(z.string(), Value).nullable(),
  default: Value,
  sensitivity: z.string().nullable(),
  createdBy: z.string(),
  createdAt: z.string(),
  /** Where its rows come from: sources and groups that the group's SQL reads. */
  ingredients: z.array(z.object({ kind: z.enum(["source", "feature_group"]), name: z.string() })),
  /** Columns of its ingredients that it is made from; null: not known. */
  madeFrom: z.array(ColumnRef).nullable(),
  /** Where its data begins: columns of sources that read nothing else; null: not known. */
  sourceColumns: z.array(ColumnRef).nullable(),
  statistics: Statistics.nullable(),
  /** Commit the statistics were computed from. */
  statisticsAt: z.object({ commitSequence: z.number().int(), computedAt: z.string() }).nullable(),
  online: z.boolean(),
});
export type FeatureDetail = z.infer<typeof FeatureDetail>;

export const SearchHit = z.object({ feature: FeatureSummary, rank: z.number(), reason: z.string() });
export type SearchHit = z.infer<typeof SearchHit>;
export const SearchFeatures = z.object({
  q: z.string().max(200).default(""),
  tags: z.string().max(1000).optional().describe("Comma-separated; all must be there"),
  limit: z.coerce.number().int().min(1).max(200).default(20),
});
export type SearchFeatures = z.infer<typeof SearchFeatures>;

export const CommitSummary = z.object({
  id: z.string(),
  sequence: z.number().int(),
  mode: z.enum(["append", "overwrite", "compact", "restore"]),
  rowCount: z.number(),
  byteCount: z.number(),
  minEventTime: z.string().nullable(),
  maxEventTime: z.string().nullable(),
  committedAt: z.string(),
  runId: z.string().nullable(),
});
export type CommitSummary = z.infer<typeof CommitSummary>;

export const GroupSummary = z.object({
  id: z.string(),
  name: z.string(),
  version: z.number().int(),
  entity: z.string(),
  joinKeys: z.array(JoinKey),
  description: z.string(),
  owner: z.string().nullable(),
  tags: z.array(z.string()),
  featureCount: z.number().int(),
  statusCounts: z.record(FeatureStatus, z.number().int()),
  online: z.boolean(),
  offline: z.boolean(),
  ttlSeconds: z.number().int().nullable(),
  rowCount: z.number(),
  byteCount: z.number(),
  freshness: Freshness,
  ingredients: z.array(z.object({ kind: z.enum(["source", "feature_group"]), name: z.string() })),
  updatedAt: z.string(),
});
export type GroupSummary = z.infer<typeof GroupSummary>;

export const GroupDetail = GroupSummary.extend({
  sql: z.string().nullable().describe("null: rows are written through the API"),
  duplicates: z
    .enum(["reject", "keep_last"])
    .nullable()
    .describe("What written rows with the keys and times of others mean; null where rows are computed"),
  eventTime: z.string(),
  createdTime: z.string().nullable(),
  incremental: Incremental.nullable(),
  schedule: Schedule.nullable(),
  nextRunAt: z.string().nullable().describe("When its schedule comes next"),
  revision: z.number().int(),
  features: z.array(FeatureSummary),
  commits: z.array(CommitSummary),
  /** Change requests that wait for a decision, with how many features each is about. */
  openChanges: z.array(z.object({ number: z.number().int(), targetStatus: FeatureStatus, features: z.number().int() })),
  versions: z.array(z.number().int()),
  materialization: z
    .object({
      watermarkSequence: z.number().int(),
      watermarkEventTime: z.string().nullable(),
      rowCount: z.number(),
      updatedAt: z.string(),
      lag: z.number().int(),
    })
    .nullable(),
});
export type GroupDetail = z.infer<typeof GroupDetail>;

export const EntitySummary = z.object({
  name: z.string(),
  description: z.string(),
  owner: z.string().nullable(),
  tags: z.array(z.string()),
  joinKeys: z.array(JoinKey),
  groups: z.array(z.string()),
  featureCount: z.number().int(),
  updatedAt: z.string(),
});
export type EntitySummary = z.infer<typeof EntitySummary>;

export const SourceSummary = z.object({
  name: z.string(),
  kind: z.enum(["files", "sql", "postgres"]),
  description: z.string(),
  owner: z.string().nullable(),
  tags: z.array(z.string()),
  columns: z.array(Column),
  eventTime: z.string().nullable(),
  paths: z.array(z.string()),
  sql: z.string().nullable(),
  /** The table it copies, and the name under which the server knows its database. */
  postgres: z.object({ connection: z.string(), table: z.string() }).nullable(),
  inputs: z.array(z.string()),
  rowCount: z.number().nullable(),
  readAt: z.string().nullable(),
  updatedAt: z.string(),
});
export type SourceSummary = z.infer<typeof SourceSummary>;

export const ViewSummary = z.object({
  name: z.string(),
  version: z.number().int(),
  description: z.string(),
  owner: z.string().nullable(),
  tags: z.array(z.string()),
  joins: z.array(
    z.object({
      group: z.string(),
      version: z.number().int(),
      prefix: z.string().nullable(),
      keys: z.record(z.string(), z.string()),
      features: z.array(z.string()),
    }),
  ),
  /** Output column names in order: those of the joins, then what is computed on demand by name. */
  columns: z.array(z.string()),
  onDemand: z
    .array(
      z.object({
        name: z.string(),
        expression: z.string(),
        type: z.string(),
        description: z.string(),
        unit: z.string().nullable(),
        inputs: z.array(z.string()).describe("Columns and request data that it is made from"),
      }),
    )
    .describe("Computed at each read"),
  requestData: z.array(Column).describe("What a request must bring"),
  spine: ViewSpine.nullable(),
  updatedAt: z.string(),
});
export type ViewSummary = z.infer<typeof ViewSummary>;

export const ConsumerSummary = z.object({
  name: z.string(),
  type: z.enum(["model", "service", "dashboard"]),
  description: z.string(),
  owner: z.string().nullable(),
  tags: z.array(z.string()),
  url: z.string().nullable(),
  /** Feature views it reads, always in their newest version. */
  views: z.array(z.string()),
  /** References of features it reads directly. */
  features: z.array(z.string()),
  updatedAt: z.string(),
});
export type ConsumerSummary = z.infer<typeof ConsumerSummary>;

export const ByName = z.object({ name: Name, version: z.coerce.number().int().min(1).optional() });
export type ByName = z.infer<typeof ByName>;
export const GetFeature = z.object({
  reference: z.string().max(200).describe("group:feature, group@2:feature, or feature"),
});
export type GetFeature = z.infer<typeof GetFeature>;
export const ListObjects = PageQuery.extend({ q: z.string().max(200).optional() });
export type ListObjects = z.infer<typeof ListObjects>;

export const Overview = z.object({
  project: z.object({ name: z.string(), title: z.string(), description: z.string() }),
  /** Grows with every change that readers must see. */
  revision: z.number().int(),
  counts: z.object({
    features: z.number(),
    groups: z.number(),
    entities: z.number(),
    sources: z.number(),
    views: z.number(),
    trainingSets: z.number(),
  }),
  rowCount: z.number(),
  byteCount: z.number(),
  statusCounts: z.record(FeatureStatus, z.number().int()),
});
export type Overview = z.infer<typeof Overview>;

/** Revisions of one project are compared, so the answer says of which one it is. */
export const ProjectRevision = z.object({ project: z.string(), revision: z.number().int() });
export type ProjectRevision = z.infer<typeof ProjectRevision>;
