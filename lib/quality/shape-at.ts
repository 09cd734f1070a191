import { type GroupWithColumns, shapeOfGroup } from "@/lib/datasets/load-table";
import type { Shape } from "@/lib/engines/offline/port";
import type { Context } from "@/lib/platform/context";
import type { FeatureGroupDefinition } from "@/lib/registry/definition-schema";

/** The columns that a group version had at an instant: a version may have gained features since. */
export async function shapeAt(ctx: Context, group: GroupWithColumns, at: Date): Promise<Shape> {
  const shape = shapeOfGroup(group);
  const definition = await ctx.db.definition.findFirst({
    where: {
      projectId: ctx.project.id,
      kind: "feature_group",
      name: group.name,
      version: group.version,
      createdAt: { lte: at },
    },
    orderBy: { revision: "desc" },
    select: { body: true },
  });
  if (!definition) return shape;
  const { features, createdTime } = definition.body as unknown as FeatureGroupDefinition;
  const there = new Set(features.map((feature) => feature.name));
  return {
    ...shape,
    createdTime: createdTime ?? null,
    features: shape.features.filter((feature) => there.has(feature.name)),
  };
}
