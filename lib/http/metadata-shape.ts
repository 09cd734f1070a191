import { z } from "zod";
import { Value } from "@/lib/kernel/values";
import type { FeatureDetail, FeatureSummary, SearchHit } from "@/lib/registry/schema";

/** A feature as the source documents name its fields, without what only the detail knows. */
export const FeatureMetadataSummary = z.object({
  feature_id: z.string(),
  name: z.string(),
  description: z.string(),
  feature_group: z.string(),
  entity: z.string(),
  data_type: z.string(),
  feature_type: z.string(),
  version: z.number().int().describe("Version of the feature group"),
  status: z.string(),
  owner: z.string().nullable(),
  tags: z.array(z.string()),
  last_updated: z.string(),
});
export type FeatureMetadataSummary = z.infer<typeof FeatureMetadataSummary>;

export const FeatureMetadataStatistics = z.object({
  count: z.number().describe("Rows, nulls included"),
  null_count: z.number(),
  distinct_count: z.number(),
  min_value: Value,
  max_value: Value,
  mean_value: z.number().nullable(),
  std_dev: z.number().nullable(),
  percentiles: z.record(z.string(), z.number()).nullable(),
  computed_at: z.string().nullable(),
});

export const QualityMetrics = z.object({
  completeness: z.number().nullable().describe("1 - share of nulls; null before the first statistics"),
  validity: z.number().nullable().describe("Share of rows that pass the rules; null while no rules are checked"),
  consistency: z.number().nullable().describe("Null while no rules are checked"),
  uniqueness: z.number().nullable().describe("Distinct values / rows; null before the first statistics"),
  freshness: z
    .number()
    .nullable()
    .describe("Seconds since the last commit of the feature group; null before the first commit"),
});

export const FeatureMetadata = FeatureMetadataSummary.extend({
  source_table: z
    .string()
    .nullable()
    .describe("Sources and groups that the feature group's SQL reads, joined by a comma"),
  source_column: z.string().describe("Column of that SQL that gives the feature"),
  creation_date: z.string(),
  created_by: z.string(),
  statistics: FeatureMetadataStatistics.nullable(),
  quality_metrics: QualityMetrics,
});
export type FeatureMetadata = z.infer<typeof FeatureMetadata>;

export const FeatureMetadataHit = FeatureMetadataSummary.extend({
  rank: z.number(),
  reason: z.string().describe("Why it stands where it stands"),
});
export type FeatureMetadataHit = z.infer<typeof FeatureMetadataHit>;

/** A list row under the names of the source documents. */
export function metadataSummaryOf(feature: FeatureSummary): FeatureMetadataSummary {
  return {
    feature_id: feature.id,
    name: feature.name,
    description: feature.description,
    feature_group: feature.group,
    entity: feature.entity,
    data_type: feature.dataType,
    feature_type: feature.featureType,
    version: feature.groupVersion,
    status: feature.status,
    owner: feature.owner,
    tags: feature.tags,
    last_updated: feature.updatedAt,
  };
}

/** A search hit under the names of the source documents. */
export function metadataHitOf(hit: SearchHit): FeatureMetadataHit {
  return { ...metadataSummaryOf(hit.feature), rank: hit.rank, reason: hit.reason };
}

/** A feature under the names of the source documents. `now` is what freshness counts back from. */
export function metadataOf(feature: FeatureDetail, now: Date): FeatureMetadata {
  return {
    ...metadataSummaryOf(feature),
    source_table: feature.ingredients.map((ingredient) => ingredient.name).join(", ") || null,
    source_column: feature.name,
    creation_date: feature.createdAt,
    created_by: feature.createdBy,
    statistics: statisticsOf(feature),
    quality_metrics: qualityOf(feature, now),
  };
}

function statisticsOf({ statistics, statisticsAt }: FeatureDetail): FeatureMetadata["statistics"] {
  if (!statistics) return null;
  return {
    count: statistics.count,
    null_count: statistics.nulls,
    distinct_count: statistics.distinct,
    min_value: statistics.min,
    max_value: statistics.max,
    mean_value: statistics.mean,
    std_dev: statistics.stddev,
    percentiles: statistics.quantiles,
    computed_at: statisticsAt?.computedAt ?? null,
  };
}

/** Only what was computed: an empty group has no completeness, and no rules means no validity. */
function qualityOf({ statistics, freshness }: FeatureDetail, now: Date): FeatureMetadata["quality_metrics"] {
  const rows = statistics?.count ?? 0;
  const committedAt = freshness.lastCommitAt ? Date.parse(freshness.lastCommitAt) : null;
  return {
    completeness: statistics && rows > 0 ? 1 - statistics.nulls / rows : null,
    validity: null,
    consistency: null,
    uniqueness: statistics && rows > 0 ? statistics.distinct / rows : null,
    freshness: committedAt === null ? null : Math.max(0, Math.round((now.getTime() - committedAt) / 1000)),
  };
}
