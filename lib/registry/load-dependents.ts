import { isLarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { type Dependent, dependentOf, relationIds } from "./dependents";
import type { StoredDefinition } from "./plan";

type SetManifest = { features: { group: string }[]; inputs: Record<string, string> };
type SetRequest = { features?: string[] };

/** Everything of the project that reads something else: definitions, spines of views, training sets. */
export async function loadDependents(ctx: Context, live: StoredDefinition[]): Promise<Dependent[]> {
  const sets = await ctx.db.trainingSet.findMany({
    where: { projectId: ctx.project.id },
    select: { name: true, createdBy: true, viewName: true, request: true, manifest: true },
  });
  const definitions = await Promise.all(
    live.map(async (item) => dependentOf(item.body, [...item.reads, ...(await spineReads(ctx, item))])),
  );
  const trainingSets = sets.map(({ name, createdBy, viewName, request, manifest }): Dependent => {
    const built = manifest as SetManifest | null;
    const groups = built
      ? built.features.map(({ group }) => group)
      : ((request as SetRequest).features ?? []).flatMap((text) =>
          text.includes(":") ? [text.split(/[@:]/)[0] ?? ""] : [],
        );
    const dependsOn = [
      ...(viewName ? [`feature_view:${viewName}`] : []),
      ...groups.map((group) => `feature_group:${group}`),
      ...Object.keys(built?.inputs ?? {}).flatMap(relationIds),
    ];
    return { id: `training_set:${name}`, owner: createdBy, dependsOn };
  });
  return [...definitions, ...trainingSets];
}

/** What the SQL of the spine that a view offers reads. The engine knows; SQL that it cannot read any more reads nothing. */
export async function spineReads(ctx: Context, { body }: StoredDefinition): Promise<string[]> {
  if (body.kind !== "feature_view" || !body.spine) return [];
  try {
    return (await ctx.offline.describe({ sql: body.spine.sql, inputs: [] })).names;
  } catch (error) {
    if (!isLarderError(error)) throw error;
    return [];
  }
}
