import fc from "fast-check";
import type { Value } from "@/lib/kernel/values";
import type { Node } from "./syntax";

/** Writes what was read, every part in brackets. */
export function print(node: Node): string {
  switch (node.kind) {
    case "null":
      return "null";
    case "boolean":
      return String(node.value);
    case "integer":
      return `(${node.value})`;
    case "float":
      return `(${floatText(node.value)})`;
    case "text":
      return `'${node.value.replaceAll("'", "''")}'`;
    case "instant":
      return `${node.type} '${node.value}'`;
    case "column":
      return `"${node.name.replaceAll('"', '""')}"`;
    case "negative":
      return `(- (${print(node.operand)}))`;
    case "not":
      return `(not ${print(node.operand)})`;
    case "binary":
      return `(${print(node.left)} ${node.operator} ${print(node.right)})`;
    case "isNull":
      return `(${print(node.operand)} is ${node.negated ? "not " : ""}null)`;
    case "in":
      return `(${print(node.operand)} ${node.negated ? "not " : ""}in (${node.list.map(print).join(", ")}))`;
    case "between":
      return `(${print(node.operand)} ${node.negated ? "not " : ""}between ${print(node.low)} and ${print(node.high)})`;
    case "case": {
      const branches = node.branches.map(({ when, result }) => ` when ${print(when)} then ${print(result)}`).join("");
      const otherwise = node.otherwise ? ` else ${print(node.otherwise)}` : "";
      return `case${node.operand ? ` ${print(node.operand)}` : ""}${branches}${otherwise} end`;
    }
    case "cast":
      return `cast(${print(node.operand)} as ${node.type})`;
    case "call":
      return `${node.name}(${node.args.map(print).join(", ")})`;
  }
}

function floatText(value: number): string {
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** What was read without places. */
export function withoutPlaces(node: unknown): unknown {
  return JSON.parse(JSON.stringify(node, (key, value) => (key === "at" ? undefined : wordOf(value))));
}

function wordOf(value: unknown): unknown {
  if (typeof value === "bigint") return `${value}n`;
  return Object.is(value, -0) ? "-0" : value;
}

type Text = fc.Arbitrary<string>;

/** Columns that random expressions read, with values worth trying. */
export const RANDOM_COLUMNS: Record<string, { type: string; value: fc.Arbitrary<Value> }> = {
  i: { type: "INT64", value: integers() },
  j: { type: "INT32", value: fc.option(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })) },
  x: { type: "FLOAT64", value: floats() },
  y: { type: "FLOAT64", value: floats() },
  s: { type: "STRING", value: fc.option(fc.string({ unit: "binary", maxLength: 6 })) },
  b: { type: "BOOL", value: fc.option(fc.boolean()) },
  t: { type: "TIMESTAMP", value: instants() },
  d: { type: "DATE", value: fc.option(fc.constantFrom("1969-12-31", "2000-02-29", "0001-01-01", "9999-12-31")) },
  m: { type: "DECIMAL(10,2)", value: fc.option(fc.constantFrom("12.50", "-0.50", "99999999.99")) },
  l: { type: "INT64[]", value: fc.option(fc.array(integers(), { maxLength: 4 })) },
  v: { type: "FLOAT64[2]", value: fc.option(fc.array(floats(), { minLength: 2, maxLength: 2 })) },
};

function integers(): fc.Arbitrary<Value> {
  const edge = fc.constantFrom<Value>("9223372036854775807", "-9223372036854775808", "9007199254740993", 0, 1, -1);
  return fc.option(fc.oneof(edge, fc.maxSafeInteger(), fc.integer({ min: -20, max: 20 })));
}

function floats(): fc.Arbitrary<Value> {
  const edge = fc.constantFrom<Value>("NaN", "Infinity", "-Infinity", 0, -0, 0.5, -1.5, 1e308, 5e-324);
  return fc.option(
    fc.oneof(edge, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer({ min: -9, max: 9 })),
  );
}

function instants(): fc.Arbitrary<Value> {
  return fc.option(
    fc
      .tuple(fc.date({ min: new Date("1900-01-01"), max: new Date("2200-01-01"), noInvalidDate: true }), fc.nat(999))
      .map(([date, micros]) => `${date.toISOString().slice(0, 23)}${String(micros).padStart(3, "0")}Z`),
  );
}

/** Random expressions of every type, by type. */
export function expressions(depth: number): Record<"int" | "float" | "text" | "bool" | "moment", Text> {
  if (depth === 0)
    return {
      int: fc.oneof(fc.constantFrom("i", "j", "0", "7", "null", "9223372036854775807"), fc.nat(99).map(String)),
      float: fc.constantFrom("x", "y", "0.5", "1e308", "-2.5"),
      text: fc.constantFrom("s", "'a'", "'Ab 😀'", "''"),
      bool: fc.constantFrom("b", "true", "null"),
      moment: fc.constantFrom("t", "d", "timestamp '2001-01-31T01:02:03.000004Z'", "date '1999-12-31'"),
    };
  const { int, float, text, bool, moment } = expressions(depth - 1);
  const any = fc.oneof(int, float);
  const join = (...parts: (string | Text)[]): Text =>
    fc.tuple(...parts.map((part) => (typeof part === "string" ? fc.constant(part) : part))).map((all) => all.join(""));
  const compared = fc.constantFrom("=", "<>", "!=", "<", "<=", ">", ">=");
  return {
    int: fc.oneof(
      int,
      join("(", int, fc.constantFrom(" + ", " - ", " * ", " // ", " % "), int, ")"),
      join("(-", int, ")"),
      join(fc.constantFrom("abs(", "sign(", "ceil(", "floor(", "round("), int, ")"),
      join("cast(", fc.oneof(any, text, bool, fc.constant("m")), fc.constantFrom(" as INT64)", " as INT32)")),
      join(fc.constantFrom("hour", "minute", "day", "month", "year", "day_of_week"), "(", moment, ")"),
      join("length(", text, ")"),
      join("case when ", bool, " then ", int, " else ", int, " end"),
      join("array_element(l, ", int, ")"),
      join("if(", bool, ", ", int, ", array_length(l))"),
      join("least(", int, ", ", int, ")"),
    ),
    float: fc.oneof(
      float,
      join("(", any, fc.constantFrom(" + ", " - ", " * ", " / ", " % "), float, ")"),
      join(fc.constantFrom("sqrt", "exp", "ln", "log10"), "(", any, ")"),
      join("abs(", float, ")"),
      join("power(", any, ", ", any, ")"),
      join("round(", float, ", ", int, ")"),
      join("greatest(", any, ", ", float, ")"),
      join("coalesce(", int, ", ", float, ")"),
      join("nullif(", float, ", ", any, ")"),
      join("cast(", fc.oneof(any, text), fc.constantFrom(" as FLOAT64)", " as FLOAT32)")),
      join("epoch_seconds(", moment, ")"),
      join("seconds_between(", moment, ", ", moment, ")"),
      join(fc.constantFrom("dot", "cosine_similarity", "l2_distance"), "(v, v)"),
    ),
    text: fc.oneof(
      text,
      join("(", text, " || ", text, ")"),
      join(fc.constantFrom("lower", "upper", "trim"), "(", text, ")"),
      join("substring(", text, ", ", int, ", ", int, ")"),
      join("concat(", text, ", ", text, ")"),
      join("cast(", fc.oneof(any, bool, moment, fc.constant("m")), " as STRING)"),
    ),
    bool: fc.oneof(
      bool,
      join("(", bool, fc.constantFrom(" and ", " or "), bool, ")"),
      join("(not ", bool, ")"),
      join("(", any, " ", compared, " ", any, ")"),
      join("(", text, " ", compared, " ", text, ")"),
      join("(", moment, " ", compared, " ", moment, ")"),
      join("(", any, fc.constantFrom(" is null)", " is not null)")),
      join("(", any, fc.constantFrom(" in (", " not in ("), any, ", ", any, "))"),
      join("(", any, fc.constantFrom(" between ", " not between "), any, " and ", any, ")"),
      join(fc.constantFrom("starts_with(", "contains("), text, ", ", text, ")"),
      join("cast(", fc.oneof(any, text), " as BOOL)"),
    ),
    moment: fc.oneof(moment, join("cast(", fc.oneof(text, moment), fc.constantFrom(" as TIMESTAMP)", " as DATE)"))),
  };
}
