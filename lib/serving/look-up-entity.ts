import { authorize, may } from "@/lib/access/authorize";
import type { Value } from "@/lib/kernel/values";
import type { Context } from "@/lib/platform/context";
import { getEntity } from "@/lib/registry/get-entity";
import { isMasked } from "@/lib/registry/mask-personal";
import { servingCatalog } from "./cached-catalog";
import { parseEntityId } from "./entity-key";
import { readRows } from "./found-rows";
import type { EntityLookUp, LookUpEntity } from "./schema";
import { servedValue } from "./served-value";
import type { ServedGroup } from "./serving-catalog";

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
  const [[row = null] = []] = await readRows(
    ctx.online,
    [{ group, keyColumns: [], keyNames: "" }],
    [[key]],
    ctx.clock.now(),
  );
  const drafts = may(ctx.actor, "draft.read");
  const features = group.features
    .filter(({ status }) => status !== "RETIRED" && (drafts || status !== "DRAFT"))
    .map((feature) => {
      const masked = isMasked(ctx.actor, feature);
      const { json, status } = servedValue(row, feature, { includeExpired: true, fillDefaults: false }, masked);
      const { name, dataType, unit, status: featureStatus } = feature;
      return { name, dataType, unit, value: JSON.parse(json) as Value, status, featureStatus };
    });
  return {
    group: group.name,
    status: !group.table
      ? "NOT_MATERIALIZED"
      : row === null
        ? "NOT_FOUND"
        : row.expired
          ? "OUTSIDE_MAX_AGE"
          : "PRESENT",
    eventTime: row?.eventTime ?? null,
    ageSeconds: row?.ageSeconds ?? null,
    ttlSeconds: group.ttlSeconds,
    watermarkEventTime: group.table?.watermarkEventTime ?? null,
    features,
  };
}
