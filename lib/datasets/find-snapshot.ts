import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import type { Snapshot as SnapshotRow } from "@/lib/platform/generated/prisma/client";
import { itemsOf } from "./snapshot-rows";

/** A snapshot of the project as it is stored. The caller has authorized. Throws `snapshot_not_found`. */
export async function requireSnapshot(ctx: Context, name: string): Promise<SnapshotRow> {
  const row = await ctx.db.snapshot.findUnique({
    where: { projectId_name: { projectId: ctx.project.id, name } },
  });
  if (row) return row;
  throw new LarderError("snapshot_not_found", `There is no snapshot ${name} in project ${ctx.project.name}`);
}

/**
 * The commits that a snapshot points to: id of a group version → sequence. A group that is not in it is not in the map.
 * The caller has authorized. Throws `snapshot_not_found`.
 */
export async function findSnapshot(ctx: Context, name: string): Promise<Map<string, number>> {
  const row = await requireSnapshot(ctx, name);
  return new Map(itemsOf(row).map(({ groupId, sequence }) => [groupId, sequence]));
}
