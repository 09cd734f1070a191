import { SYSTEM } from "@/lib/kernel/actor";
import { isLarderError, LarderError } from "@/lib/kernel/errors";
import type { Run, RunKind } from "@/lib/kernel/run";
import type { Context } from "@/lib/platform/context";
import { isUnavailable, type Tx, transaction } from "@/lib/platform/db";
import { createReporter, type Fence, toRun } from "@/lib/platform/runs";
import { valueFree } from "@/lib/platform/value-free";
import { retryDelaySeconds } from "./attempts";
import { finishRun } from "./finish-run";
import { HANDLERS } from "./handlers";
import { LEASE_MS } from "./recover-runs";

const HEARTBEAT_MS = 1000;

/** A worker's part of a context: everything but who and where, which the run says. */
export type WorkerContext = Omit<Context, "actor" | "project">;

/**
 * Claims a queued run and works it to its end. A run that somebody else has, or that is over, is left alone.
 * While it works it renews its lease and looks whether it was cancelled. `stopping` hands the run back to the queue; what
 * may go away by itself puts it there for later, with the reason.
 */
export async function executeRun(
  worker: WorkerContext,
  job: { runId: string; owner: string; stopping: AbortSignal },
): Promise<void> {
  const { db, clock } = worker;
  const lease = (): { leaseOwner: string; leaseExpiresAt: Date } => ({
    leaseOwner: job.owner,
    leaseExpiresAt: new Date(clock.now().getTime() + LEASE_MS),
  });
  const claimed = await db.run.updateMany({
    where: { id: job.runId, state: "QUEUED", OR: [{ notBefore: null }, { notBefore: { lte: clock.now() } }] },
    data: { state: "RUNNING", startedAt: clock.now(), attempt: { increment: 1 }, notBefore: null, ...lease() },
  });
  if (claimed.count === 0) return;
  const row = await db.run.findUniqueOrThrow({ where: { id: job.runId }, include: { project: true } });
  const ctx: Context = {
    ...worker,
    actor: SYSTEM,
    project: { id: row.project.id, name: row.project.name },
    log: worker.log.child({ run: row.id }),
  };
  const abort = new AbortController();
  const stop = (): void => abort.abort();
  // By a clock that nobody sets: when the lease was last seen to be ours.
  let heldAt = performance.now();
  let lost = false;
  job.stopping.addEventListener("abort", stop);
  const heartbeat = setInterval(async () => {
    try {
      const held = await db.run.updateMany({ where: { id: row.id, leaseOwner: job.owner }, data: lease() });
      const { cancelRequested } = await db.run.findUniqueOrThrow({
        where: { id: row.id },
        select: { cancelRequested: true },
      });
      if (held.count > 0) heldAt = performance.now();
      if (held.count === 0 || cancelRequested) abort.abort();
    } catch (error) {
      ctx.log.warn({ err: error }, "heartbeat failed");
      // Somebody else may have the run by now, and we could not know.
      if (performance.now() - heldAt > LEASE_MS) {
        lost = true;
        abort.abort();
      }
    }
  }, HEARTBEAT_MS);
  const run = { ...toRun(row), input: row.input };
  const report = createReporter({
    progress: {
      ...run.progress,
      nodes: run.progress.nodes.map((node) => ({ ...node, state: "WAITING" as const, detail: null })),
    },
    log: run.log,
    now: clock.now,
    signal: abort.signal,
    fence: fenceOf(row.id, job.owner),
    save: async (state) => {
      await db.run.updateMany({ where: { id: row.id, leaseOwner: job.owner }, data: state });
    },
  });
  report.log("info", run.attempt > 1 ? `Started again, attempt ${run.attempt}` : "Started");
  try {
    const result = await HANDLERS[row.kind as RunKind](ctx, run, report);
    report.log("info", "Succeeded");
    await report.flush();
    await transaction(db, (tx) =>
      finishRun(tx, {
        id: row.id,
        from: "RUNNING",
        leaseOwner: job.owner,
        state: "SUCCEEDED",
        result,
        error: null,
        now: clock.now(),
      }),
    );
  } catch (error) {
    const handBack = job.stopping.aborted;
    const failure = failureOf(error, { aborted: abort.signal.aborted, lost });
    const delay = failure.state === "FAILED" ? retryDelaySeconds(failure.error.code, run.attempt) : null;
    if (failure.state === "FAILED") ctx.log.error({ err: error, retryAfterSeconds: delay }, "run failed");
    if (handBack) report.log("info", "Handed back: the worker is stopping");
    else report.log(delay === null ? "error" : "warn", said(failure.error.detail, delay, run.attempt));
    await report.flush();
    await transaction(db, async (tx) => {
      if (!handBack && delay !== null)
        return putOff(tx, { run, owner: job.owner, ...failure, delay, now: clock.now() });
      if (!handBack) {
        await finishRun(tx, { id: row.id, from: "RUNNING", leaseOwner: job.owner, ...failure, now: clock.now() });
        return;
      }
      const held = { id: row.id, state: "RUNNING", leaseOwner: job.owner };
      const data = { state: "QUEUED", attempt: { decrement: 1 }, leaseOwner: null, leaseExpiresAt: null };
      const back = await tx.run.updateMany({ where: { ...held, cancelRequested: false }, data });
      if (back.count > 0) await worker.enqueue(tx, { name: "run", runId: row.id });
      // Somebody asked it to stop before the worker did; another worker must not start it again.
      else await finishRun(tx, { ...CANCELLED, id: row.id, from: "RUNNING", leaseOwner: job.owner, now: clock.now() });
    });
  } finally {
    clearInterval(heartbeat);
    job.stopping.removeEventListener("abort", stop);
  }
}

const CANCELLED = {
  state: "CANCELLED" as const,
  error: { code: "cancelled", detail: "Cancelled; nothing half-done is visible" },
};

/** Back on the queue for later, with the reason. A run that was to be cancelled meanwhile is not tried again. */
async function putOff(
  tx: Tx,
  given: { run: Run; owner: string; error: { code: string; detail: string }; delay: number; now: Date },
): Promise<void> {
  const { run, owner, error, delay, now } = given;
  const held = { id: run.id, state: "RUNNING", leaseOwner: owner };
  const put = await tx.run.updateMany({
    where: { ...held, cancelRequested: false },
    data: {
      state: "QUEUED",
      leaseOwner: null,
      leaseExpiresAt: null,
      notBefore: new Date(now.getTime() + delay * 1000),
      failures: [...run.failures, { attempt: run.attempt, at: now.toISOString(), ...error }],
    },
  });
  if (put.count === 0) await finishRun(tx, { ...CANCELLED, id: run.id, from: "RUNNING", leaseOwner: owner, now });
}

function said(detail: string, delay: number | null, attempt: number): string {
  return delay === null ? detail : `${detail}. Attempt ${attempt} ends here; the next one follows in ${delay} s`;
}

/** Locks the run's row, so that nobody can take the run over before the transaction is through. */
function fenceOf(id: string, leaseOwner: string): Fence {
  return async (tx) => {
    const held = await tx.run.updateMany({ where: { id, state: "RUNNING", leaseOwner }, data: { leaseOwner } });
    if (held.count === 0)
      throw new LarderError("cancelled", "Another worker has taken this run over; nothing was written");
  };
}

function failureOf(
  error: unknown,
  { aborted, lost }: { aborted: boolean; lost: boolean },
): { state: "FAILED" | "CANCELLED"; error: { code: string; detail: string } } {
  if (lost || isUnavailable(error))
    return {
      state: "FAILED",
      error: { code: "dependency_unavailable", detail: "The metadata database did not answer" },
    };
  if (aborted) return CANCELLED;
  if (isLarderError(error)) return { state: "FAILED", error: { code: error.code, detail: valueFree(error.detail) } };
  return { state: "FAILED", error: { code: "internal", detail: "Internal error; the log of the worker has more" } };
}
