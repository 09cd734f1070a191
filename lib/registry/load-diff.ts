import { stringify } from "yaml";
import type { Context } from "@/lib/platform/context";
import type { Feature } from "@/lib/platform/generated/prisma/client";
import type { ChangeDiff } from "./change-schema";
import { FeatureGroupDefinition } from "./definition-schema";
import type { GroupVersion } from "./load-change";
import type { Statistics } from "./schema";

/** How many features' statistics a request keeps; of more, nobody looks at each. */
const MOST_STATISTICS = 200;
/** How many approved requests are looked through for what the statistics of a feature were. */
const MOST_REQUESTS = 20;

/** Definition and statistics now, and as the last approved request for this group version had them. */
export async function loadDiff(
  ctx: Context,
  group: GroupVersion,
  features: Feature[],
  statistics: (feature: string) => Statistics | null,
): Promise<ChangeDiff> {
  const where = { projectId: ctx.project.id, kind: "feature_group", name: group.name };
  const [now, approved] = await Promise.all([
    ctx.db.definition.findFirst({ where: { ...where, version: group.version }, orderBy: { revision: "desc" } }),
    ctx.db.changeRequest.findMany({
      where: { groupId: group.id, state: "APPROVED" },
      orderBy: { number: "desc" },
      take: MOST_REQUESTS,
      select: { diff: true },
    }),
  ]);
  const diffs = approved.map((request) => request.diff as ChangeDiff);
  const previous = diffs[0]
    ? null
    : await ctx.db.definition.findFirst({
        where: { ...where, version: { lt: group.version } },
        orderBy: { revision: "desc" },
      });
  const known = diffs.flatMap((diff) => diff.statistics);
  return {
    definition: {
      before: diffs[0]?.definition.after ?? (previous ? definitionText(previous.body) : null),
      after: now ? definitionText(now.body) : "",
    },
    statistics: features.slice(0, MOST_STATISTICS).map(({ name }) => ({
      feature: name,
      before: known.find(({ feature }) => feature === name)?.after ?? null,
      after: withoutTrend(statistics(name)),
    })),
  };
}

/** A definition as YAML, its keys in the order of the schema: the database keeps none. */
function definitionText(body: unknown): string {
  const parsed = FeatureGroupDefinition.safeParse(body);
  return stringify(parsed.success ? parsed.data : body, { lineWidth: 0 });
}

/** The trend is most of the bytes, and a request is kept for ever. */
function withoutTrend(statistics: Statistics | null): Statistics | null {
  return statistics && { ...statistics, trend: [] };
}
