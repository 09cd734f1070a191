import { LarderError } from "@/lib/kernel/errors";
import { parseJson } from "./json";

/**
 * A body `{ rows: […], … }` with its rows as they are written, each a JSON text, so that no digit is lost. `rest` has the
 * other fields; of two equal ones the last counts. Throws `malformed_json`, and `validation_failed` without a list of rows.
 */
export function rowList(text: string): { rows: string[]; rest: Record<string, unknown> } {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    // The strict reader says where it goes wrong.
    parseJson(text);
    throw new LarderError("malformed_json", "The body is not valid JSON", [], { cause: error });
  }
  if (typeof body !== "object" || body === null || Array.isArray(body)) throw noRows("", "must be a JSON object");
  const { rows, ...rest } = body as Record<string, unknown>;
  if (!Array.isArray(rows)) throw noRows("/rows", "must be a list of objects, one for each row");
  const [start = 0, end = 0] = fieldsOf(text).get("rows") ?? [];
  return { rows: elementsOf(text, start, end), rest };
}

function noRows(pointer: string, detail: string): LarderError {
  const issue = { code: "invalid_type", pointer, detail };
  return new LarderError("validation_failed", `${pointer === "" ? "The body" : "rows"} ${detail}`, [issue]);
}

/** Where the value of each field of an object lies. The text is known to be JSON, so only its ends are looked for. */
function fieldsOf(text: string): Map<string, [start: number, end: number]> {
  const fields = new Map<string, [number, number]>();
  let at = skipSpace(text, skipSpace(text, 0) + 1);
  while (text[at] === '"') {
    const keyEnd = valueEnd(text, at);
    const key = JSON.parse(text.slice(at, keyEnd)) as string;
    const start = skipSpace(text, skipSpace(text, keyEnd) + 1);
    const end = valueEnd(text, start);
    fields.set(key, [start, end]);
    at = skipSpace(text, end);
    if (text[at] === ",") at = skipSpace(text, at + 1);
  }
  return fields;
}

function elementsOf(text: string, start: number, end: number): string[] {
  const elements: string[] = [];
  let at = skipSpace(text, start + 1);
  while (at < end - 1) {
    const stop = valueEnd(text, at);
    elements.push(text.slice(at, stop));
    at = skipSpace(text, stop);
    if (text[at] === ",") at = skipSpace(text, at + 1);
  }
  return elements;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (SPACE.has(text.charCodeAt(at))) at++;
  return at;
}

/** Where the value that starts at `start` ends. */
function valueEnd(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      for (at++; text.charCodeAt(at) !== QUOTE; at++) if (text.charCodeAt(at) === BACKSLASH) at++;
      if (depth === 0) return at + 1;
    } else if (code === OPEN_LIST || code === OPEN_OBJECT) depth++;
    else if (code === CLOSE_LIST || code === CLOSE_OBJECT) {
      if (depth === 0) return at;
      if (--depth === 0) return at + 1;
    } else if (depth === 0 && (code === COMMA || SPACE.has(code))) return at;
  }
  return text.length;
}

const SPACE = new Set([0x20, 0x09, 0x0a, 0x0d]);
const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];
