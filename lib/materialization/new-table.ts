import { type GroupWithColumns, loadTable, requireGroup, shapeOfGroup } from "@/lib/datasets/load-table";
import type { Shape } from "@/lib/engines/offline/port";
import { changeTables, discardTable, forgetGroup, readTables, type TableNote } from "@/lib/engines/online/table-notes";
import type { Column } from "@/lib/kernel/values";
import type { Context } from "@/lib/platform/context";
import { carryPushedRows } from "./carried-rows";
import { removeLeftTables } from "./left-tables";
import { noteInUse, putMark, wasPushedInto } from "./online-tables";
import { appendedSince, buildOf, headCommit } from "./plan-table";
import { type Materialized, publishTable, type Work, type WorkHow } from "./publication";
import { putRows } from "./put-rows";
import { buildTable } from "./table-build";

/** How often a table that is built is looked at for commits that came meanwhile; the rest is appended once it is in use. */
const MOST_ROUNDS = 5;

type Built = { note: TableNote; shape: Shape; group: GroupWithColumns; commitId: string | null };

/** Builds all rows of a group into a new table and moves readers to it. Null: what it was planned for has changed. */
export async function moveToNewTable(ctx: Context, work: Work, options: WorkHow): Promise<Materialized | null> {
  const { id } = work.group;
  const isDeleted = async (): Promise<boolean> => (await ctx.db.featureGroup.count({ where: { id } })) === 0;
  const moved = await move(ctx, work, options).catch(async (error: unknown) => {
    if (await isDeleted().catch(() => false)) return null;
    throw error;
  });
  // Whoever deleted the group removed what was known of it then, and this came after it.
  if (!moved && (await isDeleted())) await forgetGroup(ctx.online, id);
  return moved;
}

async function move(ctx: Context, { group, current, runId }: Work, options: WorkHow): Promise<Materialized | null> {
  const { table } = await loadTable(ctx, group, group.headSequence);
  const { shape } = table;
  const commitId = await headCommit(ctx, group);
  const given = {
    groupId: group.id,
    sequence: group.headSequence,
    build: buildOf(shape, commitId),
    table,
    inUse: current?.onlineTable ?? null,
  };
  const note = await buildTable(ctx, given, options);
  const old = current && { table: current.onlineTable, columns: current.columns as Column[] };
  const to = { table: note.name, columns: shape.features };
  const carried = old && (await wasPushedInto(ctx.online, old.table)) ? await carryPushedRows(ctx, old, to) : null;
  const built = await addCommits(ctx, { note, shape, group, commitId }, options);
  if (!(await isStillThere(ctx, built))) return null;
  const watermarkSequence = built.group.headSequence;
  await putMark(ctx.online, note.name, watermarkSequence, built.commitId);
  const rowCount = built.note.rows + (carried?.added ?? 0);
  const state = {
    onlineTable: note.name,
    columns: shape.features,
    watermarkSequence,
    watermarkEventTime: built.note.lastEventTime,
    rowCount,
    byteCount: built.note.bytes + (carried?.bytes ?? 0),
    runId,
  };
  if (old) await noteInUse(ctx.online, group.id, old);
  if (!(await publishTable(ctx, group, { current, state, fence: options.fence }))) return null;
  // Rows that were pushed into the old table since the look at it are taken along.
  await removeLeftTables(ctx, group.id);
  return { changed: true, rowCount, watermarkSequence };
}

/**
 * Puts commits that were appended meanwhile into a table that is built: who pushed them read them in the old one. Others,
 * which take rows away, are left to the next run.
 */
async function addCommits(ctx: Context, first: Built, options: WorkHow): Promise<Built> {
  let built = first;
  for (let round = 1; round <= MOST_ROUNDS; round++) {
    const { shape, note } = built;
    const group = await requireGroup(ctx, { name: built.group.name });
    if (group.id !== built.group.id || group.headSequence === built.group.headSequence) break;
    if (JSON.stringify(shapeOfGroup(group)) !== JSON.stringify(shape)) break;
    const files = await appendedSince(ctx, group, built.group.headSequence);
    if (files === null) break;
    // From here on it is no longer the build that it was, and until all rows are in it none that anybody could go on with.
    await changeBuild(ctx, group.id, note, { build: "" });
    const put = await putRows(ctx, note.name, { shape, files }, { signal: options.signal });
    await ctx.online.flush();
    const commitId = await headCommit(ctx, group);
    const latest = [note.lastEventTime, put.lastEventTime].filter((time) => time !== null).sort();
    const more = {
      build: buildOf(shape, commitId),
      rows: note.rows + put.added,
      bytes: note.bytes + put.bytes,
      lastEventTime: latest.at(-1) ?? null,
    };
    await changeBuild(ctx, group.id, note, more);
    built = { note: { ...note, ...more }, shape, group, commitId };
  }
  return built;
}

async function changeBuild(
  { online }: Context,
  groupId: string,
  { name }: TableNote,
  change: Partial<TableNote>,
): Promise<void> {
  await changeTables(online, groupId, (tables) =>
    tables.map((one) =>
      one.name === name && one.state === "building" ? { ...one, ...change, touchedAt: Date.now() } : one,
    ),
  );
}

/** A store that was emptied meanwhile holds a part of the table and no note of it; a mark would call that part whole. */
async function isStillThere({ online }: Context, { note, group }: Built): Promise<boolean> {
  const found = (await readTables(online, group.id)).find(({ name }) => name === note.name);
  if (!found) await discardTable(online, note.name);
  return found?.state === "building" && found.whole && found.build === note.build;
}
