import type { Value } from "@/lib/kernel/values";
import type { FeatureSummary } from "@/lib/registry/schema";
import { formatCompact, formatNumber, formatShare } from "../ui/numbers";

function edge(value: Value): string {
  return typeof value === "number" ? formatNumber(value) : value === null ? "–" : String(value);
}

/** A feature's distribution in words, for those who do not see the sparkline. */
export function describeGlance(feature: Pick<FeatureSummary, "name" | "glance">): string {
  const { glance } = feature;
  if (!glance) return `${feature.name}: no statistics yet`;
  const nulls = `${formatShare(glance.nullShare)} null of ${formatCompact(glance.count)} rows`;
  if (glance.barsKind === "top") return `${feature.name}: ${formatCompact(glance.distinct)} distinct values, ${nulls}`;
  const mean = glance.mean === null ? "" : `, mean ${formatNumber(glance.mean)}`;
  return `${feature.name}: from ${edge(glance.min)} to ${edge(glance.max)}${mean}, ${nulls}`;
}

/** The sources and groups something is made from, as a phrase. */
export function listIngredients(ingredients: { name: string }[]): string {
  return ingredients.length === 0 ? "nothing registered" : ingredients.map((one) => one.name).join(", ");
}

/** How many seconds of `ttlSeconds` are left after the last event, as a share; 0 when it has run out. */
export function keepsShare(lastEventTime: string | null, ttlSeconds: number | null, nowMs: number): number | null {
  if (!lastEventTime || !ttlSeconds) return null;
  const left = Date.parse(lastEventTime) + ttlSeconds * 1000 - nowMs;
  return Math.min(1, Math.max(0, left / (ttlSeconds * 1000)));
}
