import { compileOnDemand, type OnDemand } from "@/lib/compute/on-demand";
import { toJson } from "@/lib/compute/online-row";
import type { Instant } from "@/lib/kernel/time";
import type { Column, Value } from "@/lib/kernel/values";
import type { Vectors } from "./answer-text";
import type { FoundRow } from "./found-rows";
import type { ReadColumn } from "./plan-read";
import type { ValueStatus } from "./schema";
import { servedValue, type ValueOptions } from "./served-value";
import type { ServedView } from "./serving-catalog";

/** One on-demand column of an answer. `sources`: the stored columns that it is made from, directly or through others. */
export type OnDemandColumn = {
  as: string;
  dataType: string;
  /** Of its sources the weakest: DEPRECATED if one is. */
  status: string;
  sources: readonly ReadColumn[];
  /** How a member of an answer begins: `"name":`, and `"name":{"value":`. */
  name: string;
  head: string;
};

/** What a view computes at each read, compiled once for each catalog. An input is a stored column or request data. */
export type PlannedOnDemand = {
  columns: readonly OnDemandColumn[];
  requestData: readonly Column[];
  inputs: readonly { name: string; column: ReadColumn | null }[];
  evaluate: OnDemand["evaluate"];
};

/** A computed value. Its time is the oldest of what it was made from that has one. */
export type ComputedValue = {
  json: string;
  status: Extract<ValueStatus, "PRESENT" | "NULL_VALUE" | "MASKED">;
  eventTime: Instant | null;
  ageSeconds: number | null;
};

const WEAKEST_FIRST = ["RETIRED", "DEPRECATED", "DRAFT"];

/** Compiles what a view computes; null when that is nothing and it asks for nothing. Throws `invalid_expression`. */
export function planOnDemand(view: ServedView, columns: readonly ReadColumn[]): PlannedOnDemand | null {
  const { requestData, onDemand: definitions } = view;
  if (definitions.length === 0 && requestData.length === 0) return null;
  const types = new Map(
    [...columns.map(({ as, dataType }) => ({ name: as, type: dataType })), ...requestData].map(({ name, type }) => [
      name,
      type,
    ]),
  );
  const compiled = compileOnDemand(
    Object.fromEntries(definitions.map(({ name, expression }) => [name, { expression }])),
    types,
  );
  const columnOf = (name: string): ReadColumn | null => columns.find(({ as }) => as === name) ?? null;
  return {
    requestData,
    inputs: compiled.inputs.map((name) => ({ name, column: columnOf(name) })),
    evaluate: compiled.evaluate,
    columns: compiled.columns.map(({ name, type, from }) => {
      const sources = from.map(columnOf).filter((column) => column !== null);
      return {
        as: name,
        dataType: type,
        status: WEAKEST_FIRST.find((status) => sources.some((column) => column.status === status)) ?? "ACTIVE",
        sources,
        name: `${JSON.stringify(name)}:`,
        head: `${JSON.stringify(name)}:{"value":`,
      };
    }),
  };
}

/**
 * Computes the on-demand columns of one entity, in their order. What came with the request stands for what is stored; a
 * value that is withheld is null for an expression. `rows`: of the plan's reads.
 */
export function computeOnDemand(
  vectors: Vectors,
  planned: PlannedOnDemand,
  entity: number,
  rows: readonly (FoundRow | null | undefined)[],
  options: ValueOptions,
): ComputedValue[] {
  const { overrides, requestData, masked } = vectors;
  const given = requestData?.(entity);
  const values = planned.evaluate(
    planned.inputs.map(({ name, column }): Value => {
      if (!column) return given?.[name] ?? null;
      const hidden = masked && column.sensitivity === "personal";
      const json = overrides?.(entity, name) ?? servedValue(rows[column.read] ?? null, column, options, hidden).json;
      return JSON.parse(json) as Value;
    }),
  );
  return planned.columns.map((column, at) => {
    const stored = column.sources.filter(({ as }) => overrides?.(entity, as) === undefined);
    const { eventTime = null, ageSeconds = null } = oldestOf(stored, rows) ?? {};
    if (masked && stored.some(({ sensitivity }) => sensitivity === "personal"))
      return { json: "null", status: "MASKED", eventTime, ageSeconds };
    const json = toJson(values[at] ?? null);
    return { json, status: json === "null" ? "NULL_VALUE" : "PRESENT", eventTime, ageSeconds };
  });
}

function oldestOf(sources: readonly ReadColumn[], rows: readonly (FoundRow | null | undefined)[]): FoundRow | null {
  let oldest: FoundRow | null = null;
  for (const { read, index } of sources) {
    const row = index >= 0 ? rows[read] : null;
    if (row && (oldest === null || row.eventTime < oldest.eventTime)) oldest = row;
  }
  return oldest;
}
