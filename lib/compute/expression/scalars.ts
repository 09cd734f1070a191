import { type DataType, MAX_DECIMAL_LENGTH, parseDataType } from "@/lib/kernel/data-types";
import { parseInstant } from "@/lib/kernel/time";
import type { Value } from "@/lib/kernel/values";

/**
 * A value while it is computed with: an integer is a number where that is exact and a bigint where it is not, so that equal
 * integers are identical; instants and dates are texts of fixed width; elements of arrays stay as they travel.
 */
export type Scalar = null | boolean | number | bigint | string | Value[] | { [key: string]: Value };

/** The type of a part: the text of a data type, or of `null`, which goes with every type. */
export const NULL_TYPE = "NULL";

/** Longest text that an expression makes; a longer one is null. */
export const MAX_TEXT = 65_536;

const INTEGER = /^-?\d{1,19}$/;
const DATE = /^\d{4}-\d\d-\d\d$/;
const INSTANT_LENGTH = "2001-01-31T08:15:00.000000Z".length;
const NON_FINITE = new Map([
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
]);

/** What a type is, without lengths and digits: `ARRAY` for every array. */
export function kindOf(type: string): DataType["kind"] | "ARRAY" | "NULL" {
  const parsed = parseDataType(type);
  if (!parsed) return "NULL";
  return parsed.length === null ? parsed.kind : "ARRAY";
}

/** Whether it is INT32 or INT64. */
export const isInteger = (type: string): boolean => type === "INT32" || type === "INT64";
/** Whether it is FLOAT32 or FLOAT64. */
export const isFloat = (type: string): boolean => type === "FLOAT32" || type === "FLOAT64";
/** Whether arithmetic takes it. */
export const isNumber = (type: string): boolean => isInteger(type) || isFloat(type);
/** Whether it says when. */
export const isMoment = (type: string): boolean => type === "TIMESTAMP" || type === "DATE";

/** How values of a type are read as they travel. What is none of the type is null. */
export function readerOf(type: string): (value: Value) => Scalar {
  switch (kindOf(type)) {
    case "INT32":
    case "INT64":
      return readInteger;
    case "FLOAT32":
    case "FLOAT64":
      return readFloat;
    case "STRING":
      return (value) => (typeof value === "string" ? value : null);
    case "BOOL":
      return (value) => (typeof value === "boolean" ? value : null);
    case "TIMESTAMP":
      return readInstant;
    case "DATE":
      return (value) => {
        if (typeof value !== "string") return null;
        return DATE.test(value) ? value : (parseInstant(value)?.slice(0, 10) ?? null);
      };
    case "DECIMAL": {
      const scale = parseDataType(type)?.scale ?? 0;
      return (value) => decimalText(String(value), scale);
    }
    case "ARRAY":
      return (value) => (Array.isArray(value) ? value : null);
    case "NULL":
      return () => null;
    default:
      return (value) => value;
  }
}

/** A decimal with all digits of its scale, as history writes it. */
function decimalText(text: string, scale: number): string | null {
  if (text.length > MAX_DECIMAL_LENGTH) return null;
  const match = /^(-?)0*(\d{0,38})(?:\.(\d{0,38})0*)?$/.exec(text);
  if (!match) return null;
  const fraction = (match[3] ?? "").replace(/0+$/, "").padEnd(scale, "0");
  if (fraction.length > scale) return null;
  const digits = `${match[2] || "0"}${scale > 0 ? "." : ""}${fraction}`;
  return match[1] && /[1-9]/.test(digits) ? `-${digits}` : digits;
}

function readInteger(value: Value): Scalar {
  if (typeof value === "number") return Number.isSafeInteger(value) ? value + 0 : null;
  return typeof value === "string" && INTEGER.test(value) ? exact(BigInt(value)) : null;
}

/** A float as it travels; null when it is none. */
export function readFloat(value: Value): number | null {
  if (typeof value === "number") return value;
  return typeof value === "string" ? (NON_FINITE.get(value) ?? null) : null;
}

function readInstant(value: Value): string | null {
  if (typeof value !== "string") return null;
  return value.length === INSTANT_LENGTH && value.endsWith("Z") && value[19] === "." ? value : parseInstant(value);
}

/** A value as it travels. There is no negative zero. */
export function written(value: Scalar): Value {
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "number") return Number.isFinite(value) ? value + 0 : String(value);
  return value;
}

const LEAST = -(2n ** 63n);
const GREATEST = 2n ** 63n - 1n;

/** A 64-bit integer in its one form; null when it does not fit. */
export function exact(value: bigint): number | bigint | null {
  if (value < LEAST || value > GREATEST) return null;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** A text, unless it is too long. */
export function limited(text: string): string | null {
  return text.length > MAX_TEXT ? null : text;
}
