import type { LineageGraph, LineageNode } from "@/lib/lineage/schema";

/** What lies before and after a node, nearest first. */
export type Neighbours = { upstream: LineageNode[]; downstream: LineageNode[] };

function walk(graph: LineageGraph, start: string, from: "from" | "to", to: "from" | "to"): LineageNode[] {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const seen = new Set([start]);
  const found: LineageNode[] = [];
  let layer = [start];
  while (layer.length > 0) {
    const next = new Set(
      graph.edges.filter((edge) => layer.includes(edge[from]) && !seen.has(edge[to])).map((edge) => edge[to]),
    );
    for (const id of next) {
      seen.add(id);
      const node = nodes.get(id);
      if (node) found.push(node);
    }
    layer = [...next];
  }
  return found;
}

/** Splits the lineage around a node into what it is made from and what is made from it. */
export function neighboursOf(graph: LineageGraph, node: string): Neighbours {
  return { upstream: walk(graph, node, "to", "from"), downstream: walk(graph, node, "from", "to") };
}

/** The page of a lineage node. */
export function nodeHref(node: LineageNode): string {
  const name = encodeURIComponent(node.name);
  switch (node.kind) {
    case "source":
      return `/sources/${name}`;
    case "feature_group":
      return `/feature-groups/${name}`;
    case "feature":
      return `/features/${encodeURIComponent(`${node.group}:${node.name}`)}`;
    case "feature_view":
      return `/feature-views/${name}`;
    case "consumer":
      return `/consumers/${name}`;
    case "training_set":
      return `/training-sets/${name}`;
  }
}
