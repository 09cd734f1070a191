import { expect, test } from "vitest";
import { planText } from "./plan-text";

test("a plan says what happens to each definition, and why", () => {
  const text = planText({
    steps: [
      { action: "create", kind: "entity", name: "airport", grade: null, version: 1, changes: [], downstream: [] },
      {
        action: "change",
        kind: "feature_group",
        name: "traffic",
        grade: "BREAKING",
        version: 2,
        changes: ["feature x removed"],
        downstream: [],
      },
      { action: "unchanged", kind: "source", name: "flights", grade: null, version: 1, changes: [], downstream: [] },
    ],
  });
  expect(text.split("\n")).toEqual([
    "  + create    entity        airport",
    "  ~ change    feature_group traffic v2   BREAKING: feature x removed",
    "  = unchanged source        flights",
    "  1 to create, 1 to change, 1 unchanged",
  ]);
});
