import { compileOnDemand } from "@/lib/compute/on-demand";
import type { AsOfRequest } from "@/lib/engines/offline/port";
import { LarderError } from "@/lib/kernel/errors";
import type { Column, Value } from "@/lib/kernel/values";
import type { FeatureView } from "@/lib/platform/generated/prisma/client";
import { onDemandOf } from "@/lib/registry/view-columns";
import { fitsType } from "./fits-type";
import type { RetrievalPlan } from "./plan-retrieval";
import type { Manifest } from "./training-schema";

/** What a view computes of its columns and of request data, which are columns of the spine. */
export type RetrievalOnDemand = NonNullable<Manifest["onDemand"]>;

/** What a view computes, exactly enough to compute it again; null: nothing, and it asks for nothing. */
export function retrievalOnDemand(view: Pick<FeatureView, "onDemand" | "requestData">): RetrievalOnDemand | null {
  const columns = onDemandOf(view).map(({ name, type, expression, inputs }) => ({ name, type, expression, inputs }));
  const requestData = Object.entries((view.requestData as Record<string, string> | null) ?? {})
    .map(([name, type]) => ({ name, type }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return columns.length + requestData.length === 0 ? null : { columns, requestData };
}

/** What the engine is asked to compute. */
export function askedOnDemand(onDemand: RetrievalOnDemand | null | undefined): Pick<AsOfRequest, "onDemand"> {
  if (!onDemand) return {};
  const { columns, requestData } = onDemand;
  return {
    onDemand: {
      columns: Object.fromEntries(columns.map(({ name, expression }) => [name, { expression }])),
      requestData: [...requestData],
    },
  };
}

/** All columns that a plan adds to a spine: features in the order asked, then what is computed. */
export function outputNames({ outputs, onDemand }: Pick<RetrievalPlan, "outputs" | "onDemand">): string[] {
  return [...outputs, ...(onDemand?.columns ?? []).map(({ name }) => name)];
}

/** A plan for rows that nobody sent: what needs request data is left out. */
export function withoutRequestData(plan: RetrievalPlan): RetrievalPlan {
  if (!plan.onDemand) return plan;
  const sent = new Set(plan.onDemand.requestData.map(({ name }) => name));
  const columns = plan.onDemand.columns.filter(({ inputs }) => !inputs.some((name) => sent.has(name)));
  return { ...plan, onDemand: columns.length > 0 ? { columns, requestData: [] } : null };
}

/** A table with what is computed of its rows added at the end. */
export function withComputed(
  { columns, rows }: { columns: Column[]; rows: Value[][] },
  onDemand: RetrievalOnDemand | null,
): { columns: Column[]; rows: Value[][]; computed: string[] } {
  if (!onDemand) return { columns, rows, computed: [] };
  const definitions = Object.fromEntries(onDemand.columns.map(({ name, expression }) => [name, { expression }]));
  const compiled = compileOnDemand(definitions, new Map(columns.map(({ name, type }) => [name, type])));
  const places = compiled.inputs.map((name) => columns.findIndex((column) => column.name === name));
  return {
    columns: [...columns, ...compiled.columns.map(({ name, type }) => ({ name, type }))],
    rows: rows.map((row) => [...row, ...compiled.evaluate(places.map((place) => row[place] ?? null))]),
    computed: compiled.columns.map(({ name }) => name),
  };
}

/** Throws `missing_request_data` for columns of a spine that a plan's request data should be. */
export function requireRequestData(columns: readonly Column[], { onDemand }: Pick<RetrievalPlan, "onDemand">): void {
  const missing = onDemand?.requestData.find(({ name }) => !columns.some((column) => column.name === name));
  if (!missing) return;
  const given = columns.map((column) => column.name).join(", ");
  throw new LarderError(
    "missing_request_data",
    `The spine has no column ${missing.name}, a ${missing.type} of request data; it has ${given}`,
    [{ code: "missing_request_data", detail: missing.name }],
  );
}

/** Gives columns of typed rows that are request data their types. Throws `invalid_type`, naming rows counted from 1. */
export function typeRequestData<T extends { columns: Column[]; rows: Value[][] }>(
  spine: T,
  requestData: readonly Column[] = [],
): T {
  const columns = spine.columns.map((column, at) => {
    const declared = requestData.find(({ name }) => name === column.name);
    if (!declared) return column;
    const wrong = spine.rows.findIndex(
      (row) => (row[at] ?? null) !== null && !fitsType(row[at] ?? null, declared.type),
    );
    if (wrong < 0) return { name: declared.name, type: declared.type };
    const got = JSON.stringify(spine.rows[wrong]?.[at]).slice(0, 60);
    const detail = `row ${wrong + 1}: request data ${declared.name} is ${got}, not ${declared.type}`;
    throw new LarderError("invalid_type", detail, [{ code: "invalid_type", row: wrong + 1, detail }]);
  });
  return { ...spine, columns };
}
