import { applyRetention } from "@/lib/datasets/apply-retention";
import { buildTrainingSet } from "@/lib/datasets/build-training-set";
import { checkEveryByte } from "@/lib/datasets/check-every-byte";
import { collectGarbage } from "@/lib/datasets/collect-garbage";
import type { RetentionOf } from "@/lib/datasets/retention-schema";
import type { CollectGarbage } from "@/lib/datasets/storage-schema";
import { verifyTrainingSet } from "@/lib/datasets/verify-training-set";
import type { Run, RunKind } from "@/lib/kernel/run";
import { compareOnline } from "@/lib/materialization/compare-online";
import type { ParityCheckInput } from "@/lib/materialization/schema";
import type { Context } from "@/lib/platform/context";
import type { RunReporter } from "@/lib/platform/runs";
import { workNodes } from "./work-nodes";

/** Does the work of a run and answers its result. Throws what went wrong; may be called again for the same run. */
export type RunHandler = (
  ctx: Context,
  run: Run & { input: unknown },
  report: RunReporter,
) => Promise<Record<string, unknown>>;

/** What each kind of run does. */
export const HANDLERS: Record<RunKind, RunHandler> = {
  refresh: workNodes,
  materialize: workNodes,
  backfill: workNodes,
  compact: workNodes,
  parity_check: (ctx, run, report) =>
    compareOnline(ctx, { ...(run.input as ParityCheckInput), runId: run.id, requestedBy: run.requestedBy }, report),
  storage_check: (ctx, run, report) => checkEveryByte(ctx, { runId: run.id }, report),
  retention: (ctx, run, report) => applyRetention(ctx, { ...(run.input as RetentionOf), runId: run.id }, report),
  collect_garbage: (ctx, run, report) => collectGarbage(ctx, run.input as CollectGarbage, report),
  training_set: (ctx, run, report) => buildTrainingSet(ctx, run.input as { name: string }, report),
  verify_training_set: (ctx, run, report) => verifyTrainingSet(ctx, run.input as { name: string }, report),
};
