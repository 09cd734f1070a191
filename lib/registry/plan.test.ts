import { describe, expect, test } from "vitest";
import { Definition } from "./definition-schema";
import { gradeChange, hashDefinition, isSameStructure, planDefinitions, type StoredDefinition } from "./plan";

const GROUP = {
  kind: "feature_group",
  name: "stats",
  entity: "driver",
  sql: "SELECT 1",
  features: [
    { name: "a", type: "INT64", description: "one" },
    { name: "b", type: "STRING" },
  ],
};
const [A, B] = GROUP.features as [object, object];
const ENTITY = { kind: "entity", name: "driver", joinKeys: [{ name: "driver", type: "INT64" }] };
const SOURCE = { kind: "source", name: "raw", sql: "SELECT 1" };
const VIEW = { kind: "feature_view", name: "model", joins: [{ group: "stats", features: ["a"] }] };
const CONSUMER = { kind: "consumer", name: "app", type: "model", views: ["model"] };

const parse = (definition: object): Definition => Definition.parse(definition);

describe("gradeChange", () => {
  test.each<[string, object, object, string, string[]]>([
    [
      "words of a group",
      GROUP,
      { description: "x", owner: "o", tags: ["t"] },
      "METADATA",
      ["description", "tags", "owner"],
    ],
    ["its TTL", GROUP, { ttl: "7d" }, "NON_BREAKING", ["ttl"]],
    ["its SQL", GROUP, { sql: "SELECT 2" }, "NON_BREAKING", ["sql"]],
    ["no longer online", GROUP, { online: false }, "NON_BREAKING", ["online"]],
    ["its entity", GROUP, { entity: "rider" }, "BREAKING", ["entity"]],
    ["its event time", GROUP, { eventTime: "at" }, "BREAKING", ["eventTime"]],
    ["its created time", GROUP, { createdTime: "known" }, "BREAKING", ["createdTime"]],
    ["a feature more", GROUP, { features: [A, B, { name: "c", type: "BOOL" }] }, "NON_BREAKING", ["feature c added"]],
    ["a feature less", GROUP, { features: [A] }, "BREAKING", ["feature b removed"]],
    [
      "a feature renamed",
      GROUP,
      { features: [A, { name: "c", type: "STRING" }] },
      "BREAKING",
      ["feature c added", "feature b removed"],
    ],
    ["another type", GROUP, { features: [A, { ...B, type: "INT64" }] }, "BREAKING", ["type STRING becomes INT64"]],
    ["a narrower type", GROUP, { features: [{ ...A, type: "INT32" }, B] }, "BREAKING", ["type INT64 becomes INT32"]],
    [
      "words of a feature",
      GROUP,
      { features: [{ ...A, description: "x", unit: "m", tags: ["t"], owner: "o" }, B] },
      "METADATA",
      ["feature a: description, tags, owner, unit changed"],
    ],
    ["constraints", GROUP, { features: [{ ...A, constraints: { min: 0 } }, B] }, "NON_BREAKING", ["constraints"]],
    ["a default", GROUP, { features: [{ ...A, default: 0 }, B] }, "NON_BREAKING", ["default"]],
    ["sensitivity", GROUP, { features: [{ ...A, sensitivity: "personal" }, B] }, "NON_BREAKING", ["sensitivity"]],
    ["another order", GROUP, { features: [B, A] }, "METADATA", ["another order"]],
    ["join keys", ENTITY, { joinKeys: [{ name: "driver", type: "STRING" }] }, "BREAKING", ["joinKeys"]],
    ["SQL of a source", SOURCE, { sql: "SELECT 2" }, "NON_BREAKING", ["sql"]],
    ["joins of a view", VIEW, { joins: [{ group: "stats", features: ["b"] }] }, "BREAKING", ["joins"]],
    ["the spine of a view", VIEW, { spine: { sql: "SELECT 1" } }, "NON_BREAKING", ["spine"]],
    ["what a consumer reads", CONSUMER, { features: ["stats:a"] }, "NON_BREAKING", ["features"]],
    ["where a consumer is", CONSUMER, { url: "https://app.example" }, "METADATA", ["url"]],
  ])("%s", (_what, before, change, grade, said) => {
    const graded = gradeChange(parse(before), parse({ ...before, ...change }));
    expect(graded.grade).toBe(grade);
    for (const words of said) expect(graded.changes.join("; ")).toContain(words);
  });

  test("the worst of several counts, and every one is told", () => {
    const after = parse({ ...GROUP, description: "x", ttl: "1d", features: [A] });
    expect(gradeChange(parse(GROUP), after)).toEqual({
      grade: "BREAKING",
      changes: ["feature b removed", "description changed", "ttl changed"],
    });
  });
});

describe("isSameStructure", () => {
  test.each<[string, object, object, boolean]>([
    ["words", GROUP, { description: "x", owner: "o", tags: ["t"] }, true],
    [
      "what is said about a feature",
      GROUP,
      { features: [{ ...A, constraints: { min: 0 }, description: "" }, B] },
      true,
    ],
    ["a type", GROUP, { features: [{ ...A, type: "INT32" }, B] }, false],
    ["SQL", GROUP, { sql: "SELECT 2" }, false],
    ["what a consumer reads", CONSUMER, { views: [] }, false],
  ])("%s", (_what, before, change, same) => {
    expect(isSameStructure(parse(before), parse({ ...before, ...change }))).toBe(same);
  });
});

describe("planDefinitions", () => {
  const stored = (definition: object, version = 1): StoredDefinition => {
    const body = parse(definition);
    const base = {
      version,
      revision: 4,
      hash: hashDefinition(body),
      createdBy: "x",
      createdAt: new Date(0),
      reads: [],
    };
    return { ...base, kind: body.kind, name: body.name, body };
  };
  const plan = (live: object[], gone: StoredDefinition[], desired: object) =>
    planDefinitions({ live: live.map((item) => stored(item, 2)), gone }, [parse(desired)])[0];

  test("a change that breaks a group or a view makes a version, of other kinds it does not", () => {
    expect(plan([GROUP], [], { ...GROUP, features: [A] })).toMatchObject({ grade: "BREAKING", version: 3 });
    expect(plan([VIEW], [], { ...VIEW, joins: [{ group: "x", features: ["a"] }] })).toMatchObject({ version: 3 });
    expect(plan([ENTITY], [], { ...ENTITY, joinKeys: [] })).toMatchObject({ grade: "BREAKING", version: 2 });
    expect(plan([GROUP], [], { ...GROUP, ttl: "1d" })).toMatchObject({ grade: "NON_BREAKING", version: 2 });
  });
  test("what comes back takes a version that never was", () => {
    expect(plan([], [stored(GROUP, 2)], GROUP)).toMatchObject({ action: "create", version: 3 });
    expect(plan([], [stored(ENTITY)], ENTITY)).toMatchObject({ action: "create", version: 1 });
    expect(plan([], [], GROUP)).toMatchObject({ action: "create", version: 1, grade: null });
  });
  test("the order of keys is no change", () => {
    const { features, ...rest } = GROUP;
    expect(plan([GROUP], [], { features, ...rest })).toMatchObject({ action: "unchanged", version: 2 });
  });
});
