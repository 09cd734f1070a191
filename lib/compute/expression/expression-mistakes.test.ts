import { describe, expect, test } from "vitest";
import { isLarderError } from "@/lib/kernel/errors";
import { compile } from "./compile";
import { evaluate, TYPES } from "./examples-fixture";
import { compileExpression } from "./expression";
import { parseExpression } from "./parse";
import type { Scalar } from "./scalars";

function problemOf(text: string): { code: string; detail: string; line?: number; column?: number } {
  try {
    compileExpression(text, TYPES);
  } catch (error) {
    if (isLarderError(error)) return { ...error.issues[0], code: error.code, detail: error.detail };
    throw error;
  }
  throw new Error(`${text} is no mistake`);
}

describe("mistakes", () => {
  test.each<[text: string, column: number, detail: RegExp]>([
    ["", 1, /empty/],
    ["1 +", 4, /The expression ends where a value was expected/],
    ["1 2", 3, /2 stands where an operator or the end was expected/],
    ["(1", 3, /ends where \) that ends the bracket was expected/],
    ["abs(1", 6, /ends where \) or a comma was expected/],
    ["'abc", 1, /never ends/],
    ["1 ; 2", 3, /";" has no meaning/],
    ["eval('1')", 1, /no function eval/],
    ["constructor(1)", 1, /no function constructor/],
    ["__proto__", 1, /no column __proto__/],
    ["smal + 1", 1, /no column smal; did you mean small\?/],
    ["1 + zzzzzz", 5, /there are i, small/],
    ["uper(s)", 1, /did you mean upper\?/],
    ["cast(i as INT46)", 11, /did you mean INT64\?/],
    ["cast(i as DECIMAL)", 11, /no type/],
    ["cast(list as STRING)", 1, /INT64\[\] cannot be cast to STRING/],
    ["cast(yes as TIMESTAMP)", 1, /BOOL cannot be cast/],
    ["s + 1", 1, /\+ needs numbers, and this is STRING; write cast/],
    ["price * 2", 1, /DECIMAL\(10,2\); cast it to FLOAT64/],
    ["later - at", 1, /use seconds_between/],
    ["abs(price)", 5, /cast it to FLOAT64 or INT64 first/],
    ["7.5 // 2", 5, /divides integers/],
    ["i = s", 3, /INT64 does not compare with STRING/],
    ["price = price", 7, /no order or equality/],
    ["at = '2001-01-01'", 4, /TIMESTAMP does not compare with STRING/],
    ["1 = 1 = 1", 7, /cannot follow one another/],
    ["x is null is null", 11, /cannot follow one another/],
    ["i and yes", 1, /A condition is expected, and this is INT64/],
    ["if(1, 2, 3)", 4, /if needs a condition/],
    ["if(yes, 1)", 1, /It is if\(condition, a, b\), and here are 2 arguments/],
    ["round(1, 2, 3)", 1, /round\(x, places\)/],
    ["case when yes then 1 else 'a' end", 1, /INT64 and STRING/],
    ["case yes end", 10, /where when was expected/],
    ["coalesce(1, 'a')", 1, /coalesce is given INT64 and STRING/],
    ["greatest(v)", 1, /cannot compare values of FLOAT32\[3\]/],
    ["s || 1", 6, /\|\| needs a STRING, and this is INT64/],
    ["i in ()", 3, /list of in is empty/],
    ["i in (1, 'a')", 10, /does not compare/],
    ["dot(v, cast(null as FLOAT64))", 8, /an array of numbers, and this is FLOAT64/],
    ["null", 1, /always null/],
    ["coalesce(null, null)", 1, /always null/],
    ["9223372036854775808", 1, /does not fit into 64 bits/],
    ["1e999", 1, /too great/],
    ["1e", 3, /needs digits/],
    ["12abc", 3, /cannot go on with a/],
    ["timestamp 'soon'", 11, /no timestamp/],
    ["date '2001-01-01T00:00'", 6, /no date/],
    ["end", 1, /end stands where a value was expected/],
    ['""', 1, /empty/],
  ])("%s", (text, column, detail) => {
    const problem = problemOf(text);
    expect(problem).toMatchObject({ code: "invalid_expression", line: 1, column });
    expect(problem.detail).toMatch(detail);
  });

  test("vectors of different lengths", () => {
    const columns = new Map([
      ["a", "FLOAT32[2]"],
      ["b", "FLOAT32[3]"],
    ]);
    expect(() => compileExpression("dot(a, b)", columns)).toThrow(/one length, and these have 2 and 3/);
  });

  test("the line is told", () => {
    expect(problemOf("x +\n  zzz")).toMatchObject({ line: 2, column: 3 });
  });
});

describe("limits", () => {
  test("length and nesting", () => {
    expect(problemOf(`1${" ".repeat(4000)}`).detail).toMatch(/at most 4000 characters/);
    expect(problemOf(`${"(".repeat(101)}1${")".repeat(101)}`).detail).toMatch(/more than 100 deep/);
    expect(problemOf("- ".repeat(200)).detail).toMatch(/more than 100 deep/);
    expect(problemOf("not ".repeat(200)).detail).toMatch(/more than 100 deep/);
    expect(evaluate(`${"(".repeat(99)}1${")".repeat(99)}`).value).toBe(1);
  });

  test("a long chain is computed, not refused and not overflowing, up to 2,000 parts", () => {
    expect(evaluate(`0${"+1".repeat(999)}`).value).toBe(999);
    expect(evaluate(`1 in (0${",1".repeat(1996)})`).value).toBe(true);
    expect(problemOf(`0${"+1".repeat(1000)}`).detail).toMatch(/at most 2000 parts/);
    expect(evaluate(`yes${" and yes".repeat(499)}`).value).toBe(true);
  });

  // Computed once for each comparison, the innermost would be computed 2^90 times.
  test.each<[what: string, around: (inner: string) => string]>([
    ["between", (inner) => `(${inner}) between false and true`],
    ["in", (inner) => `(${inner}) in (no, yes)`],
    ["case", (inner) => `case ${inner} when no then no when yes then yes end`],
  ])("%s in one another are computed once each", (_, around) => {
    const nested = (depth: number): string => (depth === 0 ? "yes" : around(nested(depth - 1)));
    expect(evaluate(nested(90)).value).toBe(true);
  });

  test.each(["x between 1 and 2", "x in (1, 2, 3)", "case x when 1 then 'a' when 2 then 'b' end", "x = 1"])(
    "the operand of %s is computed once",
    (text) => {
      const columns = new Map([["x", "INT64"]]);
      const complain = (_: number, detail: string): never => {
        throw new Error(detail);
      };
      const { run } = compile(parseExpression(text), { columns, take: () => 0, complain });
      let reads = 0;
      const row = new Proxy<Scalar[]>([7], {
        get: (values, place) => {
          reads += 1;
          return Reflect.get(values, place);
        },
      });
      run(row);
      expect(reads).toBe(1);
    },
  );

  test("a text that grows too long is null, and soon", () => {
    const doubled = (depth: number): string => (depth === 0 ? "s" : `concat(${doubled(depth - 1)}, s, s)`);
    expect(evaluate(doubled(90)).value).toHaveLength(5 * 181);
    const { evaluate: run } = compileExpression(doubled(90), TYPES);
    const started = performance.now();
    expect(run(["x".repeat(60_000)])).toBeNull();
    expect(performance.now() - started).toBeLessThan(60_000);
  });

  test("hostile texts are read in linear time", () => {
    const started = performance.now();
    const { evaluate: run } = compileExpression("cast(s as FLOAT64)", TYPES);
    expect(run([`${"1".repeat(1_000_000)}x`])).toBeNull();
    expect(compileExpression("trim(s)", TYPES).evaluate([`${" ".repeat(1_000_000)}x`])).toBe("x");
    expect(performance.now() - started).toBeLessThan(60_000);
  });
});
