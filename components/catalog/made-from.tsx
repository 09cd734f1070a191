import type { ColumnEdge } from "@/lib/lineage/schema";
import type { FeatureDetail } from "@/lib/registry/schema";
import { ColumnList } from "../lineage/column-list";

const SHOWN = 50;

/** The columns a feature is made from, down to the sources, or why there are none to show. */
export function MadeFrom({
  feature,
  edges,
}: {
  feature: Pick<FeatureDetail, "madeFrom" | "ingredients">;
  edges: readonly ColumnEdge[];
}): React.ReactElement {
  if (edges.length > 0) return <ColumnList edges={edges} shown={SHOWN} />;
  if (feature.madeFrom?.length === 0)
    return <p>No column: it counts rows or is a constant. What it reads decides which rows there are.</p>;
  if (feature.ingredients.length === 0) return <p>Its rows are written through the API, so no column makes it.</p>;
  return <p>Not known yet: its columns are followed when the group's SQL is next applied.</p>;
}
