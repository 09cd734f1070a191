import { authorize } from "@/lib/access/authorize";
import { RUN_STATES, type RunState } from "@/lib/kernel/run";
import type { Context } from "@/lib/platform/context";
import { mergeTotals } from "@/lib/serving/figures";
import { loadProcesses } from "@/lib/serving/load-processes";
import type { Stats } from "./schema";

/** Counts, storage and runs of the project, and what the processes that answer reads served. */
export async function getStats(ctx: Context): Promise<Stats> {
  authorize(ctx, "catalog.read", `project:${ctx.project.name}`);
  const { db, project } = ctx;
  const mine = { projectId: project.id };
  const newest = { ...mine, latest: true };
  const [entities, sources, featureGroups, features, featureViews, trainingSets, files, online, runs] =
    await Promise.all([
      db.entity.count({ where: mine }),
      db.source.count({ where: mine }),
      db.featureGroup.count({ where: newest }),
      db.feature.count({ where: { group: newest } }),
      db.featureView.count({ where: newest }),
      db.trainingSet.aggregate({ where: mine, _count: true, _sum: { rowCount: true, byteCount: true } }),
      db.dataFile.aggregate({
        where: { commit: { group: mine } },
        _count: true,
        _sum: { rowCount: true, byteCount: true },
      }),
      db.materialization.aggregate({ where: { group: mine }, _sum: { rowCount: true } }),
      db.run.groupBy({ by: ["state"], where: mine, _count: true }),
    ]);
  const byState = new Map(runs.map((row) => [row.state, row._count]));
  return {
    counts: { entities, sources, featureGroups, features, featureViews, trainingSets: trainingSets._count },
    storage: {
      offline: {
        files: files._count,
        rows: Number(files._sum.rowCount ?? 0),
        bytes: Number(files._sum.byteCount ?? 0),
      },
      online: { rows: Number(online._sum.rowCount ?? 0) },
      trainingSets: { rows: Number(trainingSets._sum.rowCount ?? 0), bytes: Number(trainingSets._sum.byteCount ?? 0) },
    },
    runs: Object.fromEntries(RUN_STATES.map((state) => [state, byState.get(state) ?? 0])) as Record<RunState, number>,
    serving: await servingFigures(ctx),
  };
}

async function servingFigures(ctx: Context): Promise<Stats["serving"]> {
  const live = await loadProcesses(ctx);
  const { latencyMs, requests: sampleCount } = mergeTotals(live.map(({ figures }) => figures));
  const sum = (of: (totals: (typeof live)[number]["figures"]["totals"]) => number): number =>
    live.reduce((total, { figures }) => total + of(figures.totals), 0);
  return {
    since: (live[0]?.startedAt ?? ctx.clock.now()).toISOString(),
    processes: live.length,
    requests: sum(({ requests }) => requests),
    errors: sum(({ errors, clientErrors }) => errors + clientErrors),
    latencyMs,
    sampleCount,
  };
}
