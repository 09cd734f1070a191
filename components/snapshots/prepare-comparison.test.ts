import { describe, expect, test } from "vitest";
import type { ComparedFeature, ComparedGroup } from "@/lib/quality/comparison-schema";
import { deltaOf, prepareComparison } from "./prepare-comparison";

type Side = NonNullable<ComparedFeature["from"]>;
const side = (mean: number, rest: Partial<Side> = {}): Side => ({
  column: "x",
  count: 100,
  nulls: 10,
  nonFinite: 0,
  distinct: 5,
  min: 0,
  max: 10,
  mean,
  stddev: 1,
  quantiles: { p01: 0, p05: 1, p25: 2, p50: mean, p75: 6, p95: 7, p99: 9 },
  histogram: [{ from: mean, to: mean + 1, count: 90 }],
  topValues: null,
  ...rest,
});
const feature = (name: string, from: Side | null, to: Side | null): ComparedFeature => ({
  feature: name,
  unit: null,
  masked: false,
  from,
  to,
});
const moment = (rowCount: number) => ({ version: 1, commit: 1, committedAt: "", rowCount, fileCount: 1, byteCount: 1 });
const group = (features: ComparedFeature[], rest: Partial<ComparedGroup> = {}): ComparedGroup => ({
  group: "stats",
  from: moment(100),
  to: moment(100),
  columns: [],
  features,
  ...rest,
});

describe("deltaOf", () => {
  test.each([
    [
      { from: 2, to: 3 },
      { by: 1, share: 0.5 },
    ],
    [
      { from: -2, to: -3 },
      { by: -1, share: -0.5 },
    ],
    [
      { from: 0, to: 3 },
      { by: 3, share: null },
    ],
    [
      { from: 2, to: 2 },
      { by: 0, share: 0 },
    ],
    [{ from: null, to: 2 }, null],
    [{ from: 2, to: null }, null],
  ])("%j", (figure, expected) => {
    expect(deltaOf(figure)).toEqual(expected);
  });
});

describe("prepareComparison", () => {
  test("features on one side come first, then those whose values moved most", () => {
    const { features } = prepareComparison(
      group([feature("same", side(1), side(1)), feature("moved", side(1), side(8)), feature("new", null, side(1))]),
    );
    expect(features.map((row) => [row.feature, row.place, row.overlay?.moved ?? null])).toEqual([
      ["new", "to", null],
      ["moved", "both", 1],
      ["same", "both", 0],
    ]);
    expect(features[1]).toMatchObject({ mean: { from: 1, to: 8 }, p50: { from: 1, to: 8 }, nullShare: { from: 0.1 } });
    expect(features[0]?.mean).toEqual({ from: null, to: 1 });
  });

  test("only columns that differ are left, with what became of them", () => {
    const column = (name: string, from: string | null, to: string | null) => ({
      name,
      role: "feature" as const,
      from,
      to,
    });
    const columns = [
      column("a", "INT64", "INT64"),
      column("b", null, "INT64"),
      column("c", "INT64", null),
      column("d", "INT32", "INT64"),
    ];
    expect(prepareComparison(group([], { columns })).columns.map(({ name, change }) => [name, change])).toEqual([
      ["b", "added"],
      ["c", "removed"],
      ["d", "type"],
    ]);
  });

  test.each<[string, ComparedGroup, boolean]>([
    ["nothing differs", group([feature("a", side(1), side(1))]), true],
    ["a mean", group([feature("a", side(1), side(2))]), false],
    ["nulls", group([feature("a", side(1), side(1, { nulls: 11 }))]), false],
    ["rows", group([], { to: moment(101) }), false],
    ["a feature", group([feature("a", null, side(1))]), false],
  ])("%s", (_, compared, same) => {
    expect(prepareComparison(compared).same).toBe(same);
  });

  test("no rows give no shares, and nothing to draw", () => {
    const none = side(0, { count: 0, nulls: 0, mean: null, stddev: null, quantiles: null, histogram: [] });
    const [row] = prepareComparison(group([feature("a", none, none)])).features;
    expect(row).toMatchObject({ nullShare: { from: null, to: null }, mean: { from: null, to: null }, overlay: null });
  });
});
