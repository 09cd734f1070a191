import { compactGroup } from "@/lib/datasets/compact-group";
import { computeGroup } from "@/lib/datasets/compute-group";
import { computeIntervals } from "@/lib/datasets/compute-intervals";
import { type IntervalWork, loadIntervalWork } from "@/lib/datasets/interval-work";
import { requireGroup } from "@/lib/datasets/load-table";
import { readSource } from "@/lib/datasets/read-source";
import type { Run } from "@/lib/kernel/run";
import { materializeGroup } from "@/lib/materialization/materialize-group";
import { materializeRange } from "@/lib/materialization/materialize-range";
import type { MaterializationInput } from "@/lib/materialization/schema";
import type { Context } from "@/lib/platform/context";
import type { Fence, RunReporter } from "@/lib/platform/runs";
import { profileGroup } from "@/lib/quality/profile-group";
import type { ByName } from "@/lib/registry/schema";

type Outcome = { changed: boolean; rowCount: number; detail?: string };
type Options = { signal: AbortSignal; onRows: (rows: number) => void; fence: Fence };

/** Does one node, of which `name` is what stands after its kind. */
type Work = (ctx: Context, name: string, options: Options) => Promise<Outcome>;

/** What was asked of a backfill. */
export type BackfillInput = { groups: string[]; start: string; end: string; restate: boolean };

/** Works through the nodes of a run in their order; each is `kind:name` and one verb call. */
export async function workNodes(
  ctx: Context,
  run: Run & { input: unknown },
  report: RunReporter,
): Promise<Record<string, unknown>> {
  const totals = { changed: 0, unchanged: 0, rows: 0 };
  const work = worksOf(run);
  for (const { id } of run.progress.nodes) {
    const kind = id.slice(0, id.indexOf(":"));
    const name = id.slice(kind.length + 1);
    const act = work[kind];
    if (!act) throw new Error(`A run has a node of unknown kind ${kind}`);
    await report.node(id, async (onRows) => {
      const outcome = await act(ctx, name, { signal: report.signal, fence: report.fence, onRows });
      totals[outcome.changed ? "changed" : "unchanged"] += 1;
      if (outcome.changed && (kind === "feature_group" || kind === "interval")) totals.rows += outcome.rowCount;
      return {
        state: outcome.changed ? "DONE" : "UNCHANGED",
        rows: outcome.rowCount,
        ...(outcome.detail ? { detail: outcome.detail } : {}),
      };
    });
  }
  return totals;
}

function worksOf(run: Run & { input: unknown }): Record<string, Work> {
  const runId = run.id;
  return {
    source: (ctx, name, options) => readSource(ctx, { name }, options),
    feature_group: (ctx, name, options) => computeGroup(ctx, { name, runId }, options),
    profile: (ctx, name, options) => profileGroup(ctx, { name }, options),
    materialize: materializeOf(run),
    interval: backfillOf(run),
    compact: (ctx, name, options) => {
      const { version } = run.input as ByName;
      return compactGroup(ctx, { name, version, runId }, options);
    },
  };
}

function materializeOf({ id: runId, kind, input }: Run & { input: unknown }): Work {
  const { start = null, end = null, rebuild = false } = kind === "materialize" ? (input as MaterializationInput) : {};
  if (start === null && end === null)
    return (ctx, name, options) => materializeGroup(ctx, { name, runId, rebuild }, options);
  return (ctx, name, options) => materializeRange(ctx, { name, runId, range: { start, end } }, options);
}

function backfillOf({ id: runId, input }: { id: string; input: unknown }): Work {
  // Read once for all nodes: it takes every file of the inputs.
  let loaded: Promise<IntervalWork> | undefined;
  return async (ctx, name, options) => {
    const { groups, restate } = input as BackfillInput;
    loaded ??= requireGroup(ctx, { name: groups[0] ?? "" }).then((group) => loadIntervalWork(ctx, group));
    const [start = "", end = ""] = name.split("/");
    const given = { work: await loaded, range: { start, end }, restate, runId };
    const { computed, rowCount } = await computeIntervals(ctx, given, options);
    return { changed: computed > 0, rowCount };
  };
}
