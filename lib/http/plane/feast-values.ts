import { toJson } from "@/lib/compute/online-row";
import { parseDataType } from "@/lib/kernel/data-types";
import { LarderError } from "@/lib/kernel/errors";
import { epochMs, type Instant, instantOf } from "@/lib/kernel/time";
import type { Value } from "@/lib/kernel/values";
import type { ValueStatus } from "@/lib/serving/schema";
import { parseJson } from "../json";

/** The JSON of a value as Feast's server writes it, from the JSON of a row; never of a null. */
export type FeastWriter = (json: string) => string;

const WHOLE = /^-?\d+$/;

/**
 * How values of a data type are written, so that clients that look at each value find its type: floats have a decimal
 * point, 64-bit integers all their digits, instants are seconds, JSON is a text. Null: as rows hold them.
 */
export function feastWriter(type: string): FeastWriter | null {
  const parsed = parseDataType(type);
  if (!parsed) return null;
  const one = scalarWriter(parsed.kind);
  if (parsed.length === null) return one;
  // Clients cannot tell what an empty list is a list of.
  if (!one) return (json) => (json === "[]" ? "null" : json);
  if (parsed.kind === "INT64") return (json) => (json === "[]" ? "null" : json.replaceAll('"', ""));
  return (json) => {
    const items = JSON.parse(json) as Value[];
    return items.length === 0
      ? "null"
      : `[${items.map((item) => (item === null ? "null" : one(toJson(item)))).join(",")}]`;
  };
}

function scalarWriter(kind: string): FeastWriter | null {
  switch (kind) {
    case "FLOAT32":
    case "FLOAT64":
      return (json) => (WHOLE.test(json) ? `${json}.0` : json);
    case "INT64":
      return (json) => (json.charCodeAt(0) === QUOTE ? json.slice(1, -1) : json);
    case "TIMESTAMP":
      return (json) => String(Math.floor(epochMs(json.slice(1, -1)) / 1000));
    case "JSON":
      return (json) => JSON.stringify(json);
    default:
      return null;
  }
}

const QUOTE = 34;

/** A key of the request as its column in the answer has it. */
export function feastKey(value: Value, type: string): string {
  return type === "INT64" && typeof value === "string" ? value : toJson(value);
}

/** How a value that a client sends is meant: seconds are instants, and JSON comes as a text. */
export function fromFeast(type: string): (value: Value) => Value {
  const parsed = parseDataType(type);
  const one =
    parsed?.kind === "TIMESTAMP" ? fromSeconds : parsed?.kind === "JSON" ? fromText : (value: Value): Value => value;
  if (parsed?.length === null || !parsed) return one;
  return (value) => (Array.isArray(value) ? value.map(one) : value);
}

/** The years 1 to 9999. */
const [FIRST_SECOND, LAST_SECOND] = [-62_135_596_800, 253_402_300_799];

function fromSeconds(value: Value): Value {
  if (typeof value !== "number" || !Number.isInteger(value)) return value;
  return value >= FIRST_SECOND && value <= LAST_SECOND ? instantOf(new Date(value * 1000)) : value;
}

function fromText(value: Value): Value {
  if (typeof value !== "string") return value;
  try {
    return parseJson(value) as Value;
  } catch (error) {
    if (error instanceof LarderError && error.code === "malformed_json") return value;
    throw error;
  }
}

/** An instant as JSON with no more digits than it has: none, three or six; without one the epoch, as Feast says it. */
export function feastTime(instant: Instant | null): string {
  if (instant === null) return '"1970-01-01T00:00:00Z"';
  if (instant.endsWith("000000Z")) return `"${instant.slice(0, 19)}Z"`;
  return instant.endsWith("000Z") ? `"${instant.slice(0, 23)}Z"` : `"${instant}"`;
}

/** A status as JSON. Feast has no word for a value that is withheld from this reader. */
export function feastStatus(status: ValueStatus): string {
  return status === "MASKED" ? '"INVALID"' : `"${status}"`;
}
