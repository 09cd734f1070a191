import type { Value } from "@/lib/kernel/values";
import type { Vectors } from "@/lib/serving/answer-text";
import { type ComputedValue, computeOnDemand } from "@/lib/serving/on-demand";
import type { ReadPlan } from "@/lib/serving/plan-read";
import { invalid } from "./feast-body";
import { type FeastWriter, feastStatus, feastTime, fromFeast } from "./feast-values";

const AS_IT_IS = { includeExpired: false, fillDefaults: false };

/** Feast sends request data as columns beside the join keys. What is not sent is missing, and said so when it is asked for. */
export function requestDataIn(
  { onDemand }: ReadPlan,
  entities: Record<string, Value[]>,
  count: number,
): { request_data?: Record<string, Value>[] } {
  if (!onDemand || onDemand.requestData.length === 0) return {};
  const columns = onDemand.requestData
    .filter(({ name }) => Object.hasOwn(entities, name))
    .map(({ name, type }) => {
      const values = entities[name] ?? [];
      return { name, values: type === "TIMESTAMP" ? values.map(fromFeast(type)) : values };
    });
  if (columns.some(({ values }) => values.length !== count))
    throw invalid("The lists of entities must be equally long");
  return {
    request_data: Array.from({ length: count }, (_, row) =>
      Object.fromEntries(columns.map(({ name, values }) => [name, values[row] ?? null])),
    ),
  };
}

/** The columns that a feature service computes, each from its first value on; empty for one that computes nothing. */
export function onDemandColumns(vectors: Vectors, writers: readonly (FeastWriter | null)[]): string[] {
  const { plan, ids, found } = vectors;
  const { onDemand } = plan;
  if (!onDemand) return [];
  const computed = ids.map((_, entity) => {
    const rows = plan.reads.map((_read, at) => found[at]?.[entity] ?? null);
    return computeOnDemand(vectors, onDemand, entity, rows, AS_IT_IS);
  });
  return onDemand.columns.map((_, at) => {
    const column = computed.map((values) => values[at] as ComputedValue);
    const writer = writers[plan.columns.length + at] ?? null;
    const values = column.map(({ json }) => (writer === null || json === "null" ? json : writer(json)));
    const statuses = column.map(({ status }) => feastStatus(status));
    const times = column.map(({ eventTime }) => feastTime(eventTime));
    return `${values.join(",")}],"statuses":[${statuses.join(",")}],"event_timestamps":[${times.join(",")}]}`;
  });
}
