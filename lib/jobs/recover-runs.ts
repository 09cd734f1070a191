import type { Run } from "@/lib/kernel/run";
import { MAX_ATTEMPTS } from "./attempts";
import type { WorkerContext } from "./execute-run";
import { finishRun } from "./finish-run";

/** How long a run belongs to a worker that gives no sign of life. */
export const LEASE_MS = 10_000;
const LOST_AFTER_MS = 15_000;

/**
 * Puts runs of workers that died back on the queue, at most three attempts each, runs that waited for another attempt, and
 * queued runs whose job was lost.
 * Safe to call by several workers at once: each step moves a run only from the state it was seen in.
 */
export async function recoverRuns({
  db,
  clock,
  enqueue,
  log,
}: Pick<WorkerContext, "db" | "clock" | "enqueue" | "log">): Promise<void> {
  const now = clock.now();
  const lost = new Date(now.getTime() - LOST_AFTER_MS);
  const abandoned = await db.run.findMany({
    where: {
      OR: [
        { state: "RUNNING", leaseExpiresAt: { lt: now } },
        {
          state: "QUEUED",
          notBefore: null,
          createdAt: { lt: lost },
          OR: [{ leaseExpiresAt: null }, { leaseExpiresAt: { lt: lost } }],
        },
        { state: "QUEUED", notBefore: { lte: now }, OR: [{ leaseExpiresAt: null }, { leaseExpiresAt: { lt: lost } }] },
      ],
    },
    select: {
      id: true,
      state: true,
      attempt: true,
      leaseOwner: true,
      leaseExpiresAt: true,
      cancelRequested: true,
      failures: true,
    },
  });
  for (const run of abandoned) {
    await db.$transaction(async (tx) => {
      if (run.state === "RUNNING" && (run.attempt >= MAX_ATTEMPTS || run.cancelRequested)) {
        const state = run.cancelRequested ? "CANCELLED" : "FAILED";
        const error = run.cancelRequested
          ? { code: "cancelled", detail: "Cancelled; its worker had died" }
          : { code: "internal", detail: `Its worker died ${MAX_ATTEMPTS} times; it is not tried again` };
        await finishRun(tx, {
          id: run.id,
          from: "RUNNING",
          ...(run.leaseOwner ? { leaseOwner: run.leaseOwner } : {}),
          state,
          error,
          now,
        });
        return;
      }
      // For a queued run the lease time only says when it was put on the queue again.
      const moved = await tx.run.updateMany({
        where: {
          id: run.id,
          state: run.state,
          leaseOwner: run.leaseOwner,
          // A worker that renewed its lease meanwhile is alive.
          ...(run.state === "RUNNING" ? { leaseExpiresAt: { lt: now } } : { leaseExpiresAt: run.leaseExpiresAt }),
        },
        data: {
          state: "QUEUED",
          leaseOwner: null,
          leaseExpiresAt: now,
          ...(run.state === "RUNNING"
            ? { failures: [...(run.failures as Run["failures"]), diedAt(run.attempt, now)] }
            : {}),
        },
      });
      if (moved.count > 0) await enqueue(tx, { name: "run", runId: run.id });
    });
    log.warn({ run: run.id, was: run.state, attempt: run.attempt }, "run recovered");
  }
}

function diedAt(attempt: number, now: Date): Run["failures"][number] {
  return { attempt, at: now.toISOString(), code: "internal", detail: "Its worker died, or could not be reached" };
}
