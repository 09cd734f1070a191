import type { Statistics } from "@/lib/registry/schema";

/** One bin of a drawn histogram; positions and widths are shares of the axis, height of the tallest bin. */
export type HistogramBar = {
  from: number;
  to: number;
  count: number;
  share: number;
  x: number;
  width: number;
  height: number;
};
/** A quantile on the axis. */
export type HistogramMark = { name: string; value: number; x: number };
export type PreparedHistogram = {
  bars: HistogramBar[];
  marks: HistogramMark[];
  min: number;
  max: number;
  total: number;
  tallest: number;
};

const MARKS = [
  ["p05", "5 %"],
  ["p50", "median"],
  ["p95", "95 %"],
] as const;

/** Puts bins and quantiles on one axis. Null when there is nothing to draw. */
export function prepareHistogram(
  bins: NonNullable<Statistics["histogram"]>,
  quantiles: Statistics["quantiles"],
): PreparedHistogram | null {
  const total = bins.reduce((sum, bin) => sum + bin.count, 0);
  const first = bins[0];
  const last = bins.at(-1);
  if (!first || !last || total === 0) return null;
  const span = last.to - first.from || 1;
  const tallest = Math.max(...bins.map((bin) => bin.count));
  const at = (value: number): number => Math.min(1, Math.max(0, (value - first.from) / span));
  return {
    min: first.from,
    max: last.to,
    total,
    tallest,
    bars: bins.map((bin) => ({
      ...bin,
      share: bin.count / total,
      x: at(bin.from),
      // A constant column has one bin without width; it is drawn over the whole axis.
      width: last.to === first.from ? 1 / bins.length : at(bin.to) - at(bin.from),
      height: bin.count === 0 ? 0 : Math.max(0.008, bin.count / tallest),
    })),
    marks: quantiles ? MARKS.map(([key, name]) => ({ name, value: quantiles[key], x: at(quantiles[key]) })) : [],
  };
}
