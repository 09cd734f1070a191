import type { FeatureUsage } from "@/lib/serving/usage-schema";

/** One bar: a day in UTC. */
export type UsageBar = { at: number; requests: number; values: number };

/** Requests by day, in time order. */
export function prepareUsage(series: FeatureUsage["series"]): UsageBar[] {
  return series
    .map(({ day, requests, values }) => ({ at: Date.parse(`${day}T00:00:00Z`), requests, values }))
    .sort((a, b) => a.at - b.at);
}
