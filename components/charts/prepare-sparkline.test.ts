import { describe, expect, it } from "vitest";
import { prepareSparkline } from "./prepare-sparkline";

describe("sparkline bars", () => {
  it("scales to the tallest and keeps rare bins visible", () => {
    const bars = prepareSparkline([1000, 500, 1, 0]);
    expect(bars.map((bar) => bar.height)).toEqual([1, 0.5, 0.06, 0]);
    expect(bars[0]?.x).toBeGreaterThanOrEqual(0);
    const last = bars.at(-1);
    expect((last?.x ?? 0) + (last?.width ?? 0)).toBeLessThanOrEqual(1);
  });

  it.each([[[]], [[0, 0]]])("is empty for %j", (counts) => {
    expect(prepareSparkline(counts)).toEqual([]);
  });
});
