import { describe, expect, it } from "vitest";
import { prepareOverlay } from "./prepare-overlay";

const bins = (from: number, to: number, counts: number[]) =>
  counts.map((count, index) => ({
    from: from + ((to - from) * index) / counts.length,
    to: from + ((to - from) * (index + 1)) / counts.length,
    count,
  }));

describe("two distributions on one axis", () => {
  it("compares shares, so that twice as many rows of the same kind moved nothing", () => {
    const drawn = prepareOverlay(bins(0, 10, [10, 30]), bins(0, 10, [20, 60]), 2);
    expect(drawn).toMatchObject({ min: 0, max: 10, moved: 0 });
    expect(drawn?.rows).toEqual([
      { from: 0, to: 5, before: 0.25, after: 0.25 },
      { from: 5, to: 10, before: 0.75, after: 0.75 },
    ]);
    expect(drawn?.after.map((bar) => [bar.x, bar.width, bar.height])).toEqual([
      [0, 0.5, 1 / 3],
      [0.5, 0.5, 1],
    ]);
  });

  it("spans both ranges, and says how much moved", () => {
    const drawn = prepareOverlay(bins(0, 10, [10]), bins(10, 20, [5]), 4);
    expect(drawn).toMatchObject({ min: 0, max: 20, moved: 1 });
    expect(drawn?.rows.map((row) => [row.before, row.after])).toEqual([
      [0.5, 0],
      [0.5, 0],
      [0, 0.5],
      [0, 0.5],
    ]);
    expect(prepareOverlay(bins(0, 10, [10, 10]), bins(0, 10, [10, 30]), 2)?.moved).toBeCloseTo(0.25);
  });

  it("puts every value on the axis when bins do not meet, and for constants", () => {
    const drawn = prepareOverlay(bins(-3, 7, [1, 5, 2]), [{ from: 7, to: 7, count: 4 }], 5);
    expect(drawn?.rows.reduce((sum, row) => sum + row.before, 0)).toBeCloseTo(1);
    expect(drawn?.rows.reduce((sum, row) => sum + row.after, 0)).toBe(1);
    expect(prepareOverlay([{ from: 2, to: 2, count: 1 }], [{ from: 2, to: 2, count: 9 }])).toMatchObject({
      moved: 0,
      after: [{ x: 0, width: 1, height: 1 }],
    });
  });

  it("draws nothing when one has no values", () => {
    expect(prepareOverlay([], bins(0, 1, [1]))).toBeNull();
    expect(prepareOverlay(bins(0, 1, [1]), bins(0, 1, [0]))).toBeNull();
  });
});
