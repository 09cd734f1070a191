import { authorize } from "@/lib/access/authorize";
import { nextCursor, offsetOf } from "@/lib/kernel/page";
import type { Context } from "@/lib/platform/context";
import { Prisma } from "@/lib/platform/db";
import { FACET_COLUMNS, FEATURES_FROM, featureConditions, featureRank } from "./feature-filter";
import { requestsByFeature } from "./load-feature-requests";
import { loadFeatures } from "./load-features";
import type { FacetName, Facets, FeatureList, ListFeatures } from "./schema";

/** Features of the project's newest group versions, filtered, ranked and paged, with the counts of every facet. */
export async function listFeatures(ctx: Context, input: ListFeatures): Promise<FeatureList> {
  authorize(ctx, "catalog.read", `project:${ctx.project.name}`);
  const where = featureConditions(ctx.project.id, input);
  const offset = offsetOf(input.cursor);
  const direction = Prisma.raw(input.order === "desc" ? "DESC" : "ASC");
  const orders: Record<ListFeatures["sort"], Prisma.Sql> = {
    relevance: Prisma.sql`rank DESC, g.name, f.position`,
    name: Prisma.sql`f.name ${direction}, g.name`,
    group: Prisma.sql`g.name ${direction}, f.position`,
    updated: Prisma.sql`f."updatedAt" ${direction}, f.name, g.name`,
    status: Prisma.sql`array_position(ARRAY['DRAFT','ACTIVE','DEPRECATED','RETIRED'], f.status) ${direction}, f.name, g.name`,
    used: Prisma.sql`COALESCE(u.requests, 0) ${direction}, f.name, g.name`,
  };
  const used =
    input.sort === "used"
      ? Prisma.sql`LEFT JOIN (${requestsByFeature(ctx)}) u ON u.reference = g.name || ':' || f.name`
      : Prisma.empty;
  const [ids, totals, facets] = await Promise.all([
    ctx.db.$queryRaw<{ id: string }[]>(
      Prisma.sql`SELECT f.id, ${featureRank(input.q)} AS rank FROM ${FEATURES_FROM} ${used} WHERE ${where} ORDER BY ${orders[input.sort]} LIMIT ${input.limit} OFFSET ${offset}`,
    ),
    ctx.db.$queryRaw<{ n: bigint }[]>(Prisma.sql`SELECT count(*) AS n FROM ${FEATURES_FROM} WHERE ${where}`),
    countFacets(ctx, input),
  ]);
  const items = await loadFeatures(
    ctx,
    ids.map((row) => row.id),
  );
  const total = Number(totals[0]?.n ?? 0);
  return { items, total, nextCursor: nextCursor(offset, items.length, total), facets };
}

async function countFacets(ctx: Context, input: ListFeatures): Promise<Facets> {
  const names = Object.keys(FACET_COLUMNS) as FacetName[];
  const counts = await Promise.all(
    names.map(async (name) => {
      const column = FACET_COLUMNS[name];
      const from =
        name === "tag" ? Prisma.sql`${FEATURES_FROM} CROSS JOIN LATERAL unnest(f.tags) AS t(tag)` : FEATURES_FROM;
      const where = featureConditions(ctx.project.id, input, name);
      const rows = await ctx.db.$queryRaw<{ value: string; n: bigint }[]>(
        Prisma.sql`SELECT ${column} AS value, count(*) AS n FROM ${from} WHERE ${where} AND ${column} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 100`,
      );
      return [name, rows.map((row) => ({ value: row.value, count: Number(row.n) }))] as const;
    }),
  );
  return Object.fromEntries(counts) as Facets;
}
