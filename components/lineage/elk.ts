import type { ELK } from "elkjs/lib/elk-api";
import type { VisibleGraph } from "./graph";
import { fromElk, type Layout, toElk } from "./layout";

let engine: Promise<ELK> | null = null;

/** ELK in a worker; where a worker cannot start (old browsers, strict policies) ELK on this thread. */
function start(): Promise<ELK> {
  const inWorker = async (): Promise<ELK> => {
    const { default: Elk } = await import("elkjs/lib/elk-api.js");
    const worker = new Worker(new URL("elkjs/lib/elk-worker.min.js", import.meta.url));
    const elk = new Elk({ workerFactory: () => worker });
    const broken = new Promise<never>((_, reject) => worker.addEventListener("error", reject, { once: true }));
    // The first answer proves that the script loaded; a worker that fails to load never answers.
    await Promise.race([elk.knownLayoutAlgorithms(), broken]);
    return elk;
  };
  const here = async (): Promise<ELK> => {
    const { default: Elk } = await import("elkjs/lib/elk.bundled.js");
    return new Elk();
  };
  return inWorker().catch(here);
}

/** Lays the graph out, off the main thread if possible. Rejects when ELK cannot. */
export async function layOut(visible: VisibleGraph): Promise<Layout> {
  engine ??= start();
  const elk = await engine;
  return fromElk(await elk.layout(toElk(visible)));
}
