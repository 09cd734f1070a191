import Elk from "elkjs/lib/elk.bundled.js";
import { describe, expect, it } from "vitest";
import { LINEAGE_KINDS, type LineageNode } from "@/lib/lineage/schema";
import { indexGraph, type LineageKind, type VisibleGraph, visibleGraph } from "./graph";
import { boundsOf, fromElk, pathThrough, type StepKey, sizeOf, stepFrom, toElk } from "./layout";
import { lineageSvg } from "./svg";

function graph(nodes: [string, LineageKind][], edges: [string, string][]): VisibleGraph {
  const full = nodes.map(
    ([id, kind]): LineageNode => ({
      id,
      kind,
      name: id,
      description: "",
      owner: null,
      tags: [],
      status: null,
      group: null,
      rowCount: null,
      lastEventTime: null,
      lastCommitAt: null,
    }),
  );
  const index = indexGraph({
    nodes: full,
    edges: edges.map(([from, to]) => ({ id: `${from}-${to}`, from, to })),
    statistics: { total_nodes: nodes.length, total_edges: edges.length },
  });
  return visibleGraph(index, { expanded: new Set(), kinds: new Set(LINEAGE_KINDS) });
}

const CHAIN = graph(
  [
    ["raw", "source"],
    ["a", "feature_group"],
    ["b", "feature_group"],
    ["view", "feature_view"],
  ],
  [
    ["raw", "a"],
    ["raw", "b"],
    ["a", "view"],
    ["b", "view"],
  ],
);
const PLACES = new Map([
  ["raw", { x: 0, y: 50 }],
  ["a", { x: 300, y: 0 }],
  ["b", { x: 300, y: 100 }],
  ["view", { x: 600, y: 40 }],
]);

describe("layout", () => {
  it("runs from left to right and overlaps nothing", async () => {
    const { places } = fromElk(await new Elk().layout(toElk(CHAIN)));
    const x = (id: string): number => places.get(id)?.x ?? Number.NaN;
    expect(x("raw")).toBeLessThan(x("a"));
    expect(x("a")).toBe(x("b"));
    expect(x("b")).toBeLessThan(x("view"));
    const apart = Math.abs((places.get("a")?.y ?? 0) - (places.get("b")?.y ?? 0));
    expect(apart).toBeGreaterThanOrEqual(sizeOf("feature_group").height);
  });

  it("lays out 2,000 nodes", async () => {
    const nodes: [string, LineageKind][] = [["raw", "source"]];
    const edges: [string, string][] = [];
    for (let group = 0; group < 40; group++) {
      nodes.push([`g${group}`, "feature_group"]);
      edges.push(["raw", `g${group}`]);
      for (let feature = 0; feature < 49; feature++) {
        nodes.push([`g${group}f${feature}`, "feature"]);
        edges.push([`g${group}`, `g${group}f${feature}`]);
      }
    }
    const { places } = fromElk(await new Elk().layout(toElk(graph(nodes, edges))));
    expect(places.size).toBe(2001);
  });

  it("measures the rectangle that holds everything", () => {
    expect(boundsOf(CHAIN, PLACES)).toEqual({ x: 0, y: 0, width: 848, height: 168 });
    expect(boundsOf(CHAIN, new Map())).toBeNull();
  });
});

describe("pathThrough", () => {
  it.each<[[number, number][], string]>([
    [[], ""],
    [
      [
        [0, 0],
        [100, 0],
      ],
      "M0,0 L100,0",
    ],
    [
      [
        [0, 0],
        [100, 40],
      ],
      "M0,0 C50,0 50,40 100,40",
    ],
    [
      [
        [0, 0],
        [40, 20],
        [80, 20],
      ],
      "M0,0 C20,0 20,20 40,20 L80,20",
    ],
  ])("%j", (points, path) => {
    expect(pathThrough(points.map(([x, y]) => ({ x, y })))).toBe(path);
  });
});

describe("stepFrom", () => {
  it.each<[string, StepKey, string | null]>([
    ["raw", "ArrowRight", "a"],
    ["raw", "ArrowLeft", null],
    ["view", "ArrowLeft", "a"],
    ["a", "ArrowDown", "b"],
    ["b", "ArrowUp", "a"],
    ["b", "ArrowDown", null],
    ["nowhere", "ArrowDown", null],
  ])("%s %s -> %s", (id, key, next) => {
    expect(stepFrom(CHAIN, PLACES, id, key)).toBe(next);
  });
});

describe("lineageSvg", () => {
  const colours = { background: "#fff", card: "#fff", line: "#ccc", text: "#000", muted: "#555", accent: "#060" };

  it("draws every node and edge, lit ones in the accent", () => {
    const text = lineageSvg(
      CHAIN,
      { places: PLACES, routes: new Map() },
      { nodes: new Set(["raw", "a"]), edges: new Set(["raw→a"]) },
      colours,
    );
    expect(text.match(/<g /g)).toHaveLength(4);
    expect(text.match(/<path /g)).toHaveLength(4);
    expect(text.match(/stroke="#060" stroke-width="2"/g)).toHaveLength(1);
  });

  it("escapes names", () => {
    const odd = graph([["<b>&", "source"]], []);
    expect(
      lineageSvg(odd, { places: new Map([["<b>&", { x: 0, y: 0 }]]), routes: new Map() }, null, colours),
    ).toContain("&lt;b&gt;&amp;");
  });
});
