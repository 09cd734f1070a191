import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FeatureReference, formatFeatureReference, Name, parseFeatureReference } from "./names";

const LONGEST = `a${"b".repeat(62)}`;

describe("Name", () => {
  it.each(["a", "a1", "a_b", "a_", "null", "constructor", LONGEST])("%j is one", (text) => {
    expect(Name.safeParse(text).success).toBe(true);
  });

  it.each(["", "A", "aB", "1a", "_a", "a-b", "a.b", "a b", " a", "a\n", "é", "a:b", "a@1", `${LONGEST}c`, 1, null])(
    "%j is none",
    (text) => {
      expect(Name.safeParse(text).success).toBe(false);
    },
  );
});

describe("parseFeatureReference", () => {
  it.each<[string, FeatureReference]>([
    ["delay", { group: null, version: null, feature: "delay" }],
    ["traffic:delay", { group: "traffic", version: null, feature: "delay" }],
    ["traffic@2:delay", { group: "traffic", version: 2, feature: "delay" }],
    ["traffic@999999999:delay", { group: "traffic", version: 999_999_999, feature: "delay" }],
    [`${LONGEST}@10:${LONGEST}`, { group: LONGEST, version: 10, feature: LONGEST }],
    ["traffic:delay__mean", { group: "traffic", version: null, feature: "delay__mean" }],
  ])("%s", (text, reference) => {
    expect(parseFeatureReference(text)).toEqual(reference);
    expect(formatFeatureReference(reference)).toBe(text);
  });

  it.each([
    "",
    ":",
    "traffic:",
    ":delay",
    "traffic::delay",
    "a:b:c",
    "delay@2",
    "traffic@:delay",
    "traffic@0:delay",
    "traffic@01:delay",
    "traffic@-1:delay",
    "traffic@1.5:delay",
    "traffic@1000000000:delay",
    "@2:delay",
    "traffic:delay@2",
    "Traffic:delay",
    "traffic: delay",
    " traffic:delay",
    "traffic:delay\n",
    "traffic:*",
    "traffic.delay",
    `${LONGEST}c`,
    `traffic:${LONGEST}c`,
  ])("%j is refused", (text) => {
    expect(() => parseFeatureReference(text)).toThrow(expect.objectContaining({ code: "invalid_name" }));
  });

  it("shows at most 80 characters of what it refuses", () => {
    expect(() => parseFeatureReference("X".repeat(1_000))).toThrow(
      expect.objectContaining({ detail: expect.stringMatching(/^"X{80}" /) }),
    );
  });

  it("reads what formatFeatureReference wrote", () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,62}$/);
    const version = fc.option(fc.integer({ min: 1, max: 999_999_999 }));
    const bare = fc.record({ group: fc.constant(null), version: fc.constant(null), feature: name });
    fc.assert(
      fc.property(fc.oneof(bare, fc.record({ group: name, version, feature: name })), (reference) => {
        expect(parseFeatureReference(formatFeatureReference(reference))).toEqual(reference);
      }),
    );
  });
});
