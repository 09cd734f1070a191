import { createHash } from "node:crypto";
import { LarderError } from "@/lib/kernel/errors";
import type { Instant } from "@/lib/kernel/time";
import type { Column, Value } from "@/lib/kernel/values";

/**
 * An online row as one ASCII text:
 *
 *     version  event time  created time  commit  row   schema  width  ends of the values   values as JSON
 *     1        27 chars    27, or "-"    length+digits  8      1      `width` chars each
 *
 * Rows of one key compare as texts up to the schema, in the total order of semantics.md §1. Values are JSON already, so
 * that an answer is put together from pieces and only the features asked for are touched (docs/decisions/0018).
 */
export type OnlineRowText = string;

/** The part of a row that decides which of two rows of one key is kept. A created time of null sorts first. */
export type RowOrder = {
  eventTime: Instant;
  createdTime: Instant | null;
  commitSequence: number;
  rowNumber: number;
};

/** The columns of a table's rows; `mark` is in every row, so that nobody reads it with other columns. */
export type RowSchema = { mark: string; columns: readonly Column[] };

const VERSION = "1";
const TIME_START = 1;
const TIME_LENGTH = "2001-01-31T08:15:00.000000Z".length;
const CREATED_START = TIME_START + TIME_LENGTH;
const MARK_LENGTH = 8;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;
const NO_TIME = 45;
const ZERO = 48;
/** Of JSON values only null begins with it. */
const LETTER_N = 110;
/** Characters of an end: base 64 from "0" on, three for rows up to 256 KiB, else five. */
const NARROW = 3;
const WIDE = 5;
const DIGITS = Array.from({ length: 64 }, (_, digit) => String.fromCharCode(ZERO + digit));
const NOT_ASCII = /[\u007f-\uffff]/g;

/** The schema of rows with these columns. */
export function rowSchema(columns: readonly Column[]): RowSchema {
  const text = JSON.stringify(columns.map(({ name, type }) => [name, type]));
  const mark = createHash("sha256").update(text).digest("base64url").slice(0, MARK_LENGTH);
  return { mark, columns };
}

/** Writes a row. Throws `invalid_timestamp` or `validation_failed` for what could not be ordered or read back exactly. */
export function encodeRow(schema: RowSchema, order: RowOrder, values: readonly Value[]): OnlineRowText {
  return joinRow(schema, order, values.map(toJson));
}

/** Writes a row of values that are JSON already, as `toJson` writes it. */
export function joinRow(schema: RowSchema, order: RowOrder, values: readonly string[]): OnlineRowText {
  if (values.length !== schema.columns.length)
    throw new LarderError("validation_failed", `a row has ${schema.columns.length} values; got ${values.length}`);
  const text = values.join("");
  const width = text.length < 64 ** NARROW ? NARROW : WIDE;
  let ends = "";
  let end = 0;
  for (const value of values) {
    end += value.length;
    ends += digits(end, width);
  }
  return `${orderText(order)}${schema.mark}${width}${ends}${text}`;
}

/** Where the parts of a row are. Throws `data_corrupt` for a row of another schema, a damaged one, or none. */
export function openRow(schema: RowSchema, row: OnlineRowText): OpenRow {
  const start = orderLength(row);
  const ends = start + MARK_LENGTH + 1;
  if (row.charCodeAt(0) !== VERSION.charCodeAt(0) || !row.startsWith(schema.mark, start))
    throw new LarderError(
      "data_corrupt",
      "A row of the online store has other columns than its group; materialize it again",
    );
  const width = row.charCodeAt(ends - 1) - ZERO;
  const values = ends + schema.columns.length * width;
  const length = schema.columns.length === 0 ? 0 : number(row, values - width, width);
  if (values + length !== row.length)
    throw new LarderError("data_corrupt", "A row of the online store is damaged; materialize its group again");
  return { row, ends, width, values };
}

/** A row that is being read. */
export type OpenRow = { row: OnlineRowText; ends: number; width: number; values: number };

/** The JSON of one value. */
export function jsonAt({ row, ends, width, values }: OpenRow, index: number): string {
  const at = ends + index * width;
  const from = index === 0 ? 0 : number(row, at - width, width);
  return row.slice(values + from, values + number(row, at, width));
}

/** Whether a value is null, without taking it out of its row. */
export function isNullAt({ row, ends, width, values }: OpenRow, index: number): boolean {
  const from = index === 0 ? 0 : number(row, ends + (index - 1) * width, width);
  return row.charCodeAt(values + from) === LETTER_N;
}

/** One value. */
export function valueAt(open: OpenRow, index: number): Value {
  return JSON.parse(jsonAt(open, index)) as Value;
}

/** All values. */
export function valuesOf(schema: RowSchema, row: OnlineRowText): Value[] {
  const open = openRow(schema, row);
  let text = "[";
  for (let index = 0; index < schema.columns.length; index++) text += (index === 0 ? "" : ",") + jsonAt(open, index);
  return JSON.parse(`${text}]`) as Value[];
}

/** When the values became true. */
export function eventTimeOf(row: OnlineRowText): Instant {
  return row.slice(TIME_START, CREATED_START);
}

/** What decides between rows of one key. */
export function orderOf(row: OnlineRowText): RowOrder {
  const created = row.charCodeAt(CREATED_START) === NO_TIME ? 1 : TIME_LENGTH;
  const commit = CREATED_START + created;
  const commitEnd = commit + 1 + lengthAt(row, commit);
  const rowEnd = commitEnd + 1 + lengthAt(row, commitEnd);
  return {
    eventTime: eventTimeOf(row),
    createdTime: created === 1 ? null : row.slice(CREATED_START, commit),
    commitSequence: Number(row.slice(commit + 1, commitEnd)),
    rowNumber: Number(row.slice(commitEnd + 1, rowEnd)),
  };
}

/** The total order of semantics.md §1: negative when `a` comes before `b`, 0 when they are the same row. */
export function compareRows(a: OnlineRowText, b: OnlineRowText): number {
  // Almost always the event times differ.
  const [one, other] = [a.slice(0, CREATED_START), b.slice(0, CREATED_START)];
  if (one !== other) return one < other ? -1 : 1;
  const [first, second] = [a.slice(0, orderLength(a)), b.slice(0, orderLength(b))];
  return first < second ? -1 : first > second ? 1 : 0;
}

/**
 * A value as ASCII JSON: -0 stays -0, and what JSON has no word for is refused. NaN and infinities travel as texts.
 * Throws `validation_failed`.
 */
export function toJson(value: Value): string {
  if (typeof value === "number") {
    if (Object.is(value, -0)) return "-0";
    if (Number.isFinite(value)) return String(value);
    throw new LarderError("validation_failed", `${value} travels as the text "${value}"`);
  }
  if (typeof value === "string") return quoted(value);
  if (value === null || typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return listToJson(value);
  if (typeof value !== "object") throw new LarderError("validation_failed", `a ${typeof value} is not a feature value`);
  return `{${Object.entries(value)
    .map(([name, item]) => `${quoted(name)}:${toJson(item)}`)
    .join(",")}}`;
}

function listToJson(items: readonly Value[]): string {
  let text = "[";
  // Not `map`, which passes over holes; what is missing must be refused.
  for (const item of items) text += text.length === 1 ? toJson(item) : `,${toJson(item)}`;
  return `${text}]`;
}

function quoted(text: string): string {
  return JSON.stringify(text).replace(NOT_ASCII, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function orderText({ eventTime, createdTime, commitSequence, rowNumber }: RowOrder): string {
  if (!INSTANT.test(eventTime)) throw notAnInstant(eventTime);
  if (createdTime !== null && !INSTANT.test(createdTime)) throw notAnInstant(createdTime);
  return `${VERSION}${eventTime}${createdTime ?? "-"}${counted(commitSequence)}${counted(rowNumber)}`;
}

/** A whole number so that text order is number order: the count of its digits comes first. */
function counted(value: number): string {
  if (!Number.isSafeInteger(value) || value < 0)
    throw new LarderError("validation_failed", "commitSequence and rowNumber are whole numbers from 0 on");
  const text = String(value);
  return `${String.fromCharCode(ZERO + text.length)}${text}`;
}

/** How many characters of a row decide its order; up to there rows of one key compare as texts. */
export function orderLength(row: OnlineRowText): number {
  const commit = CREATED_START + (row.charCodeAt(CREATED_START) === NO_TIME ? 1 : TIME_LENGTH);
  const place = commit + 1 + lengthAt(row, commit);
  return place + 1 + lengthAt(row, place);
}

function lengthAt(row: string, at: number): number {
  return row.charCodeAt(at) - ZERO;
}

function digits(value: number, width: number): string {
  let text = "";
  for (let rest = value, place = 0; place < width; place++, rest = Math.floor(rest / 64))
    text = DIGITS[rest % 64] + text;
  return text;
}

function number(row: string, at: number, width: number): number {
  let value = 0;
  for (let i = 0; i < width; i++) value = value * 64 + row.charCodeAt(at + i) - ZERO;
  return value;
}

function notAnInstant(text: string): LarderError {
  return new LarderError("invalid_timestamp", `"${text}" is not written 2001-01-31T08:15:00.000000Z`);
}
