import { authorize } from "@/lib/access/authorize";
import { loadTable, requireGroup } from "@/lib/datasets/load-table";
import type { TimeRange, WorkOptions } from "@/lib/engines/offline/port";
import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { transaction } from "@/lib/platform/db";
import type { Fence } from "@/lib/platform/runs";
import { materializeGroup } from "./materialize-group";
import { planTable } from "./plan-table";
import type { Materialized } from "./publication";
import { putRows } from "./put-rows";

/**
 * Puts the rows of a range of event time online again, as they are in the newest commit: start <= event time < end. A newer
 * row stays, nothing is taken away, and the watermark does not move. A group without a sound table gets a whole one. Throws
 * `state_conflict` when commits wait that take rows away or change columns: materializing puts them into a new table.
 */
export async function materializeRange(
  ctx: Context,
  input: { name: string; range: TimeRange; runId: string | null },
  options: WorkOptions & { fence?: Fence } = {},
): Promise<Materialized> {
  authorize(ctx, "run.start", `feature_group:${input.name}`);
  const group = await requireGroup(ctx, { name: input.name });
  const current = await ctx.db.materialization.findUnique({ where: { groupId: group.id } });
  const plan = await planTable(ctx, group, current, false);
  const isWhole = plan.kind === "build" && (plan.reason === "first" || plan.reason === "lost");
  if (!current || isWhole || plan.kind === "ahead")
    return materializeGroup(ctx, { name: input.name, runId: input.runId }, options);
  if (plan.kind === "build")
    throw new LarderError(
      "state_conflict",
      `Commits of ${group.name} that replace rows or columns are not online yet; materialize it without a range first`,
    );
  const { table } = await loadTable(ctx, group, group.headSequence);
  const put = await putRows(ctx, current.onlineTable, { ...table, range: input.range }, options);
  await ctx.online.flush();
  await transaction(ctx.db, async (tx) => {
    await options.fence?.(tx);
    await tx.materialization.updateMany({
      where: { groupId: group.id, onlineTable: current.onlineTable },
      data: { rowCount: { increment: put.added }, byteCount: { increment: put.bytes } },
    });
  });
  return {
    changed: put.written > 0,
    rowCount: put.rows,
    watermarkSequence: current.watermarkSequence,
    detail: `${put.written} of ${put.rows} keys changed`,
  };
}
