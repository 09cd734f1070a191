import { parseDataType } from "@/lib/kernel/data-types";
import { parseInstant } from "@/lib/kernel/time";
import type { Column, Value } from "@/lib/kernel/values";

/** Whether a default can be typed for a column of this type. */
export function canFill(type: string): boolean {
  const parsed = parseDataType(type);
  return parsed !== null && parsed.length === null && parsed.kind !== "JSON" && parsed.kind !== "BYTES";
}

/** A typed default as a value of its column, exactly; undefined: it is none. */
export function fillOf(text: string, type: string): Value | undefined {
  const kind = parseDataType(type)?.kind;
  const trimmed = text.trim();
  switch (kind) {
    case "INT32":
    case "INT64": {
      if (!/^[-+]?\d{1,19}$/.test(trimmed)) return undefined;
      const number = Number(trimmed);
      return Number.isSafeInteger(number) ? number : trimmed.replace(/^\+/, "");
    }
    case "FLOAT32":
    case "FLOAT64":
      return trimmed !== "" && Number.isFinite(Number(trimmed)) ? Number(trimmed) : undefined;
    case "DECIMAL":
      return /^[-+]?\d+(\.\d+)?$/.test(trimmed) ? trimmed.replace(/^\+/, "") : undefined;
    case "BOOL":
      return trimmed === "true" ? true : trimmed === "false" ? false : undefined;
    case "TIMESTAMP":
      return parseInstant(trimmed) ?? undefined;
    case "DATE":
      return /^\d{4}-\d{2}-\d{2}$/.test(trimmed) && parseInstant(trimmed) ? trimmed : undefined;
    default:
      return kind === "STRING" ? text : undefined;
  }
}

/** The typed defaults of columns that are there, and what is wrong with others. */
export function fillsOf(
  typed: Record<string, string>,
  columns: readonly Column[],
): { values: Record<string, Value>; errors: Record<string, string> } {
  const values: Record<string, Value> = {};
  const errors: Record<string, string> = {};
  for (const { name, type } of columns) {
    const text = typed[name];
    if (text === undefined || text === "") continue;
    const value = fillOf(text, type);
    if (value === undefined) errors[name] = `Not a value of type ${type}`;
    else values[name] = value;
  }
  return { values, errors };
}
