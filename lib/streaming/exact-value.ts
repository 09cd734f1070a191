import { MAX_DECIMAL_LENGTH, parseDataType } from "@/lib/kernel/data-types";
import type { ErrorCode } from "@/lib/kernel/errors";
import { parseInstant } from "@/lib/kernel/time";
import type { Value } from "@/lib/kernel/values";

/** Why a value is none of its type. */
export class Refused {
  constructor(readonly code: ErrorCode) {}
}

/** A value that is not null, exactly as history would give it back, or why it cannot be kept. */
export type ExactValue = (value: Value) => Value | Refused;

const INVALID_TYPE = new Refused("invalid_type");
const UNSAFE_INTEGER = new Refused("unsafe_integer");
const DECIMAL_OVERFLOW = new Refused("decimal_overflow");
const INVALID_TIMESTAMP = new Refused("invalid_timestamp");
const OUT_OF_RANGE = new Refused("timestamp_out_of_range");

/**
 * How values of a data type are read from JSON: the same values pass, in the same form, as in rows that are written
 * (`engines/offline/duckdb/ingest-values.ts`), so that online and offline hold one thing.
 */
export function exactValue(type: string): ExactValue {
  const parsed = parseDataType(type);
  if (!parsed) throw new TypeError(`not a data type: ${type}`);
  if (parsed.length !== null) return listOf(exactValue(type.replace(/\[\d*\]$/, "")), parsed.length);
  switch (parsed.kind) {
    case "INT32":
      return (value) => (isWhole(value) && value >= -(2 ** 31) && value < 2 ** 31 ? value + 0 : INVALID_TYPE);
    case "INT64":
      return int64;
    case "FLOAT32":
      return (value) => float(value, Math.fround);
    case "FLOAT64":
      return (value) => float(value, (number) => number);
    case "DECIMAL":
      return decimal(parsed.precision ?? 38, parsed.scale ?? 0);
    case "BOOL":
      return (value) => (typeof value === "boolean" ? value : INVALID_TYPE);
    case "TIMESTAMP":
      return instant;
    case "DATE":
      return (value) =>
        // The year 0 is a leap year, and one of dates.
        typeof value === "string" &&
        /^\d{4}-\d\d-\d\d$/.test(value) &&
        parseInstant(value.replace(/^0000/, "2000")) !== null
          ? value
          : INVALID_TYPE;
    case "BYTES":
      return (value) =>
        typeof value === "string" && Buffer.from(value, "base64").toString("base64") === value ? value : INVALID_TYPE;
    case "STRING":
      return (value) => (typeof value === "string" && isText(value) ? value : INVALID_TYPE);
    case "JSON":
      return (value) => value;
  }
}

const isWhole = (value: Value): value is number => typeof value === "number" && Number.isInteger(value);

/** Text without U+0000 and without halves of characters. */
const isText = (text: string): boolean => !text.includes("\0") && !/\p{Surrogate}/u.test(text);

function int64(value: Value): Value | Refused {
  if (typeof value === "number") {
    if (!Number.isInteger(value)) return INVALID_TYPE;
    // Nought has no sign here.
    if (Number.isSafeInteger(value)) return value + 0;
    return String(value).includes("e") ? INVALID_TYPE : UNSAFE_INTEGER;
  }
  if (typeof value !== "string" || !/^[+-]?\d{1,40}(\.0)?$/.test(value)) return INVALID_TYPE;
  const whole = BigInt(value.replace(/^\+|\.0$/g, ""));
  if (BigInt.asIntN(64, whole) !== whole) return INVALID_TYPE;
  const number = Number(whole);
  return Number.isSafeInteger(number) ? number : whole.toString();
}

const NON_FINITE = ["NaN", "Infinity", "-Infinity"];

function float(value: Value, round: (number: number) => number): Value | Refused {
  if (typeof value === "string") return NON_FINITE.includes(value) ? value : INVALID_TYPE;
  if (typeof value !== "number") return INVALID_TYPE;
  const rounded = round(value);
  return Number.isFinite(rounded) ? rounded : INVALID_TYPE;
}

const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/;
/** Digits that a JSON number is sure to have kept. */
const KEPT_DIGITS = 15;

/** A decimal with all its digits; none is ever rounded. */
function decimal(precision: number, scale: number): ExactValue {
  return (value) => {
    if (typeof value !== "string" && typeof value !== "number") return INVALID_TYPE;
    const text = String(value);
    if (text.length > MAX_DECIMAL_LENGTH) return INVALID_TYPE;
    const match = NUMBER.exec(text);
    const [, sign = "", before = "", after = "", exponent = "0"] = match ?? [];
    if (!match || before + after === "") return INVALID_TYPE;
    const digits = (before + after).replace(/^0+/, "");
    const significant = digits.replace(/0+$/, "");
    if (typeof value === "number" && !Number.isSafeInteger(value) && significant.length > KEPT_DIGITS)
      return UNSAFE_INTEGER;
    if (significant === "") return (0).toFixed(scale);
    // value = significant × 10^power
    const power = digits.length - significant.length - after.length + Number(exponent);
    if (power < -scale || significant.length + power > precision - scale) return DECIMAL_OVERFLOW;
    const unscaled = (significant + "0".repeat(power + scale)).padStart(scale + 1, "0");
    const whole = unscaled.slice(0, unscaled.length - scale);
    return `${sign === "-" ? "-" : ""}${whole}${scale > 0 ? `.${unscaled.slice(-scale)}` : ""}`;
  };
}

const ZONE = "(?:[Zz]|[+-](?:0\\d|1[0-7])(?::?[0-5]\\d)?|[+-]18(?::?00)?)";
const INSTANT = new RegExp(
  `^(\\d{4}-\\d\\d-\\d\\d(?:[Tt ](?:[01]\\d|2[0-3]):[0-5]\\d(?::[0-5]\\d(?:\\.\\d{1,6}0*)?)?)?)${ZONE}?$`,
);
const FAR_YEAR = /^(?:[+-]?\d{5,}|0000|-\d{4})-\d\d/;

function instant(value: Value): Value | Refused {
  if (typeof value !== "string") return INVALID_TIMESTAMP;
  const match = INSTANT.exec(value);
  if (!match) return FAR_YEAR.test(value) ? OUT_OF_RANGE : INVALID_TIMESTAMP;
  // Further digits of a second are noughts.
  const found = parseInstant(value.replace("t", "T").replace(/(\.\d{6})0+/, "$1"));
  if (found !== null) return found;
  // A time that is one by itself lies outside only with its zone.
  return value.startsWith("0000") || parseInstant(match[1] ?? "") !== null ? OUT_OF_RANGE : INVALID_TIMESTAMP;
}

/** An array may hold nulls, a vector none. */
function listOf(element: ExactValue, length: number): ExactValue {
  return (value) => {
    if (!Array.isArray(value) || (length > 0 && value.length !== length)) return INVALID_TYPE;
    const items: Value[] = [];
    for (const item of value) {
      if (item === null && length > 0) return INVALID_TYPE;
      const exact = item === null ? null : element(item);
      if (exact instanceof Refused) return INVALID_TYPE;
      items.push(exact);
    }
    return items;
  };
}
