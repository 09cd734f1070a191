import { describe, expect, test } from "vitest";
import { bodyOf, columnsOf, exampleRow } from "./example-row";

const COLUMNS = {
  keys: [{ name: "id", type: "INT64" }],
  eventTime: "at",
  createdTime: "known",
  features: [
    { name: "amount", type: "DECIMAL(10,2)" },
    { name: "vector", type: "FLOAT32[3]" },
    { name: "words", type: "STRING[]" },
  ],
};

test("an example has every column, of its type", () => {
  expect(exampleRow(COLUMNS)).toEqual({
    id: 1,
    at: "2026-01-31T08:15:00Z",
    known: "2026-01-31T08:15:00Z",
    amount: "0.50",
    vector: [0.5, 0.5, 0.5],
    words: ["text", "text"],
  });
  expect(columnsOf({ ...COLUMNS, createdTime: null }).map(({ name, needed }) => [name, needed])).toEqual([
    ["id", true],
    ["at", true],
    ["amount", false],
    ["vector", false],
    ["words", false],
  ]);
});

describe("what is pasted becomes a body", () => {
  test.each([
    ['{"id":1}', '{"mode":"append","rows":[{"id":1}]}'],
    ['{\n "id": 1\n}', '{"mode":"append","rows":[{\n "id": 1\n}]}'],
    ['[{"id":9007199254740993}]', '{"mode":"append","rows":[{"id":9007199254740993}]}'],
    ['{"id":1}\n\n{"id":2}\n', '{"mode":"append","rows":[{"id":1},{"id":2}]}'],
  ])("%j", (text, body) => {
    expect(bodyOf(text, { mode: "append" })).toBe(body);
  });

  test.each([
    ["", "at least one row"],
    ['{"id":1}\n{"id":', "Line 2 is not JSON"],
    ["id,at\n1,2", "Line 1 is not JSON"],
  ])("%j is refused", (text, why) => {
    expect(() => bodyOf(text, {})).toThrow(why);
  });
});
