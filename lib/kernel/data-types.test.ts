import { describe, expect, it } from "vitest";
import { type DataType, DataTypeText, defaultFeatureType, isNumeric, KeyTypeText, parseDataType } from "./data-types";

describe("parseDataType", () => {
  it.each(["INT32", "INT64", "FLOAT32", "FLOAT64", "STRING", "BOOL", "TIMESTAMP", "DATE", "BYTES", "JSON"] as const)(
    "%s is a scalar, an array with [], a vector with [n]",
    (kind) => {
      expect(parseDataType(kind)).toEqual({ kind, length: null });
      expect(parseDataType(`${kind}[]`)).toEqual({ kind, length: 0 });
      expect(parseDataType(`${kind}[384]`)).toEqual({ kind, length: 384 });
    },
  );

  it.each<[string, DataType]>([
    ["DECIMAL(1,0)", { kind: "DECIMAL", precision: 1, scale: 0, length: null }],
    ["DECIMAL(18,3)", { kind: "DECIMAL", precision: 18, scale: 3, length: null }],
    ["DECIMAL(18, 3)", { kind: "DECIMAL", precision: 18, scale: 3, length: null }],
    ["DECIMAL(38,38)", { kind: "DECIMAL", precision: 38, scale: 38, length: null }],
    ["DECIMAL(18,3)[]", { kind: "DECIMAL", precision: 18, scale: 3, length: 0 }],
    ["DECIMAL(18,3)[2]", { kind: "DECIMAL", precision: 18, scale: 3, length: 2 }],
    ["FLOAT32[1]", { kind: "FLOAT32", length: 1 }],
    ["FLOAT32[99999]", { kind: "FLOAT32", length: 99_999 }],
  ])("%s", (text, type) => {
    expect(parseDataType(text)).toEqual(type);
    expect(DataTypeText.safeParse(text).success).toBe(true);
  });

  it.each([
    "",
    "int64",
    "INT",
    "INT16",
    "VARCHAR",
    "FLOAT",
    "DOUBLE",
    " INT64",
    "INT64 ",
    "INT64\n",
    "INT64[",
    "INT64]",
    "INT64[-1]",
    "INT64[1.5]",
    "INT64[100000]",
    "INT64[][]",
    "INT64[3][3]",
    "FLOAT32[0]",
    "FLOAT32[0384]",
    "DECIMAL",
    "DECIMAL()",
    "DECIMAL(18)",
    "DECIMAL(0,0)",
    "DECIMAL(39,0)",
    "DECIMAL(3,4)",
    "DECIMAL(18,-1)",
    "DECIMAL(18,3",
    "DECIMAL[3]",
    "MAP",
    "STRUCT(a INT64)",
  ])("%j is refused", (text) => {
    expect(parseDataType(text)).toBeNull();
    expect(DataTypeText.safeParse(text).success).toBe(false);
  });
});

describe("what follows from a data type", () => {
  it.each([
    ["INT64", "NUMERICAL", true],
    ["FLOAT32", "NUMERICAL", true],
    ["DECIMAL(18,3)", "NUMERICAL", true],
    ["STRING", "CATEGORICAL", false],
    ["BOOL", "BINARY", false],
    ["TIMESTAMP", "TIMESTAMP", false],
    ["DATE", "TIMESTAMP", false],
    ["BYTES", "TEXT", false],
    ["JSON", "TEXT", false],
    ["JSON[]", "TEXT", false],
    ["FLOAT32[384]", "EMBEDDING", false],
    ["FLOAT64[]", "EMBEDDING", false],
    ["INT64[]", "CATEGORICAL", false],
    ["STRING[3]", "CATEGORICAL", false],
    ["no type", "TEXT", false],
  ])("%s: feature type %s, numeric %s", (text, featureType, numeric) => {
    expect(defaultFeatureType(text)).toBe(featureType);
    expect(isNumeric(text)).toBe(numeric);
  });

  it.each([
    ["INT32", true],
    ["INT64", true],
    ["STRING", true],
    ["BOOL", true],
    ["DATE", true],
    ["TIMESTAMP", true],
    ["FLOAT32", false],
    ["FLOAT64", false],
    ["DECIMAL(18,3)", false],
    ["BYTES", false],
    ["JSON", false],
    ["INT64[]", false],
  ])("%s as a join key: %s", (text, allowed) => {
    expect(KeyTypeText.safeParse(text).success).toBe(allowed);
  });
});
