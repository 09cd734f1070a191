import { authorize } from "@/lib/access/authorize";
import { loadActorNames } from "@/lib/access/load-actor-names";
import { LarderError } from "@/lib/kernel/errors";
import type { Value } from "@/lib/kernel/values";
import type { Context } from "@/lib/platform/context";
import { beginningsOf, type ColumnRef, columnKey } from "./column-lineage";
import { loadOriginsOf } from "./load-origins";
import { maskStatistics } from "./mask-personal";
import { resolveFeatures } from "./resolve-features";
import type { FeatureDetail, GetFeature } from "./schema";
import { loadStatistics, summarizeFeatures } from "./summarize-features";

/** One feature with its statistics. Throws `feature_not_found`, `ambiguous_feature`. */
export async function getFeature(ctx: Context, input: GetFeature): Promise<FeatureDetail> {
  authorize(ctx, "catalog.read", `feature:${input.reference}`);
  const [feature] = await resolveFeatures(ctx, [input.reference]);
  if (!feature) throw new LarderError("feature_not_found", `There is no feature ${input.reference}`);
  const [[summary], statistics] = await Promise.all([
    summarizeFeatures(ctx, [feature]),
    loadStatistics(ctx, [feature.groupId]),
  ]);
  if (!summary) throw new LarderError("feature_not_found", `There is no feature ${input.reference}`);
  const nameOf = await loadActorNames(ctx.db, [feature.createdBy]);
  const madeFrom = feature.madeFrom as ColumnRef[] | null;
  const newest = statistics.get(`${feature.groupId}:${feature.name}`);
  return {
    ...summary,
    constraints: summary.masked ? null : (feature.constraints as Record<string, Value> | null),
    default: summary.masked ? null : (feature.default as Value),
    sensitivity: feature.sensitivity,
    createdBy: nameOf(feature.createdBy),
    createdAt: feature.createdAt.toISOString(),
    ingredients: feature.group.inputs as FeatureDetail["ingredients"],
    madeFrom,
    sourceColumns: madeFrom ? await sourceColumnsOf(ctx, madeFrom) : null,
    statistics: newest ? (summary.masked ? maskStatistics(newest.statistics) : newest.statistics) : null,
    statisticsAt: newest
      ? { commitSequence: newest.commitSequence, computedAt: newest.computedAt.toISOString() }
      : null,
    online: feature.group.online,
  };
}

/** Where the data of a feature begins. It may be of an older version of its group, so what it is made from is given. */
async function sourceColumnsOf(ctx: Context, madeFrom: ColumnRef[]): Promise<ColumnRef[]> {
  const self = { name: "", column: "" };
  const origins = await loadOriginsOf(ctx, madeFrom);
  return beginningsOf(new Map([...origins, [columnKey(self), madeFrom]]), self);
}
