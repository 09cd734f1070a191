import { loadActorNames } from "@/lib/access/load-actor-names";
import { parseFeatureReference } from "@/lib/kernel/names";
import type { Context } from "@/lib/platform/context";
import type { Impact } from "./change-schema";
import type { ViewSummary } from "./schema";

/** Features of one group version. */
export type ImpactOf = { group: string; version: number; features: string[] };

/** Who reads a feature, and how. `hop` is null for the features that were asked about. */
type Reached = { group: string; version: number; name: string; owner: string | null; hop: string | null };

/**
 * What depends on features of a group version, with owners: features of groups made from it (SQL reads the newest version
 * of a group), the newest views and the consumers that read any of them, and training sets built from them.
 */
export async function loadImpact(ctx: Context, { group, version, features }: ImpactOf): Promise<Impact> {
  const projectId = ctx.project.id;
  const [groups, sources, views, consumers, sets] = await Promise.all([
    ctx.db.featureGroup.findMany({
      where: { projectId, latest: true },
      include: { features: { orderBy: { position: "asc" } } },
      orderBy: { name: "asc" },
    }),
    ctx.db.source.findMany({ where: { projectId, kind: "sql" }, orderBy: { name: "asc" } }),
    ctx.db.featureView.findMany({ where: { projectId, latest: true }, orderBy: { name: "asc" } }),
    ctx.db.consumer.findMany({ where: { projectId }, orderBy: { name: "asc" } }),
    ctx.db.trainingSet.findMany({ where: { projectId }, orderBy: { name: "asc" } }),
  ]);
  const newest = new Map(groups.map((row) => [row.name, row.version]));
  const relations = [
    ...sources.map((row) => ({ name: row.name, reads: (row.config as { inputs?: string[] }).inputs ?? [] })),
    ...groups.map((row) => ({ name: row.name, reads: (row.inputs as { name: string }[]).map(({ name }) => name) })),
  ];
  const hops = newest.get(group) === version ? hopsFrom(group, relations) : new Map<string, string>();
  const made = groups.flatMap((row): Reached[] => {
    const hop = hops.get(row.name);
    if (hop === undefined) return [];
    return row.features.map(({ name, owner }) => ({ group: row.name, version: row.version, name, owner, hop }));
  });
  const reached = [...features.map((name): Reached => ({ group, version, name, owner: null, hop: null })), ...made];
  const find = (of: string, at: number, name: string): Reached | undefined =>
    reached.find((item) => item.group === of && item.version === at && item.name === name);
  /** Null: none of the references is touched. A reference without a version means the newest one. */
  const told = (references: string[]): string | null => {
    const found = references.flatMap((text) => {
      const reference = parseFeatureReference(text);
      const groupsOf = reference.group ? [reference.group] : [...newest.keys()];
      const hit = groupsOf.flatMap(
        (of) => find(of, reference.version ?? newest.get(of) ?? 0, reference.feature) ?? [],
      )[0];
      return hit ? [hit] : [];
    });
    return found.length > 0 ? `reads ${summaryOf(found)}` : null;
  };
  const touchedViews = views.flatMap((view) => {
    const detail = told(
      (view.joins as ViewSummary["joins"]).flatMap((join) =>
        join.features.map((name) => `${join.group}@${join.version}:${name}`),
      ),
    );
    return detail === null ? [] : [{ name: view.name, owner: view.owner, detail }];
  });
  const viewNames = new Set(touchedViews.map(({ name }) => name));
  const names = await loadActorNames(
    ctx.db,
    sets.map((set) => set.createdBy),
  );
  return {
    features: made.map(({ group: of, name, owner, hop }) => ({ name: `${of}:${name}`, owner, detail: hop ?? "" })),
    views: touchedViews,
    consumers: consumers.flatMap(({ name, owner, views: read, features: direct }) => {
      const through = read.filter((view) => viewNames.has(view)).map((view) => `through view ${view}`);
      const details = [told(direct), ...through].filter((detail) => detail !== null);
      return details.length > 0 ? [{ name, owner, detail: details.join("; ") }] : [];
    }),
    trainingSets: sets.flatMap(({ name, createdBy, manifest, request, viewName }) => {
      const built = (manifest as { features?: { group: string; groupVersion: number; reference: string }[] } | null)
        ?.features;
      // Without a manifest it is not built yet: then what it asked for counts.
      const asked = (request as { features?: string[] }).features ?? [];
      const detail =
        told(built ? built.map((item) => pinned(item)) : asked) ??
        (!built && viewName && viewNames.has(viewName) ? `through view ${viewName}` : null);
      return detail === null ? [] : [{ name, owner: names(createdBy), detail }];
    }),
  };
}

/** What reads `start` directly or through others, each with a sentence of how. */
function hopsFrom(start: string, relations: { name: string; reads: string[] }[]): Map<string, string> {
  const hops = new Map<string, string>();
  let frontier = [{ name: start, through: [] as string[] }];
  while (frontier.length > 0) {
    const next: typeof frontier = [];
    for (const { name, through } of frontier) {
      for (const relation of relations) {
        if (relation.name === start || hops.has(relation.name) || !relation.reads.includes(name)) continue;
        hops.set(relation.name, `reads ${start}${through.length > 0 ? ` through ${through.join(", ")}` : ""}`);
        next.push({ name: relation.name, through: [relation.name, ...through] });
      }
    }
    frontier = next;
  }
  return hops;
}

function summaryOf(found: Reached[]): string {
  return [...new Set(found.map((item) => `${item.group}:${item.name}`))].join(", ");
}

function pinned(item: { group: string; groupVersion: number; reference: string }): string {
  return `${item.group}@${item.groupVersion}:${parseFeatureReference(item.reference).feature}`;
}
