import { describe, expect, test } from "vitest";
import { FeatureDefinition } from "@/lib/registry/definition-schema";
import { draftOfFeature, featureOf, newFeature, typedValue } from "./feature-draft";

const parse = (feature: unknown): FeatureDefinition => FeatureDefinition.parse(feature);

describe("what nobody touched is kept exactly", () => {
  test.each<[string, Record<string, unknown>]>([
    ["the least", {}],
    ["a number as default of a decimal", { type: "DECIMAL(9,2)", default: 0 }],
    ["a decimal as text", { type: "DECIMAL(9,2)", default: "0.10" }],
    ["a big integer", { default: "9007199254740993" }],
    ["a feature type that is the standard one", { featureType: "NUMERICAL" }],
    ["constraints that say nothing", { constraints: {} }],
    ["constraints that say no", { constraints: { notNull: false, allowed: [] } }],
    ["all constraints", { constraints: { min: 0, max: 1.5, notNull: true, allowed: [1, 2] } }],
    ["allowed texts with commas and spaces", { type: "STRING", constraints: { allowed: ["a, b", " c", "1"] } }],
    ["an array", { type: "FLOAT32[2]", default: [0, 0.5] }],
    ["a false default", { type: "BOOL", default: false }],
    ["everything else", { description: "d", owner: "o", unit: "u", tags: ["t"], sensitivity: "personal" }],
  ])("%s", (_, rest) => {
    const feature = parse({ name: "f", type: "INT64", ...rest });
    expect(parse(featureOf("f", draftOfFeature(feature)))).toEqual(feature);
  });
});

describe("what is typed", () => {
  test("is read by the type", () => {
    expect(typedValue(" 12 ", "INT64")).toBe(12);
    expect(typedValue("9007199254740993", "INT64")).toBe("9007199254740993");
    expect(typedValue("1e400", "FLOAT64")).toBe("1e400");
    expect(typedValue("0.10", "DECIMAL(9,2)")).toBe("0.10");
    expect(typedValue(" a", "STRING")).toBe(" a");
    expect(typedValue("true", "BOOL")).toBe(true);
    expect(typedValue("[1,2]", "INT64[]")).toEqual([1, 2]);
    expect(typedValue("[1,", "INT64[]")).toBe("[1,");
    expect(typedValue("2024-01-01", "DATE")).toBe("2024-01-01");
  });

  test("becomes the definition", () => {
    const draft = { ...newFeature("INT64"), min: "1", max: "5", notNull: true, allowed: "1\n\n5", default: "1" };
    expect(parse(featureOf("f", draft))).toEqual({
      name: "f",
      type: "INT64",
      description: "",
      tags: [],
      constraints: { min: 1, max: 5, notNull: true, allowed: [1, 5] },
      default: 1,
    });
    expect(featureOf("f", { ...draft, featureType: "CATEGORICAL" }).featureType).toBe("CATEGORICAL");
    expect(FeatureDefinition.safeParse(featureOf("f", { ...draft, min: "one" })).success).toBe(false);
  });

  test("can be taken away", () => {
    const feature = parse({ name: "f", type: "INT64", constraints: { min: 0, allowed: [1] }, default: 3, owner: "o" });
    const draft = { ...draftOfFeature(feature), min: "", allowed: "", default: "", owner: "" };
    expect(parse(featureOf("f", draft))).toEqual({
      name: "f",
      type: "INT64",
      description: "",
      tags: [],
      constraints: {},
    });
  });
});
