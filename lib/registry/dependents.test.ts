import { expect, test } from "vitest";
import { Definition } from "./definition-schema";
import { type Dependent, dependentOf, downstreamOf, relatedTo } from "./dependents";

const of = (definition: object, reads: string[] = []): Dependent => dependentOf(Definition.parse(definition), reads);
const group = (name: string, reads: string[]): Dependent =>
  of(
    {
      kind: "feature_group",
      name,
      entity: "driver",
      sql: "x",
      owner: `o_${name}`,
      features: [{ name: "a", type: "INT64" }],
    },
    reads,
  );

const ALL = [
  of({ kind: "entity", name: "driver", joinKeys: [] }),
  of({ kind: "source", name: "raw" }),
  of({ kind: "source", name: "clean", owner: "ops" }, ["raw"]),
  group("base", ["clean"]),
  group("made", ["base"]),
  group("apart", ["other"]),
  of({ kind: "feature_view", name: "model", joins: [{ group: "made", features: ["a"] }] }, ["clean"]),
  of({ kind: "consumer", name: "app", type: "service", views: ["model"] }),
  of({ kind: "consumer", name: "board", type: "dashboard", features: ["base@2:a"] }),
  { id: "training_set:set", owner: "ann", dependsOn: ["feature_view:model"] },
];

test.each<[string, string[]]>([
  ["feature_view:model", ["consumer:app", "training_set:set"]],
  ["feature_group:made", ["consumer:app", "feature_view:model", "training_set:set"]],
  [
    "feature_group:base",
    ["consumer:app", "consumer:board", "feature_group:made", "feature_view:model", "training_set:set"],
  ],
  [
    "source:raw",
    [
      "consumer:app",
      "consumer:board",
      "feature_group:base",
      "feature_group:made",
      "feature_view:model",
      "source:clean",
      "training_set:set",
    ],
  ],
  ["feature_group:apart", []],
  ["consumer:app", []],
  ["feature_group:nobody", []],
])("downstream of %s, sorted", (id, expected) => {
  expect(downstreamOf(ALL, id).map((item) => item.id)).toEqual(expected);
});

test("everything of an entity is downstream of it, with owners", () => {
  const found = downstreamOf(ALL, "entity:driver");
  expect(found).toHaveLength(7);
  expect(found.find((item) => item.id === "feature_group:base")?.owner).toBe("o_base");
  expect(found.find((item) => item.id === "feature_view:model")?.owner).toBeNull();
});

test("a circle ends", () => {
  const circle: Dependent[] = [
    { id: "source:a", owner: null, dependsOn: ["source:b"] },
    { id: "source:b", owner: null, dependsOn: ["source:a"] },
  ];
  expect(downstreamOf(circle, "source:a").map((item) => item.id)).toEqual(["source:b"]);
});

test("related: both ways, but not round the corner", () => {
  const related = relatedTo(ALL, ["feature_group:made"]);
  expect(related).toContain("source:raw");
  expect(related).toContain("consumer:app");
  expect(related).not.toContain("consumer:board");
  expect(related).not.toContain("feature_group:apart");
});
