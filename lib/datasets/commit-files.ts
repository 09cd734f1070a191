import { audit } from "@/lib/access/audit";
import type { DataFile, TimeRange } from "@/lib/engines/offline/port";
import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { crashPoint } from "@/lib/platform/crash";
import { type Prisma, type Tx, transaction } from "@/lib/platform/db";
import { newId } from "@/lib/platform/ids";
import type { GroupWithColumns } from "./load-table";

/** One change of a group's rows, ready to become visible. */
export type NewCommit = {
  mode: "append" | "overwrite" | "compact" | "restore";
  files: DataFile[];
  /** An overwrite of rows within it; none: of everything. */
  range?: TimeRange;
  /** Rows that the group holds afterwards; an append needs not say. */
  liveRows?: number;
  restores?: number;
  replaces?: string[];
  fingerprint?: string;
  inputs?: Record<string, string>;
  runId?: string | null;
  /** Idempotency key of a write; a second commit with it is refused by the database. */
  write?: { key: string; payloadHash: string };
  /** What the caller will be told, kept for whoever repeats the write. */
  answer?: (commit: Committed) => Prisma.InputJsonObject;
};

export type Committed = {
  id: string;
  sequence: number;
  rowCount: number;
  byteCount: number;
  liveRows: number;
  committedAt: Date;
};

/**
 * Makes files visible as one commit: moves the group's head, writes commit, files and audit row, and what `within` adds,
 * in one transaction. An append goes on top of whatever the head is by then; anything else only on the head that `group`
 * was read with. Throws `commit_conflict`, also when the definition changed since `group` was read.
 */
export async function commitFiles(
  ctx: Context,
  group: GroupWithColumns,
  commit: NewCommit,
  within: (tx: Tx, committed: Committed) => Promise<void> = async () => undefined,
): Promise<Committed> {
  crashPoint("commit:before-transaction");
  const committed = await transaction(ctx.db, async (tx) => {
    const written = await write(ctx, tx, group, commit);
    crashPoint("commit:in-transaction");
    await within(tx, written);
    return written;
  });
  crashPoint("commit:after-transaction");
  return committed;
}

async function write(ctx: Context, tx: Tx, group: GroupWithColumns, commit: NewCommit): Promise<Committed> {
  const { mode, files, range, runId = null } = commit;
  const pinned = mode === "append" ? {} : { headSequence: group.headSequence };
  const moved = await tx.featureGroup.updateManyAndReturn({
    where: { id: group.id, hash: group.hash, ...pinned },
    data: { headSequence: { increment: 1 } },
    select: { headSequence: true },
  });
  const sequence = moved[0]?.headSequence;
  if (sequence === undefined) throw await conflict(tx, group);
  const rowCount = files.reduce((sum, file) => sum + file.rowCount, 0);
  const before = await tx.commit.findUnique({
    where: { groupId_sequence: { groupId: group.id, sequence: sequence - 1 } },
    select: { liveRows: true, committedAt: true },
  });
  const now = ctx.clock.now();
  const committed: Committed = {
    id: newId("cmt"),
    sequence,
    rowCount,
    byteCount: files.reduce((sum, file) => sum + file.byteCount, 0),
    liveRows: commit.liveRows ?? (mode === "append" ? Number(before?.liveRows ?? 0) + rowCount : rowCount),
    // When its rows were learned: never before those of the commit it lies on, also when the clock is put back.
    committedAt: before && before.committedAt > now ? before.committedAt : now,
  };
  await tx.commit.create({
    data: {
      ...committed,
      groupId: group.id,
      mode,
      rangeStart: range?.start ?? null,
      rangeEnd: range?.end ?? null,
      restores: commit.restores ?? null,
      replaces: commit.replaces ?? [],
      fingerprint: commit.fingerprint ?? "",
      inputs: commit.inputs ?? {},
      runId,
      writeKey: commit.write?.key ?? null,
      payloadHash: commit.write?.payloadHash ?? null,
      ...(commit.answer ? { answer: commit.answer(committed) } : {}),
      createdBy: ctx.actor.id,
    },
  });
  for (const { minKey, maxKey, ...file } of files) {
    const keys = {
      minKey: minKey === undefined ? null : JSON.stringify(minKey),
      maxKey: maxKey === undefined ? null : JSON.stringify(maxKey),
    };
    await tx.dataFile.create({ data: { id: newId("fil"), commitId: committed.id, ...file, ...keys } });
  }
  await audit(ctx, tx, {
    action: "group.commit",
    resource: `feature_group:${group.name}`,
    after: { sequence, mode, rowCount, byteCount: committed.byteCount, runId },
  });
  return committed;
}

async function conflict(tx: Tx, group: GroupWithColumns): Promise<LarderError> {
  const now = await tx.featureGroup.findUnique({ where: { id: group.id }, select: { hash: true } });
  if (!now) return new LarderError("feature_group_not_found", `Feature group ${group.name} was deleted meanwhile`);
  const what =
    now.hash === group.hash
      ? `Somebody else committed to ${group.name} meanwhile`
      : `The definition of ${group.name} changed meanwhile`;
  return new LarderError("commit_conflict", `${what}; nothing was written, try again`);
}
