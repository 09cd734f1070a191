import type { ColumnEdge } from "@/lib/lineage/schema";

/** A column as it is shown, with the page of what it belongs to. */
export type ShownColumn = { label: string; href: string };

/** A column and all columns it is made from. */
export type ColumnStep = ShownColumn & { from: ShownColumn[] };

/** Column edges as one step for each column that is made, in the order in which they come; sources below each other. */
export function columnSteps(edges: readonly ColumnEdge[]): ColumnStep[] {
  const steps = new Map<string, ColumnStep>();
  for (const edge of edges) {
    const to = shownColumn(edge.to, edge.toColumn);
    const step = steps.get(to.label) ?? { ...to, from: [] };
    step.from.push(shownColumn(edge.from, edge.fromColumn));
    steps.set(to.label, step);
  }
  return [...steps.values()];
}

/** A column of a lineage node: `source.column`, `group:feature`, or `group.column` for a key. */
export function shownColumn(node: string, column: string): ShownColumn {
  const [kind, name = "", feature] = node.split(":");
  if (kind === "feature")
    return { label: `${name}:${feature}`, href: `/features/${encodeURIComponent(`${name}:${feature}`)}` };
  const folder = kind === "source" ? "sources" : "feature-groups";
  return { label: `${name}.${column}`, href: `/${folder}/${encodeURIComponent(name)}` };
}
