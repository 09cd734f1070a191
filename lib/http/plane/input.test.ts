import { describe, expect, test } from "vitest";
import { ReadFeatures } from "@/lib/serving/schema";
import { bodyFields, parseWith } from "../parse-input";
import { readInput } from "./input";

const outcome = (read: () => unknown): unknown => {
  try {
    return read();
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe("readInput says what the schema says", () => {
  test.each<[unknown]>([
    [{ entity_id: 1, features: ["a"] }],
    [{ entity_id: "x", features: ["a:b", "c"] }],
    [{ entity_ids: [1, "2", { k: "v", n: 1, b: true }], view: "v_1" }],
    [{ entity_ids: [], features: ["a"] }],
    [{ entity_id: 1, features: ["a"], include_expired: true }],
    [{ entity_id: 1, features: ["a"], answer: "values", overrides: { a: null } }],
    [{ entity_id: 1, features: [] }],
    [{ entity_id: 1, features: ["a"], other: 1 }],
    [{ entity_id: null, features: ["a"] }],
    [{ entity_id: [1], features: ["a"] }],
    [{ entity_id: "a\0b", features: ["a"] }],
    [{ entity_id: { k: "a\0b" }, features: ["a"] }],
    [{ entity_id: { k: { deeper: 1 } }, features: ["a"] }],
    [{ entity_id: "x".repeat(4001), features: ["a"] }],
    [{ entity_id: 1, features: ["x".repeat(201)] }],
    [{ entity_id: 1, features: [1] }],
    [{ entity_id: 1, features: Array.from({ length: 2001 }, () => "a") }],
    [{ entity_id: 1, view: "No Name" }],
    [{ entity_id: 1, view: 1 }],
    [{}],
    [[]],
    ["text"],
    [null],
    [undefined],
  ])("%j", (body) => {
    expect(outcome(() => readInput(body))).toEqual(outcome(() => parseWith(ReadFeatures, bodyFields(body))));
  });
});
