import type { Permission } from "@/lib/access/permissions";
import type { ErrorCode } from "@/lib/kernel/errors";
import type { RunKind } from "@/lib/kernel/run";

/** Attempts of one run, those that ended with the death of their worker included. */
export const MAX_ATTEMPTS = 3;

const DELAYS_SECONDS = [5, 30];

const TRANSIENT: ReadonlySet<ErrorCode> = new Set([
  "dependency_unavailable",
  "commit_conflict",
  "insufficient_storage",
  "temp_space_exhausted",
  "timeout",
]);

/**
 * Whether the same work may well succeed a little later: something else was in the way, and not what the work is about. Out
 * of memory is not: the same work needs as much again.
 */
export function isTransient(code: string): boolean {
  return TRANSIENT.has(code as ErrorCode);
}

/** Seconds to wait before the attempt that follows, or null when there is none. */
export function retryDelaySeconds(code: string, attempt: number): number | null {
  if (!isTransient(code) || attempt >= MAX_ATTEMPTS) return null;
  return DELAYS_SECONDS[attempt - 1] ?? null;
}

/** What it takes to start a run of each kind, and so to start one again. */
export const STARTS: Record<RunKind, Permission> = {
  refresh: "run.start",
  materialize: "run.start",
  training_set: "training_set.create",
  verify_training_set: "training_set.create",
  backfill: "history.write",
  compact: "history.write",
  retention: "history.write",
  parity_check: "run.start",
  storage_check: "storage.read",
  collect_garbage: "storage.manage",
};
