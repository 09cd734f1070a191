import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { expect, test } from "vitest";
import { isLarderError } from "@/lib/kernel/errors";
import type { Value } from "@/lib/kernel/values";
import { compileExpression, type Expression } from "./expression";
import { expressions, print, RANDOM_COLUMNS, withoutPlaces } from "./expression-fixture";
import { parseExpression } from "./parse";

const TYPES = new Map(Object.entries(RANDOM_COLUMNS).map(([name, { type }]) => [name, type]));
const ROW = fc.record(Object.fromEntries(Object.entries(RANDOM_COLUMNS).map(([name, { value }]) => [name, value])));
const ANY = fc.oneof(...Object.values(expressions(3)));
const RUNS = { numRuns: 2000 };

/** Null for a literal null, which has no type of its own. */
function compiled(text: string): Expression | null {
  try {
    return compileExpression(text, TYPES);
  } catch (error) {
    if (isLarderError(error) && /always null/.test(error.detail)) return null;
    throw error;
  }
}

function isOf(value: Value, type: string): boolean {
  if (value === null) return true;
  if (type === "INT32")
    return Number.isInteger(value) && value === Math.trunc(Number(value)) && Math.abs(Number(value)) <= 2 ** 31;
  if (type === "INT64")
    return typeof value === "number"
      ? Number.isSafeInteger(value) && !Object.is(value, -0)
      : typeof value === "string" &&
          BigInt.asIntN(64, BigInt(value)).toString() === value &&
          !Number.isSafeInteger(Number(value));
  if (type === "FLOAT64" || type === "FLOAT32")
    return typeof value === "number"
      ? Number.isFinite(value)
      : ["NaN", "Infinity", "-Infinity"].includes(String(value));
  if (type === "STRING") return typeof value === "string";
  if (type === "BOOL") return typeof value === "boolean";
  if (type === "DATE") return /^\d{4}-\d\d-\d\d$/.test(String(value));
  return type === "TIMESTAMP" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(String(value));
}

test("what is printed reads as what was printed", () => {
  fc.assert(
    fc.property(ANY, (text) => {
      const node = parseExpression(text);
      expect(withoutPlaces(parseExpression(print(node)))).toEqual(withoutPlaces(node));
    }),
    RUNS,
  );
});

test("an expression gives a value of its type or null, whatever the row", () => {
  fc.assert(
    fc.property(ANY, ROW, (text, row) => {
      const expression = compiled(text);
      if (!expression) return;
      const value = expression.evaluate(expression.inputs.map((name) => row[name] ?? null));
      expect(isOf(value, expression.type), `${text} = ${JSON.stringify(value)}, not ${expression.type}`).toBe(true);
    }),
    RUNS,
  );
});

test("any text compiles or is refused with a place, and never throws anything else", () => {
  const noise = fc.oneof(
    fc.string({ maxLength: 40 }),
    fc
      .array(
        fc.constantFrom(..."i x ( ) + - 'a' case when then end not in and , as cast null 1 2.5 || between".split(" ")),
        { maxLength: 14 },
      )
      .map((parts) => parts.join(" ")),
    ANY.chain((text) => fc.nat(text.length).map((at) => text.slice(0, at))),
  );
  fc.assert(
    fc.property(noise, (text) => {
      try {
        compileExpression(text, TYPES);
      } catch (error) {
        expect(isLarderError(error) && error.code === "invalid_expression" && (error.issues[0]?.column ?? 0) > 0).toBe(
          true,
        );
      }
    }),
    RUNS,
  );
});

test("null in gives null out, but for what looks at nulls", () => {
  const looking = /is (not )?null|coalesce|concat|least|greatest|case|if\(|and|or|in \(|between/;
  const nulls = Object.fromEntries(Object.keys(RANDOM_COLUMNS).map((name) => [name, null]));
  fc.assert(
    fc.property(ANY, (text) => {
      const expression = looking.test(text) ? null : compiled(text);
      if (!expression || expression.inputs.length === 0) return;
      expect(expression.evaluate(expression.inputs.map((name) => nulls[name] ?? null)), text).toBeNull();
    }),
    RUNS,
  );
});

/** Where the language means the same as DuckDB: integers in range, floats, comparison, three-valued logic, dates, rounding. */
const SHARED = [
  "i + j",
  "i - j",
  "i * j",
  "i // j",
  "i % j",
  "j / 7",
  "x + y",
  "x - y",
  "x * y",
  "j * x",
  "i = j",
  "i < j",
  "x < y",
  "x = y",
  "x >= i",
  "i in (j, 1, null)",
  "i not in (j, 2)",
  "i between j and 9",
  "x is null",
  "b and x < y",
  "b or x < y",
  "not b",
  "case when b then j else i end",
  "coalesce(x, y, 1.5)",
  "nullif(i, j)",
  "abs(j)",
  "floor(x)",
  "ceil(x)",
  "round(x)",
  "round(x, 2)",
  "sign(j)",
  "sqrt(abs(x))",
  "least(x, y)",
  "greatest(i, j)",
  "hour(t)",
  "minute(t)",
  "day(t)",
  "month(t)",
  "year(t)",
  "year(d)",
  "epoch_seconds(t)",
  "s < 'b'",
  "s = 'a'",
  "length(s)",
  "s || 'x'",
  "concat(s, 'x')",
  "starts_with(s, 'a')",
  "contains(s, 'b')",
  "t < cast(d as TIMESTAMP)",
  "cast(x as INT64)",
  "cast(i as FLOAT64)",
  "cast(t as DATE)",
  "array_length(l)",
];
const DUCK: Record<string, string> = {
  "epoch_seconds(t)": "epoch_us(t) / 1e6",
  "sqrt(abs(x))": "CASE WHEN x IS NOT NULL THEN sqrt(abs(x)) END",
  "array_length(l)": "len(l)",
  "length(s)": "length(s)",
  "cast(t as DATE)": "strftime(CAST(t AS DATE), '%Y-%m-%d')",
  "cast(x as INT64)": "try_cast(x AS BIGINT)",
  "s < 'b'": "s < 'b'",
  "cast(i as FLOAT64)": "CAST(i AS DOUBLE)",
  "t < cast(d as TIMESTAMP)": "t < CAST(d AS TIMESTAMPTZ)",
  "greatest(i, j)": "greatest(i, CAST(j AS BIGINT))",
  "i + j": "try_cast(CAST(i AS HUGEINT) + j AS BIGINT)",
  "i - j": "try_cast(CAST(i AS HUGEINT) - j AS BIGINT)",
  "i * j": "try_cast(CAST(i AS HUGEINT) * j AS BIGINT)",
  "i // j": "try_cast(CAST(i AS HUGEINT) // j AS BIGINT)",
  "abs(j)": "abs(CAST(j AS BIGINT))",
};
const DUCK_TYPES: Record<string, string> = {
  INT64: "BIGINT",
  INT32: "INTEGER",
  FLOAT64: "DOUBLE",
  STRING: "VARCHAR",
  BOOL: "BOOLEAN",
  TIMESTAMP: "TIMESTAMPTZ",
  DATE: "DATE",
  "INT64[]": "BIGINT[]",
};

test("gives what DuckDB gives where both mean the same", async () => {
  const names = ["i", "j", "x", "y", "s", "b", "t", "d", "l"];
  const rows = fc.sample(ROW, 400);
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  const constant = (name: string, value: Value): string => {
    const type = DUCK_TYPES[RANDOM_COLUMNS[name]?.type ?? ""] ?? "VARCHAR";
    if (value === null) return `CAST(NULL AS ${type})`;
    const text = Array.isArray(value)
      ? `[${value.map((item) => item ?? "NULL").join(", ")}]`
      : Object.is(value, -0)
        ? "-0.0"
        : String(value);
    return `CAST('${text.replaceAll("'", "''")}' AS ${type})`;
  };
  const sound = rows.filter((row) => !String(row.s).includes("\0"));
  for (const text of SHARED) {
    const expression = compileExpression(text, TYPES);
    const sql = DUCK[text] ?? text;
    const bodies = sound.map(
      (row, n) =>
        `SELECT ${n} AS n, ${names.map((name) => `${constant(name, row[name] ?? null)} AS ${name}`).join(", ")}`,
    );
    const result = await connection.runAndReadAll(
      `SELECT CAST(r AS VARCHAR), r IS NULL FROM (SELECT n, (${sql}) AS r FROM (${bodies.join(" UNION ALL ")})) ORDER BY n`,
    );
    const found = result.getRowsJS();
    sound.forEach((row, n) => {
      const value = expression.evaluate(expression.inputs.map((name) => row[name] ?? null));
      const duck = found[n]?.[0] ?? null;
      const where = `${text} of ${JSON.stringify(row)}`;
      // Division by zero and what overflows have no answer here; DuckDB goes on with infinities.
      const numbers = expression.inputs.map((name) => row[name]);
      if (value === null && /inf|nan/.test(String(duck)) && !numbers.some((one) => /NaN|Inf/.test(String(one)))) return;
      if (value === null || duck === null) expect([value, where]).toEqual([duck, where]);
      else if (expression.type === "FLOAT64") expect([numberOf(value), where]).toEqual([numberOf(duck), where]);
      else expect([String(value), where]).toEqual([String(duck), where]);
    });
  }
  connection.closeSync();
  instance.closeSync();
}, 60_000);

function numberOf(value: unknown): number {
  const text = String(value);
  if (/^-?inf/i.test(text)) return text.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(text) + 0;
}
