import { LINEAGE_KINDS, type LineageGraph, type LineageNode } from "@/lib/lineage/schema";

export type LineageKind = LineageNode["kind"];
export type LineageDirection = "upstream" | "downstream" | "both";

/** What each kind of node is called, one and many. */
export const KIND_LABELS: Record<LineageKind, { one: string; many: string }> = {
  source: { one: "Source", many: "Sources" },
  feature_group: { one: "Feature group", many: "Feature groups" },
  feature: { one: "Feature", many: "Features" },
  feature_view: { one: "Feature view", many: "Feature views" },
  consumer: { one: "Consumer", many: "Consumers" },
  training_set: { one: "Training set", many: "Training sets" },
};

/** A lineage graph made ready for walking; `features` holds the features of each group node. */
export type GraphIndex = {
  nodes: ReadonlyMap<string, LineageNode>;
  parents: ReadonlyMap<string, readonly string[]>;
  children: ReadonlyMap<string, readonly string[]>;
  features: ReadonlyMap<string, readonly string[]>;
};

/** A node that is drawn: itself, and the features it stands for while its group is closed. */
export type VisibleNode = { node: LineageNode; featureCount: number; expanded: boolean };
export type VisibleEdge = { id: string; from: string; to: string };
export type VisibleGraph = { nodes: VisibleNode[]; edges: VisibleEdge[] };

/** Everything a node is made from and everything made from it; the node itself is in neither. */
export type LineagePath = { upstream: ReadonlySet<string>; downstream: ReadonlySet<string> };

const NONE: readonly string[] = [];

function push(map: Map<string, string[]>, key: string, value: string): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

/** The node id of a feature's group, or null for every other node. */
export function groupIdOf(node: LineageNode): string | null {
  return node.kind === "feature" && node.group !== null ? `feature_group:${node.group}` : null;
}

/** Indexes a graph; edges to nodes that are not in it are left out. */
export function indexGraph(graph: LineageGraph): GraphIndex {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const parents = new Map<string, string[]>();
  const children = new Map<string, string[]>();
  const features = new Map<string, string[]>();
  for (const edge of graph.edges) {
    if (!nodes.has(edge.from) || !nodes.has(edge.to)) continue;
    push(children, edge.from, edge.to);
    push(parents, edge.to, edge.from);
  }
  for (const node of graph.nodes) {
    const group = groupIdOf(node);
    if (group !== null && nodes.has(group)) push(features, group, node.id);
  }
  return { nodes, parents, children, features };
}

function reach(start: string, next: ReadonlyMap<string, readonly string[]>): Set<string> {
  const seen = new Set([start]);
  const waiting = [start];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    for (const other of next.get(id) ?? NONE) {
      if (seen.has(other)) continue;
      seen.add(other);
      waiting.push(other);
    }
  }
  seen.delete(start);
  return seen;
}

/** The whole path through `id` in the asked direction; cycles end where they began. */
export function pathOf(index: GraphIndex, id: string, direction: LineageDirection): LineagePath {
  return {
    upstream: direction === "downstream" ? new Set() : reach(id, index.parents),
    downstream: direction === "upstream" ? new Set() : reach(id, index.children),
  };
}

/** What is drawn: closed groups stand for their features, edges run on through filtered kinds but never outside `only`. */
export function visibleGraph(
  index: GraphIndex,
  choice: { expanded: ReadonlySet<string>; kinds: ReadonlySet<LineageKind>; only?: ReadonlySet<string> | null },
): VisibleGraph {
  const { expanded, kinds, only = null } = choice;
  const standIn = new Map<string, string | null>();
  const members = new Map<string, string[]>();
  for (const node of index.nodes.values()) {
    const group = groupIdOf(node);
    const closed = group !== null && index.nodes.has(group) && kinds.has("feature_group") && !expanded.has(group);
    const shown = closed ? group : kinds.has(node.kind) ? node.id : null;
    if (only !== null && !only.has(node.id)) continue;
    standIn.set(node.id, shown);
    if (shown !== null) push(members, shown, node.id);
  }
  const edges = new Map<string, VisibleEdge>();
  for (const [from, ids] of members) {
    const seen = new Set<string>(ids);
    const waiting = [...ids];
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      for (const child of index.children.get(id) ?? NONE) {
        const to = standIn.get(child);
        if (to === undefined) continue;
        if (to === null) {
          if (seen.has(child)) continue;
          seen.add(child);
          waiting.push(child);
        } else if (to !== from) {
          edges.set(`${from}→${to}`, { id: `${from}→${to}`, from, to });
        }
      }
    }
  }
  const nodes = [...members.keys()].flatMap((id): VisibleNode[] => {
    const node = index.nodes.get(id);
    if (!node) return [];
    return [{ node, featureCount: index.features.get(id)?.length ?? 0, expanded: expanded.has(id) }];
  });
  return { nodes, edges: [...edges.values()] };
}

/** The drawn nodes and edges that a path lights up; null path: nothing is lit and nothing dimmed. */
export function litBy(
  index: GraphIndex,
  visible: VisibleGraph,
  id: string | null,
  direction: LineageDirection,
): { nodes: ReadonlySet<string>; edges: ReadonlySet<string> } | null {
  if (id === null || !index.nodes.has(id)) return null;
  const path = pathOf(index, id, direction);
  const drawn = new Set(visible.nodes.map((item) => item.node.id));
  const shownAs = (inner: string): string => {
    const node = index.nodes.get(inner);
    const group = node ? groupIdOf(node) : null;
    return !drawn.has(inner) && group !== null ? group : inner;
  };
  const up = new Set([...path.upstream, id].map(shownAs));
  const down = new Set([...path.downstream, id].map(shownAs));
  const edges = visible.edges.filter(
    (edge) => (up.has(edge.from) && up.has(edge.to)) || (down.has(edge.from) && down.has(edge.to)),
  );
  return { nodes: new Set([...up, ...down]), edges: new Set(edges.map((edge) => edge.id)) };
}

/** Nodes whose name, group, tags or description hold `query`, best first: exact, beginning, inside, elsewhere. */
export function findNodes(index: GraphIndex, query: string, limit: number): LineageNode[] {
  const q = query.trim().toLowerCase();
  if (q === "") return [];
  const found: { node: LineageNode; rank: number }[] = [];
  for (const node of index.nodes.values()) {
    const rank = rankOf(node, q);
    if (rank !== null) found.push({ node, rank });
  }
  const order = (kind: LineageKind): number => LINEAGE_KINDS.indexOf(kind);
  found.sort(
    (a, b) => a.rank - b.rank || order(a.node.kind) - order(b.node.kind) || a.node.name.localeCompare(b.node.name),
  );
  return found.slice(0, limit).map((item) => item.node);
}

function rankOf(node: LineageNode, q: string): number | null {
  const name = node.name.toLowerCase();
  if (name === q || node.id.toLowerCase() === q) return 0;
  if (name.startsWith(q)) return 1;
  if (name.includes(q)) return 2;
  if (node.group?.toLowerCase().includes(q) || node.tags.some((tag) => tag.includes(q))) return 3;
  return node.description.toLowerCase().includes(q) ? 4 : null;
}
