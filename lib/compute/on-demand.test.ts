import { expect, test } from "vitest";
import { checkOnDemand, compileOnDemand } from "./on-demand";

const COLUMNS = new Map([
  ["x", "FLOAT64"],
  ["y", "FLOAT64"],
  ["hour_sent", "INT64"],
]);

test("features may read one another, whatever the order of their names", () => {
  const onDemand = compileOnDemand(
    { a: { expression: "b * 2" }, b: { expression: "x - y", type: "FLOAT64" }, c: { expression: "a > hour_sent" } },
    COLUMNS,
  );
  expect(onDemand.inputs).toEqual(["x", "y", "hour_sent"]);
  expect(onDemand.columns.map(({ name, type, from }) => [name, type, from])).toEqual([
    ["a", "FLOAT64", ["x", "y"]],
    ["b", "FLOAT64", ["x", "y"]],
    ["c", "BOOL", ["x", "y", "hour_sent"]],
  ]);
  expect(onDemand.evaluate([3, 1, 4])).toEqual([4, 2, false]);
  expect(onDemand.evaluate([3, null, 4])).toEqual([null, null, null]);
});

test("none at all", () => {
  const { inputs, columns, evaluate } = compileOnDemand({}, COLUMNS);
  expect([inputs, columns, evaluate([])]).toEqual([[], [], []]);
});

test("every mistake is told once, at its own feature", () => {
  const { onDemand, mistakes } = checkOnDemand(
    {
      a: { expression: "b + 1" },
      b: { expression: "c + 1" },
      c: { expression: "a + 1" },
      d: { expression: "zz" },
      e: { expression: "d + 1" },
      f: { expression: "x = 1", type: "INT64" },
      good: { expression: "x" },
      self: { expression: "self" },
      typo: { expression: "x +\n yy" },
    },
    COLUMNS,
  );
  expect(onDemand.columns.map(({ name }) => name)).toEqual(["good"]);
  expect(Object.fromEntries(mistakes.map(({ name, detail }) => [name, detail]))).toEqual({
    c: "a -> b -> c -> a: these read each other in a circle",
    d: expect.stringMatching(/no column zz/),
    f: "The expression gives BOOL, not INT64; write cast(… as INT64), or leave the type out",
    self: "self -> self: these read each other in a circle",
    typo: expect.stringMatching(/no column yy/),
  });
  expect(mistakes.find(({ name }) => name === "typo")).toMatchObject({
    code: "invalid_expression",
    line: 2,
    column: 2,
  });
  expect(() => compileOnDemand({ d: { expression: "zz" } }, COLUMNS)).toThrow(/d: There is no column zz/);
});

test("a long chain of long expressions does not overflow the stack", () => {
  const definitions = Object.fromEntries(
    Array.from({ length: 200 }, (_, n) => [
      `f${n}`,
      { expression: `${n === 199 ? "x" : `f${n + 1}`}${" + 1".repeat(900)}` },
    ]),
  );
  const { columns, evaluate } = compileOnDemand(definitions, COLUMNS);
  expect(columns).toHaveLength(200);
  expect(evaluate([0])[0]).toBe(180_000);
});
