import { authorize } from "@/lib/access/authorize";
import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";

/** What the rules about reading a feature's values go by. `reference` is group:feature. */
export type ReadableFeature = {
  reference: string;
  status: string;
  sensitivity: string | null;
  deprecation: unknown;
};

/**
 * Throws unless the actor may read the values of these features now, and answers what a reader must be told: one sentence
 * for each that is DEPRECATED. RETIRED ones are `feature_retired`; DRAFT ones take draft.read, personal ones sensitive.read
 * (unless they are to be masked).
 */
export function requireReadable(
  ctx: Context,
  features: ReadableFeature[],
  options: { masked?: boolean } = {},
): string[] {
  for (const { reference, status, sensitivity } of features) {
    if (status === "RETIRED")
      throw new LarderError("feature_retired", `${reference} is retired and no longer served`, [
        { code: "feature_retired", detail: reference },
      ]);
    if (status === "DRAFT") authorize(ctx, "draft.read", `feature:${reference}`);
    if (sensitivity === "personal" && options.masked !== true) authorize(ctx, "sensitive.read", `feature:${reference}`);
  }
  return features.flatMap((feature) => (feature.status === "DEPRECATED" ? [deprecationWarning(feature)] : []));
}

/** What a reader of a DEPRECATED feature is told: from when it may be gone, and what to use instead. */
function deprecationWarning({ reference, deprecation }: ReadableFeature): string {
  const { retireOn, replacement } = (deprecation ?? {}) as { retireOn?: string; replacement?: string | null };
  const until = retireOn ? ` and may be gone from ${retireOn}` : "";
  return `${reference} is DEPRECATED${until}${replacement ? `; use ${replacement}` : ""}`;
}
