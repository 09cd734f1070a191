import { authorize } from "@/lib/access/authorize";
import type { CommittedFile, DataFile, WorkOptions } from "@/lib/engines/offline/port";
import { isLarderError, LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { crashPoint } from "@/lib/platform/crash";
import { type Tx, transaction } from "@/lib/platform/db";
import { newId } from "@/lib/platform/ids";
import type { Fence } from "@/lib/platform/runs";
import { commitFiles } from "./commit-files";
import type { IntervalWork } from "./interval-work";
import type { TimeInterval } from "./intervals";
import { type GroupWithColumns, loadTable, requireGroup } from "./load-table";

const ATTEMPTS = 5;

/**
 * Computes one interval of a group: its rows take the place of what was there, and the interval is recorded, in one
 * transaction. Nothing before and nothing now is recorded without a commit. Throws `commit_conflict` when the definition
 * changed since `work` was read, and what the engine says of the SQL.
 */
export async function computeInterval(
  ctx: Context,
  input: { work: IntervalWork; interval: TimeInterval; runId: string | null },
  options: WorkOptions & { fence?: Fence } = {},
): Promise<{ rowCount: number }> {
  const { work, interval, runId } = input;
  const { name, hash, id: groupId } = work.group;
  authorize(ctx, "run.start", `feature_group:${name}`);
  const file = await ctx.offline.append(
    {
      query: work.query,
      interval,
      shape: work.shape,
      folder: `groups/${groupId}`,
      onStep: (step) => crashPoint(`append:${step}`),
    },
    options,
  );
  const record = async (tx: Tx, commitSequence: number): Promise<void> => {
    await options.fence?.(tx);
    // Of another length, when the definition had one.
    await tx.interval.deleteMany({ where: { groupId, start: { lt: interval.end }, end: { gt: interval.start } } });
    const state = { rowCount: file?.rowCount ?? 0, fingerprint: work.fingerprint, runId, computedAt: ctx.clock.now() };
    await tx.interval.create({ data: { id: newId("int"), groupId, ...interval, commitSequence, ...state } });
  };
  for (let attempt = 1; ; attempt++) {
    // Written on the newest head, but only by the definition that the rows were computed with.
    const group = { ...(await requireGroup(ctx, { name })), hash };
    try {
      await put(ctx, group, { file, interval, work, runId, record, options });
      return { rowCount: file?.rowCount ?? 0 };
    } catch (error) {
      const overtaken = isLarderError(error) && error.code === "commit_conflict";
      if (!overtaken || attempt === ATTEMPTS) throw error;
      const now = await ctx.db.featureGroup.findUnique({ where: { id: groupId }, select: { hash: true } });
      if (now?.hash !== hash) throw error;
    }
  }
}

type Put = {
  file: DataFile | null;
  interval: TimeInterval;
  work: IntervalWork;
  runId: string | null;
  record: (tx: Tx, commitSequence: number) => Promise<void>;
  options: WorkOptions;
};

async function put(ctx: Context, group: GroupWithColumns, given: Put): Promise<void> {
  const { file, interval, work, runId, record, options } = given;
  const replaced = await countWithin(ctx, group, interval, options);
  if (!file && replaced === 0) {
    await transaction(ctx.db, async (tx) => {
      const { id, hash, headSequence } = group;
      const held = await tx.featureGroup.updateMany({ where: { id, hash, headSequence }, data: { headSequence } });
      if (held.count === 0)
        throw new LarderError("commit_conflict", `Somebody else changed ${group.name} meanwhile; nothing was written`);
      await record(tx, headSequence);
    });
    return;
  }
  const where = { groupId_sequence: { groupId: group.id, sequence: group.headSequence } };
  const head = await ctx.db.commit.findUnique({ where, select: { liveRows: true } });
  const commit = {
    mode: "overwrite" as const,
    files: file ? [file] : [],
    range: interval,
    liveRows: Number(head?.liveRows ?? 0) - replaced + (file?.rowCount ?? 0),
    fingerprint: work.fingerprint,
    inputs: work.inputs,
    runId,
  };
  await commitFiles(ctx, group, commit, (tx, committed) => record(tx, committed.sequence));
}

/** Rows that readers see within an interval. Most intervals are new, and that is told without reading a file. */
async function countWithin(
  ctx: Context,
  group: GroupWithColumns,
  interval: TimeInterval,
  options: WorkOptions,
): Promise<number> {
  const near = await ctx.db.dataFile.count({
    where: {
      commit: { groupId: group.id },
      OR: [
        { minEventTime: null },
        { maxEventTime: null },
        { minEventTime: { lt: interval.end }, maxEventTime: { gte: interval.start } },
      ],
    },
  });
  if (near === 0) return 0;
  const { table } = await loadTable(ctx, group, group.headSequence);
  const files = table.files.filter((file) => !isBeside(file, interval));
  if (files.every((file) => isWithin(file, interval) && !file.hidden))
    return files.reduce((sum, file) => sum + file.rowCount, 0);
  return ctx.offline.count({ table: { ...table, files }, range: interval }, options);
}

function isBeside({ minEventTime, maxEventTime }: CommittedFile, { start, end }: TimeInterval): boolean {
  return minEventTime !== null && maxEventTime !== null && (maxEventTime < start || minEventTime >= end);
}

function isWithin({ minEventTime, maxEventTime }: CommittedFile, { start, end }: TimeInterval): boolean {
  return minEventTime !== null && maxEventTime !== null && start <= minEventTime && maxEventTime < end;
}
