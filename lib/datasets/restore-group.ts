import { audit } from "@/lib/access/audit";
import { authorize } from "@/lib/access/authorize";
import { LarderError } from "@/lib/kernel/errors";
import type { Run } from "@/lib/kernel/run";
import type { Context } from "@/lib/platform/context";
import { commitFiles } from "./commit-files";
import { requireSnapshot } from "./find-snapshot";
import { type GroupWithColumns, requireCommit, requireGroup } from "./load-table";
import { queueFollowUp } from "./queue-follow-up";
import { itemsOf } from "./snapshot-rows";
import type { Restored, RestoreGroup } from "./snapshot-schema";

/**
 * Lets a group hold again what it held at a commit: a new commit that points to the old files, so nothing is copied and
 * what was there in between stays readable. A computed group keeps it until what its SQL reads changes. Throws
 * `commit_not_found`, `commit_expired`, `snapshot_not_found`, `commit_conflict`, and `state_conflict` when that is what the
 * group holds already, or when the snapshot is of another version.
 */
export async function restoreGroup(ctx: Context, input: RestoreGroup): Promise<Restored> {
  authorize(ctx, "history.write", `feature_group:${input.name}`);
  const group = await requireGroup(ctx, { name: input.name });
  const restores = input.snapshot ? await sequenceIn(ctx, input.snapshot, group) : (input.commit ?? 0);
  const [target, head] = await Promise.all(
    [restores, group.headSequence].map((sequence) =>
      ctx.db.commit.findUnique({ where: { groupId_sequence: { groupId: group.id, sequence } } }),
    ),
  );
  requireCommit(group, restores, target ?? undefined);
  if (!target || !head || restores === group.headSequence)
    throw new LarderError("state_conflict", `Commit ${restores} is what ${group.name} holds now`);
  let run: Run | undefined;
  const commit = await commitFiles(
    ctx,
    group,
    {
      mode: "restore",
      files: [],
      restores,
      liveRows: Number(target.liveRows),
      // As of what was computed last: else the next refresh would undo the restore though nothing has changed.
      fingerprint: head.fingerprint,
      inputs: head.inputs as Record<string, string>,
    },
    async (tx, { sequence }) => {
      const still = await tx.commit.findUnique({ where: { id: target.id } });
      requireCommit(group, restores, still ?? undefined);
      // What was computed since then is not there any more, so it counts as not computed.
      await tx.interval.deleteMany({ where: { groupId: group.id, commitSequence: { gt: restores } } });
      run = await queueFollowUp(ctx, tx, group, sequence);
      await audit(ctx, tx, {
        action: "group.restore",
        resource: `feature_group:${group.name}`,
        before: { commit: group.headSequence, rowCount: Number(head.liveRows) },
        after: { commit: sequence, restores, rowCount: Number(target.liveRows), snapshot: input.snapshot ?? null },
      });
    },
  );
  if (!run) throw new LarderError("internal", "The restore queued no run");
  return {
    commit: {
      sequence: commit.sequence,
      restores,
      rowCount: commit.liveRows,
      committedAt: commit.committedAt.toISOString(),
    },
    run,
  };
}

async function sequenceIn(ctx: Context, snapshot: string, group: GroupWithColumns): Promise<number> {
  const items = itemsOf(await requireSnapshot(ctx, snapshot)).filter((item) => item.group === group.name);
  const item = items.find(({ groupId }) => groupId === group.id);
  if (item) return item.sequence;
  if (items.length === 0)
    throw new LarderError("validation_failed", `Snapshot ${snapshot} does not hold feature group ${group.name}`);
  throw new LarderError(
    "state_conflict",
    `Snapshot ${snapshot} holds version ${items.map(({ version }) => version).join(" and ")} of ${group.name}, which is at version ${group.version} now; versions have columns of their own, so their rows cannot be exchanged`,
  );
}
