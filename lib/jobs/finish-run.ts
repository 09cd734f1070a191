import type { RunState } from "@/lib/kernel/run";
import { Prisma, type Tx } from "@/lib/platform/db";

type End = {
  id: string;
  /** Only a run in this state, held by this worker if one is named, is finished. */
  from: RunState;
  leaseOwner?: string;
  state: RunState;
  result?: object | null;
  error: { code: string; detail: string } | null;
  now: Date;
};

/** Ends a run, and with it what waits for it: a training set whose run did not succeed becomes FAILED. True when it was ended here. */
export async function finishRun(tx: Tx, end: End): Promise<boolean> {
  const ended = await tx.run.updateMany({
    where: { id: end.id, state: end.from, ...(end.leaseOwner ? { leaseOwner: end.leaseOwner } : {}) },
    data: {
      state: end.state,
      result: end.result ?? Prisma.DbNull,
      error: end.error ?? Prisma.DbNull,
      finishedAt: end.now,
      notBefore: null,
      leaseOwner: null,
      leaseExpiresAt: null,
    },
  });
  if (ended.count === 0) return false;
  if (end.state !== "SUCCEEDED")
    await tx.trainingSet.updateMany({ where: { runId: end.id, state: "BUILDING" }, data: { state: "FAILED" } });
  return true;
}
