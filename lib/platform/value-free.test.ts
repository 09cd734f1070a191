import { expect, test } from "vitest";
import { valueFree } from "./value-free";

test.each([
  [
    "Conversion Error: Could not convert string '078-05-1120' to INT32",
    "Conversion Error: Could not convert string '…' to INT32",
  ],
  [
    "Conversion Error: Could not convert string 'O'Hara to X' to INT32",
    "Conversion Error: Could not convert string '…' to INT32",
  ],
  [
    "Conversion Error: Type INT64 with value 4711000000 can't be cast because the value is out of range for the destination type INT32",
    "Conversion Error: Type INT64 with value '…' can't be cast because the value is out of range for the destination type INT32",
  ],
  [
    "Out of Range Error: Overflow in multiplication of INT64 (4711 * 9223372036854775807)!",
    "Out of Range Error: Overflow in multiplication of INT64 (…)!",
  ],
  [
    'Conversion Error: invalid timestamp field format: "4711", expected format is (YYYY-MM-DD HH:MM:SS)',
    "Conversion Error: invalid timestamp field format: '…', expected format is (YYYY-MM-DD HH:MM:SS)",
  ],
  [
    `Invalid Input Error: CSV Error on Line: 3\nOriginal Line: 2,4711,"a\nb"\nError when converting column "salary". Could not convert string "47,11" to 'BIGINT'\n\nColumn salary is being converted as type BIGINT`,
    `Invalid Input Error: CSV Error on Line: 3\nError when converting column "salary". Could not convert string '…' to 'BIGINT'\n\nColumn salary is being converted as type BIGINT`,
  ],
  [
    "Invalid Input Error: CSV Error on Line: 3\nOriginal Line: 2,4711\nsomething else",
    "Invalid Input Error: CSV Error on Line: 3",
  ],
  [
    'Invalid Input Error: Could not parse string "078-05" according to format specifier "%Y"\n078-05\n   ^\nError: Full specifier did not match',
    "Invalid Input Error: Could not parse string '…' according to format specifier '…'",
  ],
  [
    `Conversion Error: CSV Error on Line: 3\nOriginal Line: 2,4711\nError when converting column "ssn". Could not convert string "4711" to 'BIGINT'\n\nPossible solutions:\n* None`,
    `Conversion Error: CSV Error on Line: 3\nError when converting column "ssn". Could not convert string '…' to 'BIGINT'\n\nPossible solutions:\n* None`,
  ],
  [
    "Conversion Error: Type VARCHAR with value '078-aa' can't be cast to the destination type INTEGER[]\n\nLINE 1: SELECT '078-aa'",
    "Conversion Error: Type VARCHAR with value '…' can't be cast to the destination type INTEGER[]\n\nLINE 1: SELECT '…'",
  ],
  [
    'Invalid Input Error: Malformed JSON at byte 5 of input: unexpected character.  Input: "{"a" 4711"',
    "Invalid Input Error: Malformed JSON at byte 5 of input: unexpected character.  Input: '…'",
  ],
  ["Conversion Error: Date out of range: 4711-77-1", "Conversion Error: Date out of range: …"],
])("%s", (text, free) => {
  expect(valueFree(text)).toBe(free);
});

test.each([
  "Binder Error: Referenced column \"salary\" not found in FROM clause!\n\nLINE 2: WHERE a = 'x'",
  "schema_mismatch: SQL of stats lacks the feature 'trips'",
])("what quotes no values stays as it is: %s", (text) => {
  expect(valueFree(text)).toBe(text);
});
