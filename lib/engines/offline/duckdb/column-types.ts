import { type DataType, parseDataType } from "@/lib/kernel/data-types";

const SCALARS: Record<DataType["kind"], string> = {
  INT32: "INTEGER",
  INT64: "BIGINT",
  FLOAT32: "FLOAT",
  FLOAT64: "DOUBLE",
  STRING: "VARCHAR",
  BOOL: "BOOLEAN",
  TIMESTAMP: "TIMESTAMP WITH TIME ZONE",
  DATE: "DATE",
  DECIMAL: "DECIMAL",
  BYTES: "BLOB",
  JSON: "JSON",
};

/** The DuckDB type that stores a Larder data type. */
export function duckType(text: string): string {
  const type = parseDataType(text);
  if (!type) throw new TypeError(`not a data type: ${text}`);
  const scalar = type.kind === "DECIMAL" ? `DECIMAL(${type.precision},${type.scale})` : SCALARS[type.kind];
  return type.length === null ? scalar : `${scalar}[${type.length || ""}]`;
}

type Family =
  | "int"
  | "float"
  | "decimal"
  | "text"
  | "bool"
  | "instant"
  | "date"
  | "blob"
  | "json"
  | "list"
  | "nested"
  | "other";

function family(duck: string): Family {
  if (/\[\d*\]$/.test(duck)) return "list";
  if (/^U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)$/.test(duck)) return "int";
  if (duck === "FLOAT" || duck === "DOUBLE") return "float";
  if (duck.startsWith("DECIMAL")) return "decimal";
  if (duck === "VARCHAR") return "text";
  if (duck === "BOOLEAN") return "bool";
  if (duck.startsWith("TIMESTAMP")) return "instant";
  if (duck === "DATE") return "date";
  if (duck === "BLOB") return "blob";
  if (duck === "JSON") return "json";
  return /^(STRUCT|MAP|UNION|VARIANT)/.test(duck) ? "nested" : "other";
}

/** The Larder data type of a DuckDB type; integers wider than 64 bits become INT64, checked by value when stored. */
export function larderType(duck: string): string {
  switch (family(duck)) {
    case "int":
      return /^(U?TINYINT|U?SMALLINT|INTEGER)$/.test(duck) ? "INT32" : "INT64";
    case "float":
      return duck === "FLOAT" ? "FLOAT32" : "FLOAT64";
    case "decimal":
      return duck;
    case "bool":
      return "BOOL";
    case "instant":
      return "TIMESTAMP";
    case "date":
      return "DATE";
    case "blob":
      return "BYTES";
    case "json":
    case "nested":
      return "JSON";
    case "list": {
      const [, element = "", length = ""] = /^(.*)\[(\d*)\]$/s.exec(duck) ?? [];
      const inner = larderType(element);
      return inner.endsWith("]") || family(element) === "nested" || length.length > 5 ? "JSON" : `${inner}[${length}]`;
    }
    default:
      return "STRING";
  }
}

/** How a column becomes another type: `expression` never throws, `lossy` is true for values that would change. */
export type Cast = { expression: (x: string) => string; lossy: ((x: string) => string) | null };

const same: Cast = { expression: (x) => x, lossy: null };

const instantOf = (x: string): string => `make_timestamptz(epoch_us(${x}))`;

function tried(target: string, roundTrip: string | null): Cast {
  const expression = (x: string): string => `TRY_CAST(${x} AS ${target})`;
  const changed = (x: string): string =>
    roundTrip ? ` OR TRY_CAST(${expression(x)} AS ${roundTrip}) IS DISTINCT FROM ${x}` : "";
  return { expression, lossy: (x) => `(${x} IS NOT NULL AND (${expression(x)} IS NULL${changed(x)}))` };
}

function custom(expression: (x: string) => string, checked: boolean): Cast {
  return { expression, lossy: checked ? (x) => `(${x} IS NOT NULL AND ${expression(x)} IS NULL)` : null };
}

const WIDER: Record<string, string[]> = {
  INTEGER: ["TINYINT", "SMALLINT", "UTINYINT", "USMALLINT"],
  BIGINT: ["TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT", "UINTEGER"],
  DOUBLE: ["TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT", "UINTEGER", "FLOAT"],
};

/** How to cast from a DuckDB type to a Larder type without loss; null when the types have nothing in common. */
export function castPlan(from: string, to: string): Cast | null {
  const target = duckType(to);
  if (from === target && !target.startsWith("TIMESTAMP")) return same;
  const type = parseDataType(to);
  if (!type) return null;
  const source = family(from);
  if (type.length !== null) return listPlan(from, to, source);
  const number = source === "int" || source === "float" || source === "decimal";
  switch (type.kind) {
    case "INT32":
    case "INT64":
      if (WIDER[target]?.includes(from)) return { expression: (x) => `CAST(${x} AS ${target})`, lossy: null };
      return number || source === "text" ? tried(target, from) : null;
    case "FLOAT64":
      if (WIDER.DOUBLE?.includes(from)) return { expression: (x) => `CAST(${x} AS DOUBLE)`, lossy: null };
      return number ? tried(target, from) : source === "text" ? tried(target, null) : null;
    case "FLOAT32":
      // Who declares FLOAT32 asks for its precision, so doubles round; whole numbers must stay exact.
      return number || source === "text" ? tried(target, source === "int" ? from : null) : null;
    case "DECIMAL":
      if (source === "text") {
        const cast = tried(target, null);
        return {
          ...cast,
          lossy: (x) =>
            `(${x} IS NOT NULL AND TRY_CAST(${x} AS DOUBLE) IS DISTINCT FROM TRY_CAST(${cast.expression(x)} AS DOUBLE))`,
        };
      }
      return number ? tried(target, from) : null;
    case "STRING":
      return source === "other" ? { expression: (x) => `CAST(${x} AS VARCHAR)`, lossy: null } : null;
    case "BOOL":
      return source === "text"
        ? custom((x) => `CASE lower(${x}) WHEN 'true' THEN true WHEN 'false' THEN false END`, true)
        : null;
    case "TIMESTAMP":
      if (source === "instant" && from === "TIMESTAMP_NS") {
        const expression = (x: string): string => instantOf(`CAST(${x} AS TIMESTAMP)`);
        return {
          expression,
          lossy: (x) =>
            `(${x} IS NOT NULL AND (${expression(x)} IS NULL OR CAST(CAST(${x} AS TIMESTAMP) AS TIMESTAMP_NS) IS DISTINCT FROM ${x}))`,
        };
      }
      if (source === "instant") return custom(instantOf, true);
      if (source === "date") return custom((x) => instantOf(`CAST(${x} AS TIMESTAMP)`), true);
      return source === "text" ? custom((x) => instantOf(`TRY_CAST(${x} AS TIMESTAMPTZ)`), true) : null;
    case "DATE":
      return source === "instant" ? tried(target, from) : source === "text" ? tried(target, null) : null;
    case "BYTES":
      return source === "text" ? custom((x) => `TRY(from_base64(${x}))`, true) : null;
    case "JSON":
      if (source === "text")
        return {
          expression: (x) => `CASE WHEN json_valid(${x}) THEN CAST(${x} AS JSON) END`,
          lossy: (x) => `(${x} IS NOT NULL AND NOT json_valid(${x}))`,
        };
      return { expression: (x) => `CASE WHEN ${x} IS NOT NULL THEN to_json(${x}) END`, lossy: null };
    default:
      return null;
  }
}

function listPlan(from: string, to: string, source: Family): Cast | null {
  const target = duckType(to);
  if (source === "json" || source === "text")
    return custom((x) => `TRY_CAST(TRY_CAST(${x} AS JSON) AS ${target})`, true);
  if (source !== "list") return null;
  const elementFrom = from.replace(/\[\d*\]$/s, "");
  const elementTo = to.replace(/\[\d*\]$/, "");
  if (!castPlan(elementFrom, elementTo) || (elementTo === "BYTES" && elementFrom !== "BLOB")) return null;
  const rounds = elementTo.startsWith("FLOAT32") && family(elementFrom) !== "int";
  return tried(target, rounds || elementFrom === duckType(elementTo) ? null : from);
}

/** Types a spine column may have for a key: the same family only, so that text never meets a number by accident. */
export function keyPlan(from: string, to: string): Cast | null {
  const source = family(from);
  const wanted = family(duckType(to));
  const allowed =
    source === wanted || (wanted === "text" && source === "other") || (wanted === "instant" && source === "date");
  return allowed ? castPlan(from, to) : null;
}

/** The cast by which a result column becomes its Larder type; throws inside DuckDB where a value does not fit. */
export function normalised(x: string, duck: string): string {
  const larder = larderType(duck);
  if (duck === duckType(larder)) return x;
  if (family(duck) === "instant") return duck === "TIMESTAMP_NS" ? instantOf(`CAST(${x} AS TIMESTAMP)`) : instantOf(x);
  if (larder === "JSON") return `CASE WHEN ${x} IS NOT NULL THEN to_json(${x}) END`;
  return `CAST(${x} AS ${duckType(larder)})`;
}
