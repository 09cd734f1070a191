import { shapeOfGroup } from "@/lib/datasets/load-table";
import type { CommittedFile } from "@/lib/engines/offline/port";
import type { Context } from "@/lib/platform/context";
import { noteInUse, putMark, readMarks } from "./online-tables";
import { buildOf, headCommit } from "./plan-table";
import { type Materialized, publishTable, type Work, type WorkHow } from "./publication";
import { keyBytes, putRows } from "./put-rows";

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
  const inUse = { table: onlineTable, columns: shape.features };
  const known = await noteInUse(ctx.online, group.id, { ...inUse, uncounted: true });
  const put = await putRows(ctx, onlineTable, { shape, files }, options);
  await ctx.online.flush();
  const commitId = await headCommit(ctx, group);
  // A store that was emptied since this was planned holds the rows put last and no others; a mark would call that whole.
  const [mark = null] = await readMarks(ctx.online, [onlineTable]);
  if (mark === null) return null;
  await noteInUse(ctx.online, group.id, { ...inUse, build: buildOf(shape, commitId) });
  await putMark(ctx.online, onlineTable, group.headSequence, commitId);
  const before = current.watermarkEventTime;
  // What a run put that died before it could say so is not new any more.
  const { rowCount, byteCount } = known?.uncounted
    ? await countTable(ctx, onlineTable)
    : { rowCount: Number(current.rowCount) + put.added, byteCount: Number(current.byteCount) + put.bytes };
  const state = {
    onlineTable,
    columns: shape.features,
    watermarkSequence: group.headSequence,
    watermarkEventTime: before !== null && before > (put.lastEventTime ?? "") ? before : put.lastEventTime,
    rowCount,
    byteCount,
    runId,
  };
  if (!(await publishTable(ctx, group, { current, state, fence: options.fence }))) return null;
  await noteInUse(ctx.online, group.id, { ...inUse, uncounted: false });
  const detail = `${put.rows} keys of new commits`;
  return { changed: true, rowCount, watermarkSequence: group.headSequence, detail };
}

/** A store that gives a row twice counts it twice; that is rare, and the next build counts anew. */
async function countTable(
  { online }: Pick<Context, "online">,
  table: string,
): Promise<{ rowCount: number; byteCount: number }> {
  const counted = { rowCount: 0, byteCount: 0 };
  for await (const rows of online.scan(table)) {
    counted.rowCount += rows.length;
    for (const { key, row } of rows) counted.byteCount += keyBytes(key) + row.length;
  }
  return counted;
}
