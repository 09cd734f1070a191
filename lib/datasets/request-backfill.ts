import { audit } from "@/lib/access/audit";
import { authorize } from "@/lib/access/authorize";
import type { Run } from "@/lib/kernel/run";
import { requireInstant } from "@/lib/kernel/time";
import type { Context } from "@/lib/platform/context";
import { transaction } from "@/lib/platform/db";
import { queueRun } from "@/lib/platform/runs";
import type { RequestBackfill } from "./interval-schema";
import { requireGrid } from "./interval-work";
import { inSteps, intervalsWithin, requireRange, type TimeInterval } from "./intervals";
import { followUpNodes, loadRefreshPlan } from "./load-refresh-plan";
import { requireGroup } from "./load-table";

/**
 * Starts a run that computes the intervals of a range; those that were computed before only with `restate`. What is there
 * of the group's inputs is read as it is. Throws `feature_group_not_found`, and `invalid_parameter` for a group that is not
 * computed by intervals or a range that is not of whole intervals that are over.
 */
export async function requestBackfill(ctx: Context, input: RequestBackfill): Promise<{ run: Run }> {
  authorize(ctx, "history.write", `feature_group:${input.name}`);
  const group = await requireGroup(ctx, { name: input.name });
  const grid = requireGrid(group);
  const asked = { start: requireInstant(input.start, "start"), end: requireInstant(input.end, "end") };
  const range = requireRange(grid, asked, ctx.clock.now());
  const intervals = intervalsWithin(grid, range);
  const plan = await loadRefreshPlan(ctx.db, ctx.project, [group.name]);
  const run = await transaction(ctx.db, async (tx) => {
    const work = { groups: [group.name], ...range, restate: input.restate };
    const queued = await queueRun(ctx, tx, {
      kind: "backfill",
      title: `${input.restate ? "Restate" : "Backfill"} ${group.name}, ${written(range)}`,
      input: work,
      nodes: [
        // What was seen of the sources is what stale intervals are told by.
        ...plan.nodes.filter(({ id }) => id.startsWith("source:")),
        ...inSteps(intervals).map(nodeOf),
        ...followUpNodes(group),
      ],
    });
    await audit(ctx, tx, { action: "run.start", resource: `run:${queued.id}`, after: { kind: "backfill", ...work } });
    return queued;
  });
  return { run };
}

/** One step: consecutive intervals, named by the range that they make. */
function nodeOf(step: TimeInterval[]): { id: string; label: string } {
  const range = { start: step[0]?.start ?? "", end: step.at(-1)?.end ?? "" };
  const count = step.length > 1 ? ` (${step.length} intervals)` : "";
  return { id: `interval:${range.start}/${range.end}`, label: `Compute ${written(range)}${count}` };
}

/** `2026-01-10 to 2026-01-12`, with the time of day where it says something. */
function written({ start, end }: TimeInterval): string {
  const whole = [start, end].every((at) => at.endsWith("T00:00:00.000000Z"));
  const short = (at: string): string => (whole ? at.slice(0, 10) : `${at.slice(0, 10)} ${at.slice(11, 16)}`);
  return `${short(start)} to ${short(end)}`;
}
