import type { IngestRequest } from "@/lib/engines/offline/port";
import type { Column } from "@/lib/kernel/values";
import { literal, withinSql } from "./sql";
import { constant } from "./values";

/** Every row of the upload, typed, with what is wrong with it by itself; `rowid` is its place in the file. */
export const STAGED = "larder_staged";
/** The same with what is wrong with it beside others, and its place as `larder.row`. */
export const CHECKED = "larder_checked";
/** The rows that are to be written. */
export const GOOD = `"larder.problems" IS NULL AND NOT "larder.blank"`;

/**
 * Expressions that give a code when a column breaks what the group says of it: keys and event time are there, times are
 * not in the future and within the range to be replaced, constraints hold. `x` is what was sent, `v` its typed value.
 */
export function ruleProblems(request: Omit<IngestRequest, "onStep">, column: Column, x: string, v: string): string[] {
  const { shape, rules, latest, range } = request;
  const { name } = column;
  const problems: string[] = [];
  const when = (condition: string, code: string): void =>
    void problems.push(`CASE WHEN ${condition} THEN '${code}' END`);
  if (shape.keys.some((key) => key.name === name)) when(`${x} IS NULL`, "null_key");
  if (name === shape.eventTime) {
    when(`${x} IS NULL`, "missing_timestamp");
    if (range) when(`NOT (${withinSql(v, range)})`, "timestamp_out_of_range");
  }
  if (name === shape.eventTime || name === shape.createdTime)
    when(`${v} > CAST(${literal(latest)} AS TIMESTAMPTZ)`, "timestamp_in_future");
  for (const rule of rules.filter((one) => one.column === name)) {
    if (rule.notNull) when(`${x} IS NULL`, "constraint_violated");
    // NaN is beyond every bound.
    const beyond = [
      ...(rule.min === undefined ? [] : [`${number(v)} < ${float(rule.min)}`]),
      ...(rule.max === undefined ? [] : [`${number(v)} > ${float(rule.max)}`]),
    ];
    if (beyond.length > 0) when([...beyond, `isnan(${number(v)})`].join(" OR "), "constraint_violated");
    if (rule.allowed)
      when(
        rule.allowed.length === 0
          ? `${v} IS NOT NULL`
          : `${v} NOT IN (${rule.allowed.map((value) => constant(value, column.type)).join(", ")})`,
        "constraint_violated",
      );
  }
  return problems;
}

const number = (v: string): string => `TRY_CAST(${v} AS DOUBLE)`;
const float = (value: number): string => `CAST('${value}' AS DOUBLE)`;
