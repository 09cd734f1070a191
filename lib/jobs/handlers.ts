import { buildTrainingSet } from "@/lib/datasets/build-training-set";
import { computeGroup } from "@/lib/datasets/compute-group";
import { readSource } from "@/lib/datasets/read-source";
import type { Run, RunKind } from "@/lib/kernel/run";
import { materializeGroup } from "@/lib/materialization/materialize-group";
import type { Context } from "@/lib/platform/context";
import type { RunReporter } from "@/lib/platform/runs";
import { profileGroup } from "@/lib/quality/profile-group";

/** Does the work of a run and answers its result. Throws what went wrong; may be called again for the same run. */
export type RunHandler = (
  ctx: Context,
  run: Run & { input: unknown },
  report: RunReporter,
) => Promise<Record<string, unknown>>;

/** What each kind of run does. */
export const HANDLERS: Record<RunKind, RunHandler> = {
  refresh: runNodes,
  materialize: runNodes,
  training_set: (ctx, run, report) => buildTrainingSet(ctx, run.input as { name: string }, report),
};

/** Works through the nodes of a run in their order; each is `kind:name` and one verb call. */
async function runNodes(ctx: Context, run: Run, report: RunReporter): Promise<Record<string, unknown>> {
  const totals = { changed: 0, unchanged: 0, rows: 0 };
  for (const { id } of run.progress.nodes) {
    const [kind = "", name = ""] = id.split(":");
    await report.node(id, async (onRows) => {
      const outcome = await workOn(ctx, kind, name, run.id, { signal: report.signal, onRows });
      totals[outcome.changed ? "changed" : "unchanged"] += 1;
      if (outcome.changed && kind === "feature_group") totals.rows += outcome.rowCount;
      return { state: outcome.changed ? "DONE" : "UNCHANGED", rows: outcome.rowCount };
    });
  }
  return totals;
}

type Options = { signal: AbortSignal; onRows: (rows: number) => void };

function workOn(
  ctx: Context,
  kind: string,
  name: string,
  runId: string,
  options: Options,
): Promise<{ changed: boolean; rowCount: number }> {
  if (kind === "source") return readSource(ctx, { name });
  if (kind === "feature_group") return computeGroup(ctx, { name, runId }, options);
  if (kind === "profile") return profileGroup(ctx, { name }, options);
  if (kind === "materialize") return materializeGroup(ctx, { name, runId }, options);
  throw new Error(`A run has a node of unknown kind ${kind}`);
}
