import { authorize } from "@/lib/access/authorize";
import { requireGroup } from "@/lib/datasets/load-table";
import type { WorkOptions } from "@/lib/engines/offline/port";
import type { Context } from "@/lib/platform/context";
import { loadProfiles } from "./load-profiles";

/** Computes the statistics of every feature of a group as of its newest commit, unless they are there already. */
export async function profileGroup(
  ctx: Context,
  input: { name: string },
  options: WorkOptions = {},
): Promise<{ changed: boolean; rowCount: number }> {
  authorize(ctx, "run.start", `feature_group:${input.name}`);
  const group = await requireGroup(ctx, { name: input.name });
  const sequence = group.headSequence;
  const features = group.features.map((feature) => feature.name);
  const { computed } = await loadProfiles(ctx, group, sequence, features, options);
  const where = { groupId_sequence: { groupId: group.id, sequence } };
  const head = await ctx.db.commit.findUnique({ where, select: { liveRows: true } });
  return { changed: computed, rowCount: Number(head?.liveRows ?? 0) };
}
