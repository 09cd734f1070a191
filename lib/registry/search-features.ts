import { authorize } from "@/lib/access/authorize";
import type { Context } from "@/lib/platform/context";
import { Prisma } from "@/lib/platform/db";
import { FEATURES_FROM, featureConditions, featureRank, rankReason } from "./feature-filter";
import { loadFeatures } from "./load-features";
import type { SearchFeatures, SearchHit } from "./schema";

/** The best answers to a few words, best first, each with the reason for its rank. Tolerates spelling. */
export async function searchFeatures(ctx: Context, input: SearchFeatures): Promise<{ items: SearchHit[] }> {
  authorize(ctx, "catalog.read", `project:${ctx.project.name}`);
  const tags = (input.tags ?? "")
    .split(",")
    .map((tag) => tag.trim())
    .filter(Boolean);
  const where = featureConditions(ctx.project.id, { q: input.q });
  const tagged = tags.length > 0 ? Prisma.sql`f.tags @> ARRAY[${Prisma.join(tags)}]::text[]` : Prisma.sql`TRUE`;
  const rows = await ctx.db.$queryRaw<{ id: string; rank: number }[]>(
    Prisma.sql`SELECT f.id, ${featureRank(input.q)} AS rank FROM ${FEATURES_FROM} WHERE ${where} AND ${tagged} ORDER BY rank DESC, f.name, g.name LIMIT ${input.limit}`,
  );
  const features = await loadFeatures(
    ctx,
    rows.map((row) => row.id),
  );
  const byId = new Map(features.map((feature) => [feature.id, feature]));
  return {
    items: rows.flatMap(({ id, rank }) => {
      const feature = byId.get(id);
      return feature ? [{ feature, rank, reason: rankReason(rank) }] : [];
    }),
  };
}
