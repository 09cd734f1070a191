import type { FeatureView } from "@/lib/platform/generated/prisma/client";
import type { ViewSpine } from "./definition-schema";
import type { StoredOnDemand } from "./on-demand-columns";
import type { ViewSummary } from "./schema";

/** The output column of a feature of a join: its name, or `prefix__name`. */
export function viewColumn(prefix: string | null, feature: string): string {
  return prefix ? `${prefix}__${feature}` : feature;
}

/** A feature view as the catalog shows it. */
export function summarizeView(view: FeatureView): ViewSummary {
  const joins = view.joins as ViewSummary["joins"];
  const onDemand = onDemandOf(view);
  return {
    name: view.name,
    version: view.version,
    description: view.description,
    owner: view.owner,
    tags: view.tags,
    joins,
    columns: [
      ...joins.flatMap((join) => join.features.map((feature) => viewColumn(join.prefix, feature))),
      ...onDemand.map(({ name }) => name),
    ],
    onDemand,
    requestData: Object.entries((view.requestData as Record<string, string> | null) ?? {})
      .map(([name, type]) => ({ name, type }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    spine: view.spine as ViewSpine | null,
    updatedAt: view.updatedAt.toISOString(),
  };
}

/** The on-demand features of a view by their names; they come after its other columns. */
export function onDemandOf(view: Pick<FeatureView, "onDemand">): ViewSummary["onDemand"] {
  return Object.entries((view.onDemand as Record<string, StoredOnDemand> | null) ?? {})
    .map(([name, stored]) => ({ name, ...stored, inputs: [...stored.inputs] }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
