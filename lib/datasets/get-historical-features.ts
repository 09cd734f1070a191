import { authorize } from "@/lib/access/authorize";
import type { WorkOptions } from "@/lib/engines/offline/port";
import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { requireRequestData, typeRequestData } from "./on-demand";
import { planRetrieval, type RetrievalPlan } from "./plan-retrieval";
import { type Answer, joinTo, readRange } from "./retrieve";
import type { HistoricalAnswer, HistoricalFeatures } from "./schema";
import { findTimestampColumn, typeSpine } from "./spine";

/**
 * Features as they were at the instant of each spine row, in input order, every row exactly once.
 * Without a spine: all rows of one group within the closed range, or for several groups the latest row per entity as of its end.
 */
export async function getHistoricalFeatures(
  ctx: Context,
  input: HistoricalFeatures,
  options: WorkOptions = {},
): Promise<HistoricalAnswer> {
  authorize(ctx, "data.read", `project:${ctx.project.name}`);
  const plan = await planRetrieval(ctx, {
    features: input.features,
    view: input.view,
    snapshot: input.snapshot,
    fullFeatureNames: input.full_feature_names,
    fillNull: input.fill_null,
  });
  if (input.entity_df && input.timestamp_range)
    throw new LarderError("validation_failed", "timestamp_range is for requests without entity_df");
  if (!input.entity_df && !input.timestamp_range)
    throw new LarderError("validation_failed", "Give entity_df, or timestamp_range with start and end");
  const table = input.entity_df
    ? await joinSpine(ctx, input, plan, options)
    : await readRange(ctx, input, plan, options);
  const names = table.columns.map((column) => column.name);
  return {
    columns: names,
    rows: table.rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index] ?? null]))),
    metadata: {
      row_count: table.rows.length,
      null_counts: table.nullCounts,
      filled_counts: table.filledCounts,
      warnings: plan.warnings,
      manifest: {
        features: plan.features,
        options: {
          fullFeatureNames: input.full_feature_names,
          asKnown: input.as_known,
          fillNull: input.fill_null ?? {},
          nullKeys: input.null_keys,
        },
      },
    },
  };
}

async function joinSpine(
  ctx: Context,
  input: HistoricalFeatures,
  plan: RetrievalPlan,
  options: WorkOptions,
): Promise<Answer> {
  const rows = input.entity_df ?? [];
  if (rows.length === 0)
    throw new LarderError("empty_spine", "entity_df has no rows; there is nothing to join features to");
  const timestampColumn = findTimestampColumn(rows, input.timestamp_column);
  const typed = typeSpine(rows, { timestampColumn, keys: plan.keys, nullKeys: input.null_keys });
  requireRequestData(typed.columns, plan);
  const spine = typeRequestData(typed, plan.onDemand?.requestData);
  const columns = spine.columns.map((column) => column.name);
  return joinTo(ctx, input, plan, { spine: { kind: "rows", ...spine }, timestampColumn, columns }, options);
}
