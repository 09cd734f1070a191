import { audit } from "@/lib/access/audit";
import { authorize } from "@/lib/access/authorize";
import { loadTable, requireGroup } from "@/lib/datasets/load-table";
import type { WorkOptions } from "@/lib/engines/offline/port";
import type { Context } from "@/lib/platform/context";
import { crashPoint } from "@/lib/platform/crash";
import { transaction } from "@/lib/platform/db";

/** What materializing a group did. `rowCount`: keys the online table holds. */
export type Materialized = { changed: boolean; rowCount: number; watermarkSequence: number };

/**
 * Brings the online store to the newest commit of a group. The new content goes to a table of its own; readers move to it
 * when everything in it is durable, so a crash at any time leaves online behind, never wrong, and the next run starts over.
 */
export async function materializeGroup(
  ctx: Context,
  input: { name: string; runId: string | null },
  options: WorkOptions = {},
): Promise<Materialized> {
  authorize(ctx, "run.start", `feature_group:${input.name}`);
  const group = await requireGroup(ctx, { name: input.name });
  const target = group.headSequence;
  const current = await ctx.db.materialization.findUnique({ where: { groupId: group.id } });
  if (current?.watermarkSequence === target)
    return { changed: false, rowCount: Number(current.rowCount), watermarkSequence: target };

  const { table } = await loadTable(ctx, group, target);
  // What an attempt that died left in this table are rows of the same commits, and somebody else may be about to
  // publish it: nothing is dropped, the same rows are put again.
  const onlineTable = `${group.id}.${target}`;
  let rowCount = 0;
  let lastEventTime: string | null = null;
  for await (const chunk of ctx.offline.latest({ table }, options)) {
    await ctx.online.putMany(
      onlineTable,
      chunk.map(({ keys, ...row }) => ({ key: keys, row })),
    );
    crashPoint("materialize:after-chunk");
    rowCount += chunk.length;
    for (const row of chunk) if (lastEventTime === null || row.eventTime > lastEventTime) lastEventTime = row.eventTime;
    options.onRows?.(rowCount);
  }
  await ctx.online.flush();
  crashPoint("materialize:before-watermark");

  const state = {
    onlineTable,
    watermarkSequence: target,
    watermarkEventTime: lastEventTime,
    rowCount,
    runId: input.runId,
  };
  await transaction(ctx.db, async (tx) => {
    // The project first, as wherever definitions change: who deletes the group at this moment waits, or is waited for.
    await tx.$queryRaw`SELECT "id" FROM "Project" WHERE "id" = ${ctx.project.id} FOR NO KEY UPDATE`;
    const moved = await tx.materialization.updateMany({
      where: { groupId: group.id, watermarkSequence: { lt: target } },
      data: state,
    });
    const first = current
      ? { count: 0 }
      : await tx.materialization.createMany({ data: [{ groupId: group.id, ...state }], skipDuplicates: true });
    if (moved.count + first.count === 0) return;
    await tx.project.update({ where: { id: ctx.project.id }, data: { revision: { increment: 1 } } });
    await audit(ctx, tx, {
      action: "group.materialize",
      resource: `feature_group:${group.name}`,
      after: { watermarkSequence: target, rowCount },
    });
  });
  crashPoint("materialize:after-watermark");
  // Readers that still hold the old plan finish within its refresh time; the table before the old one can go.
  await dropOlderTables(ctx, group.id, target, current?.watermarkSequence ?? 0);
  return { changed: true, rowCount, watermarkSequence: target };
}

/** As many commits may come between two materializations; a table that is looked for in vain costs next to nothing. */
const LOOK_BACK = 5000;

async function dropOlderTables(ctx: Context, groupId: string, target: number, previous: number): Promise<void> {
  for (let sequence = Math.max(1, previous - LOOK_BACK); sequence < target; sequence++) {
    if (sequence !== previous) await ctx.online.drop(`${groupId}.${sequence}`);
  }
}
