import { authorize } from "@/lib/access/authorize";
import { LarderError } from "@/lib/kernel/errors";
import type { Value } from "@/lib/kernel/values";
import type { Context } from "@/lib/platform/context";
import { isMasked } from "@/lib/registry/mask-personal";
import { requireReadable } from "@/lib/registry/readable";
import { keyFromObject, parseEntityId } from "./entity-key";
import { type GroupRead, planRead } from "./plan-read";
import type { EntityFeatures, FeaturesAnswer, ReadFeatures } from "./schema";
import { servedValue } from "./served-value";
import { servingCatalog } from "./serving-catalog";

const MAX_ENTITIES = 10_000;
type EntityId = EntityFeatures["entity_id"];

/** Reads features of one or many entities online: one answer per entity in the order asked, duplicates kept, every value with its status and age. */
export async function readFeatures(ctx: Context, input: ReadFeatures): Promise<FeaturesAnswer> {
  authorize(ctx, "online.read", `project:${ctx.project.name}`);
  const ids = requireIds(input);
  if (Boolean(input.features) === Boolean(input.view))
    throw new LarderError("validation_failed", "Ask either for features or for a view");
  const catalog = await servingCatalog(ctx);
  const plan = planRead(catalog, { features: input.features, view: input.view });
  const columns = plan.reads.flatMap((read) => read.columns);
  const warnings = [...new Set(requireReadable(ctx, columns, { masked: true }))];
  const now = ctx.clock.now();
  const results: EntityFeatures[] = ids.map((entity_id) => ({
    entity_id,
    features: Object.fromEntries(plan.order.map((name) => [name, MISSING])),
  }));
  for (const read of plan.reads) {
    const keys = ids.map((id, index) => keyOf(id, read, plan.reads, index));
    const rows = read.group.onlineTable ? await ctx.online.getMany(read.group.onlineTable, keys) : keys.map(() => null);
    for (const [index, row] of rows.entries()) {
      const features = results[index]?.features;
      if (!features) continue;
      for (const column of read.columns) {
        const served = servedValue(row, column.index, {
          ttlSeconds: read.group.ttlSeconds,
          now,
          includeExpired: input.include_expired,
          masked: isMasked(ctx.actor, column),
        });
        features[column.as] = { ...served, feature_status: column.status };
      }
    }
  }
  const [only] = results;
  return input.entity_ids === undefined && only ? { ...only, warnings } : { results, warnings };
}

const MISSING = {
  value: null,
  status: "NOT_FOUND" as const,
  event_time: null,
  age_seconds: null,
  feature_status: "ACTIVE",
};

function requireIds(input: ReadFeatures): EntityId[] {
  if ((input.entity_id === undefined) === (input.entity_ids === undefined))
    throw new LarderError("validation_failed", "Give either entity_id or entity_ids");
  const ids = input.entity_ids ?? (input.entity_id === undefined ? [] : [input.entity_id]);
  if (ids.length === 0) throw new LarderError("validation_failed", "entity_ids is empty");
  if (ids.length > MAX_ENTITIES)
    throw new LarderError(
      "too_many_entities",
      `${ids.length} entities asked for; at most ${MAX_ENTITIES} go into one request`,
    );
  return ids;
}

function keyOf(id: EntityId, read: GroupRead, reads: GroupRead[], index: number): Value[] {
  try {
    if (typeof id === "object") return keyFromObject(id, read.keyColumns);
    const names = (candidate: GroupRead): string => candidate.keyColumns.map((column) => column.name).join();
    if (reads.some((other) => names(other) !== names(read))) {
      const columns = [...new Set(reads.flatMap((other) => other.keyColumns.map((column) => column.name)))];
      throw new LarderError(
        "invalid_key",
        `These features have different keys; give an object with ${columns.join(", ")}`,
      );
    }
    const [only, ...others] = read.keyColumns;
    if (typeof id === "number" && only && others.length === 0) return keyFromObject({ [only.name]: id }, [only]);
    return parseEntityId(String(id), read.group.keys, read.group.entity);
  } catch (error) {
    if (error instanceof LarderError && index > 0)
      throw new LarderError(error.code, `entity_ids[${index}]: ${error.detail}`, error.issues);
    throw error;
  }
}
