import { exactOnlineKey } from "@/lib/datasets/spine";
import { LarderError } from "@/lib/kernel/errors";
import type { Value } from "@/lib/kernel/values";
import type { JoinKey } from "@/lib/registry/definition-schema";

/**
 * The key of an entity written as one text: a single key as it is, a composite one as URL-encoded values in the
 * entity's order, joined by `|`. Throws `invalid_key` naming what was expected.
 */
export function parseEntityId(text: string, keys: JoinKey[], entity: string): Value[] {
  const parts = keys.length === 1 ? [text] : text.split("|").map(decode);
  if (parts.length !== keys.length) {
    const shape = keys.map((key) => key.name).join("|");
    throw new LarderError(
      "invalid_key",
      `Entity ${entity} has ${keys.length} keys; write them as ${shape}, each URL-encoded. Got ${parts.length}`,
    );
  }
  return keys.map((key, index) => {
    const part = parts[index] ?? "";
    const value = fromText(part, key.type);
    if (value === undefined || part === "")
      throw new LarderError(
        "invalid_key",
        `Key ${key.name} of ${entity} is ${key.type}; "${part.slice(0, 60)}" is not`,
      );
    return value;
  });
}

/** The key of an entity given as an object with one field per key column. Throws `invalid_key`. */
export function keyFromObject(object: Record<string, Value>, columns: { name: string; type: string }[]): Value[] {
  return columns.map((column) => {
    const value = Object.hasOwn(object, column.name) ? (object[column.name] ?? null) : undefined;
    if (value === undefined)
      throw new LarderError(
        "invalid_key",
        `entity_id lacks key ${column.name}; it has ${Object.keys(object).join(", ") || "nothing"}`,
      );
    return keyValue(value, column);
  });
}

/** One value of a key as stores know it. Throws `invalid_key`, `null_key`. */
export function keyValue(value: Value, column: { name: string; type: string }): Value {
  if (value === null) throw new LarderError("null_key", `Key ${column.name} is null`);
  const exact = exactOnlineKey(value, column.type);
  if (exact !== undefined) return exact;
  throw new LarderError(
    "invalid_key",
    `Key ${column.name} is ${JSON.stringify(value).slice(0, 60)}, not ${column.type}`,
  );
}

/** Writes a key so that `parseEntityId` reads it. */
export function formatEntityId(values: readonly Value[]): string {
  return values.length === 1 ? String(values[0]) : values.map((value) => encodeURIComponent(String(value))).join("|");
}

function fromText(text: string, type: string): Value | undefined {
  if (type === "BOOL") return text === "true" ? true : text === "false" ? false : undefined;
  return exactOnlineKey(text, type);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    throw new LarderError("invalid_key", `"${text.slice(0, 60)}" is not URL-encoded`, [], { cause: error });
  }
}
