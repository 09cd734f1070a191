import { MAX_DECIMAL_LENGTH, parseDataType } from "@/lib/kernel/data-types";
import { castPlan, duckType } from "./column-types";
import { literal } from "./sql";

/**
 * How a column of written rows becomes its Larder type: exactly, or not at all. In three steps, each a layer of SQL, so
 * that nothing is worked out twice: `text` of what was sent, `value` of that text (NULL for what does not fit), and a
 * `problem`, a code for what was sent `x`, its text `t` and what became of it `v`; NULL: it fits, or there was none.
 */
export type Check = {
  text?: (x: string) => string;
  value: (t: string) => string;
  problem: (x: string, t: string, v: string) => string;
};

const MAX_SAFE = Number.MAX_SAFE_INTEGER;
/** Years 1 to 9999. */
const FIRST = "TIMESTAMPTZ '0001-01-01 00:00:00+00'";
const LAST = "TIMESTAMPTZ '9999-12-31 23:59:59.999999+00'";

const ZONE = "([Zz]|[+-](0\\d|1[0-7])(:?[0-5]\\d)?|[+-]18(:?00)?)";
const INSTANT = `\\d{4}-\\d\\d-\\d\\d([Tt ]([01]\\d|2[0-3]):[0-5]\\d(:[0-5]\\d(\\.\\d{1,6}0*)?)?${ZONE}?)?`;
const FAR_YEAR = "([+-]?\\d{5,}|0000|-\\d{4})-\\d\\d.*";
const INTEGER = "[+-]?\\d+";
const FLOAT = "[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?";
const EXPONENTIAL = `${FLOAT.slice(0, -"([eE][+-]?\\d+)?".length)}[eE][+-]?\\d+`;
const NON_FINITE = ["NaN", "Infinity", "-Infinity"];

const full = (x: string, pattern: string): string => `regexp_full_match(${x}, ${literal(pattern)})`;
const isOneOf = (x: string, texts: string[]): string => `${x} IN (${texts.map(literal).join(", ")})`;
const isText = (x: string): string => `starts_with(${x}, '"')`;
/** The text of a JSON string; NULL for any other JSON. */
const jsonText = (x: string): string => `CASE WHEN ${isText(x)} THEN json_extract_string(${x}, '$') END`;

/** For values that fit or do not, for one reason. */
const plain = (value: Check["value"], text?: Check["text"]): Check => ({
  ...(text ? { text } : {}),
  value,
  problem: (x, _, v) => `CASE WHEN ${x} IS NOT NULL AND ${v} IS NULL THEN 'invalid_type' END`,
});

/** How values of a CSV are read: text that is not NULL, quotes taken off. */
export function checkText(type: string): Check {
  const parsed = parseDataType(type);
  if (!parsed) throw new TypeError(`not a data type: ${type}`);
  if (parsed.length !== null || parsed.kind === "JSON") {
    const inner = checkJson(type);
    return { ...inner, text: (x) => `CASE WHEN json_valid(${x}) THEN CAST(json_extract(${x}, '$') AS VARCHAR) END` };
  }
  switch (parsed.kind) {
    case "INT32":
    case "INT64":
      return plain((t) => `CASE WHEN ${full(t, INTEGER)} THEN TRY_CAST(${t} AS ${duckType(type)}) END`);
    case "FLOAT32":
    case "FLOAT64":
      return plain((t) => floatOf(t, t, full(t, FLOAT), duckType(type)));
    case "DECIMAL":
      return decimal(type);
    case "BOOL":
      return plain((t) => `CASE lower(${t}) WHEN 'true' THEN true WHEN 'false' THEN false END`);
    default:
      return ofText(type, parsed.kind);
  }
}

/** How values of a JSON object are read: the JSON of the value as text; NULL where there is none, or null. */
export function checkJson(type: string): Check {
  const parsed = parseDataType(type);
  if (!parsed) throw new TypeError(`not a data type: ${type}`);
  if (parsed.length !== null) return list(type, parsed.length);
  switch (parsed.kind) {
    case "INT32":
      return plain((t) => `CASE WHEN ${full(t, WHOLE)} THEN TRY_CAST(${t} AS INTEGER) END`);
    case "INT64":
      return int64;
    case "FLOAT32":
    case "FLOAT64":
      return plain((t) => floatOf(t, `trim(${t}, '"')`, `NOT ${isText(t)}`, duckType(type), '"'));
    case "DECIMAL":
      return jsonDecimal(type);
    case "BOOL":
      return plain((t) => `CASE ${t} WHEN 'true' THEN true WHEN 'false' THEN false END`);
    case "JSON":
      // The reader lets NaN pass, which no other reader of JSON does.
      return plain((t) => {
        const bare = `regexp_replace(${t}, '"(?:[^"\\\\]|\\\\.)*"', '""', 'g')`;
        const loose = `(regexp_matches(${t}, '[Nn]a[Nn]|[Ii]nf') AND regexp_matches(${bare}, '[Nn]a[Nn]|[Ii]nf'))`;
        return `CASE WHEN NOT ${loose} THEN CAST(${t} AS JSON) END`;
      });
    default: {
      const check = ofText(type, parsed.kind);
      return {
        text: jsonText,
        value: check.value,
        problem: (x, t, v) =>
          `CASE WHEN ${x} IS NOT NULL AND ${t} IS NULL THEN '${parsed.kind === "TIMESTAMP" ? "invalid_timestamp" : "invalid_type"}' ELSE ${check.problem(t, t, v)} END`,
      };
    }
  }
}

/** A JSON number that is whole. */
const WHOLE = "-?\\d+(\\.0)?";
const isUnsafe = (x: string): string =>
  `(NOT ${isText(x)} AND abs(TRY_CAST(${x} AS DOUBLE)) > ${MAX_SAFE} AND ${full(x, "-?[\\d.]+")})`;

const int64: Check = {
  text: (x) =>
    `CASE WHEN ${full(x, WHOLE)} AND NOT ${isUnsafe(x)} THEN ${x} WHEN ${isText(x)} THEN json_extract_string(${x}, '$') END`,
  value: (t) => `CASE WHEN ${full(t, "[+-]?\\d+(\\.0)?")} THEN TRY_CAST(${t} AS BIGINT) END`,
  problem: (x, _, v) =>
    `CASE WHEN ${x} IS NULL OR ${v} IS NOT NULL THEN NULL WHEN ${isUnsafe(x)} THEN 'unsafe_integer' ELSE 'invalid_type' END`,
};

function floatOf(x: string, bare: string, isNumber: string, duck: string, quoted = ""): string {
  const words = NON_FINITE.map((word) => `${quoted}${word}${quoted}`);
  const number = `TRY_CAST(${x} AS ${duck})`;
  return (
    `CASE WHEN ${isNumber} AND isfinite(${number}) THEN ${number} ` +
    `WHEN ${isOneOf(x, words)} THEN CAST(${bare} AS ${duck}) END`
  );
}

/** A number with more digits than the type holds is refused, never rounded; a text that is far too long is no number. */
function decimal(type: string): Check {
  const { precision = 38, scale = 0 } = parseDataType(type) ?? {};
  const fits = `[+-]?0*\\d{0,${precision - scale}}(\\.\\d{0,${scale}}0*)?`;
  const duck = duckType(type);
  const isShort = (t: string): string => `length(${t}) <= ${MAX_DECIMAL_LENGTH}`;
  return {
    value: (t) => {
      const cast = `TRY_CAST(${t} AS ${duck})`;
      // With an exponent the digits do not show, so the value itself is compared.
      const same = `CAST(${cast} AS DOUBLE) = TRY_CAST(${t} AS DOUBLE)`;
      return `CASE WHEN NOT ${isShort(t)} THEN NULL WHEN ${full(t, fits)} THEN ${cast} WHEN ${full(t, EXPONENTIAL)} AND ${same} THEN ${cast} END`;
    },
    problem: (x, t, v) =>
      `CASE WHEN ${x} IS NULL OR ${v} IS NOT NULL THEN NULL WHEN ${isShort(t)} AND ${full(t, FLOAT)} THEN 'decimal_overflow' ELSE 'invalid_type' END`,
  };
}

function jsonDecimal(type: string): Check {
  const check = decimal(type);
  return {
    text: (x) => `CASE WHEN ${isText(x)} THEN json_extract_string(${x}, '$') WHEN NOT ${isUnsafe(x)} THEN ${x} END`,
    value: check.value,
    problem: (x, t, v) => `CASE WHEN ${isUnsafe(x)} THEN 'unsafe_integer' ELSE ${check.problem(x, t, v)} END`,
  };
}

/** Types that are written as text: the text is `t`. */
function ofText(type: string, kind: string): Check {
  if (kind === "TIMESTAMP") return instant;
  if (kind === "DATE")
    return plain((t) => `CASE WHEN ${full(t, "\\d{4}-\\d\\d-\\d\\d")} THEN TRY_CAST(${t} AS DATE) END`);
  if (kind === "BYTES") return plain((t) => `TRY(from_base64(${t}))`);
  if (kind === "STRING") return plain((t) => `CASE WHEN NOT contains(${t}, chr(0)) THEN ${t} END`);
  throw new TypeError(`${type} is not read from text`);
}

const instant: Check = {
  value: (t) => {
    const written = `upper(regexp_replace(${t}, '([Tt ]\\d\\d:\\d\\d)([Zz]|[+-].*)$', '\\1:00\\2'))`;
    return `CASE WHEN ${full(t, INSTANT)} THEN coalesce(TRY_CAST(${t} AS TIMESTAMPTZ), TRY_CAST(${written} AS TIMESTAMPTZ)) END`;
  },
  problem: (x, t, v) =>
    `CASE WHEN ${x} IS NULL OR ${v} BETWEEN ${FIRST} AND ${LAST} THEN NULL ` +
    `WHEN ${v} IS NOT NULL OR ${full(t, FAR_YEAR)} THEN 'timestamp_out_of_range' ELSE 'invalid_timestamp' END`,
};

function list(type: string, length: number): Check {
  const element = checkJson(type.replace(/\[\d*\]$/, ""));
  const text = element.text ?? ((x: string) => x);
  const elements = (t: string): string => `json_extract(CAST(${t} AS JSON), '$[*]')`;
  const each = `CASE WHEN e <> 'null' THEN ${element.value(text("CAST(e AS VARCHAR)"))} END`;
  return plain((t) => {
    const made = `list_transform(${elements(t)}, lambda e: ${each})`;
    const nulls = `len(list_filter(${elements(t)}, lambda e: e = 'null'))`;
    // An array may hold nulls, a vector none.
    const fits =
      length > 0
        ? `list_count(${made}) = ${length} AND len(${made}) = ${length}`
        : `(list_count(${made}) = len(${made}) OR list_count(${made}) + ${nulls} = len(${made}))`;
    // The cast last: vectors cannot be chosen row by row.
    return `CAST(CASE WHEN starts_with(${t}, '[') THEN CASE WHEN ${fits} THEN ${made} END END AS ${duckType(type)})`;
  });
}

const WIDER: Record<string, string[]> = {
  INT32: ["TINYINT", "SMALLINT", "INTEGER", "UTINYINT", "USMALLINT"],
  INT64: ["TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"],
  FLOAT32: ["FLOAT"],
  FLOAT64: ["FLOAT", "DOUBLE"],
  STRING: ["VARCHAR"],
  BOOL: ["BOOLEAN"],
  TIMESTAMP: ["TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"],
  DATE: ["DATE"],
  BYTES: ["BLOB"],
  JSON: ["JSON", "VARCHAR"],
};

/** Whether every value of a Parquet column has a place in a Larder type. */
function widens(from: string, to: string): boolean {
  const type = parseDataType(to);
  if (!type) return false;
  if (type.length !== null)
    return /\[\d*\]$/.test(from) && widens(from.replace(/\[\d*\]$/, ""), to.replace(/\[\d*\]$/, ""));
  if (type.kind === "DECIMAL") {
    const [, precision, scale] = /^DECIMAL\((\d+),(\d+)\)$/.exec(from) ?? [];
    const { precision: p = 38, scale: s = 0 } = type;
    return scale !== undefined && Number(scale) <= s && Number(precision) - Number(scale) <= p - s;
  }
  if (from.startsWith("ENUM(")) return type.kind === "STRING";
  if (type.kind === "JSON" && /^(STRUCT|MAP)\(|\[\]$/.test(from)) return true;
  return (WIDER[type.kind] ?? []).includes(from);
}

/** How values of a Parquet column are read; null when its type is another, or a narrower one would have to do. */
export function checkParquet(duck: string, type: string): Check | null {
  const cast = widens(duck, type) ? castPlan(duck, type) : null;
  const parsed = parseDataType(type);
  if (!cast || !parsed) {
    return duck.startsWith("ENUM(") && parsed?.kind === "STRING" ? plain((x) => `CAST(${x} AS VARCHAR)`) : null;
  }
  const value = cast.expression;
  if (parsed.length === null && parsed.kind === "TIMESTAMP") {
    return {
      value,
      problem: (x, _, v) =>
        `CASE WHEN ${x} IS NULL THEN NULL WHEN ${v} IS NULL THEN 'timestamp_out_of_range' ` +
        `WHEN ${cast.lossy?.(x) ?? "false"} THEN 'invalid_timestamp' WHEN ${v} NOT BETWEEN ${FIRST} AND ${LAST} THEN 'timestamp_out_of_range' END`,
    };
  }
  const broken = [
    ...(cast.lossy ? [cast.lossy] : []),
    ...(parsed.kind === "STRING" && parsed.length === null ? [(x: string) => `contains(${x}, chr(0))`] : []),
  ];
  return {
    value,
    problem: (x) =>
      broken.length === 0
        ? "CAST(NULL AS VARCHAR)"
        : `CASE WHEN ${broken.map((is) => is(x)).join(" OR ")} THEN 'invalid_type' END`,
  };
}
