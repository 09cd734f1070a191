import { isNumeric } from "@/lib/kernel/data-types";
import type { Value } from "@/lib/kernel/values";
import type { Table } from "./route";

/**
 * A table as RFC 4180 text with a header line. Null is empty, the empty string is `""`, lists and objects are JSON.
 * Text that a spreadsheet would take for a formula gets a leading '; numbers stay as they are.
 */
export function toCsv(table: Table): string {
  return csvHeader(table.columns) + csvLines(table);
}

/** The first line of a table as CSV. */
export function csvHeader(columns: Table["columns"]): string {
  return `${columns.map((column) => cell(column.name, true)).join(",")}\r\n`;
}

/** Rows of a table as CSV, each with its end of line; for a table that is written piece by piece. */
export function csvLines({ columns, rows }: Table): string {
  const text = columns.map((column) => !isNumeric(column.type));
  return rows.map((row) => `${text.map((isText, at) => cell(row[at] ?? null, isText)).join(",")}\r\n`).join("");
}

function cell(value: Value, isText: boolean): string {
  if (value === null) return "";
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  const plain = typeof value === "string" ? value : JSON.stringify(value);
  const safe = isText && /^[=+\-@\t\r]/.test(plain) ? `'${plain}` : plain;
  return safe === "" || /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
