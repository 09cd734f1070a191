import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseJson } from "./json";

/** Tests only: the code and the issues of what a function throws. */
function refusal(text: string): string {
  try {
    parseJson(text);
  } catch (error) {
    return (error as { code: string }).code;
  }
  return "accepted";
}

describe("parseJson", () => {
  test.each([
    ['{"a":1}', "accepted"],
    [' [1, 2.5e3, "x\\n\\u00e9", true, null] ', "accepted"],
    ['{"a":"9007199254740993"}', "accepted"],
    ["9007199254740991", "accepted"],
    ["9007199254740993", "validation_failed"],
    ["-9007199254740993", "validation_failed"],
    ["1e400", "validation_failed"],
    ['"\\"9007199254740993"', "accepted"],
    ["[1,]", "malformed_json"],
    ["{'a':1}", "malformed_json"],
    ["01", "malformed_json"],
    ["", "malformed_json"],
    ['"abc', "malformed_json"],
    ["tru", "malformed_json"],
    ['{"a":{"constructor":1}}', "unknown_field"],
    [`${"[".repeat(64)}${"]".repeat(64)}`, "accepted"],
    [`${"[".repeat(65)}${"]".repeat(65)}`, "too_deep"],
    [`"${"[".repeat(65)}"`, "accepted"],
  ])("%j: %s", (text, outcome) => {
    expect(refusal(text)).toBe(outcome);
  });

  test("gives what JSON.parse gives, for every JSON value", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const text = JSON.stringify(value);
        fc.pre(refusal(text) === "accepted");
        expect(parseJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  test("whatever the text, it answers a value or a LarderError", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'{}[]",:\\01-.eEtrufalsn \n\u0001') }), (text) => {
        expect(["accepted", "malformed_json", "validation_failed", "too_deep", "unknown_field"]).toContain(
          refusal(text),
        );
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ["plain", "x".repeat(9_000_000)],
    ["of quotes", '"'.repeat(2_000_000)],
    ["of backslashes", "\\".repeat(2_000_000)],
  ])("a string of megabytes, %s, is a string like any other", (_name, text) => {
    expect(parseJson(JSON.stringify({ text, n: 1 }))).toEqual({ text, n: 1 });
    expect(refusal(`{"text":${JSON.stringify(text)}`)).toBe("malformed_json");
  });

  test("looking for reserved names does not slow a long body down", () => {
    const text = JSON.stringify(Array.from({ length: 100_000 }, (_, i) => ({ a: i, b: `"quoted" ${i}`, c: null })));
    const startedAt = performance.now();
    parseJson(text);
    expect(performance.now() - startedAt).toBeLessThan(3000);
  });
});
