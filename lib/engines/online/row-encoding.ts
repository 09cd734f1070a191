import { LarderError } from "@/lib/kernel/errors";
import type { Value } from "@/lib/kernel/values";
import { compareRows } from "./order";
import type { OnlineRow } from "./port";

/**
 * A row as the text an embedded store keeps: `[eventTime, createdTime, commitSequence, rowNumber, values, fullKey?]`.
 * JSON because it is exact where MessagePack (msgpackr) changed `__proto__` and lone surrogates, and reads as fast:
 * 0.46 against 0.44 µs for seven values, at 126 against 105 bytes.
 */
type Stored = [string, string | null, number, number, Value[], string?];

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;
const EVENT_TIME = { start: '["'.length, end: '["2001-01-31T08:15:00.000000Z'.length };

/** Throws `invalid_timestamp` or `validation_failed` for what could not be ordered or read back exactly. */
export function encodeRow(row: OnlineRow, fullKey: string | null): string {
  if (!INSTANT.test(row.eventTime)) throw notAnInstant(row.eventTime);
  if (row.createdTime !== null && !INSTANT.test(row.createdTime)) throw notAnInstant(row.createdTime);
  if (!Number.isSafeInteger(row.commitSequence) || !Number.isSafeInteger(row.rowNumber)) {
    throw new LarderError("validation_failed", "commitSequence and rowNumber are whole numbers");
  }
  const created = row.createdTime === null ? "null" : `"${row.createdTime}"`;
  const order = `"${row.eventTime}",${created},${row.commitSequence},${row.rowNumber}`;
  return `[${order},${exactJson(row.values)}${fullKey === null ? "" : `,"${fullKey}"`}]`;
}

/** Reads a row back; null when the text belongs to another key with the same hash. Throws `data_corrupt`. */
export function decodeRow(text: string, fullKey: string | null): OnlineRow | null {
  const stored = parse(text);
  if ((stored[5] ?? null) !== fullKey) return null;
  return {
    eventTime: stored[0],
    createdTime: stored[1],
    commitSequence: stored[2],
    rowNumber: stored[3],
    values: stored[4],
  };
}

/** Whether `row` comes after the row stored as `text`. Throws `data_corrupt` when that is another key with the same hash. */
export function replaces(row: OnlineRow, text: string, fullKey: string | null): boolean {
  if (fullKey === null) {
    // Almost always the event times differ, and then nothing needs to be parsed.
    const storedTime = text.slice(EVENT_TIME.start, EVENT_TIME.end);
    if (storedTime !== row.eventTime) return row.eventTime > storedTime;
  }
  const stored = decodeRow(text, fullKey);
  if (!stored) throw new LarderError("data_corrupt", "two keys of the online store have the same hash");
  return compareRows(row, stored) > 0;
}

/** JSON, except that -0 stays -0 and that NaN and infinities, which JSON would turn into null, are refused. */
function exactJson(value: Value): string {
  if (typeof value === "number") {
    if (Object.is(value, -0)) return "-0";
    if (Number.isFinite(value)) return String(value);
    throw new LarderError("validation_failed", `${value} travels as the text "${value}"`);
  }
  if (typeof value === "string") return JSON.stringify(value);
  if (value === null || typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return `[${value.map(exactJson).join(",")}]`;
  if (typeof value !== "object") throw new LarderError("validation_failed", `a ${typeof value} is not a feature value`);
  return `{${Object.entries(value)
    .map(([name, item]) => `${JSON.stringify(name)}:${exactJson(item)}`)
    .join(",")}}`;
}

function parse(text: string): Stored {
  try {
    return JSON.parse(text) as Stored;
  } catch (cause) {
    throw new LarderError("data_corrupt", "a row of the online store cannot be read", [], { cause });
  }
}

function notAnInstant(text: string): LarderError {
  return new LarderError("invalid_timestamp", `"${text}" is not written 2001-01-31T08:15:00.000000Z`);
}
