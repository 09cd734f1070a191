import type { Context } from "@/lib/platform/context";
import type { FeatureSummary } from "./schema";
import { summarizeFeatures } from "./summarize-features";

/** Summaries of features by id, in the order of the ids. */
export async function loadFeatures(ctx: Context, ids: string[]): Promise<FeatureSummary[]> {
  const rows = await ctx.db.feature.findMany({
    where: { id: { in: ids } },
    include: { group: { include: { entity: true } } },
  });
  const byId = new Map(rows.map((row) => [row.id, row]));
  return summarizeFeatures(
    ctx,
    ids.flatMap((id) => byId.get(id) ?? []),
  );
}
