import { authorize } from "@/lib/access/authorize";
import { nextCursor, offsetOf } from "@/lib/kernel/page";
import type { Context } from "@/lib/platform/context";
import type { Incremental } from "@/lib/registry/definition-schema";
import type { IntervalList, IntervalSummary, ListIntervals } from "./interval-schema";
import { definitionPrint, loadRecorded, readsOf, requireGrid } from "./interval-work";
import { countIntervals, intervalAt, stateOfInterval } from "./intervals";
import { fingerprint } from "./load-inputs";
import { loadKnownPrints } from "./load-known-prints";
import { requireGroup } from "./load-table";

/**
 * The intervals of a group that are over, newest first: computed, missing, or stale because something changed since. Inputs
 * are compared with what the last run saw of them. Throws `feature_group_not_found`, and `invalid_parameter` for a group
 * that is not computed by intervals.
 */
export async function listIntervals(ctx: Context, input: ListIntervals): Promise<IntervalList> {
  authorize(ctx, "catalog.read", `feature_group:${input.name}`);
  const offset = offsetOf(input.cursor);
  const group = await requireGroup(ctx, { name: input.name });
  const grid = requireGrid(group);
  const [recorded, prints] = await Promise.all([loadRecorded(ctx.db, group.id), loadKnownPrints(ctx, readsOf(group))]);
  const now = {
    definition: definitionPrint(group),
    inputs: Object.values(prints).includes(null) ? null : fingerprint(prints),
  };
  const total = countIntervals(grid, ctx.clock.now());
  const last = intervalAt(grid, total);
  const known = new Map(recorded.map((one) => [one.start, one]));
  const summary = (index: number): IntervalSummary => {
    const { start, end } = intervalAt(grid, index);
    const found = known.get(start);
    const one = found?.end === end ? found : undefined;
    return {
      start,
      end,
      ...stateOfInterval(one, now),
      rowCount: one ? Number(one.rowCount) : null,
      runId: one?.runId ?? null,
      computedAt: one?.computedAt.toISOString() ?? null,
    };
  };
  const items = Array.from({ length: Math.max(0, Math.min(input.limit, total - offset)) }, (_, at) =>
    summary(total - 1 - offset - at),
  );
  const { interval, lookback } = group.incremental as Incremental;
  const first = intervalAt(grid, 0).start;
  const counts = { computed: 0, missing: total, stale: 0 };
  for (const one of recorded) {
    if (one.start < first || one.end > last.start || !isOnGrid(one, grid.stepMs)) continue;
    counts.missing -= 1;
    counts[stateOfInterval(one, now).state] += 1;
  }
  return {
    items,
    total,
    nextCursor: nextCursor(offset, items.length, total),
    interval,
    lookback: lookback ?? null,
    first,
    until: last.start,
    counts,
  };
}

function isOnGrid({ start, end }: { start: string; end: string }, stepMs: number): boolean {
  const from = Date.parse(`${start.slice(0, 23)}Z`);
  return from % stepMs === 0 && Date.parse(`${end.slice(0, 23)}Z`) - from === stepMs;
}
