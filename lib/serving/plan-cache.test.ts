import { expect, test } from "vitest";
import { PlanCache } from "./plan-cache";
import type { ReadColumn, ReadPlan } from "./plan-read";

const planOf = (columns: number): ReadPlan => ({
  reads: [],
  columns: Array.from({ length: columns }, () => ({}) as ReadColumn),
  guarded: [],
  view: null,
  onDemand: null,
});

test("the oldest plans go when all together hold too many columns", () => {
  const cache = new PlanCache();
  for (let i = 0; i < 1000; i++) cache.set(`asked ${i}`, planOf(1000));
  expect(cache.size).toBeLessThan(60);
  expect(cache.get("asked 999")).toBeDefined();
  expect(cache.get("asked 0")).toBeUndefined();
});

test("small plans stay", () => {
  const cache = new PlanCache();
  for (let i = 0; i < 3000; i++) cache.set(`asked ${i}`, planOf(10));
  expect(cache.size).toBe(3000);
});

test("what is asked at great length is not kept", () => {
  const cache = new PlanCache();
  cache.set("x".repeat(200_000), planOf(1));
  expect(cache.size).toBe(0);
});
