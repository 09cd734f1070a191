import { fitsType } from "@/lib/datasets/fits-type";
import { LarderError } from "@/lib/kernel/errors";
import type { Value } from "@/lib/kernel/values";
import type { ReadPlan } from "./plan-read";
import { asHeld } from "./single-precision";

/** What came with a request for the on-demand features of a view, by entity; one object for all, or one for each. */
export type RequestData = (entity: number) => Readonly<Record<string, Value>> | undefined;

type Given = Record<string, Value> | Record<string, Value>[] | undefined;

/**
 * Null: the plan asks for none. Throws `missing_request_data`, `invalid_type` for a value of another type, and
 * `unknown_field` for what the plan does not ask for.
 */
export function requestDataOf(plan: ReadPlan, given: Given, entities: number): RequestData | null {
  const wanted = plan.onDemand?.requestData ?? [];
  if (given === undefined && wanted.length === 0) return null;
  if (Array.isArray(given) && given.length !== entities)
    throw new LarderError("validation_failed", `request_data has ${given.length} objects for ${entities} entities`);
  const list = Array.isArray(given) ? given : [given ?? {}];
  for (const [at, values] of list.entries()) requireFitting(wanted, values, Array.isArray(given) ? `[${at}]` : "");
  const held = list.map((values) =>
    Object.fromEntries(wanted.map(({ name, type }) => [name, asHeld(values[name] ?? null, type)])),
  );
  return Array.isArray(given) ? (entity) => held[entity] : () => held[0];
}

function requireFitting(
  wanted: readonly { name: string; type: string }[],
  values: Record<string, Value>,
  where: string,
): void {
  for (const { name, type } of wanted) {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined)
      throw new LarderError("missing_request_data", `request_data${where} must have ${name}, a ${type}`, [
        { code: "missing_request_data", detail: name },
      ]);
    if (value !== null && !fitsType(value, type))
      throw new LarderError("invalid_type", `request_data${where}: ${name} is not ${type}`);
  }
  const stray = Object.keys(values).find((name) => !wanted.some((one) => one.name === name));
  if (stray === undefined) return;
  const known = wanted.map(({ name }) => name).join(", ") || "none";
  throw new LarderError(
    "unknown_field",
    `request_data${where}: ${stray.slice(0, 80)} is not asked for; it may have ${known}`,
  );
}
