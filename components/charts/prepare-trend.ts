import type { Statistics } from "@/lib/registry/schema";

/** One point of a trend; null values leave a gap in the line. */
export type TrendPoint = { at: number; count: number; mean: number | null; nullShare: number | null };

/** Points in time order, with an empty point wherever at least one regular step has no data. */
export function prepareTrend(trend: Statistics["trend"]): TrendPoint[] {
  const points = trend
    .map((point) => ({
      at: Date.parse(point.at),
      count: point.count,
      mean: point.mean,
      nullShare: point.count > 0 ? point.nulls / point.count : null,
    }))
    .sort((a, b) => a.at - b.at);
  const steps = points.slice(1).map((point, index) => point.at - (points[index]?.at ?? 0));
  const step = steps.length > 0 ? Math.min(...steps.filter((size) => size > 0)) : 0;
  return points.flatMap((point, index) => {
    const before = points[index - 1];
    if (!before || !Number.isFinite(step) || point.at - before.at < step * 1.8) return [point];
    return [{ at: before.at + step, count: 0, mean: null, nullShare: null }, point];
  });
}
