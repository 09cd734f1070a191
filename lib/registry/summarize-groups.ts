import type { Context } from "@/lib/platform/context";
import type { Entity, Feature, FeatureGroup } from "@/lib/platform/generated/prisma/client";
import type { JoinKey } from "./definition-schema";
import { freshnessOf, loadGroupData } from "./group-data";
import type { FeatureStatus, GroupSummary } from "./schema";

/** A group version with what its summary needs. */
export type GroupRow = FeatureGroup & { entity: Entity; features: Feature[] };

/** Summaries of group versions, in the order given. */
export async function summarizeGroups(ctx: Context, groups: GroupRow[]): Promise<GroupSummary[]> {
  const data = await loadGroupData(
    ctx,
    groups.map((group) => group.id),
  );
  return groups.map((group) => {
    const statusCounts = { DRAFT: 0, ACTIVE: 0, DEPRECATED: 0, RETIRED: 0 };
    for (const feature of group.features) statusCounts[feature.status as FeatureStatus] += 1;
    return {
      id: group.id,
      name: group.name,
      version: group.version,
      entity: group.entity.name,
      joinKeys: group.entity.joinKeys as JoinKey[],
      description: group.description,
      owner: group.owner,
      tags: group.tags,
      featureCount: group.features.length,
      statusCounts,
      online: group.online,
      offline: group.offline,
      ttlSeconds: group.ttlSeconds,
      rowCount: data.get(group.id)?.rowCount ?? 0,
      byteCount: data.get(group.id)?.byteCount ?? 0,
      freshness: freshnessOf(data.get(group.id), group.ttlSeconds),
      ingredients: group.inputs as GroupSummary["ingredients"],
      updatedAt: group.updatedAt.toISOString(),
    };
  });
}
