import { authorize } from "@/lib/access/authorize";
import { LarderError } from "@/lib/kernel/errors";
import { parseFeatureReference } from "@/lib/kernel/names";
import type { Context } from "@/lib/platform/context";
import { type ResolvedFeature, resolveFeatures } from "@/lib/registry/resolve-features";
import { viewsReading } from "@/lib/registry/summarize-features";
import { DAY_MS } from "./served-tally";
import type { FeatureUsage, GetFeatureUsage } from "./usage-schema";

const MOST_CALLERS = 100;

/**
 * Who reads a feature online and how often, by day, and which consumers are registered for it. Reads of all versions of
 * its group count. Throws `feature_not_found`, `feature_group_not_found`, `ambiguous_feature`.
 */
export async function getFeatureUsage(ctx: Context, input: GetFeatureUsage): Promise<FeatureUsage> {
  authorize(ctx, "catalog.read", `feature:${input.reference}`);
  const [feature] = await resolveFeatures(ctx, [input.reference]);
  if (!feature) throw new LarderError("feature_not_found", `There is no feature ${input.reference}`);
  const reference = `${feature.group.name}:${feature.name}`;
  const today = Math.floor(ctx.clock.now().getTime() / DAY_MS);
  const days = Array.from({ length: input.days }, (_, at) => dayText(today - input.days + 1 + at));
  const [from = dayText(today)] = days;
  const where = { projectId: ctx.project.id, reference, day: { gte: from } };
  const _sum = { requests: true, values: true, present: true } as const;
  const [byCaller, byDay, total, consumers] = await Promise.all([
    ctx.db.servedFeature.groupBy({
      by: ["callerId"],
      where,
      _sum,
      _max: { day: true, callerKind: true, callerName: true },
      orderBy: [{ _sum: { requests: "desc" } }, { callerId: "asc" }],
      take: MOST_CALLERS,
    }),
    ctx.db.servedFeature.groupBy({ by: ["day"], where, _sum }),
    ctx.db.servedFeature.aggregate({ where, _sum }),
    loadConsumers(ctx, feature),
  ]);
  const counted = new Map(byDay.map((row) => [row.day, row._sum]));
  return {
    reference,
    from,
    to: dayText(today),
    requests: Number(total._sum.requests ?? 0),
    values: Number(total._sum.values ?? 0),
    presentShare: shareOf(total._sum),
    callers: byCaller.map((caller) => ({
      kind: caller._max.callerKind ?? "user",
      name: caller._max.callerName ?? caller.callerId,
      requests: Number(caller._sum.requests ?? 0),
      values: Number(caller._sum.values ?? 0),
      presentShare: shareOf(caller._sum),
      lastDay: caller._max.day ?? from,
    })),
    series: days.map((day) => ({
      day,
      requests: Number(counted.get(day)?.requests ?? 0),
      values: Number(counted.get(day)?.values ?? 0),
    })),
    consumers,
  };
}

async function loadConsumers(ctx: Context, feature: ResolvedFeature): Promise<FeatureUsage["consumers"]> {
  const where = { projectId: ctx.project.id };
  const [consumers, views] = await Promise.all([
    ctx.db.consumer.findMany({ where, orderBy: { name: "asc" } }),
    ctx.db.featureView.findMany({ where: { ...where, latest: true } }),
  ]);
  const reading = new Set(viewsReading(feature, views));
  return consumers.flatMap(({ name, type, owner, ...reads }) => {
    const direct = reads.features.some((text) => isReferenceTo(text, feature));
    const through = direct ? [] : reads.views.filter((view) => reading.has(view));
    return direct || through.length > 0 ? [{ name, type, owner, through }] : [];
  });
}

function isReferenceTo(text: string, { name, group }: ResolvedFeature): boolean {
  const reference = parseFeatureReference(text);
  return reference.feature === name && (reference.group === null || reference.group === group.name);
}

function dayText(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

function shareOf({ values, present }: { values: bigint | null; present: bigint | null }): number | null {
  return values ? Number(present ?? 0n) / Number(values) : null;
}
