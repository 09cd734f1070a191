import { authorize } from "@/lib/access/authorize";
import { epochMs } from "@/lib/kernel/time";
import type { Context } from "@/lib/platform/context";
import { latencyMs, mergeSeries, mergeTotals, rateOf, slowestReads, worstStore } from "./figures";
import type { ServedGroupState, ServingFigures, ServingOverview, ServingProcess } from "./figures-schema";
import { addLatencies, noLatencies } from "./latency-buckets";
import { type LiveProcess, loadProcesses } from "./load-processes";
import { lagOf } from "./watermarks";

/** What the data plane does now: its processes, what they answered in the last five minutes, and how far the project's groups are online. */
export async function getServing(ctx: Context): Promise<ServingOverview> {
  authorize(ctx, "catalog.read", `project:${ctx.project.name}`);
  const [live, groups] = await Promise.all([loadProcesses(ctx), loadGroups(ctx)]);
  const now = ctx.clock.now();
  const figures = live.map((process) => process.figures);
  return {
    at: now.toISOString(),
    processes: live.map(processOf),
    totals: mergeTotals(figures),
    series: mergeSeries(figures, now),
    slowest: slowestReads(figures, ctx.project.id),
    groups,
    store: worstStore(figures),
  };
}

function processOf({ id, name, address, startedAt, seenAt, figures }: LiveProcess): ServingProcess {
  return {
    id,
    name,
    address,
    pid: figures.pid,
    startedAt: startedAt.toISOString(),
    seenAt: seenAt.toISOString(),
    inFlight: figures.inFlight,
    rate: rateOf(figures),
    refused: figures.totals.refused,
    latencyMs: latencyMs(latencyOf(figures)),
    store: figures.store,
  };
}

function latencyOf({ slots }: ServingFigures): Uint32Array {
  const counts = noLatencies();
  for (const { latency } of slots) addLatencies(counts, latency);
  return counts;
}

async function loadGroups(ctx: Context): Promise<ServedGroupState[]> {
  const groups = await ctx.db.featureGroup.findMany({
    where: { projectId: ctx.project.id, online: true, latest: true },
    include: { entity: { select: { name: true } }, materialization: true },
    orderBy: { name: "asc" },
  });
  const nowMs = ctx.clock.now().getTime();
  return groups.map(({ name, version, entity, headSequence, ttlSeconds, materialization }) => {
    const eventTime = materialization?.watermarkEventTime ?? null;
    return {
      name,
      version,
      entity: entity.name,
      rows: materialization && Number(materialization.rowCount),
      bytes: materialization && Number(materialization.byteCount),
      watermarkSequence: materialization?.watermarkSequence ?? null,
      headSequence,
      lagCommits: lagOf(headSequence, materialization?.watermarkSequence ?? 0),
      watermarkEventTime: eventTime,
      freshnessSeconds: eventTime === null ? null : Math.max(0, (nowMs - epochMs(eventTime)) / 1000),
      ttlSeconds,
      materializedAt: materialization?.updatedAt.toISOString() ?? null,
    };
  });
}
