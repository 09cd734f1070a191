import type { Context } from "@/lib/platform/context";
import { loadGroupData } from "@/lib/registry/group-data";
import type { ViewSummary } from "@/lib/registry/schema";
import type { LastRead } from "@/lib/registry/summarize-sources";
import type { LineageObject } from "./build-graph";

const NOTHING = { status: null, group: null, rowCount: null, lastEventTime: null, lastCommitAt: null };

/** Every source, group, feature, view, consumer and training set of the project with what it reads, newest versions only. */
export async function loadLineage(ctx: Context): Promise<LineageObject[]> {
  const projectId = ctx.project.id;
  const [sources, groups, views, consumers, trainingSets] = await Promise.all([
    ctx.db.source.findMany({ where: { projectId }, orderBy: { name: "asc" } }),
    ctx.db.featureGroup.findMany({
      where: { projectId, latest: true },
      include: { features: { orderBy: { position: "asc" } } },
      orderBy: { name: "asc" },
    }),
    ctx.db.featureView.findMany({ where: { projectId, latest: true }, orderBy: { name: "asc" } }),
    ctx.db.consumer.findMany({ where: { projectId }, orderBy: { name: "asc" } }),
    ctx.db.trainingSet.findMany({
      where: { projectId, viewName: { not: null } },
      orderBy: { createdAt: "asc" },
      take: 200,
    }),
  ]);
  const data = await loadGroupData(
    ctx,
    groups.map((group) => group.id),
  );
  const groupNames = new Set(groups.map((group) => group.name));
  const relation = (name: string): string => (groupNames.has(name) ? `feature_group:${name}` : `source:${name}`);
  const said = (row: {
    name: string;
    description: string;
    owner: string | null;
    tags: string[];
  }): Pick<LineageObject, "name" | "description" | "owner" | "tags"> => ({
    name: row.name,
    description: row.description,
    owner: row.owner,
    tags: row.tags,
  });
  return [
    ...sources.map((source): LineageObject => {
      const lastRead = source.lastRead as LastRead | null;
      const reads = (source.config as { inputs?: string[] }).inputs ?? [];
      return {
        ...NOTHING,
        ...said(source),
        id: `source:${source.name}`,
        kind: "source",
        rowCount: lastRead?.rowCount ?? null,
        lastCommitAt: lastRead?.readAt ?? null,
        reads: reads.map(relation),
      };
    }),
    ...groups.flatMap((group): LineageObject[] => {
      const { rowCount, lastEventTime, lastCommitAt } = data.get(group.id) ?? NOTHING;
      const id = `feature_group:${group.name}`;
      const facts = { rowCount, lastEventTime, lastCommitAt };
      const reads = (group.inputs as { name: string }[]).map((item) => relation(item.name));
      return [
        { ...NOTHING, ...said(group), ...facts, id, kind: "feature_group", reads },
        ...group.features.map(
          (feature): LineageObject => ({
            ...NOTHING,
            ...said(feature),
            ...facts,
            id: `feature:${group.name}:${feature.name}`,
            kind: "feature",
            status: feature.status,
            group: group.name,
            reads: [id],
          }),
        ),
      ];
    }),
    ...views.map((view): LineageObject => {
      const reads = (view.joins as ViewSummary["joins"]).flatMap((join) =>
        join.features.map((feature) => `feature:${join.group}:${feature}`),
      );
      return { ...NOTHING, ...said(view), id: `feature_view:${view.name}`, kind: "feature_view", reads };
    }),
    ...consumers.map((consumer): LineageObject => {
      const reads = [
        ...consumer.views.map((view) => `feature_view:${view}`),
        // Whatever version it reads: the graph shows the newest one of each group.
        ...consumer.features.map((reference) => `feature:${reference.replace(/@\d+:/, ":")}`),
      ];
      return { ...NOTHING, ...said(consumer), id: `consumer:${consumer.name}`, kind: "consumer", reads };
    }),
    ...trainingSets.map(
      (set): LineageObject => ({
        ...NOTHING,
        id: `training_set:${set.name}`,
        kind: "training_set",
        name: set.name,
        description: "",
        owner: set.createdBy,
        tags: [],
        status: set.state,
        rowCount: set.rowCount === null ? null : Number(set.rowCount),
        lastCommitAt: set.createdAt.toISOString(),
        reads: [`feature_view:${set.viewName}`, ...spineReads(set.manifest, sources).map(relation)],
      }),
    ),
  ];
}

/** What a training set's spine read itself, without what those read in turn. */
function spineReads(manifest: unknown, sources: { name: string; config: unknown }[]): string[] {
  const names = Object.keys((manifest as { inputs?: Record<string, string> } | null)?.inputs ?? {});
  const indirect = new Set(
    sources
      .filter((source) => names.includes(source.name))
      .flatMap((source) => (source.config as { inputs?: string[] }).inputs ?? []),
  );
  return names.filter((name) => !indirect.has(name));
}
