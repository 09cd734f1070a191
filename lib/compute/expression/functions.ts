import type { Value } from "@/lib/kernel/values";
import { answer, roundAway } from "./arithmetic";
import { DATE_PARTS, epochSeconds, secondsBetween } from "./moments";
import {
  exact,
  isFloat,
  isInteger,
  isMoment,
  isNumber,
  kindOf,
  limited,
  NULL_TYPE,
  readerOf,
  type Scalar,
} from "./scalars";
import type { Typed } from "./typed";
import { VECTOR_FUNCTIONS } from "./vectors";

type Integer = number | bigint;
type Kind = "number" | "integer" | "text" | "moment" | "array" | "vector";

/** A function that is null where one of its arguments is. `types`: of the arguments; a literal null has the type NULL. */
export type StrictFunction = {
  /** As people write it. */
  usage: string;
  parameters: readonly Kind[];
  /** How many of the last ones may be left out. */
  optional?: number;
  result(types: readonly string[]): string;
  make(types: readonly string[]): (...values: never[]) => Scalar;
};

const PARAMETERS: Readonly<Record<Kind, { name: string; fits: (type: string) => boolean }>> = {
  number: { name: "a number", fits: isNumber },
  integer: { name: "an integer", fits: isInteger },
  text: { name: "a STRING", fits: (type) => type === "STRING" },
  moment: { name: "a TIMESTAMP or DATE", fits: isMoment },
  array: { name: "an array", fits: (type) => kindOf(type) === "ARRAY" },
  vector: { name: "an array of numbers", fits: (type) => kindOf(type) === "ARRAY" && isNumber(elementOf(type)) },
};

/** What stands where another type was expected; null: nothing is wrong. */
export function misfit(parameter: Kind, { type }: Typed): string | null {
  const { name, fits } = PARAMETERS[parameter];
  return type === NULL_TYPE || fits(type) ? null : `${name}, and this is ${type}`;
}

const elementOf = (type: string): string => type.replace(/\[\d*\]$/, "");

/** Keeps integers as they are and computes with floats. */
function numeric(usage: string, integers: (x: Integer) => Scalar, floats: (x: number) => number): StrictFunction {
  return {
    usage,
    parameters: ["number"],
    result: ([type = NULL_TYPE]) => (isFloat(type) ? "FLOAT64" : "INT64"),
    make: ([type = NULL_TYPE]) =>
      (isFloat(type) ? (x: number) => answer(floats(x), x) : integers) as (x: never) => Scalar,
  };
}

function real(usage: string, parameters: readonly Kind[], compute: (...values: number[]) => number): StrictFunction {
  return {
    usage,
    parameters,
    result: () => "FLOAT64",
    make:
      () =>
      (...values: Integer[]) => {
        const numbers = values.map(Number);
        return answer(compute(...numbers), ...numbers);
      },
  } as StrictFunction;
}

function text(
  usage: string,
  parameters: readonly Kind[],
  result: string,
  compute: (...values: never[]) => Scalar,
): StrictFunction {
  return { usage, parameters, result: () => result, make: () => compute };
}

const negated = (x: Integer): Scalar => exact(-BigInt(x));

const hasPairs = (value: string): boolean => /[\ud800-\udbff]/.test(value);

function lengthOf(value: string): number {
  return hasPairs(value) ? Array.from(value).length : value.length;
}

function substring(value: string, from: Integer, count?: Integer): Scalar {
  if (count !== undefined && count < 0) return "";
  const characters: string | string[] = hasPairs(value) ? Array.from(value) : value;
  const start = Math.max(0, Number(from) - 1);
  const end = count === undefined ? characters.length : Math.max(0, Number(from) - 1 + Number(count));
  const part = characters.slice(start, end);
  return limited(typeof part === "string" ? part : part.join(""));
}

function trimmed(value: string): string {
  let [start, end] = [0, value.length];
  while (start < end && value[start] === " ") start++;
  while (end > start && value[end - 1] === " ") end--;
  return value.slice(start, end);
}

function elementAt(list: Value[], at: Integer, read: (value: Value) => Scalar): Scalar {
  return at >= 1 && at <= list.length ? read(list[Number(at) - 1] ?? null) : null;
}

/** Every function that is null where an argument is null, by name. */
export const STRICT_FUNCTIONS: Readonly<Record<string, StrictFunction>> = {
  abs: numeric("abs(x)", (x) => (x < 0 ? negated(x) : x), Math.abs),
  ceil: numeric("ceil(x)", (x) => x, Math.ceil),
  floor: numeric("floor(x)", (x) => x, Math.floor),
  round: {
    ...numeric(
      "round(x, places)",
      (x) => x,
      (x) => x,
    ),
    parameters: ["number", "integer"],
    optional: 1,
    make: ([type = NULL_TYPE]) =>
      (isFloat(type)
        ? (x: number, places: Integer = 0) => (places >= 0 && places <= 15 ? roundAway(x, Number(places)) : null)
        : (x: Integer, places: Integer = 0) => (places >= 0 && places <= 15 ? x : null)) as (
        ...values: never[]
      ) => Scalar,
  },
  sign: {
    ...numeric(
      "sign(x)",
      (x) => x,
      (x) => x,
    ),
    result: () => "INT64",
    make: () => (x: Integer) => (x > 0 ? 1 : x < 0 ? -1 : x === 0 ? 0 : null),
  },
  sqrt: real("sqrt(x)", ["number"], Math.sqrt),
  exp: real("exp(x)", ["number"], Math.exp),
  ln: real("ln(x)", ["number"], Math.log),
  log10: real("log10(x)", ["number"], Math.log10),
  power: real("power(x, y)", ["number", "number"], (x = 0, y = 0) => x ** y),
  lower: text("lower(text)", ["text"], "STRING", (value: string) => limited(value.toLowerCase())),
  upper: text("upper(text)", ["text"], "STRING", (value: string) => limited(value.toUpperCase())),
  trim: text("trim(text)", ["text"], "STRING", trimmed),
  length: text("length(text)", ["text"], "INT64", lengthOf),
  substring: {
    ...text("substring(text, from, count)", ["text", "integer", "integer"], "STRING", substring),
    optional: 1,
  },
  starts_with: text("starts_with(text, start)", ["text", "text"], "BOOL", (value: string, start: string) =>
    value.startsWith(start),
  ),
  contains: text("contains(text, part)", ["text", "text"], "BOOL", (value: string, part: string) =>
    value.includes(part),
  ),
  ...Object.fromEntries(
    Object.entries(DATE_PARTS).map(([name, part]) => [name, text(`${name}(moment)`, ["moment"], "INT64", part)]),
  ),
  epoch_seconds: text("epoch_seconds(moment)", ["moment"], "FLOAT64", epochSeconds),
  seconds_between: text("seconds_between(from, to)", ["moment", "moment"], "FLOAT64", secondsBetween),
  array_length: text("array_length(array)", ["array"], "INT64", (list: Value[]) => list.length),
  array_element: {
    usage: "array_element(array, place)",
    parameters: ["array", "integer"],
    result: ([type = NULL_TYPE]) => elementOf(type),
    make: ([type = NULL_TYPE]) => {
      const read = readerOf(elementOf(type));
      return (list: Value[], at: Integer) => elementAt(list, at, read);
    },
  },
  ...Object.fromEntries(
    Object.entries(VECTOR_FUNCTIONS).map(([name, compute]) => [
      name,
      text(`${name}(a, b)`, ["vector", "vector"], "FLOAT64", compute),
    ]),
  ),
};
