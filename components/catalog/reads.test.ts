import { describe, expect, it } from "vitest";
import type { LineageGraph, LineageNode } from "@/lib/lineage/schema";
import { consumersOf, featuresReadBy } from "./reads";

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

function graphOf(arrows: [from: string, to: string][]): LineageGraph {
  const ids = [...new Set(arrows.flat())];
  return {
    nodes: ids.map(node),
    edges: arrows.map(([from, to]) => ({ id: `${from}>${to}`, from, to })),
    statistics: { total_nodes: ids.length, total_edges: arrows.length },
  };
}

const graph = graphOf([
  ["feature_group:g", "feature:g:a"],
  ["feature:g:a", "feature_view:v"],
  ["feature:g:b", "feature_view:v"],
  ["feature:g:b", "feature_view:w"],
  ["feature_view:v", "consumer:model"],
  ["feature_view:w", "consumer:model"],
  ["feature:g:a", "consumer:model"],
  ["feature:g:c", "consumer:board"],
  ["feature_view:v", "training_set:t"],
]);
const told = (readings: ReturnType<typeof consumersOf>) =>
  readings.map((reading) => [reading.node.id, reading.through.map((view) => view.name)]);

describe("who reads what", () => {
  it("lists the features of a consumer with the views they come through, and those it names itself without", () => {
    expect(told(featuresReadBy(graph, "consumer:model"))).toEqual([
      ["feature:g:a", []],
      ["feature:g:b", ["v", "w"]],
    ]);
    expect(told(featuresReadBy(graph, "consumer:board"))).toEqual([["feature:g:c", []]]);
  });

  it("lists the consumers of a feature and of a view, and nothing else that reads them", () => {
    expect(told(consumersOf(graph, "feature:g:b"))).toEqual([["consumer:model", ["v", "w"]]]);
    expect(told(consumersOf(graph, "feature:g:a"))).toEqual([["consumer:model", []]]);
    expect(told(consumersOf(graph, "feature_view:v"))).toEqual([["consumer:model", []]]);
    expect(consumersOf(graph, "feature:g:nothing")).toEqual([]);
  });
});
