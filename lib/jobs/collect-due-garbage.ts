import { GRACE_MS } from "@/lib/datasets/garbage";
import { requestGarbageCollection } from "@/lib/datasets/request-garbage-collection";
import { SYSTEM } from "@/lib/kernel/actor";
import type { WorkerContext } from "./execute-run";

const EVERY_MS = 24 * 60 * 60_000;
const LOOK_EVERY_MS = 10 * 60_000;

/** Starts a garbage collection in every project that has garbage old enough, at most once a day each. Orphans are left to people. */
export async function collectDueGarbage(worker: WorkerContext): Promise<void> {
  const now = worker.clock.now().getTime();
  const groups = await worker.db.featureGroup.findMany({
    where: { commits: { some: { files: { some: { garbageAt: { lt: new Date(now - GRACE_MS) } } } } } },
    select: { project: { select: { id: true, name: true } } },
    distinct: ["projectId"],
  });
  for (const { project } of groups) {
    const since = new Date(now - EVERY_MS);
    const recent = await worker.db.run.count({
      where: { projectId: project.id, kind: "collect_garbage", createdAt: { gt: since } },
    });
    // Two workers may both find none; what one has removed the other does not find.
    if (recent === 0) await requestGarbageCollection({ ...worker, actor: SYSTEM, project }, { includeOrphans: false });
  }
}

/** Looks every ten minutes for garbage that is due, beginning now, until the answer is called. */
export function watchGarbage(worker: WorkerContext): () => void {
  const look = (): void => {
    collectDueGarbage(worker).catch((error: unknown) => worker.log.warn({ err: error }, "garbage was not collected"));
  };
  look();
  const timer = setInterval(look, LOOK_EVERY_MS);
  return () => clearInterval(timer);
}
