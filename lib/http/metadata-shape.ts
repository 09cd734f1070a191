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
    .describe("Where its data begins: sources, joined by a comma; while that is not known, what the group's SQL reads"),
  source_column: z
    .string()
    .nullable()
    .describe(
      "Columns of that source it is made from, joined by a comma; source.column where there are several sources",
    ),
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
    ...sourceOf(feature),
    creation_date: feature.createdAt,
    created_by: feature.createdBy,
    statistics: statisticsOf(feature),
    quality_metrics: qualityOf(feature, now),
  };
}

/** A feature that counts rows has tables and no column. */
function sourceOf({
  sourceColumns,
  ingredients,
}: FeatureDetail): Pick<FeatureMetadata, "source_table" | "source_column"> {
  const read = ingredients.map((ingredient) => ingredient.name).join(", ") || null;
  if (!sourceColumns || sourceColumns.length === 0) return { source_table: read, source_column: null };
  const tables = [...new Set(sourceColumns.map(({ name }) => name))];
  const columns = sourceColumns.map(({ name, column }) => (tables.length === 1 ? column : `${name}.${column}`));
  return { source_table: tables.join(", "), source_column: columns.join(", ") };
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
