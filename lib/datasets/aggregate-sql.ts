import type { RowFilter } from "@/lib/engines/offline/port";
import { isNumeric, parseDataType } from "@/lib/kernel/data-types";
import { LarderError } from "@/lib/kernel/errors";
import type { Instant } from "@/lib/kernel/time";
import type { Column, Value } from "@/lib/kernel/values";
import type { AGGREGATIONS } from "@/lib/registry/definition-schema";
import type { RetrievalPlan } from "./plan-retrieval";
import { entityOf, type ViewPart } from "./view-entity";

export type Aggregation = (typeof AGGREGATIONS)[number];

/** Name of the relation that holds the rows of a join. */
export const groupRelation = (at: number): string => `larder_group_${at}`;

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/**
 * One row per entity of a view, with each aggregated column over its rows with start <= event time < end that meet the
 * filters. Nulls are ignored; no value gives null, and 0 where it is counted. Throws `definition_invalid` for a function
 * that a column cannot have.
 */
export function aggregateSql(
  plan: RetrievalPlan,
  aggregations: Record<string, Aggregation>,
  range: { start: Instant | null; end: Instant },
): string {
  const { keys, base, others } = entityOf(plan, plan.view?.name ?? "");
  const known = new Set(plan.outputs);
  const stray = Object.keys(aggregations).find((name) => !known.has(name));
  if (stray !== undefined)
    throw new LarderError("definition_invalid", `The view aggregates ${stray}, which is none of its columns`);
  const partSql = (part: ViewPart): string => onePart(plan, part, aggregations, range);
  const [first, ...rest] = base.map((part) => `(${partSql(part)}) p${part.at}`);
  const using = ` USING (${keys.map(quote).join(", ")})`;
  const added = rest.map((part) => (keys.length > 0 ? ` FULL JOIN ${part}${using}` : ` CROSS JOIN ${part}`));
  let from = [first, ...added].join("");
  for (const part of others) {
    const shared = part.keys.map((key) => quote(key.column));
    from += ` LEFT JOIN (${partSql(part)}) p${part.at} ${shared.length > 0 ? `USING (${shared.join(", ")})` : "ON true"}`;
  }
  const list = plan.outputs.flatMap((name) => {
    const operation = aggregations[name];
    if (!operation) return [];
    return [operation === "count" ? `coalesce(${quote(name)}, 0) AS ${quote(name)}` : quote(name)];
  });
  const order = keys.length > 0 ? ` ORDER BY ${keys.map(quote).join(", ")}` : "";
  return `SELECT ${[...keys.map(quote), ...list].join(", ")} FROM ${from}${order}`;
}

function onePart(
  plan: RetrievalPlan,
  { at, keys }: ViewPart,
  aggregations: Record<string, Aggregation>,
  { start, end }: { start: Instant | null; end: Instant },
): string {
  const join = plan.joins[at];
  if (!join) throw new Error(`no join ${at}`);
  const { shape } = join.table;
  const time = quote(shape.eventTime);
  const typeOf = (name: string): string => shape.features.find((feature) => feature.name === name)?.type ?? "STRING";
  const list = [
    ...keys.map(({ column, key }) => `${quote(key)} AS ${quote(column)}`),
    ...join.features.flatMap(({ name, as }) => {
      const operation = aggregations[as];
      return operation ? [`${callSql(operation, { name, type: typeOf(name) }, time)} AS ${quote(as)}`] : [];
    }),
  ];
  const conditions = [
    `${time} < TIMESTAMPTZ '${end}'`,
    ...(start === null ? [] : [`${time} >= TIMESTAMPTZ '${start}'`]),
    ...plan.filters.flatMap((filter) => {
      const name = readBy(plan, at, filter.column);
      return name === null ? [] : [conditionSql(filter, { name, type: typeOf(name) })];
    }),
  ];
  const grouped = keys.length > 0 ? ` GROUP BY ${keys.map(({ key }) => quote(key)).join(", ")}` : "";
  return `SELECT ${list.join(", ") || "count(*)"} FROM ${groupRelation(at)} WHERE ${conditions.join(" AND ")}${grouped}`;
}

/** The feature that a column of the view is, if this join reads it: also of a join of the same group by the same keys. */
function readBy({ sources }: RetrievalPlan, at: number, column: string): string | null {
  const rowsOf = (place: number): string => JSON.stringify([sources[place]?.groupId, sources[place]?.keys]);
  for (const [place, { features }] of sources.entries()) {
    const feature = features.find((one) => one.column === column);
    if (feature && rowsOf(place) === rowsOf(at)) return feature.name;
  }
  return null;
}

function callSql(operation: Aggregation, { name, type }: Column, time: string): string {
  const column = quote(name);
  const isBool = type === "BOOL";
  const x = isBool ? `CAST(${column} AS INTEGER)` : column;
  if (["sum", "mean", "stddev"].includes(operation) && !isBool && !isNumeric(type))
    throw new LarderError("definition_invalid", `The view asks for the ${operation} of ${name}, which is ${type}`);
  const finite = parseDataType(type)?.kind.startsWith("FLOAT") ? ` FILTER (WHERE isfinite(${column}))` : "";
  switch (operation) {
    case "count":
      return `count(${column})`;
    case "sum":
      return `sum(${x})`;
    case "mean":
      return `avg(${x})`;
    case "stddev":
      return `stddev_pop(${x})${finite}`;
    case "min":
    case "max":
      return `${operation}(${column})`;
    case "first":
      return `arg_min(${column}, ${time})`;
    case "last":
      return `arg_max(${column}, ${time})`;
  }
}

const COMPARED = { eq: "=", ne: "<>", gt: ">", gte: ">=", lt: "<", lte: "<=" } as const;

function conditionSql({ operator, value }: RowFilter, { name, type }: Column): string {
  const x = quote(name);
  if (operator === "notNull") return `${x} IS NOT NULL`;
  if (operator === "in") return `${x} IN (${(Array.isArray(value) ? value : [value]).map(constant).join(", ")})`;
  const compared = `${x} ${COMPARED[operator]} ${constant(value)}`;
  const ordered = operator !== "eq" && operator !== "ne";
  // DuckDB sorts NaN above everything.
  return ordered && parseDataType(type)?.kind.startsWith("FLOAT") ? `(${compared} AND NOT isnan(${x}))` : compared;
}

/** DuckDB takes a quoted text for the type of what it is compared with. */
function constant(value: Value): string {
  return typeof value === "string" ? `'${value.replaceAll("'", "''")}'` : String(value);
}
