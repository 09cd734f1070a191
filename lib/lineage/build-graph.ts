import type { LineageEdge, LineageGraph, LineageNode } from "./schema";

/** Objects of a project as far as lineage needs them. `reads` are node ids. */
export type LineageObject = LineageNode & { reads: string[] };

/** Objects with what they read, as nodes and edges. Reads of things that are not there are left out. */
export function buildGraph(objects: LineageObject[]): LineageGraph {
  const known = new Set(objects.map((object) => object.id));
  const edges = objects.flatMap(({ id, reads }) =>
    [...new Set(reads)].filter((from) => known.has(from)).map((from) => ({ id: `${from}->${id}`, from, to: id })),
  );
  return graphOf(
    objects.map(({ reads: _reads, ...node }) => node),
    edges,
  );
}

/** What lies within `depth` hops of a node, up, down or both ways. Null when there is no such node. */
export function neighbourhood(
  graph: LineageGraph,
  node: string,
  direction: "upstream" | "downstream" | "both",
  depth: number,
): LineageGraph | null {
  if (!graph.nodes.some((candidate) => candidate.id === node)) return null;
  const reached = new Set([node]);
  const walk = (from: "from" | "to", to: "from" | "to"): void => {
    let frontier = new Set([node]);
    for (let hop = 0; hop < depth && frontier.size > 0; hop++) {
      const next = new Set<string>();
      for (const edge of graph.edges) if (frontier.has(edge[from]) && !next.has(edge[to])) next.add(edge[to]);
      for (const id of next) reached.add(id);
      frontier = next;
    }
  };
  if (direction !== "downstream") walk("to", "from");
  if (direction !== "upstream") walk("from", "to");
  return graphOf(
    graph.nodes.filter((candidate) => reached.has(candidate.id)),
    graph.edges.filter((edge) => reached.has(edge.from) && reached.has(edge.to)),
  );
}

function graphOf(nodes: LineageNode[], edges: LineageEdge[]): LineageGraph {
  return { nodes, edges, statistics: { total_nodes: nodes.length, total_edges: edges.length } };
}
