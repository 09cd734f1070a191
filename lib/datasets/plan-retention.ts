import { authorize } from "@/lib/access/authorize";
import { requireInstant } from "@/lib/kernel/time";
import type { Context } from "@/lib/platform/context";
import type { Retention } from "@/lib/registry/definition-schema";
import { type Cutoffs, cutoffsOf, loadAging, loadHolds } from "./load-retention";
import { type GroupWithColumns, loadTable, requireGroup } from "./load-table";
import { type AgingCommit, planExpiry } from "./retention";
import type { RetentionOf, RetentionPlan } from "./retention-schema";

const SHOWN = 200;

/** What the retention of a group would take away now. Nothing is changed. */
export async function planRetention(ctx: Context, input: RetentionOf): Promise<RetentionPlan> {
  authorize(ctx, "catalog.read", `feature_group:${input.name}`);
  const group = await requireGroup(ctx, input);
  const policy = group.retention as Retention | null;
  const now = ctx.clock.now();
  const cutoffs: Cutoffs = cutoffsOf(policy, now) ?? { rowsBefore: null, commitsBefore: null };
  const rowCount = await countOldRows(ctx, group, cutoffs);
  const commits = await loadAging(ctx.db, group.id);
  const head = commits.at(-1);
  const after = rowCount > 0 && head ? [...commits, removalAfter(head, cutoffs.rowsBefore, now)] : commits;
  const { expire, held, garbage } = planExpiry(after, cutoffs.commitsBefore, await loadHolds(ctx.db, group, commits));
  const at = new Map(commits.map(({ sequence, committedAt }) => [sequence, committedAt.toISOString()]));
  return {
    policy: policy && { history: policy.history ?? null, rows: policy.rows ?? null },
    rowsBefore: cutoffs.rowsBefore,
    rowCount,
    rowsKept: Number(head?.liveRows ?? 0) - rowCount,
    commitsBefore: cutoffs.commitsBefore?.toISOString() ?? null,
    expireCount: expire.length,
    expire: expire.slice(0, SHOWN).map((sequence) => ({ sequence, committedAt: at.get(sequence) ?? "" })),
    held,
    files: garbage.length,
    bytes: garbage.reduce((sum, file) => sum + Number(file.byteCount), 0),
  };
}

/** Rows of a group that are older than its policy keeps them. */
export async function countOldRows(ctx: Context, group: GroupWithColumns, { rowsBefore }: Cutoffs): Promise<number> {
  if (rowsBefore === null) return 0;
  const { table } = await loadTable(ctx, group);
  if (table.files.length === 0) return 0;
  return ctx.offline.count({ table, range: { start: null, end: requireInstant(rowsBefore, "rowsBefore") } });
}

function removalAfter<F>(head: AgingCommit<F>, rangeEnd: string | null, now: Date): AgingCommit<F> {
  const { sequence } = head;
  const nothing = { rangeStart: null, restores: null, replaces: [], files: [], expiredAt: null };
  return { ...nothing, sequence: sequence + 1, mode: "overwrite", rangeEnd, committedAt: now };
}
