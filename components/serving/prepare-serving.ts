import type { SeriesPoint } from "@/lib/serving/figures-schema";

/** One step of the charts; null where nothing was asked, so that a line has a gap instead of a zero. */
export type ServingPoint = {
  at: number;
  rate: number;
  p50: number | null;
  p95: number | null;
  p99: number | null;
  errors: number;
  clientErrors: number;
  refused: number;
};

/** The steps of the last minutes for the charts, in time order. Refused requests are errors too; they are told apart. */
export function prepareServing(series: readonly SeriesPoint[]): ServingPoint[] {
  return series
    .map(({ at, rate, errors, clientErrors, refused, latencyMs }) => ({
      at: Date.parse(at),
      rate,
      p50: latencyMs?.p50 ?? null,
      p95: latencyMs?.p95 ?? null,
      p99: latencyMs?.p99 ?? null,
      errors: Math.max(0, errors - refused),
      clientErrors,
      refused,
    }))
    .sort((a, b) => a.at - b.at);
}

/** Whether anything was asked at all. */
export function isQuiet(points: readonly ServingPoint[]): boolean {
  return points.every(({ rate, refused }) => rate === 0 && refused === 0);
}
