import { compareNumbers, compareTexts } from "./arithmetic";
import { castOf } from "./casts";
import { asInstant } from "./moments";
import { isFloat, isMoment, isNumber, NULL_TYPE, type Scalar } from "./scalars";

/** A part of an expression that was checked: its type and what computes it. `at`: where it is written. */
export type Typed = { type: string; at: number; run: Run };
export type Run = (row: readonly Scalar[]) => Scalar;

/** Says what is wrong with the part at a place; never returns. */
export type Complain = (at: number, detail: string) => never;

/** The type that values of all these types can have without loss of meaning; null: there is none. */
export function commonType(types: readonly string[]): string | null {
  const known = [...new Set(types.filter((type) => type !== NULL_TYPE))];
  if (known.length <= 1) return known[0] ?? NULL_TYPE;
  if (!known.every(isNumber)) return null;
  return known.some(isFloat) ? "FLOAT64" : "INT64";
}

/** A part as another type that its type can have. */
export function converted({ type, at, run }: Typed, to: string): Typed {
  if (type === to || type === NULL_TYPE) return { type: to, at, run };
  // An integer of 32 bits is one of 64; only floats are something else.
  if (!isFloat(to) || isFloat(type)) return { type: to, at, run };
  const cast = castOf(type, to);
  return {
    type: to,
    at,
    run: (row) => {
      const value = run(row);
      return value === null || !cast ? null : cast(value);
    },
  };
}

/** How values of two types compare, -1, 0 or 1; null when they do not. */
export function comparatorOf(a: string, b: string): ((x: Scalar, y: Scalar) => number) | null {
  if (a === NULL_TYPE || b === NULL_TYPE) return () => 0;
  if (isNumber(a) && isNumber(b)) return (x, y) => compareNumbers(x as number, y as number);
  if (isMoment(a) && isMoment(b))
    return a === b
      ? (x, y) => plainly(x as string, y as string)
      : (x, y) => plainly(asInstant(x as string), asInstant(y as string));
  if (a !== b) return null;
  if (a === "STRING") return (x, y) => compareTexts(x as string, y as string);
  return a === "BOOL" ? (x, y) => Number(x) - Number(y) : null;
}

function plainly(x: string, y: string): number {
  return x < y ? -1 : x > y ? 1 : 0;
}
