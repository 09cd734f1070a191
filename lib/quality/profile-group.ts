import { audit } from "@/lib/access/audit";
import { authorize } from "@/lib/access/authorize";
import { loadTable, requireGroup } from "@/lib/datasets/load-table";
import type { WorkOptions } from "@/lib/engines/offline/port";
import type { Context } from "@/lib/platform/context";
import { transaction } from "@/lib/platform/db";
import { newId } from "@/lib/platform/ids";

const TREND_BUCKETS = 200;

/** Computes the statistics of every feature of a group as of its newest commit, unless they are there already. */
export async function profileGroup(
  ctx: Context,
  input: { name: string },
  options: WorkOptions = {},
): Promise<{ changed: boolean; rowCount: number }> {
  authorize(ctx, "run.start", `feature_group:${input.name}`);
  const group = await requireGroup(ctx, { name: input.name });
  const { table } = await loadTable(ctx, group, group.headSequence);
  const rowCount = table.files.reduce((sum, file) => sum + file.rowCount, 0);
  const profiled = await ctx.db.profile.count({ where: { groupId: group.id, commitSequence: group.headSequence } });
  if (profiled === group.features.length) return { changed: false, rowCount };
  const profiles = await ctx.offline.profile({ table, trendBuckets: TREND_BUCKETS }, options);
  await transaction(ctx.db, async (tx) => {
    await tx.profile.deleteMany({ where: { groupId: group.id, commitSequence: group.headSequence } });
    await tx.profile.createMany({
      data: profiles.map((profile) => ({
        id: newId("prf"),
        groupId: group.id,
        commitSequence: group.headSequence,
        column: profile.column,
        statistics: profile,
        createdAt: ctx.clock.now(),
      })),
    });
    await audit(ctx, tx, {
      action: "group.profile",
      resource: `feature_group:${group.name}`,
      after: { commitSequence: group.headSequence, features: profiles.length },
    });
  });
  return { changed: true, rowCount };
}
