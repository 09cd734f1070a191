import { toJson } from "@/lib/compute/online-row";
import { fitsType } from "@/lib/datasets/fits-type";
import { LarderError } from "@/lib/kernel/errors";
import type { Value } from "@/lib/kernel/values";
import type { ReadColumn, ReadPlan } from "./plan-read";
import { asHeld } from "./single-precision";

/** The JSON of values that came with a request, by entity and column; one object for all entities, or one for each. */
export type Overrides = (entity: number, column: string) => string | undefined;

type Given = Record<string, Value> | Record<string, Value>[] | undefined;

/** Null: none came. Throws `feature_not_found` for what the plan does not read, `invalid_type` for a value of another type. */
export function overridesOf(plan: ReadPlan, given: Given, entities: number): Overrides | null {
  if (given === undefined) return null;
  const list = Array.isArray(given) ? given : [given];
  if (Array.isArray(given) && given.length !== entities)
    throw new LarderError("validation_failed", `overrides has ${given.length} objects for ${entities} entities`);
  const columns = new Map(plan.columns.map((column) => [column.as, column]));
  const texts = list.map((values) => textsOf(columns, values));
  const [all] = texts;
  return Array.isArray(given) ? (entity, column) => texts[entity]?.get(column) : (_, column) => all?.get(column);
}

function textsOf(columns: ReadonlyMap<string, ReadColumn>, values: Record<string, Value>): Map<string, string> {
  return new Map(
    Object.entries(values).map(([name, value]) => {
      const column = columns.get(name);
      if (!column) throw new LarderError("feature_not_found", `overrides: ${name.slice(0, 80)} is not asked for`);
      if (value !== null && !fitsType(value, column.dataType))
        throw new LarderError("invalid_type", `overrides: ${name} is not ${column.dataType}`);
      return [name, toJson(asHeld(value, column.dataType))];
    }),
  );
}
