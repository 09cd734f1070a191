import type { Context } from "@/lib/platform/context";
import type { FeatureView } from "@/lib/platform/generated/prisma/client";
import type { JoinKey } from "./definition-schema";
import { freshnessOf, loadGroupData } from "./group-data";
import { loadFeatureRequests } from "./load-feature-requests";
import { loadOpenChanges, type OpenChange } from "./load-open-changes";
import { isMasked, maskStatistics } from "./mask-personal";
import type { ResolvedFeature } from "./resolve-features";
import type { FeatureStatus, FeatureSummary, Glance, Statistics, ViewSummary } from "./schema";

/** Summaries of features in the order given; statistics, freshness, views, open requests and use come in six queries, however many features. */
export async function summarizeFeatures(ctx: Context, features: ResolvedFeature[]): Promise<FeatureSummary[]> {
  const groupIds = [...new Set(features.map((feature) => feature.groupId))];
  const [data, statistics, views, openChanges, requests] = await Promise.all([
    loadGroupData(ctx, groupIds),
    loadStatistics(ctx, groupIds),
    ctx.db.featureView.findMany({ where: { projectId: ctx.project.id, latest: true } }),
    loadOpenChanges(ctx, groupIds),
    loadFeatureRequests(
      ctx,
      features.map(({ group, name }) => `${group.name}:${name}`),
    ),
  ]);
  const open = new Map(openChanges.flatMap((change) => change.featureIds.map((id) => [id, change])));
  return features.map((feature) =>
    summaryOf(
      feature,
      data.get(feature.groupId),
      statistics.get(`${feature.groupId}:${feature.name}`)?.statistics ?? null,
      views,
      isMasked(ctx.actor, feature),
      open.get(feature.id),
      requests.get(`${feature.group.name}:${feature.name}`) ?? 0,
    ),
  );
}

/** The newest statistics of every feature of some groups, by `groupId:feature`. */
export async function loadStatistics(
  ctx: Context,
  groupIds: string[],
): Promise<Map<string, { statistics: Statistics; commitSequence: number; computedAt: Date }>> {
  const rows = await ctx.db.profile.findMany({
    where: { groupId: { in: groupIds } },
    orderBy: [{ groupId: "asc" }, { column: "asc" }, { commitSequence: "desc" }],
    distinct: ["groupId", "column"],
  });
  return new Map(
    rows.map((row) => [
      `${row.groupId}:${row.column}`,
      { statistics: row.statistics as Statistics, commitSequence: row.commitSequence, computedAt: row.createdAt },
    ]),
  );
}

/** A feature's statistics at a glance. */
export function glanceOf(statistics: Statistics): Glance {
  const { count, nulls, distinct, mean, min, max, histogram, topValues } = statistics;
  return {
    count,
    nullShare: count === 0 ? 0 : nulls / count,
    distinct,
    mean,
    min,
    max,
    bars: (histogram ?? topValues ?? []).map((bar) => bar.count),
    barsKind: histogram ? "histogram" : "top",
  };
}

/** Names of the views that read a feature. */
export function viewsReading(feature: ResolvedFeature, views: FeatureView[]): string[] {
  return views
    .filter((view) =>
      (view.joins as ViewSummary["joins"]).some(
        (join) =>
          join.group === feature.group.name &&
          join.version === feature.group.version &&
          join.features.includes(feature.name),
      ),
    )
    .map((view) => view.name)
    .sort();
}

function summaryOf(
  feature: ResolvedFeature,
  data: Parameters<typeof freshnessOf>[0],
  statistics: Statistics | null,
  views: FeatureView[],
  masked: boolean,
  open: OpenChange | undefined,
  requestsIn30Days: number,
): FeatureSummary {
  const { group } = feature;
  return {
    id: feature.id,
    reference: group.latest ? `${group.name}:${feature.name}` : `${group.name}@${group.version}:${feature.name}`,
    name: feature.name,
    group: group.name,
    groupVersion: group.version,
    entity: group.entity.name,
    joinKeys: group.entity.joinKeys as JoinKey[],
    dataType: feature.dataType,
    featureType: feature.featureType as FeatureSummary["featureType"],
    description: feature.description,
    status: feature.status as FeatureStatus,
    owner: feature.owner,
    tags: feature.tags,
    unit: feature.unit,
    freshness: freshnessOf(data, group.ttlSeconds),
    glance: statistics ? glanceOf(masked ? maskStatistics(statistics) : statistics) : null,
    masked,
    views: viewsReading(feature, views),
    deprecation: feature.deprecation as FeatureSummary["deprecation"],
    openChange: open ? { number: open.number, targetStatus: open.targetStatus } : null,
    requestsIn30Days,
    updatedAt: feature.updatedAt.toISOString(),
  };
}
