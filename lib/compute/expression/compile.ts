import { FLOAT_ARITHMETIC, INTEGER_ARITHMETIC } from "./arithmetic";
import { castOf } from "./casts";
import { compileCall } from "./compile-call";
import { suggestion } from "./mistake";
import { isInteger, isNumber, limited, NULL_TYPE, readerOf, type Scalar } from "./scalars";
import type { Comparison, Node } from "./syntax";
import { type Complain, commonType, comparatorOf, converted, type Run, type Typed } from "./typed";

/** Columns by name, with the texts of their types. */
export type Columns = Pick<ReadonlyMap<string, string>, "get" | "keys">;

/** What names mean: `take` answers a column's place among the inputs. */
export type Scope = {
  columns: Columns;
  take(name: string): number;
  complain: Complain;
};

/** Checks the types of what is written and makes it computable. Calls `complain` for the first mistake. */
export function compile(node: Node, scope: Scope): Typed {
  const { at } = node;
  const typed = (type: string, run: Run): Typed => ({ type, at, run });
  const constant = (type: string, value: Scalar): Typed => typed(type, () => value);
  switch (node.kind) {
    case "null":
      return constant(NULL_TYPE, null);
    case "boolean":
      return constant("BOOL", node.value);
    case "integer":
      return constant("INT64", readerOf("INT64")(String(node.value)));
    case "float":
      return constant("FLOAT64", node.value);
    case "text":
      return constant("STRING", node.value);
    case "instant":
      return constant(node.type, node.value);
    case "column":
      return column(node.name, at, scope);
    case "negative":
      return negative(compile(node.operand, scope), scope);
    case "not": {
      const { run } = condition(compile(node.operand, scope), scope);
      return typed("BOOL", (row) => not(run(row)));
    }
    case "binary":
      return binary(node, scope);
    case "isNull": {
      const { run } = compile(node.operand, scope);
      return typed("BOOL", node.negated ? (row) => run(row) !== null : (row) => run(row) === null);
    }
    case "in": {
      const operand = compile(node.operand, scope);
      const tests = node.list.map((item) => against("=", operand, compile(item, scope), scope, item.at));
      return typed("BOOL", negatedIf(node.negated, given(operand, anyOf(tests))));
    }
    case "between": {
      const operand = compile(node.operand, scope);
      const low = against(">=", operand, compile(node.low, scope), scope, node.low.at);
      const high = against("<=", operand, compile(node.high, scope), scope, node.high.at);
      return typed("BOOL", negatedIf(node.negated, given(operand, allOf([low, high]))));
    }
    case "case":
      return caseOf(node, scope);
    case "cast": {
      const operand = compile(node.operand, scope);
      const cast = castOf(operand.type, node.type);
      if (!cast) return scope.complain(at, `A ${operand.type} cannot be cast to ${node.type}`);
      const { run } = operand;
      return typed(node.type, (row) => {
        const value = run(row);
        return value === null ? null : cast(value);
      });
    }
    case "call":
      return compileCall(
        node,
        node.args.map((arg) => compile(arg, scope)),
        scope.complain,
      );
  }
}

function column(name: string, at: number, { columns, take, complain }: Scope): Typed {
  const type = columns.get(name);
  if (type === undefined) {
    const known = [...columns.keys()];
    const near = suggestion(name, known);
    const there = known.length === 0 ? "; there are no columns" : `; there are ${known.slice(0, 20).join(", ")}`;
    return complain(at, `There is no column ${name}${near || there}`);
  }
  const place = take(name);
  return { type, at, run: (row) => row[place] ?? null };
}

function negative(operand: Typed, { complain }: Scope): Typed {
  const { type, at, run } = operand;
  if (type === NULL_TYPE) return operand;
  if (!isNumber(type)) return complain(at, `- needs a number, and this is ${type}${decimalHint(type)}`);
  if (!isInteger(type)) return { type: "FLOAT64", at, run: (row) => negated(run(row) as number | null) };
  const minus = INTEGER_ARITHMETIC["-"];
  return {
    type: "INT64",
    at,
    run: (row) => {
      const value = run(row);
      return value === null ? null : minus(0, value as number | bigint);
    },
  };
}

const negated = (value: number | null): number | null => (value === null ? null : -value);

function binary(node: Extract<Node, { kind: "binary" }>, scope: Scope): Typed {
  const { operator, at } = node;
  const [left, right] = [compile(node.left, scope), compile(node.right, scope)];
  switch (operator) {
    case "and":
    case "or": {
      const tests = [condition(left, scope).run, condition(right, scope).run];
      const test = operator === "and" ? allOf(tests) : anyOf(tests);
      return { type: "BOOL", at, run: (row) => test(row, null) };
    }
    case "||":
      return joined(left, right, at, scope);
    case "+":
    case "-":
    case "*":
    case "/":
    case "//":
    case "%":
      return arithmetic(operator, left, right, at, scope);
    default:
      return { type: "BOOL", at, run: given(left, against(operator, left, right, scope, at)) };
  }
}

function joined(left: Typed, right: Typed, at: number, { complain }: Scope): Typed {
  for (const { type, at: place } of [left, right])
    if (type !== "STRING" && type !== NULL_TYPE)
      return complain(place, `|| needs a STRING, and this is ${type}; write cast(… as STRING)`);
  return {
    type: "STRING",
    at,
    run: (row) => {
      const [a, b] = [left.run(row), right.run(row)];
      return a === null || b === null ? null : limited(`${a}${b}`);
    },
  };
}

function arithmetic(
  operator: "+" | "-" | "*" | "/" | "//" | "%",
  left: Typed,
  right: Typed,
  at: number,
  { complain }: Scope,
): Typed {
  for (const { type, at: place } of [left, right])
    if (!isNumber(type) && type !== NULL_TYPE)
      return complain(place, `${operator} needs numbers, and this is ${type}${decimalHint(type)}`);
  const whole = [left, right].every(({ type }) => isInteger(type) || type === NULL_TYPE);
  const operands = (operate: (a: never, b: never) => Scalar): Run => {
    const compute = operate as (a: Scalar, b: Scalar) => Scalar;
    return (row) => {
      const [a, b] = [left.run(row), right.run(row)];
      return a === null || b === null ? null : compute(a, b);
    };
  };
  if (operator === "//" && !whole) return complain(at, "// divides integers; use / and floor for other numbers");
  if (whole && operator !== "/") return { type: "INT64", at, run: operands(INTEGER_ARITHMETIC[operator]) };
  const compute = FLOAT_ARITHMETIC[operator === "//" ? "/" : operator];
  return { type: "FLOAT64", at, run: operands((a: Scalar, b: Scalar) => compute(Number(a), Number(b))) };
}

function decimalHint(type: string): string {
  if (type.startsWith("DECIMAL")) return "; cast it to FLOAT64 or INT64 first";
  if (type === "TIMESTAMP" || type === "DATE") return "; use seconds_between(from, to)";
  return type === "STRING" ? "; write cast(… as FLOAT64)" : "";
}

const HOLDS: Readonly<Record<Comparison, (order: number) => boolean>> = {
  "=": (order) => order === 0,
  "<>": (order) => order !== 0,
  "<": (order) => order < 0,
  "<=": (order) => order <= 0,
  ">": (order) => order > 0,
  ">=": (order) => order >= 0,
};

/** What a row says of a value that was computed from it before. */
type Test = (row: readonly Scalar[], value: Scalar) => Scalar;

/**
 * Compares a value of the left part with the right one. The left part is not computed here, but once by `given`, however
 * often its value is compared: parts lie in one another, and each would double the work of those within it.
 */
function against(operator: Comparison, left: Typed, right: Typed, { complain }: Scope, at: number): Test {
  const compare = comparatorOf(left.type, right.type);
  if (!compare) {
    const hint = left.type === right.type ? "there is no order or equality of such values" : "cast one of them";
    return complain(at, `${left.type} does not compare with ${right.type}; ${hint}`);
  }
  const holds = HOLDS[operator];
  return (row, value) => {
    const other = right.run(row);
    return value === null || other === null ? null : holds(compare(value, other));
  };
}

/** Computes a part once for all that is asked about its value. */
function given({ run }: Typed, test: Test): Run {
  return (row) => test(row, run(row));
}

/** A part that is true, false or null. */
function condition(part: Typed, { complain }: Scope): Typed {
  if (part.type === "BOOL" || part.type === NULL_TYPE) return part;
  return complain(part.at, `A condition is expected, and this is ${part.type}; compare it with something`);
}

function not(value: Scalar): Scalar {
  return value === null ? null : !value;
}

function negatedIf(negate: boolean, run: Run): Run {
  return negate ? (row) => not(run(row)) : run;
}

function allOf(tests: readonly Test[]): Test {
  return (row, operand) => {
    let result: Scalar = true;
    for (const test of tests) {
      const value = test(row, operand);
      if (value === false) return false;
      if (value === null) result = null;
    }
    return result;
  };
}

function anyOf(tests: readonly Test[]): Test {
  return (row, operand) => {
    let result: Scalar = false;
    for (const test of tests) {
      const value = test(row, operand);
      if (value === true) return true;
      if (value === null) result = null;
    }
    return result;
  };
}

function caseOf(node: Extract<Node, { kind: "case" }>, scope: Scope): Typed {
  const operand = node.operand && compile(node.operand, scope);
  const tests = node.branches.map(({ when }): Test => {
    const part = compile(when, scope);
    return operand ? against("=", operand, part, scope, when.at) : condition(part, scope).run;
  });
  const results = node.branches.map(({ result }) => compile(result, scope));
  if (node.otherwise) results.push(compile(node.otherwise, scope));
  const type = commonType(results.map((result) => result.type));
  if (type === null) {
    const types = [...new Set(results.map((result) => result.type))].filter((one) => one !== NULL_TYPE);
    return scope.complain(node.at, `The branches of case give ${types.join(" and ")}; cast them to one type`);
  }
  const runs = results.map((result) => converted(result, type).run);
  const otherwise = runs[tests.length];
  return {
    type,
    at: node.at,
    run: (row) => {
      const value = operand?.run(row) ?? null;
      for (let i = 0; i < tests.length; i++) if (tests[i]?.(row, value) === true) return runs[i]?.(row) ?? null;
      return otherwise?.(row) ?? null;
    },
  };
}
