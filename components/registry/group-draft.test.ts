import { describe, expect, test } from "vitest";
import type { GuessedColumn } from "@/lib/datasets/schema";
import { FeatureGroupDefinition } from "@/lib/registry/definition-schema";
import {
  definitionsOf,
  draftOfGroup,
  emptyGroup,
  emptyWrittenGroup,
  featureRows,
  type GroupDraft,
  withColumns,
  withEntity,
  withFeature,
} from "./group-draft";
import { errorsOfReview, errorsOfStep, stepReached } from "./wizard-steps";

const SHOP = { name: "shop", joinKeys: [{ name: "shop", type: "INT64" as const }] };
const ROUTE = {
  name: "route",
  joinKeys: [
    { name: "origin", type: "STRING" as const },
    { name: "destination", type: "STRING" as const },
  ],
};
const column = (name: string, type: string, role: GuessedColumn["role"] = "feature", entity: string | null = null) => ({
  ...{ name, type, role, entity },
});
const SALES = [
  column("shop", "INT64", "key", "shop"),
  column("seen", "TIMESTAMP", "event_time"),
  column("total", "FLOAT64"),
];
const UNKNOWN = [
  column("till_id", "INT64", "key"),
  column("seen", "TIMESTAMP", "event_time"),
  column("total", "FLOAT64"),
];

const begun = (columns: GuessedColumn[], entities = [SHOP, ROUTE]): GroupDraft =>
  withColumns({ ...emptyGroup("raw"), name: "sales", sql: "SELECT * FROM raw;" }, columns, entities);

describe("a preview", () => {
  test("settles what it can guess", () => {
    const draft = begun(SALES);
    expect([draft.entity, draft.keys, draft.time]).toEqual(["shop", { shop: "shop" }, "seen"]);
    expect(featureRows(draft).map((row) => [row.name, row.feature.type, row.feature.include])).toEqual([
      ["total", "FLOAT64", true],
    ]);
  });

  test("offers a new entity for an id that no entity has", () => {
    expect(begun(UNKNOWN).newEntity).toEqual({ name: "till", description: "", keys: ["till_id"] });
  });

  test("keeps what was written, follows the SQL's types, and drops what is gone", () => {
    const first = begun([...SALES, column("count", "INT64"), column("old", "INT64")]);
    const features = {
      ...first.features,
      total: { ...first.features.total, description: "all of it" } as never,
      count: { ...first.features.count, type: "FLOAT64" } as never,
    };
    const draft = withColumns(
      { ...first, features, time: "seen" },
      [...SALES.slice(0, 2), column("total", "INT64"), column("count", "INT32")],
      [SHOP],
    );
    expect(draft.features.total).toMatchObject({ description: "all of it", type: "INT64" });
    expect(draft.features.count).toMatchObject({ type: "FLOAT64", detected: "INT32" });
    expect(draft.features.old).toBeUndefined();
  });

  test("does not include what a feature cannot be called", () => {
    expect(begun([...SALES, column("Net Sales", "INT64")]).features["Net Sales"]?.include).toBe(false);
  });
});

describe("the SQL that is registered", () => {
  const sqlOf = (draft: GroupDraft): string => definitionsOf(draft).group.sql ?? "";

  test("is the one that was written where it gives just what is wanted", () => {
    expect(sqlOf(begun(SALES))).toBe("SELECT * FROM raw;");
  });

  test("leaves out columns, renames keys, and adds a constant time", () => {
    const draft = begun([...SALES, column("at", "INT64"), column("note", "STRING")]);
    const without = {
      ...draft,
      features: { ...draft.features, note: { ...draft.features.note, include: false } as never },
    };
    expect(sqlOf(without)).toBe('SELECT\n  shop,\n  seen,\n  total,\n  "at"\nFROM (\n  SELECT * FROM raw\n)');
    const routed = withEntity(
      begun([column("from_code", "STRING"), column("to_code", "STRING"), column("n", "INT64")], []),
      "route",
      [ROUTE],
    );
    const mapped = {
      ...routed,
      newEntity: null,
      keys: { origin: "from_code", destination: "to_code" },
      timeless: true,
    };
    expect(sqlOf(mapped)).toBe(
      "SELECT\n  from_code AS origin,\n  to_code AS destination,\n  n,\n  TIMESTAMP '1970-01-01 00:00:00' AS event_timestamp\nFROM (\n  SELECT * FROM raw\n)",
    );
    expect(definitionsOf(mapped).group.eventTime).toBe("event_timestamp");
  });

  test("of a new entity comes with the entity", () => {
    const { group, entity } = definitionsOf(begun(UNKNOWN));
    expect(entity).toEqual({
      kind: "entity",
      name: "till",
      description: "",
      joinKeys: [{ name: "till_id", type: "INT64" }],
    });
    expect([group.entity, group.features.map((feature) => feature.name)]).toEqual(["till", ["total"]]);
  });
});

describe("changing a registered group", () => {
  const group = FeatureGroupDefinition.parse({
    kind: "feature_group",
    name: "sales",
    description: "d",
    owner: "o",
    tags: ["t"],
    entity: "shop",
    sql: "SELECT shop, seen, known, b, a FROM raw",
    eventTime: "seen",
    createdTime: "known",
    ttl: "7d",
    online: false,
    features: [
      { name: "b", type: "INT32", description: "the b", constraints: { min: 0 } },
      { name: "a", type: "STRING", sensitivity: "personal" },
    ],
  });
  const preview = (...more: GuessedColumn[]): GuessedColumn[] => [
    ...SALES.slice(0, 2),
    column("known", "TIMESTAMP"),
    ...more,
  ];

  test("nothing changes by opening it, nor by its preview", () => {
    const draft = draftOfGroup(group, SHOP.joinKeys);
    expect(FeatureGroupDefinition.parse(definitionsOf(draft).group)).toEqual(group);
    const shown = withColumns(draft, preview(column("b", "INT64"), column("a", "STRING")), [SHOP]);
    expect(FeatureGroupDefinition.parse(definitionsOf(shown).group)).toEqual(group);
  });

  test("a feature that the SQL lacks is told and goes, a column that came is added", () => {
    const draft = draftOfGroup(group, SHOP.joinKeys);
    const next = withColumns({ ...draft, sql: "…" }, preview(column("b", "INT64"), column("c", "BOOL")), [SHOP]);
    expect(featureRows(next).map((row) => [row.name, row.gone])).toEqual([
      ["b", false],
      ["a", true],
      ["c", false],
    ]);
    expect(definitionsOf(next).group.features.map((feature) => [feature.name, feature.type])).toEqual([
      ["b", "INT32"],
      ["c", "BOOL"],
    ]);
    const back = withColumns(next, preview(column("b", "INT64"), column("a", "STRING")), [SHOP]);
    expect(FeatureGroupDefinition.parse(definitionsOf({ ...back, sql: group.sql ?? "" }).group)).toEqual(group);
  });
});

describe("the steps", () => {
  const known = [SHOP, ROUTE];
  test("follow each other", () => {
    const draft = begun(SALES);
    expect(stepReached("review", emptyGroup(null), known)).toBe("source");
    expect(stepReached("features", { ...emptyGroup("raw"), sql: "SELECT 1" }, known)).toBe("sql");
    expect(stepReached("review", { ...draft, time: "" }, known)).toBe("keys");
    expect(stepReached("review", draft, known)).toBe("review");
    expect(stepReached("source", draft, known)).toBe("source");
  });

  test.each<[string, Partial<GroupDraft>, string[]]>([
    ["nothing", {}, []],
    ["no entity", { entity: "", keys: {} }, ["entity"]],
    ["a key without a column", { keys: { shop: "" } }, ["keys.shop"]],
    ["no time", { time: "" }, ["time"]],
    ["no time, but timeless", { time: "", timeless: true }, []],
    ["a key as time", { time: "shop" }, ["time"]],
    ["the time twice", { createdTime: "seen" }, ["createdTime"]],
    ["a wrong duration", { ttl: "soon" }, ["ttl"]],
    ["a new entity without a name", { newEntity: { name: "", description: "", keys: ["shop"] } }, ["newEntity.name"]],
    [
      "a new entity that there is",
      { newEntity: { name: "route", description: "", keys: ["shop"] } },
      ["newEntity.name"],
    ],
    ["a new entity without keys", { newEntity: { name: "x", description: "", keys: [] } }, ["newEntity.keys"]],
  ])("keys and time: %s", (_, part, expected) => {
    expect(Object.keys(errorsOfStep("keys", { ...begun(SALES), ...part }, known))).toEqual(expected);
  });

  test("features and the name", () => {
    const draft = begun(SALES);
    expect(errorsOfStep("features", draft, known)).toEqual({});
    expect(Object.keys(errorsOfStep("features", { ...draft, features: {} }, known))).toEqual(["features"]);
    const wrong = { ...draft, features: { total: { ...draft.features.total, min: "x" } as never } };
    expect(Object.keys(errorsOfStep("features", wrong, known))).toEqual(["features.0.constraints.min"]);
    expect(errorsOfReview(draft, new Set(["sales"])).name).toContain("taken");
    expect(errorsOfReview({ ...draft, name: "Sales" }, new Set())).toHaveProperty("name");
    expect(errorsOfReview(draft, new Set())).toEqual({});
  });
});

describe("a group whose rows are written", () => {
  const begun = { ...emptyWrittenGroup(), name: "clicks", entity: "shop" };
  const draft = withFeature(withFeature(begun, "n", "INT64") ?? begun, "word", "STRING") ?? begun;

  test("has no SQL, and its features in the order they were added", () => {
    const { group } = definitionsOf(draft);
    expect(FeatureGroupDefinition.parse(group)).toMatchObject({ eventTime: "event_timestamp", online: true });
    expect(Object.keys(group)).not.toContain("sql");
    expect(Object.keys(group)).not.toContain("duplicates");
    expect(group.features?.map(({ name, type }) => [name, type])).toEqual([
      ["n", "INT64"],
      ["word", "STRING"],
    ]);
    expect(withFeature(draft, "n", "STRING")).toBeNull();
  });

  test("comes back from its definition as it was", () => {
    for (const duplicates of ["keep_last", "reject"] as const) {
      const definition = FeatureGroupDefinition.parse(definitionsOf({ ...draft, written: { duplicates } }).group);
      const again = draftOfGroup(definition, SHOP.joinKeys);
      expect(again.written).toEqual({ duplicates });
      expect(FeatureGroupDefinition.parse(definitionsOf(again).group)).toEqual(definition);
    }
  });

  test("is none that is computed", () => {
    const computed = FeatureGroupDefinition.parse({ ...definitionsOf(draft).group, sql: "SELECT 1" });
    expect(draftOfGroup(computed, SHOP.joinKeys).written).toBeUndefined();
  });
});
