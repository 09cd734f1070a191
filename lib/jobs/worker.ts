import { randomUUID } from "node:crypto";
import type { ProcessContext } from "@/lib/platform/context";
import { catchUpGroups } from "./catch-up-groups";
import { watchGarbage } from "./collect-due-garbage";
import { watchRetention } from "./due-retention";
import { executeRun, type WorkerContext } from "./execute-run";
import { recoverRuns } from "./recover-runs";
import { tickSchedules } from "./tick-schedules";

const LOOK_EVERY_MS = 5000;

/** Starts the worker loop of this process: one run at a time, and a look after abandoned ones and schedules that are due. `stop` hands the present run back. */
export async function startWorker(process: ProcessContext): Promise<{ stop(): Promise<void> }> {
  const { db, offline, online, clock, log, queue } = process;
  const worker: WorkerContext = { db, offline, online, clock, log, enqueue: queue.enqueue };
  const stopping = new AbortController();
  const owner = `worker-${randomUUID()}`;
  const look = async (): Promise<void> => {
    const works = { recovery: recoverRuns, schedules: tickSchedules, "catching up": catchUpGroups };
    for (const [what, work] of Object.entries(works)) {
      await work(worker).catch((error: unknown) => log.warn({ err: error }, `${what} failed`));
    }
  };
  await look();
  await queue.work((job) => executeRun(worker, { runId: job.runId, owner, stopping: stopping.signal }), {
    concurrency: 1,
  });
  const timer = setInterval(look, LOOK_EVERY_MS);
  const stopRetention = watchRetention(worker);
  const stopGarbage = watchGarbage(worker);
  return {
    stop: async () => {
      clearInterval(timer);
      stopRetention();
      stopGarbage();
      stopping.abort();
      await queue.stop();
    },
  };
}
