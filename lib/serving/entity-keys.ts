import { LarderError } from "@/lib/kernel/errors";
import type { Value } from "@/lib/kernel/values";
import { keyFromObject, keyValue, parseEntityId } from "./entity-key";
import type { ReadPlan } from "./plan-read";
import type { EntityId } from "./schema";

/** The keys of entities for every read of a plan: `keys[read][entity]`. Throws `invalid_key` and `null_key`, naming the entity. */
export function keysOf(plan: ReadPlan, ids: readonly EntityId[]): Value[][][] {
  return plan.reads.map((read) => {
    const [only, ...others] = read.keyColumns;
    const single = only && others.length === 0 ? only : null;
    return ids.map((id, index) => {
      try {
        if (typeof id === "object") return keyFromObject(id, read.keyColumns);
        requireOneKey(plan);
        if (typeof id === "number" && single) return [keyValue(id, single)];
        return parseEntityId(String(id), read.group.keys, read.group.entity);
      } catch (error) {
        if (error instanceof LarderError && index > 0)
          throw new LarderError(error.code, `entity_ids[${index}]: ${error.detail}`, error.issues);
        throw error;
      }
    });
  });
}

function requireOneKey({ reads }: ReadPlan): void {
  if (reads.every(({ keyNames }) => keyNames === reads[0]?.keyNames)) return;
  const columns = [...new Set(reads.flatMap((read) => read.keyColumns.map((column) => column.name)))];
  throw new LarderError("invalid_key", `These features have different keys; give an object with ${columns.join(", ")}`);
}
