import { describe, expect, test } from "vitest";
import type { Column, Value } from "@/lib/kernel/values";
import { axesOf, fitChoice, prepareChart, suggestChart } from "./prepare-chart";

const columns: Column[] = [
  { name: "airport", type: "STRING" },
  { name: "at", type: "TIMESTAMP" },
  { name: "delay", type: "FLOAT64" },
  { name: "price", type: "DECIMAL(10,2)" },
  { name: "list", type: "INT64[]" },
];
const rows: Value[][] = [
  ["ATL", "2024-01-02T00:00:00.000000Z", 2, "10.50", [1]],
  ["ORD", "2024-01-01T00:00:00.000000Z", null, "-3", null],
  [null, null, 4, null, null],
  ["JFK", "2024-01-03T00:00:00.000000Z", "NaN", "1", null],
];

test.each([
  [[0, 2], { kind: "bar", x: 0, y: 1 }],
  [[0, 1, 2], { kind: "line", x: 1, y: 2 }],
  [[2, 3], { kind: "scatter", x: 0, y: 1 }],
  [[2], { kind: "bar", x: 0, y: 0 }],
  [[0, 1], null],
  [[], null],
])("columns %j suggest %j", (at, choice) => {
  const chosen = rows.map((row) => at.map((i) => row[i] ?? null));
  expect(
    suggestChart(
      at.map((i) => columns[i] as Column),
      chosen,
    ),
  ).toEqual(choice);
});

test("a time that stands still is no axis", () => {
  const still: Value[][] = rows.map(([label, , delay]) => [
    label ?? null,
    "2024-01-01T00:00:00.000000Z",
    delay ?? null,
  ]);
  expect(suggestChart(columns.slice(0, 3), still)).toEqual({ kind: "bar", x: 0, y: 2 });
});

test("axes take what they can", () => {
  expect(axesOf(columns, "bar")).toEqual({ x: [0, 1, 2, 3], y: [2, 3] });
  expect(axesOf(columns, "scatter")).toEqual({ x: [1, 2, 3], y: [2, 3] });
  expect(fitChoice(columns, { kind: "scatter", x: 0, y: 4 })).toEqual({ kind: "scatter", x: 1, y: 2 });
  expect(fitChoice([columns[0] as Column], { kind: "bar", x: 0, y: 0 })).toBeNull();
});

describe("points", () => {
  test("bars keep the order of the rows, and say what they leave out", () => {
    expect(prepareChart(columns, rows, { kind: "bar", x: 0, y: 2 })).toEqual({
      points: [
        { x: "ATL", y: 2 },
        { x: "null", y: 4 },
      ],
      time: false,
      notes: ["2 of 4 rows have no number here and are left out"],
    });
  });

  test("a line goes forward in time; decimals are numbers", () => {
    const { points, time } = prepareChart(columns, rows, { kind: "line", x: 1, y: 3 });
    expect([points.map(({ y }) => y), time]).toEqual([[-3, 10.5, 1], true]);
  });

  test("never more than can be seen, evenly", () => {
    const many = Array.from({ length: 10_000 }, (_, i): Value[] => [i, i]);
    const two: Column[] = [
      { name: "a", type: "INT64" },
      { name: "b", type: "INT64" },
    ];
    const scatter = prepareChart(two, many, { kind: "scatter", x: 0, y: 1 });
    expect([scatter.points.length, scatter.points.at(-1)?.x]).toEqual([2000, 9995]);
    expect(scatter.notes).toEqual(["Every 5th of 10000 points is drawn"]);
    expect(prepareChart(two, many, { kind: "bar", x: 0, y: 1 }).points).toHaveLength(50);
  });
});
