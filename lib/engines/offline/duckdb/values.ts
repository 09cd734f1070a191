import { DuckDBArrayValue, type DuckDBDataChunk, DuckDBListValue, type DuckDBValue } from "@duckdb/node-api";
import { parseDataType } from "@/lib/kernel/data-types";
import type { Column, Value } from "@/lib/kernel/values";
import { duckType } from "./column-types";
import { literal } from "./sql";

const INSTANT = "'%Y-%m-%dT%H:%M:%S.%fZ'";

function wireScalar(x: string, kind: string): string {
  if (kind === "TIMESTAMP") return `strftime(make_timestamp(epoch_us(${x})), ${INSTANT})`;
  if (kind === "DATE") return `strftime(${x}, '%Y-%m-%d')`;
  if (kind === "DECIMAL" || kind === "JSON") return `CAST(${x} AS VARCHAR)`;
  if (kind === "BYTES") return `to_base64(${x})`;
  return x;
}

/** The expression that turns a column of a Larder type into something `decodeColumn` reads cheaply. */
export function wireSql(x: string, type: string): string {
  const parsed = parseDataType(type);
  if (!parsed) return x;
  if (parsed.length === null) return wireScalar(x, parsed.kind);
  const element = wireScalar("e", parsed.kind);
  return element === "e" ? x : `list_transform(${x}, lambda e: ${element})`;
}

/** A JSON document as a value; JSON.parse would round integers beyond 2^53, so such numbers become strings first. */
export function parseJson(text: string): Value {
  if (!/\d{16}/.test(text)) return JSON.parse(text) as Value;
  const exact = text.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g, (token) =>
    /^-?\d{16,}$/.test(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token,
  );
  return JSON.parse(exact) as Value;
}

function decode(value: DuckDBValue, json: boolean): Value {
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "string") return json ? parseJson(value) : value;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value === "bigint") {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value.toString();
  }
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue)
    return value.items.map((item) => decode(item, json));
  return String(value);
}

/** The columns of a chunk as wire values; the query must have used `wireSql`. */
export function decodeChunk(chunk: DuckDBDataChunk, columns: Column[]): Value[][] {
  const rows = chunk.rowCount;
  return columns.map((column, index) => {
    const json = column.type.startsWith("JSON");
    const vector = chunk.getColumnVector(index);
    const values = new Array<Value>(rows);
    for (let i = 0; i < rows; i++) values[i] = decode(vector.getItem(i), json);
    return values;
  });
}

/** A wire value as the text that `fromText` reads; null stays null. */
export function toText(value: Value, type: string): string | null {
  if (value === null) return null;
  const parsed = parseDataType(type);
  if (parsed?.kind === "JSON" && parsed.length === null) return JSON.stringify(value);
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** The expression that reads a Larder type from the text made by `toText`. */
export function fromText(x: string, type: string): string {
  const parsed = parseDataType(type);
  if (!parsed) return x;
  if (parsed.length === null) return parsed.kind === "BYTES" ? `from_base64(${x})` : `CAST(${x} AS ${duckType(type)})`;
  if (parsed.kind === "BYTES") return `list_transform(CAST(CAST(${x} AS JSON) AS VARCHAR[]), lambda e: from_base64(e))`;
  return `CAST(CAST(${x} AS JSON) AS ${duckType(type)})`;
}

/** A wire value as a constant of its type. */
export function constant(value: Value, type: string): string {
  const text = toText(value, type);
  return text === null ? `CAST(NULL AS ${duckType(type)})` : fromText(literal(text), type);
}
