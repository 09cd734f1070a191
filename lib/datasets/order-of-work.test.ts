import { describe, expect, test } from "vitest";
import { orderOfWork } from "./order-of-work";

const sources = new Map([
  ["flights", []],
  ["departures", ["flights"]],
  ["airports", []],
]);
const groups = new Map([
  ["traffic", ["departures"]],
  ["busiest", ["traffic", "airports"]],
]);

describe("orderOfWork", () => {
  test("puts what is read before what reads it, each once", () => {
    const names = orderOfWork(["busiest", "traffic"], sources, groups).map((step) => `${step.kind}:${step.name}`);
    expect(names).toEqual([
      "source:flights",
      "source:departures",
      "feature_group:traffic",
      "source:airports",
      "feature_group:busiest",
    ]);
  });
  test("leaves out what nobody wanted", () => {
    expect(orderOfWork(["traffic"], sources, groups).map((step) => step.name)).toEqual([
      "flights",
      "departures",
      "traffic",
    ]);
  });
  test("refuses a circle, naming it", () => {
    const circle = new Map([
      ["a", ["b"]],
      ["b", ["a"]],
    ]);
    expect(() => orderOfWork(["a"], new Map(), circle)).toThrow("a -> b -> a");
  });
});
