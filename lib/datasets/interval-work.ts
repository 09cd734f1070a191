import type { Input, Shape } from "@/lib/engines/offline/port";
import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import type { Db } from "@/lib/platform/db";
import type { Incremental } from "@/lib/registry/definition-schema";
import { type Grid, gridOf, intervalFingerprint, type RecordedInterval, standing } from "./intervals";
import { fingerprint, loadInputs } from "./load-inputs";
import { type GroupWithColumns, shapeOfGroup } from "./load-table";

/** What all intervals of a group are computed from at one moment; read once, because reading it takes every file. */
export type IntervalWork = {
  group: GroupWithColumns;
  grid: Grid;
  query: { sql: string; inputs: Input[] };
  shape: Shape;
  /** What was read, by name, and the hash that an interval computed from it is recorded with. */
  inputs: Record<string, string>;
  fingerprint: string;
};

/** The grid of a group. Throws `invalid_parameter` for one that is not computed by intervals. */
export function requireGrid(group: { name: string; incremental: unknown }): Grid {
  if (group.incremental) return gridOf(group.incremental as Incremental);
  throw new LarderError("invalid_parameter", `Feature group ${group.name} is not computed by intervals`);
}

/** Reads what the intervals of a group are computed from. */
export async function loadIntervalWork(ctx: Context, group: GroupWithColumns): Promise<IntervalWork> {
  const grid = requireGrid(group);
  const reads = readsOf(group);
  const { inputs, fingerprints } = await loadInputs(ctx, reads);
  const shape = shapeOfGroup(group);
  const direct = Object.fromEntries(reads.map((name) => [name, fingerprints[name] ?? null]));
  return {
    group,
    grid,
    query: { sql: group.sql ?? "", inputs },
    shape,
    inputs: fingerprints,
    fingerprint: intervalFingerprint(definitionPrint(group), fingerprint(direct)),
  };
}

/** Names that the SQL of a group reads. */
export function readsOf(group: { inputs: unknown }): string[] {
  return (group.inputs as { name: string }[]).map((input) => input.name);
}

/** Changes exactly when the SQL or the columns do. */
export function definitionPrint(group: GroupWithColumns): string {
  return fingerprint({ sql: group.sql, shape: shapeOfGroup(group) });
}

/** The intervals of a group that were computed and that readers see, in order. */
export async function loadRecorded(
  db: Db,
  groupId: string,
): Promise<(RecordedInterval & { rowCount: bigint; computedAt: Date })[]> {
  const [rows, undoing] = await Promise.all([
    db.interval.findMany({ where: { groupId }, orderBy: { start: "asc" } }),
    db.commit.findMany({
      where: { groupId, OR: [{ mode: "restore" }, { mode: "overwrite", rangeStart: null, rangeEnd: null }] },
      select: { sequence: true, mode: true, restores: true },
    }),
  ]);
  return standing(rows, undoing);
}
