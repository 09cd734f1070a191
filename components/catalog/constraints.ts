import type { Value } from "@/lib/kernel/values";

/** The constraints of a feature, one sentence each. */
export function describeConstraints(constraints: Record<string, Value> | null): string[] {
  if (!constraints) return [];
  const { min, max, notNull, allowed } = constraints;
  const sentences: string[] = [];
  if (typeof min === "number" && typeof max === "number") sentences.push(`between ${min} and ${max}`);
  else if (typeof min === "number") sentences.push(`at least ${min}`);
  else if (typeof max === "number") sentences.push(`at most ${max}`);
  if (notNull === true) sentences.push("never null");
  if (Array.isArray(allowed))
    sentences.push(
      `one of ${allowed.map((value) => (typeof value === "string" ? value : JSON.stringify(value))).join(", ")}`,
    );
  return sentences;
}
