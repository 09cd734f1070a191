import { eventTimeOf, type OpenRow, openRow } from "@/lib/compute/online-row";
import type { OnlineKey, OnlineStore } from "@/lib/engines/online/port";
import { LarderError } from "@/lib/kernel/errors";
import { epochMs, type Instant } from "@/lib/kernel/time";
import type { GroupRead } from "./plan-read";
import { requireMark, requireSound } from "./table-faults";

/** The row that a read found for one entity, with what holds for all its values. */
export type FoundRow = {
  open: OpenRow;
  eventTime: Instant;
  ageSeconds: number;
  /** Older than the ttl; its edge is inside. */
  expired: boolean;
};

/**
 * Rows of several reads, by read and entity, null where there is none; one round trip for all. `keys[read][entity]`.
 * Throws `data_corrupt`, and `dependency_unavailable` where a missing row may only have been lost.
 */
export function readRows(
  online: OnlineStore,
  reads: readonly GroupRead[],
  keys: readonly (readonly OnlineKey[])[],
  now: Date,
): Promise<(FoundRow | null)[][]> {
  return Promise.all(reads.map((read, at) => readGroup(online, read, keys[at] ?? [], now)));
}

async function readGroup(
  online: OnlineStore,
  { group }: GroupRead,
  keys: readonly OnlineKey[],
  now: Date,
): Promise<(FoundRow | null)[]> {
  const { table, ttlSeconds } = group;
  if (!table) return keys.map(() => null);
  if (table.fault !== null) requireSound(group);
  const rows = await online.getMany(table.name, keys);
  // A table that was dropped or lost has no rows either; only its mark tells that from keys nobody knows.
  if (rows.includes(null)) await requireMark(online, group);
  const at = now.getTime();
  return rows.map((row) => {
    if (row === null) {
      requireComplete(online);
      return null;
    }
    const eventTime = eventTimeOf(row);
    const ageMs = at - epochMs(eventTime);
    return {
      open: openRow(table.schema, row),
      eventTime,
      ageSeconds: Math.round(ageMs) / 1000,
      expired: Boolean(ttlSeconds) && ageMs > (ttlSeconds ?? 0) * 1000,
    };
  });
}

function requireComplete(online: OnlineStore): void {
  const { state, detail } = online.status();
  if (state === "incomplete")
    throw new LarderError("dependency_unavailable", `The online store has lost rows: ${detail ?? "materialize again"}`);
}
