import { audit } from "@/lib/access/audit";
import { authorize } from "@/lib/access/authorize";
import type { DataFile, WorkOptions } from "@/lib/engines/offline/port";
import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { crashPoint } from "@/lib/platform/crash";
import { transaction } from "@/lib/platform/db";
import { newId } from "@/lib/platform/ids";
import { fingerprint, loadInputs } from "./load-inputs";
import { type GroupWithColumns, loadTable, requireGroup } from "./load-table";

/** What computing a group did. `rowCount` is what the group holds now. */
export type Computed = { changed: boolean; rowCount: number; commitSequence: number };

/**
 * Runs a group's SQL over its inputs and commits the result as the group's new content.
 * Unchanged definition and inputs: nothing happens. Either the whole commit is visible to every reader or nothing is.
 * Throws `feature_group_not_found`, `commit_conflict`, and what the engine says of the SQL.
 */
export async function computeGroup(
  ctx: Context,
  input: { name: string; runId: string | null },
  options: WorkOptions = {},
): Promise<Computed> {
  authorize(ctx, "run.start", `feature_group:${input.name}`);
  const group = await requireGroup(ctx, { name: input.name });

  const reads = (group.inputs as { name: string }[]).map((item) => item.name);
  const { inputs, fingerprints } = await loadInputs(ctx, reads);
  const { table } = await loadTable(ctx, group);
  const print = fingerprint({ sql: group.sql, shape: table.shape, inputs: fingerprints });
  const head = await ctx.db.commit.findFirst({ where: { groupId: group.id }, orderBy: { sequence: "desc" } });
  if (head?.fingerprint === print)
    return { changed: false, rowCount: Number(head.rowCount), commitSequence: head.sequence };

  const file = await ctx.offline.append(
    {
      query: { sql: group.sql, inputs },
      shape: table.shape,
      folder: `groups/${group.id}`,
      onStep: (step) => crashPoint(`append:${step}`),
    },
    options,
  );
  crashPoint("commit:before-transaction");
  const commitSequence = await commit(ctx, group, { file, print, fingerprints, runId: input.runId });
  crashPoint("commit:after-transaction");
  return { changed: true, rowCount: file?.rowCount ?? 0, commitSequence };
}

type NewCommit = { file: DataFile | null; print: string; fingerprints: Record<string, string>; runId: string | null };

async function commit(
  ctx: Context,
  group: GroupWithColumns,
  { file, print, fingerprints, runId }: NewCommit,
): Promise<number> {
  const sequence = group.headSequence + 1;
  await transaction(ctx.db, async (tx) => {
    const swapped = await tx.featureGroup.updateMany({
      where: { id: group.id, headSequence: group.headSequence },
      data: { headSequence: sequence },
    });
    if (swapped.count === 0) {
      throw new LarderError(
        "commit_conflict",
        `Somebody else committed to ${group.name} while it was being computed; nothing was changed, run it again`,
      );
    }
    const rowCount = file?.rowCount ?? 0;
    const byteCount = file?.byteCount ?? 0;
    const id = newId("cmt");
    await tx.commit.create({
      data: {
        id,
        groupId: group.id,
        sequence,
        mode: "overwrite",
        rowCount,
        byteCount,
        fingerprint: print,
        inputs: fingerprints,
        runId,
        committedAt: ctx.clock.now(),
      },
    });
    if (file) {
      const { path, sha256, minEventTime, maxEventTime, unique } = file;
      await tx.dataFile.create({
        data: { id: newId("fil"), commitId: id, path, rowCount, byteCount, sha256, minEventTime, maxEventTime, unique },
      });
    }
    await audit(ctx, tx, {
      action: "group.commit",
      resource: `feature_group:${group.name}`,
      after: { sequence, rowCount, byteCount, runId },
    });
  });
  return sequence;
}
