import type { ElkNode } from "elkjs/lib/elk-api";
import type { LineageKind, VisibleGraph } from "./graph";

/** Where a node lies; top left corner, in pixels at zoom 1. */
export type Place = { x: number; y: number };
export type Places = ReadonlyMap<string, Place>;
/** The bends of an edge between its ends, by edge; an edge without any runs straight on. */
export type Routes = ReadonlyMap<string, readonly Place[]>;
export type Layout = { places: Places; routes: Routes };
export type Size = { width: number; height: number };

/** How large a node of this kind is drawn. */
export function sizeOf(kind: LineageKind): Size {
  return kind === "feature" ? { width: 216, height: 34 } : { width: 248, height: 68 };
}

/** The graph as ELK takes it: layers from left to right. Model order is left alone: with it ELK does not end within a minute. */
export function toElk(visible: VisibleGraph): ElkNode {
  return {
    id: "lineage",
    layoutOptions: {
      "elk.algorithm": "layered",
      "elk.direction": "RIGHT",
      "elk.spacing.nodeNode": "14",
      "elk.spacing.componentComponent": "40",
      "elk.layered.spacing.nodeNodeBetweenLayers": "88",
      "elk.layered.nodePlacement.strategy": visible.nodes.length > 200 ? "SIMPLE" : "BRANDES_KOEPF",
      "elk.layered.nodePlacement.bk.fixedAlignment": "BALANCED",
      "elk.edgeRouting": "POLYLINE",
    },
    children: visible.nodes.map((item) => ({ id: item.node.id, ...sizeOf(item.node.kind) })),
    edges: visible.edges.map((edge) => ({ id: edge.id, sources: [edge.from], targets: [edge.to] })),
  };
}

/** Reads places and bends out of ELK's answer. */
export function fromElk(answer: ElkNode): Layout {
  const places = new Map(
    (answer.children ?? []).map((child) => [child.id, { x: Math.round(child.x ?? 0), y: Math.round(child.y ?? 0) }]),
  );
  const routes = new Map(
    (answer.edges ?? []).flatMap((edge): [string, readonly Place[]][] => {
      const bends = edge.sections?.[0]?.bendPoints ?? [];
      return bends.length > 0 ? [[edge.id, bends.map(({ x, y }) => ({ x, y }))]] : [];
    }),
  );
  return { places, routes };
}

/** An SVG path from the first point to the last through all between, level at each, so that it bends round nodes. */
export function pathThrough(points: readonly Place[]): string {
  const [first, ...rest] = points;
  if (!first) return "";
  let path = `M${first.x},${first.y}`;
  let from = first;
  for (const to of rest) {
    const middle = (from.x + to.x) / 2;
    path += from.y === to.y ? ` L${to.x},${to.y}` : ` C${middle},${from.y} ${middle},${to.y} ${to.x},${to.y}`;
    from = to;
  }
  return path;
}

/** The corner and size of the rectangle that holds every place; null when there is none. */
export function boundsOf(visible: VisibleGraph, places: Places): (Place & Size) | null {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const item of visible.nodes) {
    const place = places.get(item.node.id);
    if (!place) continue;
    const size = sizeOf(item.node.kind);
    left = Math.min(left, place.x);
    top = Math.min(top, place.y);
    right = Math.max(right, place.x + size.width);
    bottom = Math.max(bottom, place.y + size.height);
  }
  return left === Infinity ? null : { x: left, y: top, width: right - left, height: bottom - top };
}

export type StepKey = "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown";

/** The node that an arrow key leads to: along an edge to the sides, within the column up and down; null at the end. */
export function stepFrom(visible: VisibleGraph, places: Places, id: string, key: StepKey): string | null {
  const here = places.get(id);
  if (!here) return null;
  const aside = key === "ArrowLeft" || key === "ArrowRight";
  const candidates = aside
    ? visible.edges.flatMap((edge) => {
        if (key === "ArrowRight") return edge.from === id ? [edge.to] : [];
        return edge.to === id ? [edge.from] : [];
      })
    : visible.nodes.map((item) => item.node.id);
  let best: { id: string; distance: number } | null = null;
  for (const other of candidates) {
    const place = places.get(other);
    if (!place || other === id) continue;
    const dy = place.y - here.y;
    if (key === "ArrowUp" && (dy >= 0 || Math.abs(place.x - here.x) > 120)) continue;
    if (key === "ArrowDown" && (dy <= 0 || Math.abs(place.x - here.x) > 120)) continue;
    const distance = Math.abs(dy);
    if (best === null || distance < best.distance) best = { id: other, distance };
  }
  return best?.id ?? null;
}
