import type { Value } from "@/lib/kernel/values";
import { answer } from "./arithmetic";
import { readFloat } from "./scalars";

/** What is computed of two lists of numbers; null where they differ in length or hold a null. */
export const VECTOR_FUNCTIONS: Readonly<Record<string, (a: Value[], b: Value[]) => number | null>> = {
  dot: (a, b) => {
    const sums = sumsOf(a, b);
    return sums && answered(sums.product, sums);
  },
  cosine_similarity: (a, b) => {
    const sums = sumsOf(a, b);
    if (!sums) return null;
    const lengths = Math.sqrt(sums.left) * Math.sqrt(sums.right);
    return lengths === 0 ? null : answered(sums.product / lengths, sums);
  },
  l2_distance: (a, b) => {
    const sums = sumsOf(a, b);
    return sums && answered(Math.sqrt(sums.squares), sums);
  },
};

type Sums = { product: number; left: number; right: number; squares: number; finite: boolean };

function sumsOf(a: Value[], b: Value[]): Sums | null {
  if (a.length !== b.length) return null;
  const sums: Sums = { product: 0, left: 0, right: 0, squares: 0, finite: true };
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [numberOf(a[i]), numberOf(b[i])];
    if (x === null || y === null) return null;
    sums.product += x * y;
    sums.left += x * x;
    sums.right += y * y;
    sums.squares += (x - y) * (x - y);
    if (!Number.isFinite(x) || !Number.isFinite(y)) sums.finite = false;
  }
  return sums;
}

function numberOf(value: Value | undefined): number | null {
  if (typeof value === "string" && /^-?\d/.test(value)) return Number(value);
  return readFloat(value ?? null);
}

function answered(result: number, { finite }: Sums): number | null {
  return finite ? answer(result) : result;
}
