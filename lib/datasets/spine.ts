import { type ErrorCode, type ErrorIssue, LarderError } from "@/lib/kernel/errors";
import { parseInstant } from "@/lib/kernel/time";
import type { Column, Value } from "@/lib/kernel/values";

type Row = Record<string, Value>;
const MAX_ISSUES = 100;

/** Which column of a spine holds the instant: the one named, else `event_timestamp`, else the only one whose values are all instants. */
export function findTimestampColumn(rows: Row[], named: string | undefined): string {
  const columns = columnNames(rows);
  if (named !== undefined) {
    if (columns.includes(named)) return named;
    throw new LarderError(
      "missing_timestamp",
      `The spine has no column ${named}; it has ${columns.join(", ") || "none"}`,
    );
  }
  if (columns.includes("event_timestamp")) return "event_timestamp";
  const candidates = columns.filter((name) =>
    rows.every((row) => typeof row[name] === "string" && parseInstant(row[name]) !== null),
  );
  if (candidates.length === 1) return candidates[0] as string;
  const why = candidates.length > 1 ? `${candidates.join(" and ")} could both be it` : "no column holds instants";
  throw new LarderError(
    "missing_timestamp",
    `The spine has no column event_timestamp and ${why}; name one with timestamp_column`,
  );
}

/**
 * Types the rows of a spine: keys by their declared types without loss, the timestamp as an instant, other columns by what they hold.
 * Throws `empty_spine`, `missing_key_column`, `null_key`, `key_type_mismatch`, `invalid_timestamp`, each naming rows counted from 1.
 */
export function typeSpine(
  rows: Row[],
  options: { timestampColumn: string; keys: Column[]; nullKeys: "refuse" | "keep" },
): { columns: Column[]; rows: Value[][] } {
  if (rows.length === 0)
    throw new LarderError("empty_spine", "entity_df has no rows; there is nothing to join features to");
  const names = columnNames(rows);
  const keyTypes = new Map<string, string>();
  for (const key of options.keys) {
    const other = keyTypes.get(key.name);
    if (other && other !== key.type)
      throw new LarderError(
        "key_type_mismatch",
        `Column ${key.name} is a key of type ${other} and of type ${key.type}`,
      );
    if (!names.includes(key.name))
      throw new LarderError(
        "missing_key_column",
        `The spine has no key column ${key.name}; it has ${names.join(", ")}`,
      );
    keyTypes.set(key.name, key.type);
  }
  const columns = names.map((name) => {
    if (name === options.timestampColumn) return { name, type: "TIMESTAMP" };
    return { name, type: keyTypes.get(name) ?? typeOf(rows.map((row) => row[name] ?? null)) };
  });
  const problems: Problem[] = [];
  const typed = rows.map((row, index) =>
    columns.map((column) => {
      const value = row[column.name] ?? null;
      if (column.name === options.timestampColumn) return typeInstant(value, column.name, index, problems);
      if (!keyTypes.has(column.name)) return value;
      if (value === null && options.nullKeys === "keep") return null;
      return typeKey(value, column, index, problems);
    }),
  );
  throwProblems(problems);
  return { columns, rows: typed };
}

/** Throws `feature_name_collision` when a feature (or what else is added) would come out under the name of a column that is there; case makes no difference. */
export function requireNoCollision(columns: Column[], outputs: string[], added?: string): void {
  const taken = new Map(columns.map((column) => [column.name.toLowerCase(), column.name]));
  for (const output of outputs) {
    const column = taken.get(output.toLowerCase());
    if (column === undefined) continue;
    const detail = added
      ? `${added} and column ${column} would have one name; rename yours`
      : `Feature column ${output} and spine column ${column} would have one name; rename one or ask for full feature names`;
    throw new LarderError("feature_name_collision", detail, [{ code: "feature_name_collision", detail }]);
  }
}

/** Digits of a second beyond the sixth that are not noughts: two instants would become one. */
const FINER_THAN_MICROS = /\.\d{6}\d*[1-9]/;

/** A key value in its exact form. A number is never taken for a string nor the reverse; undefined when the types differ. */
export function exactKey(value: Value, type: string): Value | undefined {
  if (type === "STRING") return typeof value === "string" ? value : undefined;
  if (type === "BOOL") return typeof value === "boolean" ? value : undefined;
  if (type === "INT32")
    return typeof value === "number" && Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 31
      ? value + 0
      : undefined;
  if (type === "INT64") {
    // Nought has no sign.
    if (typeof value === "number") return Number.isSafeInteger(value) ? value + 0 : undefined;
    if (typeof value !== "string" || !/^-?[1-9]\d{15,18}$/.test(value) || Number.isSafeInteger(Number(value)))
      return undefined;
    return BigInt.asIntN(64, BigInt(value)) === BigInt(value) ? value : undefined;
  }
  if (typeof value !== "string" || FINER_THAN_MICROS.test(value)) return undefined;
  const instant = parseInstant(value);
  return type === "DATE"
    ? instant?.endsWith("T00:00:00.000000Z")
      ? instant.slice(0, 10)
      : undefined
    : (instant ?? undefined);
}

const WHOLE_NUMBER = /^(?:0|-?[1-9]\d{0,18})$/;

/**
 * A key value as it comes online, to be read or pushed, in its exact form: as `exactKey` has it, but that an integer may
 * also come as its decimal text, as an id in a path does. `05`, `+5` and `5.0` are none: undefined.
 */
export function exactOnlineKey(value: Value, type: string): Value | undefined {
  if (typeof value !== "string" || (type !== "INT32" && type !== "INT64")) return exactKey(value, type);
  if (!WHOLE_NUMBER.test(value)) return undefined;
  const number = Number(value);
  return exactKey(Number.isSafeInteger(number) ? number : value, type);
}

type Problem = ErrorIssue & { code: ErrorCode };

function typeInstant(value: Value, name: string, index: number, problems: Problem[]): Value {
  const instant = typeof value === "string" ? parseInstant(value) : null;
  if (instant === null) {
    const got = value === null ? "null" : JSON.stringify(value).slice(0, 60);
    problems.push({
      code: "invalid_timestamp",
      row: index + 1,
      detail: `row ${index + 1}: ${name} is ${got}, not an ISO 8601 instant`,
    });
  }
  return instant;
}

function typeKey(value: Value, column: Column, index: number, problems: Problem[]): Value {
  if (value === null) {
    problems.push({ code: "null_key", row: index + 1, detail: `row ${index + 1}: key ${column.name} is null` });
    return null;
  }
  const exact = exactKey(value, column.type);
  if (exact === undefined) {
    const got = JSON.stringify(value).slice(0, 60);
    problems.push({
      code: "key_type_mismatch",
      row: index + 1,
      detail: `row ${index + 1}: key ${column.name} is ${got}, not ${column.type}`,
    });
    return null;
  }
  return exact;
}

function throwProblems(problems: Problem[]): void {
  const first = problems[0];
  if (!first) return;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
  throw new LarderError(first.code, `${first.detail}${more}`, problems.slice(0, MAX_ISSUES));
}

function columnNames(rows: Row[]): string[] {
  return [...new Set(rows.flatMap((row) => Object.keys(row)))];
}

function typeOf(values: Value[]): string {
  const kinds = new Set(
    values
      .filter((value) => value !== null)
      .map((value) => (typeof value === "number" && Number.isSafeInteger(value) ? "integer" : typeof value)),
  );
  if (kinds.size === 0) return "STRING";
  if ([...kinds].every((kind) => kind === "integer")) return "INT64";
  if ([...kinds].every((kind) => kind === "integer" || kind === "number")) return "FLOAT64";
  if (kinds.size > 1) return "JSON";
  return kinds.has("string") ? "STRING" : kinds.has("boolean") ? "BOOL" : "JSON";
}
