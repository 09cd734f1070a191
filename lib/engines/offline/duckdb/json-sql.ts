import { parseDataType } from "@/lib/kernel/data-types";
import { wireSql } from "./values";

/** Whether a value of this type is written as JSON by SQL; documents are read and written again instead. */
export function hasJsonSql(type: string): boolean {
  const parsed = parseDataType(type);
  return parsed !== null && parsed.kind !== "JSON";
}

/**
 * The expression that gives a value of a Larder type as the JSON text that `toJson` of compute/online-row gives of its
 * wire form, character for character. Never NULL. Only for types that `hasJsonSql`.
 */
export function jsonSql(x: string, type: string): string {
  const parsed = parseDataType(type);
  if (parsed === null || parsed.length === null) return `coalesce(${scalar(x, type)}, 'null')`;
  const element = type.slice(0, type.indexOf("["));
  const items = `list_transform(${x}, lambda e: coalesce(${scalar("e", element)}, 'null'))`;
  return `CASE WHEN ${x} IS NULL THEN 'null' ELSE concat('[', array_to_string(${items}, ','), ']') END`;
}

function scalar(x: string, type: string): string {
  switch (parseDataType(type)?.kind) {
    case "INT32":
    case "BOOL":
      return text(x);
    case "INT64":
      return `CASE WHEN ${x} BETWEEN -9007199254740991 AND 9007199254740991 THEN ${text(x)} ELSE ${quoted(text(x))} END`;
    case "FLOAT32":
      return double(`CAST(${x} AS DOUBLE)`);
    case "FLOAT64":
      return double(x);
    case "STRING":
      return string(x);
    default:
      // Instants, dates, decimals and base64 hold nothing that JSON escapes.
      return quoted(wireSql(x, type));
  }
}

const text = (x: string): string => `CAST(${x} AS VARCHAR)`;
const quoted = (x: string): string => `('"' || ${x} || '"')`;

/**
 * Both find the shortest digits that read back as the same number; they differ in where an exponent starts, in `1.0`, and in
 * how exponents are written. Almost all numbers take one of the first branches.
 */
function double(x: string): string {
  const shown = text(x);
  const digits = `replace(replace(split_part(${shown}, 'e', 1), '.', ''), '-', '')`;
  const sign = `CASE WHEN ${x} < 0 THEN '-' ELSE '' END`;
  const exponent = `CAST(split_part(${shown}, 'e', 2) AS INTEGER)`;
  return (
    `CASE WHEN abs(${x}) < 1e15 AND ${x} = trunc(${x}) AND ${x} <> 0 THEN ${text(`CAST(${x} AS BIGINT)`)} ` +
    `WHEN abs(${x}) >= 0.001 AND abs(${x}) < 1e15 THEN ${shown} ` +
    `WHEN ${x} = 0 THEN CASE WHEN signbit(${x}) THEN '-0' ELSE '0' END ` +
    `WHEN isnan(${x}) THEN '"NaN"' WHEN isinf(${x}) THEN CASE WHEN ${x} > 0 THEN '"Infinity"' ELSE '"-Infinity"' END ` +
    `WHEN position('e' IN ${shown}) = 0 THEN regexp_replace(${shown}, '\\.0$', '') ` +
    `WHEN abs(${x}) >= 1e21 OR abs(${x}) < 1e-6 THEN regexp_replace(regexp_replace(${shown}, 'e([+-])0+', 'e\\1'), '\\.0e', 'e') ` +
    `WHEN abs(${x}) >= 1 THEN ${sign} || rpad(${digits}, ${exponent} + 1, '0') ` +
    `WHEN ${x} IS NOT NULL THEN ${sign} || '0.' || repeat('0', -1 - ${exponent}) || ${digits} END`
  );
}

function string(x: string): string {
  const unit = (expression: string): string => `printf('\\u%04x', CAST(${expression} AS INTEGER))`;
  const escaped =
    `CASE WHEN c = '"' THEN '\\"' WHEN c = '\\' THEN '\\\\' WHEN unicode(c) BETWEEN 32 AND 126 THEN c ` +
    `WHEN unicode(c) = 8 THEN '\\b' WHEN unicode(c) = 9 THEN '\\t' WHEN unicode(c) = 10 THEN '\\n' ` +
    `WHEN unicode(c) = 12 THEN '\\f' WHEN unicode(c) = 13 THEN '\\r' WHEN unicode(c) < 65536 THEN ${unit("unicode(c)")} ` +
    `ELSE ${unit("55296 + ((unicode(c) - 65536) >> 10)")} || ${unit("56320 + ((unicode(c) - 65536) & 1023)")} END`;
  return (
    `CASE WHEN regexp_full_match(${x}, '[ !#-\\[\\]-~]*') THEN ${quoted(x)} ` +
    `WHEN ${x} IS NOT NULL THEN ${quoted(`array_to_string(list_transform(regexp_extract_all(${x}, '(?s).'), lambda c: ${escaped}), '')`)} END`
  );
}
