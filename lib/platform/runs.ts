import { isLarderError, LarderError } from "@/lib/kernel/errors";
import type { Run, RunKind, RunNode, RunProgress } from "@/lib/kernel/run";
import type { Context } from "./context";
import type { Tx } from "./db";
import type { Run as RunRow } from "./generated/prisma/client";
import { newId } from "./ids";
import { valueFree } from "./value-free";

/** A run as everybody sees it. */
export function toRun(row: RunRow): Run {
  return {
    id: row.id,
    kind: row.kind as RunKind,
    title: row.title,
    state: row.state as Run["state"],
    progress: row.progress as RunProgress,
    log: row.log as Run["log"],
    result: row.result as Run["result"],
    error: row.error as Run["error"],
    requestedBy: row.requestedBy,
    attempt: row.attempt,
    failures: row.failures as Run["failures"],
    notBefore: row.notBefore?.toISOString() ?? null,
    retryOf: row.retryOf,
    cancelRequested: row.cancelRequested,
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}

/** Records a run and puts it on the queue, in the verb's transaction. */
export async function queueRun(
  ctx: Context,
  tx: Tx,
  run: { kind: RunKind; title: string; input: object; nodes: Pick<RunNode, "id" | "label">[]; retryOf?: string },
): Promise<Run> {
  const now = ctx.clock.now();
  const nodes = run.nodes.map((node) => ({
    ...node,
    state: "WAITING" as const,
    rows: null,
    seconds: null,
    detail: null,
  }));
  const row = await tx.run.create({
    data: {
      id: newId("run", now.getTime()),
      projectId: ctx.project.id,
      kind: run.kind,
      title: run.title,
      input: run.input,
      progress: { done: 0, total: nodes.length, nodes } satisfies RunProgress,
      requestedBy: ctx.actor.id,
      retryOf: run.retryOf ?? null,
      createdAt: now,
    },
  });
  await ctx.enqueue(tx, { name: "run", runId: row.id });
  return toRun(row);
}

/**
 * Part of a transaction that makes work visible: it throws when the run is no longer this worker's, so that one that slept
 * past its lease writes nothing.
 */
export type Fence = (tx: Tx) => Promise<void>;

/** What long work tells its run, and asks it: whether to stop. */
export type RunReporter = {
  signal: AbortSignal;
  fence: Fence;
  /** Works on one node: marks it RUNNING, then DONE with what `work` answers, or FAILED. `onRows` moves its counter meanwhile. */
  node<T extends NodeOutcome>(id: string, work: (onRows: (rows: number) => void) => Promise<T>): Promise<T>;
  log(level: "info" | "warn" | "error", message: string): void;
};

/** How a node ended. */
export type NodeOutcome = { state?: "DONE" | "UNCHANGED" | "SKIPPED"; rows?: number | null; detail?: string | null };

/** Keeps a run's progress and log in memory and writes them out at most every `everyMs`. */
export function createReporter(options: {
  progress: RunProgress;
  log: Run["log"];
  now: () => Date;
  signal: AbortSignal;
  fence?: Fence;
  save: (state: { progress: RunProgress; log: Run["log"] }) => Promise<void>;
  everyMs?: number;
}): RunReporter & { flush(): Promise<void> } {
  const { progress, log } = structuredClone({ progress: options.progress, log: options.log });
  let timer: NodeJS.Timeout | undefined;
  let saving: Promise<void> = Promise.resolve();
  const write = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    progress.done = progress.nodes.filter((node) => ["DONE", "UNCHANGED"].includes(node.state)).length;
    const state = structuredClone({ progress, log: log.slice(-200) });
    saving = saving.then(() => options.save(state));
    return saving;
  };
  const touch = (): void => {
    timer ??= setTimeout(() => write().catch(() => undefined), options.everyMs ?? 300);
  };
  return {
    signal: options.signal,
    fence: options.fence ?? (async () => undefined),
    log: (level, message) => {
      log.push({ at: options.now().toISOString(), level, message });
      touch();
    },
    node: async (id, work) => {
      const node = progress.nodes.find((candidate) => candidate.id === id);
      if (!node) throw new Error(`Run has no node ${id}`);
      if (options.signal.aborted) throw new LarderError("cancelled", "The run was cancelled");
      const started = performance.now();
      Object.assign(node, { state: "RUNNING", rows: null, detail: null });
      touch();
      const seconds = (): number => Math.round((performance.now() - started) / 10) / 100;
      try {
        const outcome = await work((rows) => {
          Object.assign(node, { rows, seconds: seconds() });
          touch();
        });
        Object.assign(node, {
          state: outcome.state ?? "DONE",
          rows: outcome.rows ?? node.rows,
          detail: outcome.detail ?? null,
          seconds: seconds(),
        });
        touch();
        return outcome;
      } catch (error) {
        const stopped = options.signal.aborted;
        const why = isLarderError(error) ? valueFree(error.detail) : "Internal error; the log of the worker has more";
        Object.assign(node, {
          state: stopped ? "SKIPPED" : "FAILED",
          seconds: seconds(),
          detail: stopped ? "stopped" : why,
        });
        touch();
        throw error;
      }
    },
    flush: write,
  };
}
