import type { Statistics } from "@/lib/registry/schema";

type Bins = NonNullable<Statistics["histogram"]>;
/** Where one distribution stands on the common axis: shares of the axis to the right, of the tallest density upwards. */
export type OverlayBar = { x: number; width: number; height: number };
export type PreparedOverlay = {
  min: number;
  max: number;
  before: OverlayBar[];
  after: OverlayBar[];
  /** Share of the values that lie elsewhere now: 0 for equal distributions, 1 for ones that share nothing. */
  moved: number;
  /** What share of each distribution lies between two edges. */
  rows: { from: number; to: number; before: number; after: number }[];
};

const total = (bins: Bins): number => bins.reduce((sum, bin) => sum + bin.count, 0);

/** Share of the values of `bins` between two edges; values are taken as evenly spread within a bin. */
function shareBetween(bins: Bins, all: number, from: number, to: number, last: boolean): number {
  let share = 0;
  for (const bin of bins) {
    const width = bin.to - bin.from;
    if (width === 0) {
      if (bin.from >= from && (bin.from < to || (last && bin.from === to))) share += bin.count;
    } else share += (bin.count * Math.max(0, Math.min(to, bin.to) - Math.max(from, bin.from))) / width;
  }
  return share / all;
}

/**
 * Puts two distributions on one axis, as shares and not as counts, since they may have different numbers of rows and
 * different bins. Null when one of them has nothing to draw.
 */
export function prepareOverlay(before: Bins, after: Bins, steps = 24): PreparedOverlay | null {
  const counts = [total(before), total(after)] as const;
  if (counts[0] === 0 || counts[1] === 0) return null;
  const min = Math.min(...before.map((bin) => bin.from), ...after.map((bin) => bin.from));
  const max = Math.max(...before.map((bin) => bin.to), ...after.map((bin) => bin.to));
  const edges =
    max === min
      ? [min, max]
      : Array.from({ length: steps + 1 }, (_, i) => (i === steps ? max : min + ((max - min) * i) / steps));
  const rows = edges.slice(1).map((to, index) => {
    const from = edges[index] ?? min;
    const last = index === edges.length - 2;
    return {
      from,
      to,
      before: shareBetween(before, counts[0], from, to, last),
      after: shareBetween(after, counts[1], from, to, last),
    };
  });
  const tallest = Math.max(...rows.flatMap((row) => [row.before, row.after]));
  const barsOf = (side: "before" | "after"): OverlayBar[] =>
    rows.map((row, index) => ({
      x: index / rows.length,
      width: 1 / rows.length,
      height: row[side] === 0 ? 0 : Math.max(0.008, row[side] / tallest),
    }));
  return {
    min,
    max,
    before: barsOf("before"),
    after: barsOf("after"),
    moved: Math.min(1, rows.reduce((sum, row) => sum + Math.abs(row.before - row.after), 0) / 2),
    rows,
  };
}
