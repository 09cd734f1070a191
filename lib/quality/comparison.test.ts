import { describe, expect, test } from "vitest";
import type { ColumnProfile, Shape } from "@/lib/engines/offline/port";
import { compareColumns, compareFeatures } from "./comparison";

const shape = (features: Record<string, string>, rest: Partial<Shape> = {}): Shape => ({
  keys: [{ name: "driver", type: "INT64" }],
  eventTime: "event_timestamp",
  createdTime: null,
  features: Object.entries(features).map(([name, type]) => ({ name, type })),
  ...rest,
});
const profile = (column: string, mean: number): ColumnProfile => ({
  column,
  count: 10,
  nulls: 2,
  nonFinite: 0,
  distinct: 5,
  min: 0,
  max: 9,
  mean,
  stddev: 1,
  quantiles: { p01: 0, p05: 0, p25: 1, p50: 2, p75: 3, p95: 4, p99: 5 },
  histogram: [{ from: 0, to: 9, count: 8 }],
  topValues: null,
  trend: [{ at: "2024-01-01T00:00:00.000000Z", count: 10, nulls: 2, mean }],
});

describe("compareColumns", () => {
  const changes = (from: Shape, to: Shape): string[] =>
    compareColumns(from, to)
      .filter((column) => column.from !== column.to)
      .map(({ name, role, from: was, to: is }) => `${role} ${name}: ${was} ${is}`);

  test.each<[string, Shape, Shape, string[]]>([
    ["the same", shape({ a: "INT64" }), shape({ a: "INT64" }), []],
    ["added", shape({ a: "INT64" }), shape({ a: "INT64", b: "STRING" }), ["feature b: null STRING"]],
    ["removed", shape({ a: "INT64", b: "STRING" }), shape({ a: "INT64" }), ["feature b: STRING null"]],
    ["another type", shape({ a: "INT64" }), shape({ a: "FLOAT64" }), ["feature a: INT64 FLOAT64"]],
    ["another order", shape({ a: "INT64", b: "STRING" }), shape({ b: "STRING", a: "INT64" }), []],
    ["a created time", shape({}), shape({}, { createdTime: "known_at" }), ["created_time known_at: null TIMESTAMP"]],
    [
      "other keys, and a feature that became one",
      shape({ car: "INT64" }),
      shape({}, { keys: [{ name: "car", type: "INT64" }] }),
      ["key car: null INT64", "key driver: INT64 null", "feature car: INT64 null"],
    ],
  ])("%s", (_, from, to, expected) => {
    expect(changes(from, to)).toEqual(expected);
  });

  test("every column is there once: as the newer side has them, then what it lost", () => {
    const columns = compareColumns(shape({ a: "INT64", b: "INT64" }), shape({ c: "INT64", b: "INT64" }));
    expect(columns.map(({ name }) => name)).toEqual(["driver", "event_timestamp", "c", "b", "a"]);
  });
});

describe("compareFeatures", () => {
  const side = (features: Record<string, number>) => ({
    shape: shape(Object.fromEntries(Object.keys(features).map((name) => [name, "INT64"]))),
    profiles: new Map(Object.entries(features).map(([name, mean]) => [name, profile(name, mean)])),
  });
  const open = () => ({ unit: null, masked: false });

  test("both sides of what both have, one of what one has", () => {
    const compared = compareFeatures(side({ a: 1, b: 2 }), side({ a: 3, c: 4 }), open);
    expect(compared.map(({ feature, from, to }) => [feature, from?.mean, to?.mean])).toEqual([
      ["a", 1, 3],
      ["c", undefined, 4],
      ["b", 2, undefined],
    ]);
    expect(compared[0]?.from).not.toHaveProperty("trend");
  });

  test("a feature that was not in the definition then has no statistics then, whatever was computed", () => {
    const before = side({ a: 1 });
    before.profiles.set("b", profile("b", 2));
    expect(compareFeatures(before, side({ a: 1, b: 2 }), open)[1]).toMatchObject({ feature: "b", from: null });
  });

  test("what is masked keeps its counts and nothing that comes from a value", () => {
    const [found] = compareFeatures(side({ a: 1 }), side({ a: 2 }), () => ({ unit: "km", masked: true }));
    expect(found).toMatchObject({ unit: "km", masked: true });
    for (const one of [found?.from, found?.to])
      expect(one).toEqual({
        column: "a",
        count: 10,
        nulls: 2,
        nonFinite: 0,
        distinct: 5,
        min: null,
        max: null,
        mean: null,
        stddev: null,
        quantiles: null,
        histogram: null,
        topValues: null,
      });
  });
});
