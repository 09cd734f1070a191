import { liveFiles } from "@/lib/datasets/live-files";
import { cutoffsOf, loadAging, loadHolds } from "@/lib/datasets/load-retention";
import { queueRetention } from "@/lib/datasets/request-retention";
import { mayHoldBefore, planExpiry } from "@/lib/datasets/retention";
import { holdGroups } from "@/lib/datasets/snapshot-rows";
import { SYSTEM } from "@/lib/kernel/actor";
import { type Db, Prisma, type Tx, transaction } from "@/lib/platform/db";
import type { WorkerContext } from "./execute-run";

const EVERY_MS = 24 * 60 * 60_000;
const LOOK_EVERY_MS = 10 * 60_000;

type Due = { id: string; name: string; version: number; project: { id: string; name: string } };

/** Group versions whose policy has something to take away and was not applied, nor tried, during the last day. */
export async function retentionDue(db: Db, now: Date): Promise<Due[]> {
  const groups = await db.featureGroup.findMany({
    where: { retention: { not: Prisma.DbNull }, headSequence: { gt: 0 } },
    include: { project: { select: { id: true, name: true } } },
    orderBy: { id: "asc" },
  });
  const due: Due[] = [];
  for (const group of groups) {
    const cutoffs = cutoffsOf(group.retention, now);
    if (!cutoffs || (await wasApplied(db, group.id, now))) continue;
    const commits = await loadAging(db, group.id);
    const { rowsBefore } = cutoffs;
    const { expire, garbage } = planExpiry(commits, cutoffs.commitsBefore, await loadHolds(db, group, commits));
    const old = rowsBefore !== null && liveFiles(commits).some((live) => mayHoldBefore(live, rowsBefore));
    if (old || expire.length + garbage.length > 0) due.push(group);
  }
  return due;
}

/** Starts the runs that are due. Two workers at once start each once. */
export async function applyDueRetention(worker: WorkerContext): Promise<void> {
  for (const { project, ...group } of await retentionDue(worker.db, worker.clock.now())) {
    const ctx = { ...worker, actor: SYSTEM, project };
    await transaction(worker.db, async (tx) => {
      await holdGroups(tx, [group.id]);
      if (!(await wasApplied(tx, group.id, worker.clock.now()))) await queueRetention(ctx, tx, group);
    });
  }
}

async function wasApplied(db: Db | Tx, groupId: string, now: Date): Promise<boolean> {
  const run = await db.run.findFirst({
    where: {
      kind: "retention",
      createdAt: { gt: new Date(now.getTime() - EVERY_MS) },
      input: { path: ["groupId"], equals: groupId },
    },
    select: { id: true },
  });
  return run !== null;
}

/** Looks every ten minutes for retention that is due, beginning now, until the answer is called. */
export function watchRetention(worker: WorkerContext): () => void {
  const look = (): void => {
    applyDueRetention(worker).catch((error: unknown) => worker.log.warn({ err: error }, "retention was not started"));
  };
  look();
  const timer = setInterval(look, LOOK_EVERY_MS);
  return () => clearInterval(timer);
}
