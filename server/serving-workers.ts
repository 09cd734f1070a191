import cluster, { type Worker } from "node:cluster";
import { setTimeout as wait } from "node:timers/promises";
import { env } from "@/lib/platform/env";
import { openLog } from "@/lib/platform/log";
import { answerMetricsRequests } from "@/lib/serving/cluster-metrics";
import { EXPLAINED, ExpectedFailure, type Ready } from "./child";

const AGAIN_MS = 500;

/** Starts `count` processes that share one port; one that dies is replaced. Ready when all of them are. */
export async function shareAmongWorkers(
  count: number,
): Promise<{ ready?: Omit<Ready, "ready">; end: () => Promise<void> }> {
  const log = openLog({ level: env().logLevel, process: "serving" });
  let ending = false;
  answerMetricsRequests();
  cluster.on("exit", (worker, code, signal) => {
    if (ending) return;
    log.error({ worker: worker.id, code, signal }, "serving worker died");
    void wait(AGAIN_MS).then(() => (ending ? undefined : cluster.fork()));
  });
  const ready = await Promise.all(Array.from({ length: count }, () => started(cluster.fork())));
  return {
    ready: { ...(ready[0]?.address ? { address: ready[0].address } : {}) },
    end: async () => {
      ending = true;
      const workers = Object.values(cluster.workers ?? {}).filter((worker): worker is Worker => worker !== undefined);
      await Promise.all(
        workers.map(
          (worker) =>
            new Promise<void>((resolve) => {
              worker.once("exit", () => resolve());
              worker.disconnect();
            }),
        ),
      );
    },
  };
}

function started(worker: Worker): Promise<Ready> {
  return new Promise((resolve, reject) => {
    // Metrics travel the same way.
    worker.on("message", (message: Partial<Ready>) => {
      if (message.ready) resolve(message as Ready);
    });
    worker.once("exit", (code) =>
      reject(
        code === EXPLAINED
          ? new ExpectedFailure("A serving worker could not start.")
          : new Error(`a serving worker ended while it started (exit code ${code})`),
      ),
    );
  });
}
