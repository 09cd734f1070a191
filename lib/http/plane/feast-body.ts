import { LarderError } from "@/lib/kernel/errors";

/** The fields of an object. Throws `validation_failed`. */
export function fieldsOf(value: unknown, otherwise = "The body must be a JSON object"): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw invalid(otherwise);
  return value as Record<string, unknown>;
}

/** A field that is a name. Throws `validation_failed`. */
export function nameOf(value: unknown, field: string): string {
  if (typeof value === "string") return value;
  throw invalid(`${field} must be a name`);
}

/** What is wrong with a request as a whole. */
export function invalid(detail: string): LarderError {
  return new LarderError("validation_failed", detail);
}
