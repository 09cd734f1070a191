import { misfit, STRICT_FUNCTIONS, type StrictFunction } from "./functions";
import { suggestion } from "./mistake";
import { limited, NULL_TYPE, type Scalar } from "./scalars";
import type { Node } from "./syntax";
import { type Complain, commonType, comparatorOf, converted, type Typed } from "./typed";

type Call = Extract<Node, { kind: "call" }>;
type Special = {
  usage: string;
  least: number;
  most: number;
  compile(args: readonly Typed[], at: number, complain: Complain): Typed;
};

const ANY_NUMBER = Number.POSITIVE_INFINITY;

const SPECIAL_FUNCTIONS: Readonly<Record<string, Special>> = {
  coalesce: { usage: "coalesce(a, b, …)", least: 1, most: ANY_NUMBER, compile: coalesce },
  nullif: { usage: "nullif(a, b)", least: 2, most: 2, compile: nullIf },
  if: { usage: "if(condition, a, b)", least: 3, most: 3, compile: choose },
  least: { usage: "least(a, b, …)", least: 1, most: ANY_NUMBER, compile: (...args) => extreme("least", -1, ...args) },
  greatest: {
    usage: "greatest(a, b, …)",
    least: 1,
    most: ANY_NUMBER,
    compile: (...args) => extreme("greatest", 1, ...args),
  },
  concat: { usage: "concat(a, b, …)", least: 1, most: ANY_NUMBER, compile: concat },
};

/** How each function is written, by name: for messages, pages and tests. */
export const FUNCTION_USAGES: ReadonlyMap<string, string> = new Map(
  [...Object.entries(STRICT_FUNCTIONS), ...Object.entries(SPECIAL_FUNCTIONS)]
    .map(([name, { usage }]) => [name, usage] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1)),
);

/** A call of a function, checked: there is one of this name that takes these arguments. */
export function compileCall(call: Call, args: readonly Typed[], complain: Complain): Typed {
  const { name, at } = call;
  if (Object.hasOwn(SPECIAL_FUNCTIONS, name)) {
    const found = SPECIAL_FUNCTIONS[name] as Special;
    if (args.length < found.least || args.length > found.most) return miscounted(found.usage, args, at, complain);
    return found.compile(args, at, complain);
  }
  if (Object.hasOwn(STRICT_FUNCTIONS, name))
    return strict(name, STRICT_FUNCTIONS[name] as StrictFunction, args, at, complain);
  const near = suggestion(name, FUNCTION_USAGES.keys());
  return complain(at, `There is no function ${name}${near || `; there are ${[...FUNCTION_USAGES.keys()].join(", ")}`}`);
}

function miscounted(usage: string, args: readonly Typed[], at: number, complain: Complain): never {
  return complain(at, `It is ${usage}, and here are ${args.length} arguments`);
}

function strict(
  name: string,
  { usage, parameters, optional = 0, result, make }: StrictFunction,
  args: readonly Typed[],
  at: number,
  complain: Complain,
): Typed {
  if (args.length > parameters.length || args.length < parameters.length - optional)
    return miscounted(usage, args, at, complain);
  args.forEach((arg, i) => {
    const wrong = misfit(parameters[i] ?? "number", arg);
    const hint = arg.type.startsWith("DECIMAL") ? "; cast it to FLOAT64 or INT64 first" : "";
    if (wrong) complain(arg.at, `${name} needs ${wrong}${hint}`);
  });
  const types = args.map((arg) => arg.type);
  requireSameLength(name, parameters, args, complain);
  const compute = make(types) as (...values: Scalar[]) => Scalar;
  const type = result(types);
  const [first, second] = args.map((arg) => arg.run);
  if (args.length === 1 && first)
    return {
      type,
      at,
      run: (row) => {
        const value = first(row);
        return value === null ? null : compute(value);
      },
    };
  if (args.length === 2 && first && second)
    return {
      type,
      at,
      run: (row) => {
        const [a, b] = [first(row), second(row)];
        return a === null || b === null ? null : compute(a, b);
      },
    };
  return {
    type,
    at,
    run: (row) => {
      const values = args.map((arg) => arg.run(row));
      return values.includes(null) ? null : compute(...values);
    },
  };
}

/** Vectors whose lengths are known must be equally long. */
function requireSameLength(
  name: string,
  parameters: readonly string[],
  args: readonly Typed[],
  complain: Complain,
): void {
  if (parameters[0] !== "vector") return;
  const [a, b] = args.map((arg) => /\[(\d+)\]$/.exec(arg.type)?.[1]);
  if (a && b && a !== b)
    complain(args[1]?.at ?? 0, `${name} needs vectors of one length, and these have ${a} and ${b}`);
}

function together(name: string, args: readonly Typed[], at: number, complain: Complain): Typed[] {
  const type = commonType(args.map((arg) => arg.type));
  if (type !== null) return args.map((arg) => converted(arg, type));
  const types = [...new Set(args.map((arg) => arg.type))].filter((one) => one !== NULL_TYPE);
  return complain(at, `${name} is given ${types.join(" and ")}; cast them to one type`);
}

const typeOf = (args: readonly Typed[]): string => args[0]?.type ?? NULL_TYPE;

function coalesce(given: readonly Typed[], at: number, complain: Complain): Typed {
  const args = together("coalesce", given, at, complain);
  return {
    type: typeOf(args),
    at,
    run: (row) => {
      for (const arg of args) {
        const value = arg.run(row);
        if (value !== null) return value;
      }
      return null;
    },
  };
}

function nullIf(args: readonly Typed[], at: number, complain: Complain): Typed {
  const [a, b] = args as [Typed, Typed];
  const compare = comparatorOf(a.type, b.type);
  if (!compare) return complain(at, `nullif cannot compare ${a.type} with ${b.type}`);
  return {
    type: a.type,
    at,
    run: (row) => {
      const [value, other] = [a.run(row), b.run(row)];
      return value !== null && other !== null && compare(value, other) === 0 ? null : value;
    },
  };
}

function choose([condition, ...rest]: readonly Typed[], at: number, complain: Complain): Typed {
  const test = condition as Typed;
  if (test.type !== "BOOL" && test.type !== NULL_TYPE)
    return complain(test.at, `if needs a condition, and this is ${test.type}`);
  const [yes, no] = together("if", rest, at, complain) as [Typed, Typed];
  return { type: yes.type, at, run: (row) => (test.run(row) === true ? yes.run(row) : no.run(row)) };
}

/** The greatest or least of what is not null. */
function extreme(name: string, sign: number, given: readonly Typed[], at: number, complain: Complain): Typed {
  const args = together(name, given, at, complain);
  const type = typeOf(args);
  const compare = comparatorOf(type, type);
  if (!compare) return complain(at, `${name} cannot compare values of ${type}`);
  return {
    type,
    at,
    run: (row) => {
      let best: Scalar = null;
      for (const arg of args) {
        const value = arg.run(row);
        if (value !== null && (best === null || compare(value, best) * sign > 0)) best = value;
      }
      return best;
    },
  };
}

/** Joins texts; nulls are left out. */
function concat(args: readonly Typed[], at: number, complain: Complain): Typed {
  const wrong = args.find(({ type }) => type !== "STRING" && type !== NULL_TYPE);
  if (wrong) return complain(wrong.at, `concat needs a STRING, and this is ${wrong.type}; write cast(… as STRING)`);
  return {
    type: "STRING",
    at,
    run: (row) => {
      let text: string | null = "";
      for (const arg of args) {
        const value = arg.run(row);
        if (value !== null && text !== null) text = limited(text + String(value));
      }
      return text;
    },
  };
}
