import { eventTimeOf, type OnlineRowText, type OpenRow, openRow, type RowSchema } from "@/lib/compute/online-row";
import type { OnlineKey, OnlineStore, TableKeys } from "@/lib/engines/online/port";
import { LarderError } from "@/lib/kernel/errors";
import { epochMs, type Instant } from "@/lib/kernel/time";
import type { GroupRead } from "./plan-read";
import type { ServedGroup } from "./serving-catalog";
import { requireMarks, requireSound } from "./table-faults";

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
export async function readRows(
  online: OnlineStore,
  reads: readonly GroupRead[],
  keys: readonly (readonly OnlineKey[])[],
  now: Date,
): Promise<(FoundRow | null)[][]> {
  const wanted = reads.map(({ group }, at) => wantedOf(group, keys[at] ?? []));
  const rows = await online.getAcross(wanted);
  // A table that was dropped or lost has no rows either; only its mark tells that from keys nobody knows.
  const marked = reads.flatMap(({ group }, at) => (group.table && rows[at]?.includes(null) ? [group] : []));
  if (marked.length > 0) {
    await requireMarks(online, marked);
    requireComplete(online);
  }
  const at = now.getTime();
  return reads.map(({ group }, read) => {
    const { table } = group;
    if (!table) return (keys[read] ?? []).map(() => null);
    return (rows[read] ?? []).map((row) => (row === null ? null : found(row, table.schema, { group, at })));
  });
}

/** A group that is not online yet has no rows to ask for. */
function wantedOf(group: ServedGroup, keys: readonly OnlineKey[]): TableKeys {
  if (!group.table) return NOTHING;
  if (group.table.fault !== null) requireSound(group);
  return { table: group.table.name, keys };
}

const NOTHING: TableKeys = { table: "none", keys: [] };

function found(row: OnlineRowText, schema: RowSchema, { group, at }: { group: ServedGroup; at: number }): FoundRow {
  const { ttlSeconds } = group;
  const eventTime = eventTimeOf(row);
  const ageMs = at - epochMs(eventTime);
  return {
    open: openRow(schema, row),
    eventTime,
    ageSeconds: Math.round(ageMs) / 1000,
    expired: Boolean(ttlSeconds) && ageMs > (ttlSeconds ?? 0) * 1000,
  };
}

function requireComplete(online: OnlineStore): void {
  const { state, detail } = online.status();
  if (state === "incomplete")
    throw new LarderError("dependency_unavailable", `The online store has lost rows: ${detail ?? "materialize again"}`);
}
