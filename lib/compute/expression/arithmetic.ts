import { exact } from "./scalars";

type Integer = number | bigint;

/** What an operator does with integers: exact, null where 64 bits do not hold the answer or there is none. */
export const INTEGER_ARITHMETIC: Readonly<
  Record<"+" | "-" | "*" | "//" | "%", (a: Integer, b: Integer) => Integer | null>
> = {
  "+": (a, b) => small(a, b, (x, y) => x + y) ?? exact(BigInt(a) + BigInt(b)),
  "-": (a, b) => small(a, b, (x, y) => x - y) ?? exact(BigInt(a) - BigInt(b)),
  "*": (a, b) => small(a, b, (x, y) => x * y) ?? exact(BigInt(a) * BigInt(b)),
  "//": (a, b) => {
    if (b === 0) return null;
    // The rest taken off first, the division is exact.
    return small(a, b, (x, y) => (x - (x % y)) / y) ?? exact(BigInt(a) / BigInt(b));
  },
  "%": (a, b) => (b === 0 ? null : (small(a, b, (x, y) => x % y) ?? exact(BigInt(a) % BigInt(b)))),
};

function small(a: Integer, b: Integer, operate: (x: number, y: number) => number): number | null {
  if (typeof a !== "number" || typeof b !== "number") return null;
  const result = operate(a, b);
  // Integers have no negative zero.
  return Number.isSafeInteger(result) ? result + 0 : null;
}

/** What an operator does with floats. */
export const FLOAT_ARITHMETIC: Readonly<Record<"+" | "-" | "*" | "/" | "%", (a: number, b: number) => number | null>> =
  {
    "+": (a, b) => answer(a + b, a, b),
    "-": (a, b) => answer(a - b, a, b),
    "*": (a, b) => answer(a * b, a, b),
    "/": (a, b) => (b === 0 ? null : answer(a / b, a, b)),
    "%": (a, b) => (b === 0 ? null : answer(a % b, a, b)),
  };

/** A result, or null where finite numbers gave one that is not: there is no answer. What was not finite before goes on. */
export function answer(result: number, ...from: number[]): number | null {
  return Number.isFinite(result) || !from.every(Number.isFinite) ? result : null;
}

/** -1, 0 or 1. Integers and floats compare exactly; NaN equals itself and is greater than everything. */
export function compareNumbers(a: number | bigint, b: number | bigint): number {
  if (a < b) return -1;
  if (a > b) return 1;
  if (typeof a === "number" && Number.isNaN(a)) return typeof b === "number" && Number.isNaN(b) ? 0 : 1;
  return typeof b === "number" && Number.isNaN(b) ? -1 : 0;
}

/** -1, 0 or 1, by code points. */
export function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const [one, other] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (one !== other) return byCodePoint(one) < byCodePoint(other) ? -1 : 1;
  }
  return a.length < b.length ? -1 : 1;
}

/** Halves of a pair stand for code points above all others. */
function byCodePoint(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/** Rounds halves away from zero, to a number of decimal places. */
export function roundAway(x: number, places: number): number {
  const factor = 10 ** places;
  const scaled = x * factor;
  if (!Number.isFinite(scaled)) return x;
  return (x < 0 ? -Math.round(-scaled) : Math.round(scaled)) / factor;
}

/** Rounds halves to the even neighbour. */
export function roundEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}
