import { describe, expect, test } from "vitest";
import { EntityDefinition, FeatureGroupDefinition } from "@/lib/registry/definition-schema";
import { compareThree, mergeThree } from "./conflict";

const entity = (rest: Record<string, unknown> = {}): EntityDefinition =>
  EntityDefinition.parse({ kind: "entity", name: "shop", joinKeys: [{ name: "shop", type: "INT64" }], ...rest });
const group = (features: Record<string, unknown>[], rest: Record<string, unknown> = {}): FeatureGroupDefinition =>
  FeatureGroupDefinition.parse({
    kind: "feature_group",
    name: "sales",
    entity: "shop",
    sql: "SELECT 1",
    features: features.map((feature) => ({ type: "INT64", ...feature })),
    ...rest,
  });

const summary = (...sides: Parameters<typeof compareThree>): string[] =>
  compareThree(...sides).map((change) => `${change.by} ${change.path}`);

describe("what differs", () => {
  test.each<[string, Record<string, unknown>, Record<string, unknown>, string[]]>([
    ["nothing", {}, {}, []],
    ["mine alone", {}, { description: "m" }, ["mine description"]],
    ["theirs alone", { owner: "t" }, {}, ["theirs owner"]],
    ["both the same", { owner: "x" }, { owner: "x" }, []],
    ["both", { description: "t" }, { description: "m" }, ["both description"]],
    ["each another field", { tags: ["t"] }, { owner: "m" }, ["theirs tags", "mine owner"]],
    ["the order of tags", { tags: ["a", "b"] }, { tags: ["b", "a"] }, ["both tags"]],
  ])("%s", (_, theirs, mine, expected) => {
    expect(summary(entity(), entity(theirs), entity(mine))).toEqual(expected);
  });

  test("of a group, field by field of each feature", () => {
    const base = group([{ name: "a" }, { name: "b" }]);
    const theirs = group([{ name: "a", description: "t" }, { name: "b" }], { ttl: "7d" });
    const mine = group([{ name: "a", description: "m", unit: "kg" }, { name: "b" }]);
    expect(summary(base, theirs, mine)).toEqual(["theirs ttl", "both features/a/description", "mine features/a/unit"]);
  });

  test("features that came or went are taken whole", () => {
    const base = group([{ name: "a" }, { name: "b" }]);
    const theirs = group([{ name: "a" }, { name: "c" }]);
    const mine = group([{ name: "a" }, { name: "b", unit: "kg" }, { name: "d" }]);
    expect(summary(base, theirs, mine)).toEqual(["both features/b", "theirs features/c", "mine features/d"]);
  });

  test("both added the same feature, differently", () => {
    const theirs = group([{ name: "a" }, { name: "n", unit: "kg" }]);
    const mine = group([{ name: "a" }, { name: "n", unit: "g" }]);
    expect(summary(group([{ name: "a" }]), theirs, mine)).toEqual(["both features/n"]);
  });
});

describe("merging", () => {
  test("all mine gives what one wanted, all theirs what is there", () => {
    const base = group([{ name: "a" }, { name: "b" }], { owner: "o" });
    const theirs = group([{ name: "a", description: "t" }, { name: "c" }], { ttl: "1d", owner: "o" });
    const mine = group([{ name: "b" }, { name: "a", unit: "kg" }, { name: "d" }]);
    const changes = compareThree(base, theirs, mine);
    const all = (side: "mine" | "theirs") => Object.fromEntries(changes.map(({ path }) => [path, side]));
    const merged = mergeThree(theirs, changes, all("mine"));
    const byName = (of: FeatureGroupDefinition) => ({
      ...of,
      features: [...of.features].sort((a, b) => (a.name < b.name ? -1 : 1)),
    });
    expect(byName(merged)).toEqual(byName(mine));
    expect(mergeThree(theirs, changes, all("theirs"))).toEqual(theirs);
    expect(mergeThree(theirs, changes, {})).toEqual(theirs);
  });

  test("each field as chosen; theirs is not touched", () => {
    const theirs = entity({ description: "t", tags: ["t"] });
    const changes = compareThree(entity(), theirs, entity({ description: "m", owner: "m" }));
    const merged = mergeThree(theirs, changes, { description: "mine", tags: "theirs", owner: "mine" });
    expect(merged).toEqual(entity({ description: "m", tags: ["t"], owner: "m" }));
    expect(theirs.description).toBe("t");
  });
});
