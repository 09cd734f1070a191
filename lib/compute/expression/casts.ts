import { parseInstant } from "@/lib/kernel/time";
import { answer, roundEven } from "./arithmetic";
import { asInstant } from "./moments";
import { exact, isFloat, isInteger, isNumber, kindOf, type Scalar } from "./scalars";

/** Longest text that is read as a number. */
const MAX_DIGITS = 400;
const INT32 = 2 ** 31;

type Cast = (value: Exclude<Scalar, null>) => Scalar;

/**
 * How a value becomes one of another type; what cannot be converted is null. Null when there is no such cast.
 */
export function castOf(from: string, to: string): Cast | null {
  if (from === to) return (value) => value;
  const kind = kindOf(from);
  if (kind === "NULL") return () => null;
  if (isInteger(to)) return integerFrom(kind, to);
  if (isFloat(to)) return floatFrom(kind, to);
  if (to === "STRING") return textFrom(kind);
  if (to === "BOOL") return booleanFrom(kind);
  if (to === "TIMESTAMP") {
    if (kind === "DATE") return (value) => asInstant(value as string);
    return kind === "STRING" ? (value) => parseInstant(value as string) : null;
  }
  if (to !== "DATE") return null;
  if (kind === "TIMESTAMP") return (value) => (value as string).slice(0, 10);
  return kind === "STRING" ? (value) => dateOf(value as string) : null;
}

function integerFrom(kind: string, to: string): Cast | null {
  const fits: (value: Scalar) => Scalar =
    to === "INT64"
      ? (value) => value
      : (value) => (typeof value === "number" && value >= -INT32 && value < INT32 ? value : null);
  if (isInteger(kind)) return fits;
  if (isFloat(kind))
    return (value) => {
      const rounded = roundEven(value as number);
      return Number.isFinite(rounded) ? fits(exact(BigInt(rounded))) : null;
    };
  if (kind === "BOOL") return (value) => (value ? 1 : 0);
  if (kind === "DECIMAL") return (value) => fits(wholeOf(String(value)));
  if (kind !== "STRING") return null;
  return (value) => {
    const text = (value as string).trim();
    return text.length <= MAX_DIGITS && /^[+-]?\d+$/.test(text) ? fits(exact(BigInt(text.replace("+", "")))) : null;
  };
}

function floatFrom(kind: string, to: string): Cast | null {
  const narrowed = (value: number): number | null => (to === "FLOAT32" ? answer(Math.fround(value), value) : value);
  if (isNumber(kind)) return (value) => narrowed(Number(value));
  if (kind === "BOOL") return (value) => (value ? 1 : 0);
  if (kind !== "STRING" && kind !== "DECIMAL") return null;
  return (value) => {
    const text = String(value).trim();
    if (text.length > MAX_DIGITS || !/^[\d+\-.eE]+$/.test(text)) return null;
    const number = Number(text);
    return Number.isFinite(number) ? narrowed(number) : null;
  };
}

function textFrom(kind: string): Cast | null {
  return ["ARRAY", "JSON", "BYTES"].includes(kind) ? null : (value) => String(value);
}

function booleanFrom(kind: string): Cast | null {
  if (isNumber(kind)) return (value) => (Number.isNaN(value) ? null : Number(value) !== 0);
  if (kind !== "STRING") return null;
  return (value) => {
    const text = (value as string).trim().toLowerCase();
    return text === "true" ? true : text === "false" ? false : null;
  };
}

/** A decimal without its fraction, halves away from zero. */
function wholeOf(text: string): Scalar {
  const match = /^(-?)(\d+)(?:\.(\d)\d*)?$/.exec(text);
  if (!match) return null;
  const whole = BigInt(match[2] ?? 0) + (Number(match[3] ?? 0) >= 5 ? 1n : 0n);
  return exact(match[1] ? -whole : whole);
}

function dateOf(text: string): string | null {
  const trimmed = text.trim();
  return /^\d{4}-\d\d-\d\d$/.test(trimmed) ? (parseInstant(trimmed)?.slice(0, 10) ?? null) : null;
}
