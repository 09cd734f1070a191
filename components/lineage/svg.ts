import { KIND_LABELS, type VisibleGraph } from "./graph";
import { boundsOf, type Layout, type Place, pathThrough, sizeOf } from "./layout";

/** Colours of an exported drawing; it must read on its own, so it never refers to a stylesheet. */
export type SvgColours = {
  background: string;
  card: string;
  line: string;
  text: string;
  muted: string;
  accent: string;
};

const MARGIN = 24;

function quote(text: string): string {
  return text.replace(/[&<>"]/g, (mark) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[mark] ?? mark);
}

function shorten(text: string, characters: number): string {
  return text.length <= characters ? text : `${text.slice(0, characters - 1)}…`;
}

/** Draws the whole graph, edges included, as one SVG document; lit edges and nodes stand out. */
export function lineageSvg(
  visible: VisibleGraph,
  layout: Layout,
  lit: { nodes: ReadonlySet<string>; edges: ReadonlySet<string> } | null,
  colours: SvgColours,
): string {
  const { places, routes } = layout;
  const bounds = boundsOf(visible, places) ?? { x: 0, y: 0, width: 200, height: 60 };
  const kinds = new Map(visible.nodes.map((item) => [item.node.id, item.node.kind]));
  const ends = (id: string): { place: Place; width: number; height: number } | null => {
    const place = places.get(id);
    const kind = kinds.get(id);
    return place && kind ? { place, ...sizeOf(kind) } : null;
  };
  const edges = visible.edges.flatMap((edge) => {
    const from = ends(edge.from);
    const to = ends(edge.to);
    if (!from || !to) return [];
    const d = pathThrough([
      { x: from.place.x + from.width, y: from.place.y + from.height / 2 },
      ...(routes.get(edge.id) ?? []),
      { x: to.place.x, y: to.place.y + to.height / 2 },
    ]);
    const on = lit?.edges.has(edge.id) ?? false;
    const faint = lit !== null && !on ? ' opacity="0.35"' : "";
    return [
      `<path d="${d}" fill="none" stroke="${on ? colours.accent : colours.line}" stroke-width="${on ? 2 : 1.25}"${faint}/>`,
    ];
  });
  const nodes = visible.nodes.flatMap((item) => {
    const box = ends(item.node.id);
    if (!box) return [];
    const on = lit?.nodes.has(item.node.id) ?? false;
    const faint = lit !== null && !on ? ' opacity="0.35"' : "";
    const name = `<text x="12" y="${box.height === 34 ? 22 : 44}" font-family="JetBrains Mono, monospace" font-size="12.5" fill="${colours.text}">${quote(shorten(item.node.name, 27))}</text>`;
    const kind =
      box.height === 34
        ? ""
        : `<text x="12" y="22" font-family="Inter, sans-serif" font-size="11" fill="${colours.muted}">${quote(KIND_LABELS[item.node.kind].one)}${item.featureCount > 0 ? ` · ${item.featureCount} features` : ""}</text>`;
    return [
      `<g transform="translate(${box.place.x},${box.place.y})"${faint}><title>${quote(item.node.id)}</title><rect width="${box.width}" height="${box.height}" rx="6" fill="${colours.card}" stroke="${on ? colours.accent : colours.line}"/>${kind}${name}</g>`,
    ];
  });
  const width = bounds.width + 2 * MARGIN;
  const height = bounds.height + 2 * MARGIN;
  const box = `${bounds.x - MARGIN} ${bounds.y - MARGIN} ${width} ${height}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${box}" role="img" aria-label="Lineage">`,
    `<rect x="${bounds.x - MARGIN}" y="${bounds.y - MARGIN}" width="${width}" height="${height}" fill="${colours.background}"/>`,
    ...edges,
    ...nodes,
    "</svg>",
  ].join("\n");
}
