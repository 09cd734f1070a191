import { audit } from "@/lib/access/audit";
import { type GroupWithColumns, loadTable } from "@/lib/datasets/load-table";
import type { ColumnProfile, WorkOptions } from "@/lib/engines/offline/port";
import type { Context } from "@/lib/platform/context";
import { transaction } from "@/lib/platform/db";
import { newId } from "@/lib/platform/ids";

const TREND_BUCKETS = 200;

/**
 * The statistics of a group's features at a commit, by name. Those that are wanted and not there yet are computed, and kept.
 * The caller has authorized. Throws what reading at a commit throws.
 */
export async function loadProfiles(
  ctx: Context,
  group: GroupWithColumns,
  sequence: number,
  wanted: string[],
  options: WorkOptions = {},
): Promise<{ profiles: Map<string, ColumnProfile>; computed: boolean }> {
  const kept = await ctx.db.profile.findMany({ where: { groupId: group.id, commitSequence: sequence } });
  const known = new Map(kept.map((row) => [row.column, row.statistics as ColumnProfile]));
  if (wanted.every((name) => known.has(name))) return { profiles: known, computed: false };
  const { table } = await loadTable(ctx, group, sequence);
  const found = await ctx.offline.profile({ table, trendBuckets: TREND_BUCKETS }, options);
  await transaction(ctx.db, async (tx) => {
    // What a commit holds never changes, so whoever was first found the same.
    await tx.profile.createMany({
      data: found.map((profile) => ({
        id: newId("prf"),
        groupId: group.id,
        commitSequence: sequence,
        column: profile.column,
        statistics: profile,
        createdAt: ctx.clock.now(),
      })),
      skipDuplicates: true,
    });
    await audit(ctx, tx, {
      action: "group.profile",
      resource: `feature_group:${group.name}`,
      after: { commitSequence: sequence, features: found.length },
    });
  });
  return { profiles: new Map(found.map((profile) => [profile.column, profile])), computed: true };
}
