import { authorize } from "@/lib/access/authorize";
import { RUN_STATES, type RunState } from "@/lib/kernel/run";
import type { Context } from "@/lib/platform/context";
import type { Stats } from "./schema";

/** Counts, storage and runs of the project, and what this process served since it started. */
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
    serving: servingFigures(),
  };
}

const SAMPLES = 4096;
type Recorder = { since: string; requests: number; errors: number; latencies: number[] };
/** On globalThis, because the pages and the API are two bundles of one process. */
const memory = globalThis as { larderServing?: Recorder };

/** Counts one online read of this process. */
export function recordOnlineRequest(latencyMs: number, failed: boolean): void {
  const recorder = recorderOf();
  recorder.latencies[recorder.requests % SAMPLES] = latencyMs;
  recorder.requests++;
  if (failed) recorder.errors++;
}

function servingFigures(): Stats["serving"] {
  const { since, requests, errors, latencies } = recorderOf();
  const sorted = [...latencies].sort((a, b) => a - b);
  const at = (share: number): number =>
    Math.round((sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0) * 1000) / 1000;
  const latencyMs = sorted.length > 0 ? { p50: at(0.5), p95: at(0.95), p99: at(0.99) } : null;
  return { since, requests, errors, latencyMs, sampleCount: sorted.length };
}

function recorderOf(): Recorder {
  memory.larderServing ??= {
    since: new Date(performance.timeOrigin).toISOString(),
    requests: 0,
    errors: 0,
    latencies: [],
  };
  return memory.larderServing;
}
