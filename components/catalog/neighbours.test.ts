import { describe, expect, it } from "vitest";
import type { LineageNode } from "@/lib/lineage/schema";
import { neighboursOf, nodeHref } from "./neighbours";

const node = (id: string): LineageNode => {
  const [kind, ...rest] = id.split(":");
  return {
    id,
    kind: kind as LineageNode["kind"],
    name: rest.at(-1) ?? "",
    group: rest.length > 1 ? (rest[0] ?? null) : null,
    description: "",
    owner: null,
    tags: [],
    status: null,
    rowCount: null,
    lastEventTime: null,
    lastCommitAt: null,
  };
};
const edge = (from: string, to: string) => ({ id: `${from}>${to}`, from, to });

describe("neighbours in the lineage", () => {
  const ids = ["source:s", "feature_group:g", "feature:g:f", "feature_view:v", "training_set:t"];
  const graph = {
    nodes: ids.map(node),
    edges: ids.slice(1).map((id, index) => edge(ids[index] ?? "", id)),
    statistics: { total_nodes: 5, total_edges: 4 },
  };

  it("walks both ways, nearest first, and ends in a circle", () => {
    const circle = { ...graph, edges: [...graph.edges, edge("training_set:t", "source:s")] };
    expect(neighboursOf(graph, "feature:g:f")).toMatchObject({
      upstream: [{ id: "feature_group:g" }, { id: "source:s" }],
      downstream: [{ id: "feature_view:v" }, { id: "training_set:t" }],
    });
    expect(neighboursOf(circle, "feature:g:f").downstream).toHaveLength(4);
  });

  it("leads to each kind's page", () => {
    expect([...graph.nodes, node("consumer:c")].map(nodeHref)).toEqual([
      "/sources/s",
      "/feature-groups/g",
      "/features/g%3Af",
      "/feature-views/v",
      "/training-sets/t",
      "/consumers/c",
    ]);
  });
});
