import { z } from "zod";

/** INT32 INT64 FLOAT32 FLOAT64 STRING BOOL TIMESTAMP DATE DECIMAL(p,s) BYTES JSON, arrays `INT64[]`, vectors `FLOAT32[384]`. */
export type DataType = {
  kind:
    | "INT32"
    | "INT64"
    | "FLOAT32"
    | "FLOAT64"
    | "STRING"
    | "BOOL"
    | "TIMESTAMP"
    | "DATE"
    | "DECIMAL"
    | "BYTES"
    | "JSON";
  precision?: number;
  scale?: number;
  /** null: a scalar; 0: an array of any length; n: a vector of n elements. */
  length: number | null;
};

const PATTERN =
  /^(INT32|INT64|FLOAT32|FLOAT64|STRING|BOOL|TIMESTAMP|DATE|BYTES|JSON|DECIMAL\((\d{1,2}),\s*(\d{1,2})\))(?:\[([1-9]\d{0,4})?\])?$/;

/** Parses the text of a data type; null when it is none. */
export function parseDataType(text: string): DataType | null {
  const match = PATTERN.exec(text);
  if (!match) return null;
  const length = text.endsWith("]") ? Number(match[4] || 0) : null;
  if (!match[2]) return { kind: match[1] as DataType["kind"], length };
  const precision = Number(match[2]);
  const scale = Number(match[3]);
  return precision >= 1 && precision <= 38 && scale <= precision ? { kind: "DECIMAL", precision, scale, length } : null;
}

/** Longest text that is read as a decimal: 38 digits with sign, point and exponent, and room for noughts before and after. */
export const MAX_DECIMAL_LENGTH = 100;

/** A data type by its text. */
export const DataTypeText = z
  .string()
  .refine(
    (text) => parseDataType(text) !== null,
    "must be INT32, INT64, FLOAT32, FLOAT64, STRING, BOOL, TIMESTAMP, DATE, DECIMAL(p,s), BYTES, JSON, or one of them with [] or [n]",
  );

/** Types a join key may have: floats never (NaN, 0.1 + 0.2), nor anything without plain equality. */
export const KeyTypeText = z.enum(["INT32", "INT64", "STRING", "BOOL", "DATE", "TIMESTAMP"]);

export const FEATURE_TYPES = ["NUMERICAL", "CATEGORICAL", "BINARY", "TEXT", "TIMESTAMP", "EMBEDDING"] as const;
export const FeatureType = z.enum(FEATURE_TYPES);
export type FeatureType = z.infer<typeof FeatureType>;

/** The feature type a column has unless its definition says otherwise. */
export function defaultFeatureType(dataType: string): FeatureType {
  const type = parseDataType(dataType);
  if (!type || type.kind === "BYTES" || type.kind === "JSON") return "TEXT";
  if (type.length !== null) return type.kind.startsWith("FLOAT") ? "EMBEDDING" : "CATEGORICAL";
  if (type.kind === "STRING") return "CATEGORICAL";
  if (type.kind === "BOOL") return "BINARY";
  if (type.kind === "TIMESTAMP" || type.kind === "DATE") return "TIMESTAMP";
  return "NUMERICAL";
}

/** Whether mean, standard deviation and quantiles mean something for values of this type. */
export function isNumeric(dataType: string): boolean {
  const type = parseDataType(dataType);
  return type !== null && type.length === null && /^(INT|FLOAT|DECIMAL)/.test(type.kind);
}
