import { authorize, may } from "@/lib/access/authorize";
import type { Value } from "@/lib/kernel/values";
import type { Context } from "@/lib/platform/context";
import { getEntity } from "@/lib/registry/get-entity";
import { isMasked } from "@/lib/registry/mask-personal";
import { parseEntityId } from "./entity-key";
import type { EntityLookUp, LookUpEntity } from "./schema";
import { servedValue } from "./served-value";
import { type ServedGroup, servingCatalog } from "./serving-catalog";

/**
 * Everything known online of one entity, by group. Expired values are shown, with their status; RETIRED features are
 * not, and DRAFT ones only to those who may read drafts.
 */
export async function lookUpEntity(ctx: Context, input: LookUpEntity): Promise<EntityLookUp> {
  authorize(ctx, "online.read", `entity:${input.name}`);
  const entity = await getEntity(ctx, { name: input.name });
  const key = parseEntityId(input.key, entity.joinKeys, entity.name);
  const catalog = await servingCatalog(ctx);
  const groups = catalog.groups.filter((group) => group.latest && group.entity === entity.name);
  return {
    entity: entity.name,
    keys: Object.fromEntries(entity.joinKeys.map((joinKey, index) => [joinKey.name, key[index] ?? null])),
    groups: await Promise.all(groups.map((group) => lookUpGroup(ctx, group, key))),
  };
}

async function lookUpGroup(ctx: Context, group: ServedGroup, key: Value[]): Promise<EntityLookUp["groups"][number]> {
  const [row = null] = group.onlineTable ? await ctx.online.getMany(group.onlineTable, [key]) : [];
  const options = { ttlSeconds: group.ttlSeconds, now: ctx.clock.now(), includeExpired: true };
  const drafts = may(ctx.actor, "draft.read");
  const served = group.features.filter(({ status }) => status !== "RETIRED" && (drafts || status !== "DRAFT"));
  const features = served.map(({ name, dataType, unit, status, sensitivity, index }) => {
    const known = servedValue(row, index, { ...options, masked: isMasked(ctx.actor, { sensitivity }) });
    return { name, dataType, unit, value: known.value, status: known.status, featureStatus: status };
  });
  const whole = servedValue(row, 0, options);
  const status = !group.onlineTable
    ? "NOT_MATERIALIZED"
    : whole.status === "NULL_VALUE" || whole.status === "MASKED"
      ? "PRESENT"
      : whole.status;
  return {
    group: group.name,
    status,
    eventTime: whole.event_time,
    ageSeconds: whole.age_seconds,
    ttlSeconds: group.ttlSeconds,
    watermarkEventTime: group.watermarkEventTime,
    features,
  };
}
