import type { Context } from "@/lib/platform/context";
import type { JoinKey } from "@/lib/registry/definition-schema";
import type { ViewSummary } from "@/lib/registry/schema";

/** A group version as far as reads need it. `onlineTable` is null until it was materialized. */
export type ServedGroup = {
  id: string;
  name: string;
  version: number;
  latest: boolean;
  entity: string;
  keys: JoinKey[];
  ttlSeconds: number | null;
  onlineTable: string | null;
  watermarkEventTime: string | null;
  /** By position in the stored row. */
  features: {
    name: string;
    dataType: string;
    unit: string | null;
    status: string;
    sensitivity: string | null;
    deprecation: unknown;
    index: number;
  }[];
};

/** Everything reads need of a project's definitions, at one revision. */
export type ServingCatalog = { revision: number; groups: ServedGroup[]; views: Map<string, ViewSummary["joins"]> };

/** How old a cached catalog may be before its revision is compared with the database's. */
const TRUST_MS = 500;
const cache = new Map<string, { catalog: ServingCatalog; checkedAt: number }>();

/** The project's definitions for reads: cached, and never more than half a second behind a change. */
export async function servingCatalog(ctx: Context): Promise<ServingCatalog> {
  const cached = cache.get(ctx.project.id);
  const now = performance.now();
  if (cached && now - cached.checkedAt < TRUST_MS) return cached.catalog;
  const { revision } = await ctx.db.project.findUniqueOrThrow({
    where: { id: ctx.project.id },
    select: { revision: true },
  });
  const catalog = cached?.catalog.revision === revision ? cached.catalog : await load(ctx, revision);
  cache.set(ctx.project.id, { catalog, checkedAt: now });
  return catalog;
}

async function load(ctx: Context, revision: number): Promise<ServingCatalog> {
  const [groups, views] = await Promise.all([
    ctx.db.featureGroup.findMany({
      where: { projectId: ctx.project.id, online: true },
      include: { entity: true, features: { orderBy: { position: "asc" } }, materialization: true },
      orderBy: [{ name: "asc" }, { version: "asc" }],
    }),
    ctx.db.featureView.findMany({ where: { projectId: ctx.project.id, latest: true } }),
  ]);
  return {
    revision,
    groups: groups.map((group) => ({
      id: group.id,
      name: group.name,
      version: group.version,
      latest: group.latest,
      entity: group.entity.name,
      keys: group.entity.joinKeys as JoinKey[],
      ttlSeconds: group.ttlSeconds,
      onlineTable: group.materialization?.onlineTable ?? null,
      watermarkEventTime: group.materialization?.watermarkEventTime ?? null,
      features: group.features.map(({ name, dataType, unit, status, sensitivity, deprecation }, index) => ({
        name,
        dataType,
        unit,
        status,
        sensitivity,
        deprecation,
        index,
      })),
    })),
    views: new Map(views.map((view) => [view.name, view.joins as ViewSummary["joins"]])),
  };
}
