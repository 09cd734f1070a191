import { describe, expect, test } from "vitest";
import { columnSteps, shownColumn } from "./column-steps";

const edge = (from: string, fromColumn: string, to: string, toColumn: string) => ({ from, fromColumn, to, toColumn });

describe("columnSteps", () => {
  test("gathers what each column is made from, nearest first", () => {
    const steps = columnSteps([
      edge("source:clean", "delay", "feature:g:mean", "mean"),
      edge("source:clean", "at", "feature:g:mean", "mean"),
      edge("source:raw", "delay", "source:clean", "delay"),
    ]);
    expect(steps.map((step) => [step.label, ...step.from.map((one) => one.label)])).toEqual([
      ["g:mean", "clean.delay", "clean.at"],
      ["clean.delay", "raw.delay"],
    ]);
  });
  test("nothing gives no steps", () => {
    expect(columnSteps([])).toEqual([]);
  });
});

describe("shownColumn", () => {
  test.each([
    ["source:raw", "With Space", "raw.With Space", "/sources/raw"],
    ["feature:g:f", "f", "g:f", "/features/g%3Af"],
    ["feature_group:g", "driver", "g.driver", "/feature-groups/g"],
  ])("%s %s", (node, column, label, href) => {
    expect(shownColumn(node, column)).toEqual({ label, href });
  });
});
