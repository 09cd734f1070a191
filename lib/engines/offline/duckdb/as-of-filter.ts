import type { RowFilter } from "@/lib/engines/offline/port";
import { parseDataType } from "@/lib/kernel/data-types";
import type { Value } from "@/lib/kernel/values";
import { literal } from "./sql";
import { constant } from "./values";

const COMPARED = { eq: "=", ne: "<>", gt: ">", gte: ">=", lt: "<", lte: "<=" } as const;

/**
 * A condition that is true for exactly the rows that meet all filters; a null meets none. `columnOf` gives the expression
 * and the type of a column. Numbers are compared as numbers whatever their width; NaN is neither more nor less than anything.
 */
export function filterSql(
  filters: RowFilter[],
  columnOf: (name: string) => { expression: string; type: string },
): string {
  if (filters.length === 0) return "true";
  const conditions = filters.map((filter) => {
    const { expression, type } = columnOf(filter.column);
    return conditionSql(filter, expression, type);
  });
  return `(${conditions.join(" AND ")}) IS TRUE`;
}

function conditionSql({ operator, value }: RowFilter, x: string, type: string): string {
  if (operator === "notNull") return `${x} IS NOT NULL`;
  if (operator === "in") {
    const list = (Array.isArray(value) ? value : [value]).map((item) => comparable(item, type));
    return list.length === 0 ? "false" : `${x} IN (${list.join(", ")})`;
  }
  const compared = `${x} ${COMPARED[operator]} ${comparable(value, type)}`;
  const ordered = operator !== "eq" && operator !== "ne";
  // DuckDB sorts NaN above everything.
  return ordered && parseDataType(type)?.kind.startsWith("FLOAT") ? `(${compared} AND NOT isnan(${x}))` : compared;
}

/** A constant that compares with a column of the type without rounding the column's values. */
function comparable(value: Value, type: string): string {
  const kind = parseDataType(type)?.kind ?? "STRING";
  if (typeof value !== "number" || kind === "FLOAT32" || kind === "FLOAT64") return constant(value, type);
  if (Number.isSafeInteger(value)) return `CAST(${literal(String(value))} AS BIGINT)`;
  return `CAST(${literal(String(value))} AS DOUBLE)`;
}
