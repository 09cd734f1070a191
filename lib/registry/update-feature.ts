import { authorize } from "@/lib/access/authorize";
import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { fromForm } from "./definition-files";
import type { FeatureDefinition, StoredDefinitionAnswer, UpdateFeature } from "./definition-schema";
import { requireRevision } from "./require-revision";
import { resolveFeatures } from "./resolve-features";
import { loadStoredAnswer } from "./stored-answer";
import { writeDefinitions } from "./write-definitions";

/**
 * Changes what is said about one feature, within its group's definition, which was read at `expectedRevision`. Null clears;
 * what is left out stays. Throws `feature_not_found`, `ambiguous_feature`, `version_mismatch`, and `state_conflict` for a
 * version that is not the newest.
 */
export async function updateFeature(ctx: Context, input: UpdateFeature): Promise<StoredDefinitionAnswer> {
  const { reference, expectedRevision, ...edits } = input;
  authorize(ctx, "definition.write", `feature:${reference}`);
  const [found] = await resolveFeatures(ctx, [reference]);
  if (!found) throw new LarderError("feature_not_found", `There is no feature ${reference}`);
  const { name, version, latest } = found.group;
  if (!latest) {
    const detail = `Version ${version} of ${name} stays as it is; only features of its newest version can be edited`;
    throw new LarderError("state_conflict", detail);
  }
  await writeDefinitions(ctx, {
    dryRun: false,
    desire: async (registered) => {
      const stored = await requireRevision(ctx, registered, { kind: "feature_group", name, expectedRevision });
      if (stored.body.kind !== "feature_group") throw new Error(`${name} is stored as a ${stored.body.kind}`);
      const features = stored.body.features.map((feature) =>
        feature.name === found.name ? edited(feature, edits) : feature,
      );
      return [fromForm({ ...stored.body, features })];
    },
  });
  return loadStoredAnswer(ctx, "feature_group", name);
}

function edited(
  feature: FeatureDefinition,
  edits: Omit<UpdateFeature, "reference" | "expectedRevision">,
): FeatureDefinition {
  const result: Record<string, unknown> = { ...feature };
  for (const [key, value] of Object.entries(edits)) {
    if (value === undefined) continue;
    if (value === null) delete result[key];
    else result[key] = value;
  }
  return { ...result, description: result.description ?? "", tags: result.tags ?? [] } as FeatureDefinition;
}
