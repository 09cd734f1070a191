import { describe, expect, it } from "vitest";
import { describeGlance, keepsShare, listIngredients } from "./glance-words";

const glance = {
  count: 2_000_000,
  nullShare: 0.012,
  distinct: 300,
  mean: 12.5,
  min: 0,
  max: 99,
  bars: [1],
  barsKind: "histogram" as const,
};

describe("the label's words", () => {
  it("describes numbers, categories and nothing", () => {
    expect(describeGlance({ name: "a", glance })).toBe("a: from 0 to 99, mean 12.5, 1.2 % null of 2.0 M rows");
    expect(describeGlance({ name: "a", glance: { ...glance, barsKind: "top" } })).toBe(
      "a: 300 distinct values, 1.2 % null of 2.0 M rows",
    );
    expect(describeGlance({ name: "a", glance: null })).toBe("a: no statistics yet");
    expect(listIngredients([{ name: "flights" }, { name: "airports" }])).toBe("flights, airports");
  });

  it.each([
    ["2001-06-30T00:00:00Z", 3600, 0.5],
    ["2001-06-29T00:00:00Z", 3600, 0],
    ["2001-07-01T00:00:00Z", 3600, 1],
    [null, 3600, null],
    ["2001-06-30T00:00:00Z", null, null],
  ])("last event %s with ttl %s leaves %s", (last, ttl, share) => {
    expect(keepsShare(last, ttl, Date.parse("2001-06-30T00:30:00Z"))).toBe(share);
  });
});
