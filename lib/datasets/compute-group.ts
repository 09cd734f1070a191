import { authorize } from "@/lib/access/authorize";
import type { WorkOptions } from "@/lib/engines/offline/port";
import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { crashPoint } from "@/lib/platform/crash";
import type { Fence } from "@/lib/platform/runs";
import { commitFiles } from "./commit-files";
import { computeEach } from "./compute-intervals";
import { loadIntervalWork, loadRecorded, readsOf } from "./interval-work";
import { dueIntervals } from "./intervals";
import { fingerprint, loadInputs } from "./load-inputs";
import { type GroupWithColumns, requireGroup, shapeOfGroup } from "./load-table";

/** What computing a group did. `rowCount` is what the group holds now; `detail` says more for people. */
export type Computed = { changed: boolean; rowCount: number; commitSequence: number; detail?: string };

type Options = WorkOptions & { fence?: Fence };

/**
 * Runs a group's SQL over its inputs and commits the result as the group's new content; an incremental group computes the
 * intervals that are due, each a commit of its own. Unchanged definition and inputs: nothing happens. Either a whole commit
 * is visible to every reader or nothing of it is.
 * Throws `feature_group_not_found`, `commit_conflict`, and what the engine says of the SQL.
 */
export async function computeGroup(
  ctx: Context,
  input: { name: string; runId: string | null },
  options: Options = {},
): Promise<Computed> {
  authorize(ctx, "run.start", `feature_group:${input.name}`);
  const group = await requireGroup(ctx, { name: input.name });
  const { sql } = group;
  if (sql === null)
    throw new LarderError("state_conflict", `The rows of ${group.name} are written, there is nothing to compute`);
  if (group.incremental) return computeDue(ctx, group, input.runId, options);

  const { inputs, fingerprints } = await loadInputs(ctx, readsOf(group));
  const shape = shapeOfGroup(group);
  const print = fingerprint({ sql, shape, inputs: fingerprints });
  const last = await ctx.db.commit.findFirst({
    // What compaction and retention commit says nothing of what was computed.
    where: { groupId: group.id, fingerprint: { not: "" } },
    orderBy: { sequence: "desc" },
  });
  if (last?.fingerprint === print) return { changed: false, ...(await present(ctx, group)) };

  const file = await ctx.offline.append(
    {
      query: { sql, inputs },
      shape,
      folder: `groups/${group.id}`,
      onStep: (step) => crashPoint(`append:${step}`),
    },
    options,
  );
  const commit = await commitFiles(
    ctx,
    group,
    {
      mode: "overwrite",
      files: file ? [file] : [],
      fingerprint: print,
      inputs: fingerprints,
      runId: input.runId,
    },
    options.fence,
  );
  return { changed: true, rowCount: commit.liveRows, commitSequence: commit.sequence };
}

async function computeDue(
  ctx: Context,
  group: GroupWithColumns,
  runId: string | null,
  options: Options,
): Promise<Computed> {
  const work = await loadIntervalWork(ctx, group);
  const { due, left } = dueIntervals(work.grid, await loadRecorded(ctx.db, group.id), {
    now: ctx.clock.now(),
    fingerprint: work.fingerprint,
  });
  await computeEach(ctx, { work, intervals: due, runId }, options);
  const rest = left > 0 ? `; ${left} more are for the next refresh` : "";
  const detail = due.length > 0 ? `${due.length} ${due.length === 1 ? "interval" : "intervals"}${rest}` : undefined;
  return { changed: due.length > 0, ...(await present(ctx, group)), ...(detail ? { detail } : {}) };
}

/** What a group holds at its newest commit. */
async function present(ctx: Context, group: GroupWithColumns): Promise<Pick<Computed, "rowCount" | "commitSequence">> {
  const head = await ctx.db.commit.findFirst({ where: { groupId: group.id }, orderBy: { sequence: "desc" } });
  return { rowCount: Number(head?.liveRows ?? 0), commitSequence: head?.sequence ?? 0 };
}
