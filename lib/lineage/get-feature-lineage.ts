import { authorize } from "@/lib/access/authorize";
import type { Context } from "@/lib/platform/context";
import { resolveFeatures } from "@/lib/registry/resolve-features";
import { getLineage } from "./get-lineage";
import type { FeatureLineage, Lineage } from "./schema";

/** The lineage around a feature. Throws `feature_not_found`, `ambiguous_feature`. */
export async function getFeatureLineage(ctx: Context, input: FeatureLineage): Promise<Lineage> {
  authorize(ctx, "catalog.read", `feature:${input.feature_name}`);
  const [feature] = await resolveFeatures(ctx, [input.feature_name]);
  return getLineage(ctx, {
    node: `feature:${feature?.group.name}:${feature?.name}`,
    direction: input.direction,
    depth: input.depth,
  });
}
