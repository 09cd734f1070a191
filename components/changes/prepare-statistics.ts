import type { ChangeDiff } from "@/lib/registry/change-schema";
import type { Statistics } from "@/lib/registry/schema";
import { type PreparedOverlay, prepareOverlay } from "../charts/prepare-overlay";

/** One figure of a feature before and after; null where it was not measured. */
export type Pair = { before: number | null; after: number | null };
export type StatisticsRow = {
  feature: string;
  /** Whether there is anything to compare with. */
  compared: boolean;
  rows: Pair;
  nullShare: Pair;
  distinct: Pair;
  mean: Pair;
  p05: Pair;
  p50: Pair;
  p95: Pair;
  /** Bars of the newest distribution, for a sparkline. */
  bars: number[] | null;
  overlay: PreparedOverlay | null;
};

function pairOf(
  entry: ChangeDiff["statistics"][number],
  pick: (statistics: Statistics) => number | null | undefined,
): Pair {
  return {
    before: (entry.before && pick(entry.before)) ?? null,
    after: (entry.after && pick(entry.after)) ?? null,
  };
}

/** The statistics of a change request as rows to compare: features whose values moved most come first. */
export function prepareStatistics(diff: ChangeDiff["statistics"]): StatisticsRow[] {
  const rows = diff.map((entry) => {
    const { before, after } = entry;
    const drawn = (after?.histogram ?? after?.topValues)?.map((bar) => bar.count);
    return {
      feature: entry.feature,
      compared: before !== null && after !== null,
      rows: pairOf(entry, (one) => one.count),
      nullShare: pairOf(entry, (one) => (one.count > 0 ? one.nulls / one.count : null)),
      distinct: pairOf(entry, (one) => one.distinct),
      mean: pairOf(entry, (one) => one.mean),
      p05: pairOf(entry, (one) => one.quantiles?.p05),
      p50: pairOf(entry, (one) => one.quantiles?.p50),
      p95: pairOf(entry, (one) => one.quantiles?.p95),
      bars: drawn && drawn.length > 0 ? drawn : null,
      overlay: before?.histogram && after?.histogram ? prepareOverlay(before.histogram, after.histogram) : null,
    };
  });
  // Sorting is stable: features that moved equally, and those nothing is known of, keep the order of the definition.
  return rows.sort((a, b) => (b.overlay?.moved ?? -1) - (a.overlay?.moved ?? -1));
}
