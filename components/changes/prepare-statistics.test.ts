import { describe, expect, it } from "vitest";
import type { Statistics } from "@/lib/registry/schema";
import { prepareStatistics } from "./prepare-statistics";

function statistics(counts: number[], part: Partial<Statistics> = {}): Statistics {
  const count = counts.reduce((sum, one) => sum + one, 0);
  return {
    column: "x",
    count,
    nulls: 0,
    nonFinite: 0,
    distinct: count,
    min: 0,
    max: counts.length,
    mean: 1,
    stddev: 1,
    quantiles: { p01: 0, p05: 1, p25: 2, p50: 3, p75: 4, p95: 5, p99: 6 },
    histogram: counts.map((one, index) => ({ from: index, to: index + 1, count: one })),
    topValues: null,
    trend: [],
    ...part,
  };
}

describe("statistics before and after", () => {
  it("puts what moved most first, and what cannot be compared last", () => {
    const rows = prepareStatistics([
      { feature: "fresh", before: null, after: statistics([1, 1]) },
      { feature: "same", before: statistics([5, 5]), after: statistics([50, 50]) },
      { feature: "moved", before: statistics([9, 1]), after: statistics([1, 9]) },
      { feature: "unknown", before: null, after: null },
    ]);
    expect(rows.map((row) => row.feature)).toEqual(["moved", "same", "fresh", "unknown"]);
    expect(rows.map((row) => row.compared)).toEqual([true, true, false, false]);
    expect(rows[0]?.overlay?.moved).toBeCloseTo(0.8);
  });

  it("has shares of rows, and null for what was not measured", () => {
    const text = { histogram: null, quantiles: null, mean: null, topValues: [{ value: "a", count: 7 }] };
    const [row] = prepareStatistics([
      {
        feature: "f",
        before: statistics([4], { ...text, nulls: 1 }),
        after: statistics([0], { ...text, distinct: 3 }),
      },
    ]);
    expect(row).toMatchObject({
      nullShare: { before: 0.25, after: null },
      distinct: { before: 4, after: 3 },
      mean: { before: null, after: null },
      p50: { before: null, after: null },
      bars: [7],
      overlay: null,
    });
  });

  it("tells no mean of 0 from no mean", () => {
    expect(prepareStatistics([{ feature: "f", before: statistics([1], { mean: 0 }), after: null }])[0]?.mean).toEqual({
      before: 0,
      after: null,
    });
  });
});
