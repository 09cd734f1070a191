import type { FeatureView } from "@/lib/platform/generated/prisma/client";
import type { ViewSpine } from "./definition-schema";
import type { ViewSummary } from "./schema";

/** The output column of a feature of a join: its name, or `prefix__name`. */
export function viewColumn(prefix: string | null, feature: string): string {
  return prefix ? `${prefix}__${feature}` : feature;
}

/** A feature view as the catalog shows it. */
export function summarizeView(view: FeatureView): ViewSummary {
  const joins = view.joins as ViewSummary["joins"];
  return {
    name: view.name,
    version: view.version,
    description: view.description,
    owner: view.owner,
    tags: view.tags,
    joins,
    columns: joins.flatMap((join) => join.features.map((feature) => viewColumn(join.prefix, feature))),
    spine: view.spine as ViewSpine | null,
    updatedAt: view.updatedAt.toISOString(),
  };
}
