import { SYSTEM } from "@/lib/kernel/actor";
import { isLarderError } from "@/lib/kernel/errors";
import type { RunKind } from "@/lib/kernel/run";
import type { Context } from "@/lib/platform/context";
import { transaction } from "@/lib/platform/db";
import { createReporter, toRun } from "@/lib/platform/runs";
import { valueFree } from "@/lib/platform/value-free";
import { finishRun } from "./finish-run";
import { HANDLERS } from "./handlers";
import { LEASE_MS } from "./recover-runs";

const HEARTBEAT_MS = 1000;

/** A worker's part of a context: everything but who and where, which the run says. */
export type WorkerContext = Omit<Context, "actor" | "project">;

/**
 * Claims a queued run and works it to its end. A run that somebody else has, or that is over, is left alone.
 * While it works it renews its lease and looks whether it was cancelled. `stopping` hands the run back to the queue.
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
    where: { id: job.runId, state: "QUEUED" },
    data: { state: "RUNNING", startedAt: clock.now(), attempt: { increment: 1 }, ...lease() },
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
  job.stopping.addEventListener("abort", stop);
  const heartbeat = setInterval(async () => {
    try {
      const held = await db.run.updateMany({ where: { id: row.id, leaseOwner: job.owner }, data: lease() });
      const { cancelRequested } = await db.run.findUniqueOrThrow({
        where: { id: row.id },
        select: { cancelRequested: true },
      });
      if (held.count === 0 || cancelRequested) abort.abort();
    } catch (error) {
      ctx.log.warn({ err: error }, "heartbeat failed");
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
    const failure = failureOf(error, abort.signal.aborted);
    if (failure.state === "FAILED") ctx.log.error({ err: error }, "run failed");
    report.log(handBack ? "info" : "error", handBack ? "Handed back: the worker is stopping" : failure.error.detail);
    await report.flush();
    await transaction(db, async (tx) => {
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

function failureOf(
  error: unknown,
  aborted: boolean,
): { state: "FAILED" | "CANCELLED"; error: { code: string; detail: string } } {
  if (aborted) return CANCELLED;
  if (isLarderError(error)) return { state: "FAILED", error: { code: error.code, detail: valueFree(error.detail) } };
  return { state: "FAILED", error: { code: "internal", detail: "Internal error; the log of the worker has more" } };
}
