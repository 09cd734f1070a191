import type { AsOfRequest, Spine, WorkOptions } from "@/lib/engines/offline/port";
import { LarderError } from "@/lib/kernel/errors";
import { type Instant, instantAfter, requireInstant } from "@/lib/kernel/time";
import type { Column, Value } from "@/lib/kernel/values";
import type { Context } from "@/lib/platform/context";
import { askedOnDemand, outputNames, withComputed, withoutRequestData } from "./on-demand";
import type { RetrievalPlan } from "./plan-retrieval";
import type { HistoricalFeatures } from "./schema";

/** A table with the counts that go with it. */
export type Answer = {
  columns: Column[];
  rows: Value[][];
  nullCounts: Record<string, number>;
  filledCounts: Record<string, number>;
};

/** Joins a plan's features to a spine and puts the columns in the order asked: those of the spine, then the features. */
export async function joinTo(
  ctx: Context,
  input: HistoricalFeatures,
  plan: RetrievalPlan,
  from: { spine: Spine; timestampColumn: string; columns: string[] },
  options: WorkOptions,
): Promise<Answer> {
  const request: AsOfRequest = {
    spine: from.spine,
    timestampColumn: from.timestampColumn,
    joins: plan.joins,
    knowledge: input.as_known,
    nullKeys: input.null_keys,
    output: { kind: "rows" },
    ...askedOnDemand(plan.onDemand),
  };
  const result = await ctx.offline.asOf(request, options);
  const order = [...from.columns, ...outputNames(plan)].map((name) =>
    result.columns.findIndex((column) => column.name === name),
  );
  return {
    columns: order.flatMap((index) => result.columns[index] ?? []),
    rows: (result.rows ?? []).map((row) => order.map((index) => row[index] ?? null)),
    nullCounts: result.nullCounts,
    filledCounts: result.filledCounts,
  };
}

/** Without a spine: all rows of one group within the closed range, or for several groups the latest row per entity as of its end. What needs request data is left out. */
export async function readRange(
  ctx: Context,
  input: HistoricalFeatures,
  whole: RetrievalPlan,
  options: WorkOptions,
): Promise<Answer> {
  const start = requireInstant(input.timestamp_range?.start ?? "", "timestamp_range.start");
  const end = requireInstant(input.timestamp_range?.end ?? "", "timestamp_range.end");
  if (start > end) throw new LarderError("invalid_parameter", "timestamp_range.start is after its end");
  const plan = withoutRequestData(whole);
  const [join, ...others] = plan.joins;
  if (!join) throw new LarderError("validation_failed", "Ask for at least one feature");
  if (others.length > 0) return latestPerEntity(ctx, input, plan, { start, end }, options);
  const { shape } = join.table;
  // The range is closed at both ends (semantics.md §2.11); read takes a half-open one.
  const request = { table: join.table, start, end: instantAfter(end), limit: input.limit };
  const { columns, rows } = await ctx.offline.read(request, options);
  const wanted = [
    ...[...shape.keys.map((key) => key.name), shape.eventTime].map((name) => ({ name, as: name, fill: null as Value })),
    ...join.features.map((feature) => ({ name: feature.name, as: feature.as, fill: feature.fill ?? null })),
  ].map((column) => ({ ...column, index: columns.findIndex((candidate) => candidate.name === column.name) }));
  const counts = { nullCounts: {} as Record<string, number>, filledCounts: {} as Record<string, number> };
  for (const { as, fill, index } of wanted.slice(shape.keys.length + 1)) {
    const nulls = rows.filter((row) => row[index] === null).length;
    counts.nullCounts[as] = fill === null ? nulls : 0;
    if (fill !== null) counts.filledCounts[as] = nulls;
  }
  const read = {
    columns: wanted.map(({ as, index }) => ({ name: as, type: columns[index]?.type ?? "STRING" })),
    rows: rows.map((row) => wanted.map(({ index, fill }) => row[index] ?? fill)),
  };
  const { computed, ...table } = withComputed(read, plan.onDemand);
  for (const [at, name] of computed.entries())
    counts.nullCounts[name] = table.rows.filter((row) => row[wanted.length + at] === null).length;
  return { ...table, ...counts };
}

async function latestPerEntity(
  ctx: Context,
  input: HistoricalFeatures,
  plan: RetrievalPlan,
  range: { start: Instant; end: Instant },
  options: WorkOptions,
): Promise<Answer> {
  const keys = plan.joins.map((join) => join.table.shape.keys.map((key) => key.name));
  const names = keys[0] ?? [];
  if (keys.some((other) => other.join() !== names.join())) {
    throw new LarderError(
      "validation_failed",
      "Without entity_df, the feature groups of one request must describe the same entity",
    );
  }
  const quoted = names.map((name) => `"${name}"`);
  const parts = plan.joins.map(
    ({ table }, index) =>
      `SELECT ${quoted.join(", ") || "1"} FROM larder_group_${index} WHERE "${table.shape.eventTime}" BETWEEN TIMESTAMPTZ '${range.start}' AND TIMESTAMPTZ '${range.end}'`,
  );
  const sql = `SELECT ${[...quoted, `TIMESTAMPTZ '${range.end}' AS event_timestamp`].join(", ")} FROM (${parts.join(" UNION ")}) ${quoted.length > 0 ? `ORDER BY ${quoted.join(", ")}` : ""} LIMIT ${input.limit}`;
  const inputs = plan.joins.map(({ table }, index) => ({
    name: `larder_group_${index}`,
    kind: "table" as const,
    table,
  }));
  const spine: Spine = { kind: "query", query: { sql, inputs } };
  const from = { spine, timestampColumn: "event_timestamp", columns: [...names, "event_timestamp"] };
  return joinTo(ctx, input, plan, from, options);
}
