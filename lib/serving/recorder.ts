import type { OnlineStore } from "@/lib/engines/online/port";
import type { Clock } from "@/lib/kernel/time";
import type { Db } from "@/lib/platform/db";
import { newId } from "@/lib/platform/ids";
import type { Log } from "@/lib/platform/log";
import type { Vectors } from "./answer-text";
import { CallTimes } from "./call-times";
import { metricsOfAll, shareMetrics } from "./cluster-metrics";
import { SLOT_SECONDS, WHOLE_SLOTS } from "./figures";
import type { ServingFigures } from "./figures-schema";
import { processRecorder, setProcessRecorder } from "./process-recorder";
import { forgetProcess, pruneServed, reportProcess } from "./process-report";
import { countRequest, noRequests, openRegistry, type RouteCounts } from "./prometheus";
import { rollingWindow } from "./rolling-window";
import { ServedCounts } from "./served-counts";
import { ServedSamples } from "./served-samples";
import type { Reader } from "./served-tally";
import type { ServingCatalog } from "./serving-catalog";
import { loadWatermarks, type Watermark } from "./watermarks";

/** One answered request, those that were turned away included. `projectId`: whose view it is; without it the view is told to nobody. */
export type ServedOutcome = {
  route: string;
  view: string | null;
  status: number;
  seconds: number;
  entities: number;
  /** Values asked for, and those of them that were not there. */
  cells: number;
  missing: number;
  projectId?: string | undefined;
};

/** The name of the route that is not counted in the figures: what asks for metrics measures, it does not read. */
export const METRICS_ROUTE = "metrics";

/** What a process that answers reads tells of itself. What is called for every request writes nowhere and waits for nothing. */
export interface ServingRecorder {
  /** A request was answered. */
  request(outcome: ServedOutcome): void;
  /** Vectors went out: counts them by feature and caller, keeps a sample, answers how many of their values were not there. */
  served(vectors: Vectors, who: Reader, now: Date): number;
  /** How many requests are being answered, and how many were turned away since the process started. */
  load(inFlight: number, refused: number): void;
  figures(): ServingFigures;
  /** The metrics of this process, or of all workers of its cluster added up. Throws `dependency_unavailable`. */
  metrics(): Promise<string>;
  /** Writes everything down now: counts, samples, figures. Rejects with what failed; that is written the next time. */
  flush(): Promise<void>;
  /** Writes what is left and takes the process off the list. */
  stop(): Promise<void>;
}

/** What a recorder is started with; `address`: where people reach the process. */
export type RecorderOptions = {
  db: Db;
  log: Log;
  clock: Clock;
  name: "serving" | "web";
  address: string | null;
  sampleRate: number;
  online: OnlineStore;
  catalogs: () => Iterable<ServingCatalog>;
};

const REPORT_MS = 2000;
const FLUSH_MS = 10_000;
const PRUNE_MS = 3_600_000;

/** Starts recording for this process, whose recorder it becomes. */
export function startRecorder(options: RecorderOptions): ServingRecorder {
  const { db, clock, log, online } = options;
  const id = newId("prc");
  const startedAt = clock.now();
  const counts = new ServedCounts(db);
  const samples = new ServedSamples(db, options.sampleRate);
  const slots = rollingWindow(WHOLE_SLOTS + 1, SLOT_SECONDS);
  const reads = new CallTimes();
  const routes = new Map<string, RouteCounts>();
  const totals = { requests: 0, errors: 0, clientErrors: 0, refused: 0, cells: 0, missing: 0 };
  let inFlight = 0;
  let watermarks: Watermark[] = [];

  const registry = openRegistry(async () => {
    // A scrape goes on without the database; then it tells what was true last.
    watermarks = await loadWatermarks(db).catch(() => watermarks);
    const { plans } = cachedIn(options.catalogs());
    const storeUp = online.status().state === "up";
    const { refused } = totals;
    return { routes, inFlight, refused, statuses: counts.statuses, storeUp, plans, watermarks, now: clock.now() };
  });
  shareMetrics(registry);

  const figures = (): ServingFigures => {
    const now = clock.now();
    const { state, detail } = online.status();
    return {
      pid: process.pid,
      at: now.toISOString(),
      inFlight,
      totals: { ...totals },
      slots: slots.slots(now.getTime()),
      reads: reads.list(now.getTime()),
      ...cachedIn(options.catalogs()),
      store: { state, detail },
    };
  };
  const report = (): Promise<void> =>
    reportProcess(db, { id, name: options.name, address: options.address, startedAt, seenAt: clock.now() }, figures());
  const write = async (): Promise<void> => {
    const ends = await Promise.allSettled([counts.flush(), samples.flush()]);
    for (const end of ends) if (end.status === "rejected") throw end.reason;
  };
  const tasks = [
    repeat("its figures", REPORT_MS, report, log),
    repeat("what was served", FLUSH_MS, write, log),
    repeat("the end of old records", PRUNE_MS, () => pruneServed(db, clock.now()), log),
  ];

  const recorder: ServingRecorder = {
    request: (outcome) => {
      const { route, status, seconds, cells, missing } = outcome;
      let known = routes.get(route);
      if (!known) {
        known = noRequests();
        routes.set(route, known);
      }
      countRequest(known, status, seconds);
      if (route === METRICS_ROUTE) return;
      const nowMs = clock.now().getTime();
      slots.add(nowMs, outcome);
      reads.add(nowMs, outcome);
      totals.requests++;
      if (status >= 500) totals.errors++;
      else if (status >= 400) totals.clientErrors++;
      totals.cells += cells;
      totals.missing += missing;
    },
    served: (vectors, who, now) => {
      samples.add(vectors, who, now);
      return counts.add(vectors, who, now);
    },
    load: (answering, refused) => {
      inFlight = answering;
      if (refused > totals.refused) slots.refuse(clock.now().getTime(), refused - totals.refused);
      totals.refused = refused;
    },
    figures,
    metrics: () => metricsOfAll(registry),
    flush: async () => {
      await write();
      await report();
    },
    stop: async () => {
      if (processRecorder() === recorder) setProcessRecorder(null);
      for (const task of tasks) await task.end();
      registry.clear();
      await write().catch((error: unknown) => log.error({ err: error }, "what was served last is not counted"));
      await forgetProcess(db, id).catch((error: unknown) => log.warn({ err: error }, "the process stays listed"));
    },
  };
  setProcessRecorder(recorder);
  return recorder;
}

function cachedIn(catalogs: Iterable<ServingCatalog>): { plans: number; catalogs: number } {
  const found = { plans: 0, catalogs: 0 };
  for (const { plans } of catalogs) {
    found.catalogs++;
    found.plans += plans.size;
  }
  return found;
}

/** Does something again and again, never twice at once; says once that it fails, and that it works again. */
function repeat(what: string, everyMs: number, act: () => Promise<void>, log: Log): { end(): Promise<void> } {
  let failing = false;
  let running = Promise.resolve();
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    running = act()
      .then(
        () => {
          if (failing) log.info(`recording works again: ${what}`);
          failing = false;
        },
        (error: unknown) => {
          if (!failing) log.warn({ err: error }, `recording fails and is tried again: ${what}`);
          failing = true;
        },
      )
      .finally(() => {
        busy = false;
      });
  }, everyMs);
  timer.unref();
  return {
    end: () => {
      clearInterval(timer);
      return running;
    },
  };
}
