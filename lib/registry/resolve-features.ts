import { LarderError } from "@/lib/kernel/errors";
import { formatFeatureReference, parseFeatureReference } from "@/lib/kernel/names";
import type { Context } from "@/lib/platform/context";
import type { Entity, Feature, FeatureGroup } from "@/lib/platform/generated/prisma/client";

/** A feature with the group version it belongs to. */
export type ResolvedFeature = Feature & { group: FeatureGroup & { entity: Entity } };

/**
 * Finds features by reference, in the order asked. A reference without a version means the newest one.
 * Throws `feature_not_found`, `feature_group_not_found`, or `ambiguous_feature` with the candidates.
 */
export async function resolveFeatures(ctx: Context, references: string[]): Promise<ResolvedFeature[]> {
  const parsed = references.map(parseFeatureReference);
  const rows = await ctx.db.feature.findMany({
    where: { projectId: ctx.project.id, name: { in: [...new Set(parsed.map((reference) => reference.feature))] } },
    include: { group: { include: { entity: true } } },
  });
  const resolved = parsed.map((reference) =>
    rows.filter(
      (row) =>
        row.name === reference.feature &&
        (reference.group === null || row.group.name === reference.group) &&
        (reference.version === null ? row.group.latest : row.group.version === reference.version),
    ),
  );
  for (const [index, candidates] of resolved.entries()) {
    const reference = parsed[index];
    if (!reference || candidates.length === 1) continue;
    const text = formatFeatureReference(reference);
    if (candidates.length > 1) {
      const names = candidates.map((row) => `${row.group.name}:${row.name}`).sort();
      throw new LarderError(
        "ambiguous_feature",
        `${names.length} feature groups have a feature ${text}; say which: ${names.join(", ")}`,
        names.map((name) => ({ code: "candidate", detail: name })),
      );
    }
    if (reference.group) {
      const where = { projectId: ctx.project.id, name: reference.group };
      if ((await ctx.db.featureGroup.count({ where })) === 0) {
        throw new LarderError(
          "feature_group_not_found",
          `There is no feature group ${reference.group} in project ${ctx.project.name}`,
        );
      }
    }
    throw new LarderError("feature_not_found", `There is no feature ${text} in project ${ctx.project.name}`, [
      { code: "feature_not_found", detail: text },
    ]);
  }
  return resolved.map((candidates) => candidates[0] as ResolvedFeature);
}
