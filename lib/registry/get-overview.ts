import { authorize } from "@/lib/access/authorize";
import type { Context } from "@/lib/platform/context";
import { loadGroupData } from "./group-data";
import type { FeatureStatus, Overview } from "./schema";

/** The project in numbers: newest versions only. */
export async function getOverview(ctx: Context): Promise<Overview> {
  authorize(ctx, "catalog.read", `project:${ctx.project.name}`);
  const projectId = ctx.project.id;
  const [project, groups, statuses, entities, sources, views, trainingSets] = await Promise.all([
    ctx.db.project.findUniqueOrThrow({ where: { id: projectId } }),
    ctx.db.featureGroup.findMany({ where: { projectId, latest: true }, select: { id: true } }),
    ctx.db.feature.groupBy({ by: ["status"], where: { projectId, group: { latest: true } }, _count: true }),
    ctx.db.entity.count({ where: { projectId } }),
    ctx.db.source.count({ where: { projectId } }),
    ctx.db.featureView.count({ where: { projectId, latest: true } }),
    ctx.db.trainingSet.count({ where: { projectId } }),
  ]);
  const data = [
    ...(
      await loadGroupData(
        ctx,
        groups.map((group) => group.id),
      )
    ).values(),
  ];
  const statusCounts = { DRAFT: 0, ACTIVE: 0, DEPRECATED: 0, RETIRED: 0 };
  for (const row of statuses) statusCounts[row.status as FeatureStatus] = row._count;
  const features = Object.values(statusCounts).reduce((sum, count) => sum + count, 0);
  return {
    project: { name: project.name, title: project.title, description: project.description },
    revision: project.revision,
    counts: { features, groups: groups.length, entities, sources, views, trainingSets },
    rowCount: data.reduce((sum, group) => sum + group.rowCount, 0),
    byteCount: data.reduce((sum, group) => sum + group.byteCount, 0),
    statusCounts,
  };
}
