import { authorize } from "@/lib/access/authorize";
import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { isMasked } from "@/lib/registry/mask-personal";
import { requireReadable } from "@/lib/registry/readable";
import { parseEntityId } from "./entity-key";
import { planRead } from "./plan-read";
import type { FeatureValue, ReadFeature } from "./schema";
import { servedValue } from "./served-value";
import { servingCatalog } from "./serving-catalog";

/** Reads one feature of one entity online. Throws what `planRead` throws and `invalid_key`. */
export async function readFeature(ctx: Context, input: ReadFeature): Promise<FeatureValue> {
  authorize(ctx, "online.read", `feature:${input.feature_name}`);
  const plan = planRead(await servingCatalog(ctx), { features: [input.feature_name] });
  const read = plan.reads[0];
  const column = read?.columns[0];
  if (!read || !column) throw new LarderError("feature_not_found", `There is no feature ${input.feature_name}`);
  const warnings = requireReadable(ctx, [column], { masked: true });
  const key = parseEntityId(input.entity_id, read.group.keys, read.group.entity);
  const [row = null] = read.group.onlineTable ? await ctx.online.getMany(read.group.onlineTable, [key]) : [];
  const served = servedValue(row, column.index, {
    ttlSeconds: read.group.ttlSeconds,
    now: ctx.clock.now(),
    includeExpired: false,
    masked: isMasked(ctx.actor, column),
  });
  return {
    feature: input.feature_name,
    entity_id: input.entity_id,
    ...served,
    feature_status: column.status,
    warnings,
  };
}
