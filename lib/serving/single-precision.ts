import type { Value } from "@/lib/kernel/values";

/** A value that came with a request as a column of its type would hold it: FLOAT32 has fewer digits than JSON. */
export function asHeld(value: Value, type: string): Value {
  if (!type.startsWith("FLOAT32")) return value;
  if (Array.isArray(value)) return value.map((item) => asHeld(item, "FLOAT32"));
  return typeof value === "number" ? Math.fround(value) : value;
}
