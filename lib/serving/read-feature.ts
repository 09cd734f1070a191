import { authorize } from "@/lib/access/authorize";
import type { Context } from "@/lib/platform/context";
import type { Vectors } from "./answer-text";
import { servingCatalog } from "./cached-catalog";
import { readVectors } from "./read-vectors";
import type { EntityFeatures, FeatureValue, ReadFeature } from "./schema";

/** Reads one feature of one entity online, and tells `served` what went out. Throws what `planRead` throws and `invalid_key`. */
export async function readFeature(
  ctx: Context,
  input: ReadFeature,
  { served }: { served?: (vectors: Vectors) => void } = {},
): Promise<FeatureValue> {
  authorize(ctx, "online.read", `feature:${input.feature_name}`);
  const { text, vectors } = await readVectors(ctx, await servingCatalog(ctx), {
    entity_id: input.entity_id,
    features: [input.feature_name],
    include_expired: false,
    fill_defaults: false,
    answer: "full",
  });
  served?.(vectors);
  return featureValueOf(text, input);
}

/** The answer to a read of one feature, made of what `readVectors` answered. */
export function featureValueOf(text: string | Buffer, { feature_name: feature, entity_id }: ReadFeature): FeatureValue {
  const { features, warnings } = JSON.parse(String(text)) as EntityFeatures & { warnings: string[] };
  const { value = null, status, event_time, age_seconds, feature_status } = features[feature] ?? MISSING;
  return { feature, entity_id, value, status, event_time, age_seconds, feature_status, warnings };
}

const MISSING = {
  value: null,
  status: "NOT_FOUND",
  event_time: null,
  age_seconds: null,
  feature_status: "ACTIVE",
} as const;
