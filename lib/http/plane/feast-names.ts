import { toJson } from "@/lib/compute/online-row";
import { LarderError } from "@/lib/kernel/errors";
import { parseFeatureReference } from "@/lib/kernel/names";
import type { Column } from "@/lib/kernel/values";
import type { ReadColumn, ReadPlan } from "@/lib/serving/plan-read";
import { type FeastWriter, feastWriter } from "./feast-values";

/**
 * What all answers to one plan share. `keys`: each join key once, in the order of the reads; `names` of stored and then of
 * computed columns, as JSON, and how their values are written.
 */
export type FeastPlan = {
  keys: Column[];
  names: string[];
  writers: (FeastWriter | null)[];
};

const bare = new WeakMap<ReadPlan, FeastPlan>();
const full = new WeakMap<ReadPlan, FeastPlan>();

/** A plan as Feast tells it; plans live as long as their catalog. Throws `feature_name_collision`. */
export function feastPlan(plan: ReadPlan, fullNames: boolean): FeastPlan {
  const cache = fullNames ? full : bare;
  const known = cache.get(plan);
  if (known) return known;
  const computed = plan.onDemand?.columns ?? [];
  const names = [
    ...plan.columns.map((column) => (fullNames ? fullName(plan, column) : bareName(plan, column))),
    ...computed.map(({ as }) => as),
  ];
  const keys = new Map<string, Column>();
  for (const read of plan.reads)
    for (const column of read.keyColumns) if (!keys.has(column.name)) keys.set(column.name, column);
  requireDistinct(names, fullNames);
  const made = {
    keys: [...keys.values()],
    names: names.map(toJson),
    writers: [...plan.columns, ...computed].map(({ dataType }) => feastWriter(dataType)),
  };
  cache.set(plan, made);
  return made;
}

/** `group:feature` and `group@v2:feature` as Larder writes them. */
export function larderReference(text: string): string {
  return text.includes("@v") ? text.replace(/@v(\d+):/, "@$1:") : text;
}

function bareName({ view }: ReadPlan, { as, feature }: ReadColumn): string {
  return view === null ? feature : as;
}

/** `group__feature`; a version that was asked for stays, and a view's own prefix stands for the group. */
function fullName({ view, reads }: ReadPlan, { as, feature, read }: ReadColumn): string {
  const group = reads[read]?.group.name ?? "";
  if (view !== null) return as === feature && group !== "" ? `${group}__${feature}` : as;
  const { version } = parseFeatureReference(as);
  return `${group}${version === null ? "" : `@v${version}`}__${feature}`;
}

function requireDistinct(names: string[], fullNames: boolean): void {
  const twice = names.filter((name, at) => names.indexOf(name) !== at);
  if (twice.length === 0) return;
  const hint = fullNames
    ? "ask for each only once"
    : "set full_feature_names, or ask for features with different names";
  throw new LarderError(
    "feature_name_collision",
    `Duplicate features named ${[...new Set(twice)].join(", ")} found; ${hint}`,
  );
}
