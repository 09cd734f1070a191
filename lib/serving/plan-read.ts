import { LarderError } from "@/lib/kernel/errors";
import { parseFeatureReference } from "@/lib/kernel/names";
import type { ReadableFeature } from "@/lib/registry/readable";
import { viewColumn } from "@/lib/registry/view-columns";
import type { ServedGroup, ServingCatalog } from "./serving-catalog";

/** One value to read: under which name it goes out, from which group, at which place of its rows. */
export type ReadColumn = ReadableFeature & { as: string; index: number };

/** Reads of one group by one key. `keyColumns`: what the caller names each join key, with its type. */
export type GroupRead = { group: ServedGroup; keyColumns: { name: string; type: string }[]; columns: ReadColumn[] };

/** A read resolved against the catalog. `order`: output names in the order asked. */
export type ReadPlan = { reads: GroupRead[]; order: string[] };

/**
 * Resolves what to read; who may read it is another question. Throws `feature_not_found`, `feature_group_not_found`,
 * `ambiguous_feature`, `feature_view_not_found`.
 */
export function planRead(
  catalog: ServingCatalog,
  request: { features?: string[] | undefined; view?: string | undefined },
): ReadPlan {
  const plan: ReadPlan = { reads: [], order: [] };
  const add = (group: ServedGroup, keys: Record<string, string>, feature: string, as: string): void => {
    const found = group.features.find((candidate) => candidate.name === feature);
    if (!found) throw notFound(`${group.name}:${feature}`);
    const keyColumns = group.keys.map((key) => ({ name: keys[key.name] ?? key.name, type: key.type }));
    const id = keyColumns.map((column) => column.name).join();
    let read = plan.reads.find(
      (candidate) => candidate.group === group && candidate.keyColumns.map((column) => column.name).join() === id,
    );
    if (!read) {
      read = { group, keyColumns, columns: [] };
      plan.reads.push(read);
    }
    const { index, status, sensitivity, deprecation } = found;
    read.columns.push({ as, index, status, sensitivity, deprecation, reference: `${group.name}:${feature}` });
    plan.order.push(as);
  };
  if (request.view) {
    const joins = catalog.views.get(request.view);
    if (!joins) throw new LarderError("feature_view_not_found", `There is no feature view ${request.view}`);
    for (const join of joins) {
      const group = catalog.groups.find(
        (candidate) => candidate.name === join.group && candidate.version === join.version,
      );
      if (!group)
        throw new LarderError(
          "feature_group_not_found",
          `View ${request.view} reads ${join.group}@${join.version}, which is not served online`,
        );
      for (const feature of join.features) add(group, join.keys, feature, viewColumn(join.prefix, feature));
    }
    return plan;
  }
  for (const text of new Set(request.features ?? [])) {
    const group = resolve(catalog, text);
    add(group, {}, parseFeatureReference(text).feature, text);
  }
  return plan;
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
