import { may } from "@/lib/access/authorize";
import type { Actor } from "@/lib/kernel/actor";
import type { Statistics } from "./schema";

/** Whether a feature is personal, and the actor no sensitive reader. */
export function isMasked(actor: Actor, feature: { sensitivity: string | null }): boolean {
  return feature.sensitivity === "personal" && !may(actor, "sensitive.read");
}

/** Whether the actor must not see values of a feature, be it personal, still DRAFT, or RETIRED, which nobody sees. */
export function isHidden(actor: Actor, feature: { sensitivity: string | null; status: string }): boolean {
  if (feature.status === "RETIRED" || isMasked(actor, feature)) return true;
  return feature.status === "DRAFT" && !may(actor, "draft.read");
}

/** Statistics without anything that is, or comes from, a single value: counts and their trend stay. */
export function maskStatistics(statistics: Statistics): Statistics {
  return {
    ...statistics,
    min: null,
    max: null,
    mean: null,
    stddev: null,
    quantiles: null,
    histogram: null,
    topValues: null,
    trend: statistics.trend.map((point) => ({ ...point, mean: null })),
  };
}
