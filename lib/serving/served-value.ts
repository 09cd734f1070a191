import { jsonAt, toJson } from "@/lib/compute/online-row";
import type { FoundRow } from "./found-rows";
import type { ReadColumn } from "./plan-read";
import type { ValueStatus } from "./schema";

/** What a caller may ask of every value. */
export type ValueOptions = { includeExpired: boolean; fillDefaults: boolean };

/** A value as JSON, with what a caller must know about it. `filled`: the feature's default stands for it. */
export type ServedValue = { json: string; status: ValueStatus; filled: boolean };

const MISSING: ServedValue = { json: "null", status: "NOT_FOUND", filled: false };
const MASKED: ServedValue = { json: "null", status: "MASKED", filled: false };

/** What a row says of one feature: a value older than the ttl is withheld unless asked for, a masked one always. */
export function servedValue(
  found: FoundRow | null,
  column: Pick<ReadColumn, "index" | "fallback">,
  options: ValueOptions,
  masked: boolean,
): ServedValue {
  const served = stored(found, column.index, options.includeExpired, masked);
  if (!options.fillDefaults || served.json !== "null" || masked || column.fallback === undefined) return served;
  return { json: toJson(column.fallback), status: served.status, filled: true };
}

function stored(found: FoundRow | null, index: number, includeExpired: boolean, masked: boolean): ServedValue {
  if (found === null || index < 0) return MISSING;
  if (masked) return MASKED;
  if (found.expired && !includeExpired) return { json: "null", status: "OUTSIDE_MAX_AGE", filled: false };
  const json = jsonAt(found.open, index);
  const status = found.expired ? "OUTSIDE_MAX_AGE" : json === "null" ? "NULL_VALUE" : "PRESENT";
  return { json, status, filled: false };
}
