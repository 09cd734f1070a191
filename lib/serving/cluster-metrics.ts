import cluster from "node:cluster";
import { randomUUID } from "node:crypto";
import { AggregatorRegistry, type Registry } from "prom-client";
import { LarderError } from "@/lib/kernel/errors";

const ASK = "larder:metrics?";
const TELL = "larder:metrics!";
const PATIENCE_MS = 6000;

type Asked = { type: typeof ASK; id: string };
type Told = { type: typeof TELL; id: string; text: string | null };

/** In the process that starts workers: has their metrics added up for whichever of them is scraped. Call once. */
export function answerMetricsRequests(): void {
  const registry = new AggregatorRegistry();
  cluster.on("message", (worker, message: unknown) => {
    if (!isOf<Asked>(message, ASK)) return;
    const tell = (text: string | null): void => {
      const answer: Told = { type: TELL, id: message.id, text };
      if (worker.isConnected()) worker.send(answer);
    };
    registry.clusterMetrics().then(tell, () => tell(null));
  });
}

/** Lets this process's metrics be added to those of the other workers; elsewhere than in a worker it does nothing. */
export function shareMetrics(registry: Registry): void {
  if (!cluster.isWorker) return;
  AggregatorRegistry.setRegistries([registry]);
  // The first one made in a process is what answers for it.
  new AggregatorRegistry();
}

/**
 * The metrics of all workers, added up, or of this process where there are none. Throws `dependency_unavailable` when a
 * worker does not answer: the sum of the others would look as if counters went back.
 */
export async function metricsOfAll(registry: Registry): Promise<string> {
  if (!cluster.isWorker || !process.send) return registry.metrics();
  const asked: Asked = { type: ASK, id: randomUUID() };
  const text = await new Promise<string | null>((resolve) => {
    const end = (found: string | null): void => {
      clearTimeout(timer);
      process.off("message", listen);
      resolve(found);
    };
    const listen = (message: unknown): void => {
      if (isOf<Told>(message, TELL) && message.id === asked.id) end(message.text);
    };
    const timer = setTimeout(() => end(null), PATIENCE_MS);
    process.on("message", listen);
    process.send?.(asked);
  });
  if (text === null)
    throw new LarderError("dependency_unavailable", "Not every worker of the data plane told its metrics; ask again");
  return text;
}

function isOf<T extends { type: string }>(message: unknown, type: T["type"]): message is T {
  return typeof message === "object" && message !== null && "type" in message && message.type === type;
}
