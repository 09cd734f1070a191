import { randomUUID } from "node:crypto";
import type { ProcessContext } from "@/lib/platform/context";
import { executeRun, type WorkerContext } from "./execute-run";
import { recoverRuns } from "./recover-runs";

const RECOVER_EVERY_MS = 5000;

/** Starts the worker loop of this process: one run at a time, and a look after abandoned ones. `stop` hands the present run back. */
export async function startWorker(process: ProcessContext): Promise<{ stop(): Promise<void> }> {
  const { db, offline, online, clock, log, queue } = process;
  const worker: WorkerContext = { db, offline, online, clock, log, enqueue: queue.enqueue };
  const stopping = new AbortController();
  const owner = `worker-${randomUUID()}`;
  const recover = async (): Promise<void> => {
    try {
      await recoverRuns(worker);
    } catch (error) {
      log.warn({ err: error }, "recovery failed");
    }
  };
  await recover();
  await queue.work((job) => executeRun(worker, { runId: job.runId, owner, stopping: stopping.signal }), {
    concurrency: 1,
  });
  const timer = setInterval(recover, RECOVER_EVERY_MS);
  return {
    stop: async () => {
      clearInterval(timer);
      stopping.abort();
      await queue.stop();
    },
  };
}
