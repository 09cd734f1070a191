import { authorize } from "@/lib/access/authorize";
import { type AsOfResult, PREVIEW_LIMIT_MS, type WorkOptions } from "@/lib/engines/offline/port";
import type { Context } from "@/lib/platform/context";
import { joinRequest, requireSplittable } from "./join-request";
import { type Noticed, warningsOf } from "./leakage";
import { outputNames } from "./on-demand";
import { planRetrieval, type RetrievalPlan } from "./plan-retrieval";
import { checkSpineColumns } from "./spine-checks";
import { openSpine, type SpineSource, settleSpine } from "./spine-source";
import type { PreviewRetrieval, RetrievalPreview } from "./training-schema";
import { withinPreview } from "./within-preview";

const LOOKED_AT = 10_000;
const SHOWN = 50;

/**
 * What a training set would hold, from at most 10,000 rows of its spine, and what looks wrong about it. Nothing is kept.
 * Throws what `createTrainingSet` throws, and `timeout` after 30 seconds.
 */
export async function previewRetrieval(
  ctx: Context,
  input: PreviewRetrieval,
  options: WorkOptions = {},
): Promise<RetrievalPreview> {
  const resource = `project:${ctx.project.name}`;
  authorize(ctx, "training_set.create", resource);
  authorize(ctx, "data.read", resource);
  return withinPreview(PREVIEW_LIMIT_MS, options.signal, async (signal) => {
    const work = { signal, apart: ctx.project.id };
    const settled = await settleSpine(ctx, input);
    const plan = await planRetrieval(ctx, settled);
    const rows = Math.min(settled.rowLimit ?? LOOKED_AT, LOOKED_AT);
    const source = await openSpine(ctx, settled, plan.keys, {
      rows,
      fingerprints: false,
      requestData: plan.onDemand?.requestData,
      ...work,
    });
    checkSpineColumns(source.columns, settled.timestampColumn, plan);
    requireSplittable(settled, plan, source.columns);
    const request = joinRequest(settled, plan, source.spine, { kind: "rows", limit: SHOWN });
    const result = await ctx.offline.asOf({ ...request, diagnose: { label: settled.label ?? null } }, work);
    const rowCount = result.rowCount + (result.filteredCount ?? 0);
    return {
      columns: result.columns,
      rows: result.rows ?? [],
      rowCount,
      sampled: rowCount >= rows && (await isLonger(ctx, source, settled.spine.rows?.length, rows, work)),
      filteredCount: result.filteredCount ?? 0,
      nullCounts: result.nullCounts,
      splitCounts: result.splitCounts ?? null,
      spineColumns: source.columns,
      warnings: warningsOf(noticed(plan, source, result, settled.label)),
    };
  });
}

/** Whether the spine has more rows than were looked at. */
async function isLonger(
  ctx: Context,
  { spine }: SpineSource,
  given: number | undefined,
  rows: number,
  work: WorkOptions,
): Promise<boolean> {
  if (spine.kind === "rows") return (given ?? 0) > rows;
  const { inputs } = spine.query;
  const sql = `SELECT count(*) AS n FROM (SELECT 1 FROM requested_spine LIMIT ${rows + 1})`;
  const { rows: counted } = await ctx.offline.query({ query: { sql, inputs }, limit: 1 }, work);
  return Number(counted[0]?.[0] ?? 0) > rows;
}

function noticed(plan: RetrievalPlan, source: SpineSource, result: AsOfResult, label: string | undefined): Noticed {
  const has = source.columns.some((column) => column.name === label);
  return {
    rowCount: result.rowCount,
    diagnostics: result.diagnostics ?? [],
    missing: Object.fromEntries(
      outputNames(plan).map((name) => [name, (result.nullCounts[name] ?? 0) + (result.filledCounts[name] ?? 0)]),
    ),
    repeatedRows: result.repeatedRows ?? 0,
    label: label === undefined ? null : { column: label, nulls: has ? (result.nullCounts[label] ?? 0) : null },
    deprecated: plan.warnings.map((detail) => {
      const feature = plan.features.find(({ reference }) => detail.startsWith(`${reference.replace(/@\d+/, "")} `));
      return { column: feature?.column ?? null, detail };
    }),
  };
}
