import { LarderError } from "@/lib/kernel/errors";
import { parseFeatureReference } from "@/lib/kernel/names";
import type { Value } from "@/lib/kernel/values";
import type { ReadableFeature } from "@/lib/registry/readable";
import { viewColumn } from "@/lib/registry/view-columns";
import { type PlannedOnDemand, planOnDemand } from "./on-demand";
import type { ServedGroup, ServingCatalog } from "./serving-catalog";

/** One value to read: under which name it goes out, from which of the plan's reads, at which place of its rows. */
export type ReadColumn = ReadableFeature & {
  as: string;
  read: number;
  feature: string;
  dataType: string;
  index: number;
  fallback: Value | undefined;
  /** How a member of an answer begins: `"name":`, and `"name":{"value":`. */
  name: string;
  head: string;
};

/** Rows of one group by one key. `keyColumns`: what the caller names each join key, with its type. */
export type GroupRead = { group: ServedGroup; keyColumns: { name: string; type: string }[]; keyNames: string };

/** A read resolved against the catalog. `columns`: in the order of the answer; `guarded`: those with rules about reading. */
export type ReadPlan = {
  reads: GroupRead[];
  columns: ReadColumn[];
  guarded: ReadColumn[];
  view: string | null;
  /** What the view computes of its columns at each read; null: nothing. */
  onDemand: PlannedOnDemand | null;
};

/** What to read: features by reference, or everything a view reads. */
export type ReadRequest = { features?: readonly string[] | undefined; view?: string | undefined };

/**
 * Resolves what to read, once per catalog; who may read it is another question. Throws `feature_not_found`,
 * `feature_group_not_found`, `ambiguous_feature`, `feature_view_not_found`.
 */
export function planRead(catalog: ServingCatalog, request: ReadRequest): ReadPlan {
  const id = request.view === undefined ? `f\n${request.features?.join("\n")}` : `v\n${request.view}`;
  const known = catalog.plans.get(id);
  if (known) return known;
  const plan =
    request.view === undefined ? planFeatures(catalog, request.features ?? []) : planView(catalog, request.view);
  plan.guarded = plan.columns.filter(({ status, sensitivity }) => status !== "ACTIVE" || sensitivity === "personal");
  catalog.plans.set(id, plan);
  return plan;
}

function planFeatures(catalog: ServingCatalog, features: readonly string[]): ReadPlan {
  const plan: ReadPlan = { reads: [], columns: [], guarded: [], view: null, onDemand: null };
  for (const text of new Set(features)) {
    const group = resolve(catalog, text);
    add(plan, group, { keys: {}, feature: parseFeatureReference(text).feature, as: text });
  }
  return plan;
}

function planView(catalog: ServingCatalog, name: string): ReadPlan {
  const view = catalog.views.get(name);
  if (!view) throw new LarderError("feature_view_not_found", `There is no feature view ${name}`);
  const plan: ReadPlan = { reads: [], columns: [], guarded: [], view: name, onDemand: null };
  for (const join of view.joins) {
    const group = catalog.groups.find(
      (candidate) => candidate.name === join.group && candidate.version === join.version,
    );
    if (!group)
      throw new LarderError(
        "feature_group_not_found",
        `View ${name} reads ${join.group}@${join.version}, which is not served online`,
      );
    for (const feature of join.features)
      add(plan, group, { keys: join.keys, feature, as: viewColumn(join.prefix, feature) });
  }
  plan.onDemand = planOnDemand(view, plan.columns);
  return plan;
}

function add(
  plan: ReadPlan,
  group: ServedGroup,
  wanted: { keys: Record<string, string>; feature: string; as: string },
): void {
  const { keys, as } = wanted;
  const found = group.features.find((candidate) => candidate.name === wanted.feature);
  if (!found) throw notFound(`${group.name}:${wanted.feature}`);
  const keyColumns = group.keys.map((key) => ({ name: keys[key.name] ?? key.name, type: key.type }));
  const keyNames = keyColumns.map((column) => column.name).join();
  let read = plan.reads.findIndex((candidate) => candidate.group === group && candidate.keyNames === keyNames);
  if (read < 0) read = plan.reads.push({ group, keyColumns, keyNames }) - 1;
  const { index, status, sensitivity, deprecation, dataType, fallback } = found;
  plan.columns.push({
    as,
    read,
    feature: found.name,
    dataType,
    index,
    fallback,
    status,
    sensitivity,
    deprecation,
    reference: `${group.name}:${found.name}`,
    name: `${JSON.stringify(as)}:`,
    head: `${JSON.stringify(as)}:{"value":`,
  });
}

function resolve(catalog: ServingCatalog, text: string): ServedGroup {
  const reference = parseFeatureReference(text);
  const candidates = catalog.groups.filter(
    (group) =>
      (reference.version === null ? group.latest : group.version === reference.version) &&
      (reference.group === null
        ? group.features.some((feature) => feature.name === reference.feature)
        : group.name === reference.group),
  );
  const [group, ...others] = candidates;
  if (!group) {
    if (reference.group)
      throw new LarderError(
        "feature_group_not_found",
        `There is no feature group ${reference.group} that is served online`,
      );
    throw notFound(text);
  }
  if (others.length > 0) {
    const names = candidates.map((candidate) => `${candidate.name}:${reference.feature}`);
    throw new LarderError(
      "ambiguous_feature",
      `${names.length} feature groups have a feature ${text}; say which: ${names.join(", ")}`,
      names.map((detail) => ({ code: "candidate", detail })),
    );
  }
  return group;
}

function notFound(text: string): LarderError {
  return new LarderError("feature_not_found", `There is no feature ${text} that is served online`, [
    { code: "feature_not_found", detail: text },
  ]);
}
