/** A data plane of several workers for cluster-metrics.test.ts: tells its primary's parent what each worker is answered. */
import cluster from "node:cluster";
import { Counter, Registry } from "prom-client";
import { answerMetricsRequests, metricsOfAll, shareMetrics } from "./cluster-metrics";

if (cluster.isPrimary) {
  answerMetricsRequests();
  const workers = [1, 2, 3].map(() => cluster.fork());
  const texts: string[] = [];
  let ready = 0;
  cluster.on("message", (_, message: { ready?: true; text?: string }) => {
    if (message.ready && ++ready === workers.length) for (const worker of workers) worker.send("ask");
    if (message.text === undefined || texts.push(message.text) < workers.length) return;
    process.send?.(texts);
    cluster.disconnect();
  });
} else {
  const registry = new Registry();
  const counter = new Counter({ name: "reads_total", help: "Reads", labelNames: ["route"], registers: [registry] });
  counter.inc({ route: "batch" }, cluster.worker?.id ?? 0);
  shareMetrics(registry);
  process.on("message", (message) => {
    if (message === "ask") void metricsOfAll(registry).then((text) => process.send?.({ text }));
  });
  process.send?.({ ready: true });
}
