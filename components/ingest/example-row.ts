import { parseDataType } from "@/lib/kernel/data-types";
import type { Column, Value } from "@/lib/kernel/values";

/** What a group takes: keys and event time of each row, and features that may be null. */
export type RowColumns = { keys: Column[]; eventTime: string; createdTime: string | null; features: Column[] };

/** Columns as a CSV or Parquet file must have them. */
export function columnsOf({ keys, eventTime, createdTime, features }: RowColumns): (Column & { needed: boolean })[] {
  return [
    ...keys.map((key) => ({ ...key, needed: true })),
    { name: eventTime, type: "TIMESTAMP", needed: true },
    ...(createdTime === null ? [] : [{ name: createdTime, type: "TIMESTAMP", needed: false }]),
    ...features.map((feature) => ({ ...feature, needed: false })),
  ];
}

/** A row that the group would take, to show how one is written. */
export function exampleRow(columns: RowColumns): Record<string, Value> {
  return Object.fromEntries(columnsOf(columns).map(({ name, type }) => [name, exampleOf(type)]));
}

const EXAMPLES: Record<string, Value> = {
  INT32: 1,
  INT64: 1,
  FLOAT32: 0.5,
  FLOAT64: 0.5,
  STRING: "text",
  BOOL: true,
  TIMESTAMP: "2026-01-31T08:15:00Z",
  DATE: "2026-01-31",
  BYTES: "YWJj",
  JSON: {},
};

function exampleOf(type: string): Value {
  const parsed = parseDataType(type);
  if (!parsed) return null;
  const one = parsed.kind === "DECIMAL" ? (0.5).toFixed(parsed.scale ?? 0) : (EXAMPLES[parsed.kind] ?? null);
  if (parsed.length === null) return one;
  return Array.from({ length: Math.min(parsed.length || 2, 2000) }, () => one);
}

/** The body of a request from what somebody pasted: one object, a list, or one object a line. Throws with what is wrong. */
export function bodyOf(text: string, options: Record<string, string>): string {
  const trimmed = text.trim();
  if (trimmed === "") throw new Error("Paste at least one row");
  const list = trimmed.startsWith("[") ? trimmed : `[${linesAsList(trimmed)}]`;
  const fields = Object.entries(options).map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  // As text and not as values, so that no digit is lost on the way.
  return `{${[...fields, `"rows":${list}`].join(",")}}`;
}

function linesAsList(text: string): string {
  if (isJson(text)) return text;
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const broken = lines.findIndex((line) => !isJson(line));
  if (broken >= 0) throw new Error(`Line ${broken + 1} is not JSON`);
  return lines.join(",");
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
