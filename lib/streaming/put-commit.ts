import { asDataFile, type GroupWithColumns, shapeOfGroup } from "@/lib/datasets/load-table";
import type { CommittedFile } from "@/lib/engines/offline/port";
import { instantOf } from "@/lib/kernel/time";
import { putRows } from "@/lib/materialization/put-rows";
import type { Context } from "@/lib/platform/context";
import { findTable, readersFollow } from "./online-table";
import { type PushTarget, requireUsable } from "./target";

const ATTEMPTS = 5;

/**
 * Puts the rows of one appended commit online as materializing it does, and answers how many keys changed when every reader
 * sees them. What a later
 * commit replaces is left to the run that follows it. The watermark stays, and that run puts the same rows again.
 */
export async function putCommit(
  ctx: Context,
  group: GroupWithColumns,
  target: PushTarget,
  sequence: number,
): Promise<number> {
  const shape = shapeOfGroup(group);
  const files = await filesOf(ctx, group.id, sequence);
  let written = 0;
  let table = await findTable(ctx, group.id);
  for (let attempt = 1; table && attempt <= ATTEMPTS; attempt++) {
    requireUsable(target, table);
    // Looked at after the table: what hides these rows later is built into another one.
    if (await isReplaced(ctx, group.id, sequence)) return written;
    const { name } = table;
    const put = await putRows(ctx, name, { shape, files }, {});
    await ctx.online.flush();
    written = Math.max(written, put.written);
    // Readers may have moved to a table that was built without this commit.
    table = await findTable(ctx, group.id);
    if (table?.name !== name) continue;
    await readersFollow(ctx.online, group.id, table);
    return written;
  }
  return written;
}

async function filesOf(ctx: Context, groupId: string, sequence: number): Promise<CommittedFile[]> {
  const commit = await ctx.db.commit.findUniqueOrThrow({
    where: { groupId_sequence: { groupId, sequence } },
    include: { files: { orderBy: { id: "asc" } } },
  });
  const committedAt = instantOf(commit.committedAt);
  return commit.files.map((file) => ({ ...asDataFile(file), commitSequence: sequence, committedAt }));
}

/** Whether a later commit took rows away, or may have. */
async function isReplaced(ctx: Context, groupId: string, sequence: number): Promise<boolean> {
  const where = { groupId, sequence: { gt: sequence }, mode: { notIn: ["append", "compact"] } };
  return (await ctx.db.commit.count({ where })) > 0;
}
