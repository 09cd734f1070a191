import { audit } from "@/lib/access/audit";
import { authorize } from "@/lib/access/authorize";
import { isLarderError } from "@/lib/kernel/errors";
import { requireInstant } from "@/lib/kernel/time";
import type { Context } from "@/lib/platform/context";
import { transaction } from "@/lib/platform/db";
import type { Fence, RunReporter } from "@/lib/platform/runs";
import { commitFiles } from "./commit-files";
import { type Cutoffs, cutoffsOf, loadAging, loadHolds } from "./load-retention";
import { requireGroup } from "./load-table";
import { countOldRows } from "./plan-retention";
import { queueFollowUp } from "./queue-follow-up";
import { planExpiry } from "./retention";
import type { RetentionOf } from "./retention-schema";
import { holdGroups } from "./snapshot-rows";

const ATTEMPTS = 5;
const NOTHING: Cutoffs = { rowsBefore: null, commitsBefore: null };

/** What retention took away; `files` and `bytes` are what nothing needs any more, removed by the next garbage collection. */
export type AppliedRetention = { rows: number; commits: number; files: number; bytes: number };

/**
 * Removes rows that are older than the group's policy keeps them, then ends the time travel of commits that are. May be
 * called again: what is done is not done twice. Who reads an ended commit at that moment finishes, its files stay a while.
 */
export async function applyRetention(
  ctx: Context,
  input: RetentionOf & { runId: string | null },
  report: RunReporter,
): Promise<AppliedRetention> {
  authorize(ctx, "history.write", `feature_group:${input.name}`);
  const rows = await report.node("rows", async () => {
    const removed = await removeOldRows(ctx, input, report.fence);
    return { removed, rows: removed, state: removed > 0 ? "DONE" : "UNCHANGED" };
  });
  const ended = await report.node("history", async () => {
    const done = await endOldCommits(ctx, input, report.fence);
    const detail = `${done.commits} ended, ${done.files} files are garbage`;
    return { ...done, detail, state: done.commits + done.files > 0 ? "DONE" : "UNCHANGED" };
  });
  return { rows: rows.removed, commits: ended.commits, files: ended.files, bytes: ended.bytes };
}

async function removeOldRows(
  ctx: Context,
  input: RetentionOf & { runId: string | null },
  fence: Fence,
): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    const group = await requireGroup(ctx, input);
    const cutoffs = cutoffsOf(group.retention, ctx.clock.now()) ?? NOTHING;
    const removed = await countOldRows(ctx, group, cutoffs);
    if (removed === 0 || cutoffs.rowsBefore === null) return 0;
    const head = await ctx.db.commit.findUniqueOrThrow({
      where: { groupId_sequence: { groupId: group.id, sequence: group.headSequence } },
    });
    try {
      await commitFiles(
        ctx,
        group,
        {
          mode: "overwrite",
          range: { start: null, end: requireInstant(cutoffs.rowsBefore, "rows") },
          files: [],
          liveRows: Number(head.liveRows) - removed,
          // Nothing was computed: the next refresh compares with what was.
          fingerprint: head.fingerprint,
          inputs: head.inputs as Record<string, string>,
          runId: input.runId,
        },
        async (tx, { sequence }) => {
          await fence(tx);
          // Statistics and online values are kept of the newest version.
          if (group.latest) await queueFollowUp(ctx, tx, group, sequence);
        },
      );
      return removed;
    } catch (error) {
      const again = isLarderError(error) && error.code === "commit_conflict" && attempt < ATTEMPTS;
      if (!again) throw error;
    }
  }
}

async function endOldCommits(
  ctx: Context,
  input: RetentionOf,
  fence: Fence,
): Promise<{ commits: number; files: number; bytes: number }> {
  const { id } = await requireGroup(ctx, input);
  return transaction(ctx.db, async (tx) => {
    await fence(tx);
    // Whoever names one of these commits, or goes back to it, comes before or after.
    await holdGroups(tx, [id]);
    const group = await tx.featureGroup.findUnique({ where: { id } });
    if (!group) return { commits: 0, files: 0, bytes: 0 };
    const now = ctx.clock.now();
    const commits = await loadAging(tx, id);
    const cutoff = cutoffsOf(group.retention, now)?.commitsBefore ?? null;
    const { expire, garbage } = planExpiry(commits, cutoff, await loadHolds(tx, group, commits));
    await tx.commit.updateMany({ where: { groupId: id, sequence: { in: expire } }, data: { expiredAt: now } });
    await tx.dataFile.updateMany({
      where: { id: { in: garbage.map((file) => file.id) }, garbageAt: null },
      data: { garbageAt: now },
    });
    const bytes = garbage.reduce((sum, file) => sum + Number(file.byteCount), 0);
    const done = { commits: expire.length, files: garbage.length, bytes };
    if (expire.length + garbage.length > 0)
      await audit(ctx, tx, {
        action: "group.retention",
        resource: `feature_group:${group.name}`,
        after: { version: group.version, ...done, upTo: expire.at(-1) ?? null },
      });
    return done;
  });
}
