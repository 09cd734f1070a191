import { describe, expect, it } from "vitest";
import { LINEAGE_KINDS, type LineageGraph, type LineageNode } from "@/lib/lineage/schema";
import { findNodes, indexGraph, type LineageDirection, type LineageKind, litBy, pathOf, visibleGraph } from "./graph";

function node(id: string): LineageNode {
  const [kind, first, second] = id.split(":") as [LineageKind, string, string | undefined];
  return {
    id,
    kind,
    name: second ?? first,
    description: first === "traffic" ? "Trailing delay" : "",
    owner: null,
    tags: kind === "source" ? ["raw"] : [],
    status: null,
    group: second ? first : null,
    rowCount: null,
    lastEventTime: null,
    lastCommitAt: null,
  };
}

function graphOf(edges: string[]): LineageGraph {
  const pairs = edges.map((text) => text.split(" > ") as [string, string]);
  const ids = [...new Set(pairs.flat())];
  return {
    nodes: ids.map(node),
    edges: pairs.map(([from, to]) => ({ id: `${from}>${to}`, from, to })),
    statistics: { total_nodes: ids.length, total_edges: pairs.length },
  };
}

const FLIGHTS = indexGraph(
  graphOf([
    "source:flights > feature_group:traffic",
    "source:airports > feature_group:profile",
    "source:flights > source:labelled",
    "feature_group:traffic > feature:traffic:delay",
    "feature_group:traffic > feature:traffic:volume",
    "feature_group:profile > feature:profile:state",
    "feature:traffic:delay > feature_view:delay_v1",
    "feature:profile:state > feature_view:delay_v1",
    "feature_view:delay_v1 > training_set:late",
    "source:labelled > training_set:late",
  ]),
);
const ALL = new Set<LineageKind>(LINEAGE_KINDS);
const WITHOUT = (...kinds: LineageKind[]): Set<LineageKind> =>
  new Set(LINEAGE_KINDS.filter((kind) => !kinds.includes(kind)));

describe("pathOf", () => {
  const cases: [string, LineageDirection, string[], string[]][] = [
    ["feature:traffic:volume", "both", ["feature_group:traffic", "source:flights"], []],
    ["feature:traffic:delay", "downstream", [], ["feature_view:delay_v1", "training_set:late"]],
    ["feature:traffic:delay", "upstream", ["feature_group:traffic", "source:flights"], []],
    [
      "source:airports",
      "both",
      [],
      ["feature_group:profile", "feature:profile:state", "feature_view:delay_v1", "training_set:late"],
    ],
    ["source:nowhere", "both", [], []],
  ];
  it.each(cases)("%s %s", (id, direction, upstream, downstream) => {
    const path = pathOf(FLIGHTS, id, direction);
    expect([...path.upstream].sort()).toEqual([...upstream].sort());
    expect([...path.downstream].sort()).toEqual([...downstream].sort());
  });

  it("ends in a cycle", () => {
    const index = indexGraph(graphOf(["source:a > source:b", "source:b > source:a"]));
    expect([...pathOf(index, "source:a", "both").downstream]).toEqual(["source:b"]);
  });
});

describe("visibleGraph", () => {
  const edgesOf = (choice: Parameters<typeof visibleGraph>[1]): string[] =>
    visibleGraph(FLIGHTS, choice)
      .edges.map((edge) => edge.id)
      .sort();

  it("stands a closed group in for its features", () => {
    const visible = visibleGraph(FLIGHTS, { expanded: new Set(), kinds: ALL });
    expect(visible.nodes.map((item) => item.node.kind)).not.toContain("feature");
    expect(visible.nodes.find((item) => item.node.id === "feature_group:traffic")?.featureCount).toBe(2);
    expect(visible.edges.map((edge) => edge.id)).toContain("feature_group:traffic→feature_view:delay_v1");
  });

  it("shows the features of an open group, and only those", () => {
    const edges = edgesOf({ expanded: new Set(["feature_group:traffic"]), kinds: ALL });
    expect(edges).toContain("feature_group:traffic→feature:traffic:volume");
    expect(edges).toContain("feature:traffic:delay→feature_view:delay_v1");
    expect(edges).not.toContain("feature_group:traffic→feature_view:delay_v1");
    expect(edges).toContain("feature_group:profile→feature_view:delay_v1");
  });

  it.each<[string, Set<LineageKind>, string]>([
    ["views", WITHOUT("feature_view"), "feature_group:traffic→training_set:late"],
    ["groups: features are shown instead", WITHOUT("feature_group"), "source:flights→feature:traffic:delay"],
    ["groups and features", WITHOUT("feature_group", "feature"), "source:flights→feature_view:delay_v1"],
  ])("carries edges on through filtered %s", (_, kinds, edge) => {
    expect(edgesOf({ expanded: new Set(), kinds })).toContain(edge);
  });

  it("keeps to the path when asked, without edges around it", () => {
    const path = pathOf(FLIGHTS, "feature:traffic:delay", "both");
    const only = new Set([...path.upstream, ...path.downstream, "feature:traffic:delay"]);
    expect(edgesOf({ expanded: new Set(), kinds: ALL, only })).toEqual([
      "feature_group:traffic→feature_view:delay_v1",
      "feature_view:delay_v1→training_set:late",
      "source:flights→feature_group:traffic",
    ]);
  });

  it("ignores edges to nodes that are not there", () => {
    const graph = graphOf(["source:a > source:b"]);
    const index = indexGraph({ ...graph, nodes: graph.nodes.slice(0, 1) });
    expect(visibleGraph(index, { expanded: new Set(), kinds: ALL }).edges).toEqual([]);
  });
});

describe("litBy", () => {
  const closed = visibleGraph(FLIGHTS, { expanded: new Set(), kinds: ALL });

  it("lights nothing and dims nothing without a selection", () => {
    expect(litBy(FLIGHTS, closed, null, "both")).toBeNull();
    expect(litBy(FLIGHTS, closed, "source:nowhere", "both")).toBeNull();
  });

  it("lights the whole path and leaves siblings dim", () => {
    const lit = litBy(FLIGHTS, closed, "feature_group:profile", "both");
    expect(lit?.nodes.has("source:airports")).toBe(true);
    expect(lit?.nodes.has("training_set:late")).toBe(true);
    expect(lit?.nodes.has("feature_group:traffic")).toBe(false);
    expect(lit?.edges.has("feature_group:traffic→feature_view:delay_v1")).toBe(false);
  });

  it("does not light an edge that goes around the selected node", () => {
    const lit = litBy(FLIGHTS, closed, "feature_view:delay_v1", "both");
    expect(lit?.nodes.has("source:flights")).toBe(true);
    expect(lit?.edges.has("source:labelled→training_set:late")).toBe(false);
  });
});

describe("findNodes", () => {
  it.each<[string, string[]]>([
    ["delay", ["feature:traffic:delay", "feature_view:delay_v1", "feature_group:traffic"]],
    ["TRAFFIC", ["feature_group:traffic", "feature:traffic:delay", "feature:traffic:volume"]],
    ["raw", ["source:airports", "source:flights", "source:labelled"]],
    ["  ", []],
    ["nothing like it", []],
  ])("%s", (query, ids) => {
    expect(
      findNodes(FLIGHTS, query, 3)
        .map((item) => item.id)
        .sort(),
    ).toEqual([...ids].sort());
  });

  it("puts the exact name first", () => {
    expect(findNodes(FLIGHTS, "delay", 10)[0]?.id).toBe("feature:traffic:delay");
  });
});
