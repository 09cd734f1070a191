import type { Run, RunKind } from "@/lib/kernel/run";

/** What each kind of run does, in a word or two. */
export const RUN_KIND_LABELS: Record<RunKind, string> = {
  refresh: "Refresh",
  materialize: "Materialize",
  training_set: "Training set",
  verify_training_set: "Verify training set",
  backfill: "Backfill",
  compact: "Compact",
  retention: "Retention",
  parity_check: "Parity check",
  storage_check: "Storage check",
  collect_garbage: "Collect garbage",
};

/** Seconds from the start of a run to its end, or to `nowMs`; null before it starts or while now is not known. */
export function runSeconds(run: Pick<Run, "startedAt" | "finishedAt">, nowMs: number | null): number | null {
  if (run.startedAt === null) return null;
  const end = run.finishedAt === null ? nowMs : Date.parse(run.finishedAt);
  return end === null ? null : Math.max(0, (end - Date.parse(run.startedAt)) / 1000);
}

/** How far a run is: `3 of 7 steps`, with what it is at while it runs. */
export function runProgress(run: Pick<Run, "progress" | "state">): string {
  const { done, total, nodes } = run.progress;
  if (total === 0) return "–";
  const at = run.state === "RUNNING" ? nodes.find((node) => node.state === "RUNNING") : undefined;
  return `${done} of ${total}${at ? `, at ${at.label}` : ""}`;
}
