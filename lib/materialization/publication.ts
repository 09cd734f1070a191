import { audit } from "@/lib/access/audit";
import type { GroupWithColumns } from "@/lib/datasets/load-table";
import type { WorkOptions } from "@/lib/engines/offline/port";
import type { Column } from "@/lib/kernel/values";
import type { Context } from "@/lib/platform/context";
import { crashPoint } from "@/lib/platform/crash";
import { transaction } from "@/lib/platform/db";
import type { Materialization } from "@/lib/platform/generated/prisma/client";
import type { Fence } from "@/lib/platform/runs";

/** What materializing a group did. `rowCount`: keys the online table holds. */
export type Materialized = { changed: boolean; rowCount: number; watermarkSequence: number; detail?: string };

/** A group as it is known, and the table that its readers use. */
export type Work = { group: GroupWithColumns; current: Materialization | null; runId: string | null };

export type WorkHow = WorkOptions & { fence?: Fence };

/** What readers of a group use from now on. */
export type Published = {
  onlineTable: string;
  columns: Column[];
  watermarkSequence: number;
  watermarkEventTime: string | null;
  rowCount: number;
  byteCount: number;
  runId: string | null;
};

/**
 * Moves readers to a table and its watermark, unless somebody moved them meanwhile: then false, and nothing is written.
 * Everything in the table is durable and marked by now.
 */
export async function publishTable(
  ctx: Context,
  group: GroupWithColumns,
  given: { current: Materialization | null; state: Published; fence?: Fence | undefined },
): Promise<boolean> {
  const { current, state, fence } = given;
  crashPoint("materialize:before-watermark");
  const done = await transaction(ctx.db, async (tx) => {
    await fence?.(tx);
    // The project first, as wherever definitions change: who deletes the group at this moment waits, or is waited for.
    await tx.$queryRaw`SELECT "id" FROM "Project" WHERE "id" = ${ctx.project.id} FOR NO KEY UPDATE`;
    const { count } = current
      ? await tx.materialization.updateMany({
          where: {
            groupId: group.id,
            onlineTable: current.onlineTable,
            watermarkSequence: current.watermarkSequence,
          },
          data: state,
        })
      : await tx.materialization.createMany({ data: [{ groupId: group.id, ...state }], skipDuplicates: true });
    if (count === 0) return false;
    await tx.project.update({ where: { id: ctx.project.id }, data: { revision: { increment: 1 } } });
    await audit(ctx, tx, {
      action: "group.materialize",
      resource: `feature_group:${group.name}`,
      after: { watermarkSequence: state.watermarkSequence, rowCount: state.rowCount },
    });
    return true;
  });
  if (done) crashPoint("materialize:after-watermark");
  return done;
}
