import { describe, expect, test } from "vitest";
import { buildGraph, type LineageObject, neighbourhood } from "./build-graph";

const object = (id: string, reads: string[] = []): LineageObject => ({
  id,
  kind: "source",
  name: id,
  description: "",
  owner: null,
  tags: [],
  status: null,
  group: null,
  rowCount: null,
  lastEventTime: null,
  lastCommitAt: null,
  reads,
});

const graph = buildGraph([
  object("s"),
  object("g", ["s", "s", "gone"]),
  object("f1", ["g"]),
  object("f2", ["g"]),
  object("v", ["f1"]),
  object("t", ["v"]),
]);

describe("buildGraph", () => {
  test("draws an edge per thing read, once, and none to what is not there", () => {
    expect(graph.edges.map((edge) => edge.id)).toEqual(["s->g", "g->f1", "g->f2", "f1->v", "v->t"]);
    expect(graph.statistics).toEqual({ total_nodes: 6, total_edges: 5 });
  });
});

describe("neighbourhood", () => {
  test.each([
    ["f1", "both", 1, "g f1 v"],
    ["f1", "both", 2, "s g f1 v t"],
    ["f1", "upstream", 5, "s g f1"],
    ["f1", "downstream", 5, "f1 v t"],
    ["g", "downstream", 1, "g f1 f2"],
    ["s", "upstream", 3, "s"],
  ] as const)("%s %s %i", (node, direction, depth, expected) => {
    expect(
      neighbourhood(graph, node, direction, depth)
        ?.nodes.map((item) => item.id)
        .join(" "),
    ).toBe(expected);
  });
  test("does not turn round: siblings are no neighbours", () => {
    expect(neighbourhood(graph, "f1", "both", 10)?.nodes.map((item) => item.id)).not.toContain("f2");
  });
  test("is null for an unknown node", () => {
    expect(neighbourhood(graph, "nobody", "both", 1)).toBeNull();
  });
});
