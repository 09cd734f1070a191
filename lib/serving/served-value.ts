import type { OnlineRow } from "@/lib/engines/online/port";
import { epochMs } from "@/lib/kernel/time";
import type { Value } from "@/lib/kernel/values";
import type { ValueStatus } from "./schema";

/** A value with what a caller must know about it. */
export type ServedValue = { value: Value; status: ValueStatus; event_time: string | null; age_seconds: number | null };

/** What a stored row says of one feature at `now`. A value older than the ttl is withheld unless asked for; the ttl's edge is inside. */
export function servedValue(
  row: OnlineRow | null,
  index: number,
  options: { ttlSeconds: number | null; now: Date; includeExpired: boolean; masked?: boolean },
): ServedValue {
  if (!row) return { value: null, status: "NOT_FOUND", event_time: null, age_seconds: null };
  const ageMs = options.now.getTime() - epochMs(row.eventTime);
  const known = { event_time: row.eventTime, age_seconds: Math.round(ageMs) / 1000 };
  if (options.masked) return { value: null, status: "MASKED", ...known };
  const value = row.values[index] ?? null;
  if (options.ttlSeconds && ageMs > options.ttlSeconds * 1000) {
    return { value: options.includeExpired ? value : null, status: "OUTSIDE_MAX_AGE", ...known };
  }
  return { value, status: value === null ? "NULL_VALUE" : "PRESENT", ...known };
}
