import { authorize } from "@/lib/access/authorize";
import type { WorkOptions } from "@/lib/engines/offline/port";
import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import type { Fence } from "@/lib/platform/runs";
import { computeInterval } from "./compute-interval";
import { type IntervalWork, loadRecorded } from "./interval-work";
import { intervalsWithin, requireRange, type TimeInterval } from "./intervals";

/**
 * Computes the intervals of a range one after the other, each visible wholly or not at all. What was computed before is
 * left alone; with `restate` only what this run itself has computed, so that it can be started over.
 */
export async function computeIntervals(
  ctx: Context,
  input: { work: IntervalWork; range: TimeInterval; restate: boolean; runId: string | null },
  options: WorkOptions & { fence?: Fence } = {},
): Promise<{ computed: number; rowCount: number }> {
  const { work, range, restate, runId } = input;
  authorize(ctx, "history.write", `feature_group:${work.group.name}`);
  const recorded = new Map((await loadRecorded(ctx.db, work.group.id)).map((one) => [one.start, one]));
  const wanted = intervalsWithin(work.grid, requireRange(work.grid, range, ctx.clock.now())).filter(
    ({ start, end }) => {
      const one = recorded.get(start);
      return one?.end !== end || (restate && (runId === null || one.runId !== runId));
    },
  );
  return computeEach(ctx, { work, intervals: wanted, runId }, options);
}

/** Computes intervals in their order. Throws `cancelled` between two of them when it is to stop. */
export async function computeEach(
  ctx: Context,
  { work, intervals, runId }: { work: IntervalWork; intervals: TimeInterval[]; runId: string | null },
  options: WorkOptions & { fence?: Fence },
): Promise<{ computed: number; rowCount: number }> {
  let rowCount = 0;
  for (const interval of intervals) {
    if (options.signal?.aborted) throw new LarderError("cancelled", "The run was cancelled");
    const { onRows: _total, ...rest } = options;
    rowCount += (await computeInterval(ctx, { work, interval, runId }, rest)).rowCount;
    options.onRows?.(rowCount);
  }
  return { computed: intervals.length, rowCount };
}
