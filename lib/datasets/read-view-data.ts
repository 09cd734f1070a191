import { authorize } from "@/lib/access/authorize";
import type { Input, WorkOptions } from "@/lib/engines/offline/port";
import { isLarderError, LarderError } from "@/lib/kernel/errors";
import { type Instant, instantOf, requireInstant } from "@/lib/kernel/time";
import type { Context } from "@/lib/platform/context";
import { type Aggregation, aggregateSql, groupRelation } from "./aggregate-sql";
import { askedOnDemand, withoutRequestData } from "./on-demand";
import { planRetrieval, type RetrievalPlan } from "./plan-retrieval";
import type { ReadViewData, TableAnswer } from "./schema";
import { entityOf } from "./view-entity";

/**
 * The rows of a feature view: per entity the latest values as of `end`, of entities with a row since `start`. A view with
 * aggregations instead has one row per entity with each aggregated column over start <= event time < end. Rows that do not
 * meet its filters are left out, and counted; columns that need request data are left out. Throws `feature_view_not_found`, and `validation_failed` for a view about
 * several entities at once.
 */
export async function readViewData(ctx: Context, input: ReadViewData, options: WorkOptions = {}): Promise<TableAnswer> {
  authorize(ctx, "data.read", `feature_view:${input.name}`);
  const start = input.start === undefined ? null : requireInstant(input.start, "start");
  const end = input.end === undefined ? instantOf(ctx.clock.now()) : requireInstant(input.end, "end");
  if (start !== null && start > end) throw new LarderError("invalid_parameter", "start is after end");
  const plan = withoutRequestData(await planRetrieval(ctx, { view: input.name, fullFeatureNames: false }));
  const where = { projectId: ctx.project.id, name: input.name, version: plan.view?.version ?? 0 };
  const view = await ctx.db.featureView.findFirst({ where, select: { aggregations: true } });
  const aggregations = view?.aggregations as Record<string, Aggregation> | null | undefined;
  const range = { start, end };
  return aggregations && Object.keys(aggregations).length > 0
    ? aggregated(ctx, plan, { sql: aggregateSql(plan, aggregations, range), limit: input.limit }, options)
    : latest(ctx, plan, { ...range, limit: input.limit }, options);
}

async function aggregated(
  ctx: Context,
  plan: RetrievalPlan,
  { sql, limit }: { sql: string; limit: number },
  { signal }: WorkOptions,
): Promise<TableAnswer> {
  const query = { sql, inputs: inputsOf(plan, true) };
  const answer = await ctx.offline.query({ query, limit: limit + 1 }, signal ? { signal } : {});
  const truncated = answer.truncated || answer.rows.length > limit;
  return { columns: answer.columns, rows: answer.rows.slice(0, limit), truncated };
}

async function latest(
  ctx: Context,
  plan: RetrievalPlan,
  { start, end, limit }: { start: Instant | null; end: Instant; limit: number },
  { signal }: WorkOptions,
): Promise<TableAnswer> {
  const { keys, base } = entityOf(plan, plan.view?.name ?? "");
  const within = `${start === null ? "" : `>= TIMESTAMPTZ '${start}' AND "larder.time" `}<= TIMESTAMPTZ '${end}'`;
  const parts = base.map((part) => {
    const time = plan.joins[part.at]?.table.shape.eventTime ?? "";
    const list = keys.map((name) => `"${part.keys.find((key) => key.column === name)?.key}" AS "${name}"`);
    const from = `(SELECT *, "${time}" AS "larder.time" FROM ${groupRelation(part.at)})`;
    return `SELECT ${list.join(", ") || "1 AS one"} FROM ${from} WHERE "larder.time" ${within}`;
  });
  const list = [...keys.map((name) => `"${name}"`), `TIMESTAMPTZ '${end}' AS event_timestamp`];
  const order = keys.length > 0 ? ` ORDER BY ${keys.map((name) => `"${name}"`).join(", ")}` : "";
  const sql = `SELECT DISTINCT ${list.join(", ")} FROM (${parts.join(" UNION ")})${order}`;
  const request = {
    spine: { kind: "query" as const, query: { sql, inputs: inputsOf(plan, false) } },
    timestampColumn: "event_timestamp",
    joins: plan.joins,
    knowledge: "event_time" as const,
    nullKeys: "keep" as const,
    output: { kind: "rows" as const, limit },
    filters: plan.filters,
    ...askedOnDemand(plan.onDemand),
  };
  const result = await ctx.offline.asOf(request, signal ? { signal } : {}).catch((error: unknown) => {
    if (isLarderError(error) && error.code === "empty_spine") return null;
    throw error;
  });
  if (!result) return { columns: emptyColumns(plan, keys), rows: [], truncated: false, filteredCount: 0 };
  return {
    columns: result.columns,
    rows: result.rows ?? [],
    truncated: result.rowCount > limit,
    filteredCount: result.filteredCount ?? 0,
  };
}

/** `distinct`: where rows are counted, of those with equal keys and event time only the last counts. */
function inputsOf(plan: RetrievalPlan, distinct: boolean): Input[] {
  return plan.joins.map(({ table }, at) => ({ name: groupRelation(at), kind: "table", table, distinct }));
}

/** Nobody has a row yet. */
function emptyColumns(plan: RetrievalPlan, keys: string[]): TableAnswer["columns"] {
  return [
    ...keys.map((name) => ({ name, type: plan.keys.find((key) => key.name === name)?.type ?? "STRING" })),
    { name: "event_timestamp", type: "TIMESTAMP" },
    ...plan.features.map(({ column, dataType }) => ({ name: column, type: dataType })),
    ...(plan.onDemand?.columns ?? []).map(({ name, type }) => ({ name, type })),
  ];
}
