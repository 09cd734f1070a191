import type { LineageGraph, LineageNode } from "@/lib/lineage/schema";

/** One node and the nodes that it is read through: empty when it is read directly. */
export type Reading = { node: LineageNode; through: LineageNode[] };

function edges(graph: LineageGraph, from: "from" | "to", to: "from" | "to"): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const edge of graph.edges) found.set(edge[from], [...(found.get(edge[from]) ?? []), edge[to]]);
  return found;
}

function readings(
  graph: LineageGraph,
  start: string,
  kind: LineageNode["kind"],
  next: Map<string, string[]>,
): (Reading & { direct: boolean })[] {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const found = new Map<string, Reading & { direct: boolean }>();
  const add = (id: string, through: LineageNode | null): void => {
    const node = nodes.get(id);
    if (node?.kind !== kind) return;
    const known = found.get(id) ?? { node, through: [], direct: false };
    if (through) known.through.push(through);
    else known.direct = true;
    found.set(id, known);
  };
  for (const id of next.get(start) ?? []) {
    add(id, null);
    const view = nodes.get(id);
    if (view?.kind === "feature_view") for (const further of next.get(id) ?? []) add(further, view);
  }
  return [...found.values()].sort((a, b) => (a.node.id < b.node.id ? -1 : 1));
}

/** The features that a consumer reads, directly or through feature views. */
export function featuresReadBy(graph: LineageGraph, consumer: string): Reading[] {
  return readings(graph, consumer, "feature", edges(graph, "to", "from")).map(withoutDirect);
}

/** The consumers that read a feature or a feature view, directly or through feature views. */
export function consumersOf(graph: LineageGraph, node: string): Reading[] {
  return readings(graph, node, "consumer", edges(graph, "from", "to")).map(withoutDirect);
}

// What is read directly anyway would be read without the view too, so the view says nothing.
function withoutDirect({ node, through, direct }: Reading & { direct: boolean }): Reading {
  return { node, through: direct ? [] : through };
}
