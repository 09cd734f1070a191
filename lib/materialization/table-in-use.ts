import { shapeOfGroup } from "@/lib/datasets/load-table";
import type { CommittedFile } from "@/lib/engines/offline/port";
import type { Context } from "@/lib/platform/context";
import { noteInUse, putMark, readMarks } from "./online-tables";
import { buildOf, headCommit } from "./plan-table";
import { type Materialized, publishTable, type Work, type WorkHow } from "./publication";
import { putRows } from "./put-rows";

/** Puts these files, which are all that is missing, into the table in use. Null: what it was planned for has changed. */
export async function appendToTable(
  ctx: Context,
  { group, current, runId }: Work,
  files: CommittedFile[],
  options: WorkHow,
): Promise<Materialized | null> {
  if (!current) return null;
  const { onlineTable } = current;
  const shape = shapeOfGroup(group);
  const put = await putRows(ctx, onlineTable, { shape, files }, options);
  await ctx.online.flush();
  const commitId = await headCommit(ctx, group);
  // A store that was emptied since this was planned holds the rows put last and no others; a mark would call that whole.
  const [mark = null] = await readMarks(ctx.online, [onlineTable]);
  if (mark === null) return null;
  await noteInUse(ctx.online, group.id, {
    table: onlineTable,
    columns: shape.features,
    build: buildOf(shape, commitId),
  });
  await putMark(ctx.online, onlineTable, group.headSequence, commitId);
  const before = current.watermarkEventTime;
  const rowCount = Number(current.rowCount) + put.added;
  const state = {
    onlineTable,
    columns: shape.features,
    watermarkSequence: group.headSequence,
    watermarkEventTime: before !== null && before > (put.lastEventTime ?? "") ? before : put.lastEventTime,
    rowCount,
    byteCount: Number(current.byteCount) + put.bytes,
    runId,
  };
  if (!(await publishTable(ctx, group, { current, state, fence: options.fence }))) return null;
  const detail = `${put.rows} keys of new commits`;
  return { changed: true, rowCount, watermarkSequence: group.headSequence, detail };
}
