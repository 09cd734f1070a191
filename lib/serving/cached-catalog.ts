import type { Context } from "@/lib/platform/context";
import { loadCatalog, type ServingCatalog } from "./serving-catalog";
import { withFaults } from "./table-faults";

/** How old a cached catalog may be before its revision is compared with the database's, and its tables with the store. */
const TRUST_MS = 500;
const FAULTS_MS = 5000;

type Cached = { catalog: ServingCatalog; checkedAt: number; faultsAt: number };
const cache = new Map<string, Cached>();

/** The catalogs that are kept. */
export function cachedCatalogs(): ServingCatalog[] {
  return [...cache.values()].map(({ catalog }) => catalog);
}

/** The project's definitions for reads: cached, and never more than half a second behind a change. */
export async function servingCatalog(ctx: Pick<Context, "db" | "project" | "online">): Promise<ServingCatalog> {
  const cached = cache.get(ctx.project.id);
  const now = performance.now();
  if (cached && now - cached.checkedAt < TRUST_MS) return cached.catalog;
  const { revision } = await ctx.db.project.findUniqueOrThrow({
    where: { id: ctx.project.id },
    select: { revision: true },
  });
  const same = cached?.catalog.revision === revision ? cached : undefined;
  let catalog = same?.catalog ?? (await loadCatalog(ctx, revision));
  const faultsAt = same && now - same.faultsAt < FAULTS_MS ? same.faultsAt : now;
  if (faultsAt === now) catalog = await withFaults(ctx, catalog).catch(() => catalog);
  cache.set(ctx.project.id, { catalog, checkedAt: now, faultsAt });
  return catalog;
}
