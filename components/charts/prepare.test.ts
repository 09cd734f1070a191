import { describe, expect, it } from "vitest";
import { prepareHistogram } from "./prepare-histogram";
import { prepareTopValues } from "./prepare-top-values";
import { prepareTrend } from "./prepare-trend";

const quantiles = { p01: 0, p05: 1, p25: 2, p50: 5, p75: 7, p95: 20, p99: 21 };

describe("histogram", () => {
  it("puts bins and quantiles on one axis", () => {
    const drawn = prepareHistogram(
      [
        { from: 0, to: 5, count: 30 },
        { from: 5, to: 10, count: 10 },
      ],
      quantiles,
    );
    expect(drawn?.bars.map((bar) => [bar.x, bar.width, bar.height, bar.share])).toEqual([
      [0, 0.5, 1, 0.75],
      [0.5, 0.5, 1 / 3, 0.25],
    ]);
    expect(drawn?.marks.map((mark) => [mark.name, mark.x])).toEqual([
      ["5 %", 0.1],
      ["median", 0.5],
      ["95 %", 1],
    ]);
  });

  it("draws a constant, and nothing when there is nothing", () => {
    expect(prepareHistogram([{ from: 3, to: 3, count: 9 }], null)?.bars[0]).toMatchObject({
      x: 0,
      width: 1,
      height: 1,
    });
    expect(prepareHistogram([], null)).toBeNull();
    expect(prepareHistogram([{ from: 0, to: 1, count: 0 }], null)).toBeNull();
  });
});

describe("trend", () => {
  const day = (date: number, count = 10, mean: number | null = 1) => ({
    at: `2001-01-${String(date).padStart(2, "0")}T00:00:00.000000Z`,
    count,
    nulls: 1,
    mean,
  });

  it("orders, and breaks the line where a step is missing", () => {
    const points = prepareTrend([day(5), day(1), day(2)]);
    expect(points.map((point) => point.mean)).toEqual([1, 1, null, 1]);
    expect(points[0]?.nullShare).toBe(0.1);
  });

  it("has no share of nothing, and stands one point or none", () => {
    expect(prepareTrend([day(1, 0, null)])[0]).toMatchObject({ mean: null, nullShare: null });
    expect(prepareTrend([])).toEqual([]);
  });
});

describe("top values", () => {
  it("tells how many rows the others hold", () => {
    const { bars, others } = prepareTopValues(
      [
        { value: "ATL", count: 60 },
        { value: "", count: 30 },
      ],
      100,
      12,
    );
    expect(bars).toEqual([
      { label: "ATL", count: 60, share: 0.6, width: 1 },
      { label: "(empty text)", count: 30, share: 0.3, width: 0.5 },
    ]);
    expect(others).toEqual({ values: 10, count: 10, share: 0.1 });
  });

  it("has no others when all are shown", () => {
    expect(prepareTopValues([{ value: true, count: 4 }], 4, 1).others).toBeNull();
  });
});
