import { describe, expect, test } from "vitest";
import { CreateTrainingSet, type SpinePreview } from "@/lib/datasets/training-schema";
import { fillOf, fillsOf } from "./fill-draft";
import { prepareNulls } from "./prepare-nulls";
import {
  contentKey,
  emptySet,
  type OfferedView,
  requestOf,
  type SetDraft,
  spineColumns,
  spineOf,
  suggestName,
  withSeen,
  withSpine,
} from "./set-draft";
import {
  asPicked,
  isFeatureColumn,
  joinedAgain,
  missingKeys,
  resultColumns,
  withoutColumn,
  withoutReference,
  withPicked,
} from "./set-joins";
import { errorOfName, errorsOfStep, spineKey, stepOfError, stepReached } from "./set-steps";
import { errorsOfSplit, inOrder, NO_SPLIT, type SplitDraft, splitOf, sumOfShares, withPart } from "./split-draft";

const ROUTES: OfferedView = {
  name: "routes",
  description: "",
  columns: ["delay", "dest__delay"],
  spine: { sql: "SELECT * FROM flights", timestampColumn: "departure", label: "late" },
  joins: [
    { group: "traffic", version: 2, prefix: null, keys: { airport: "origin" }, features: ["delay"] },
    { group: "traffic", version: 2, prefix: "dest", keys: { airport: "destination" }, features: ["delay"] },
  ],
};
const BARE: OfferedView = { ...ROUTES, name: "bare", spine: null };
const VIEWS = [ROUTES, BARE];
const JOIN_KEYS = { traffic: [{ name: "airport", type: "STRING" as const }] };
const KNOWN = { views: VIEWS, joinKeys: JOIN_KEYS };
const UPLOAD = `upload:upl_${"0".repeat(32)}.csv`;

function seen(...names: string[]): SpinePreview {
  return {
    columns: names.map((name) => ({ name, type: "STRING", role: "feature", entity: null })),
    rows: [],
    rowCount: 6,
    timestampColumn: names.includes("at") ? "at" : null,
    entities: [],
  };
}

/** An uploaded file whose rows have been read. */
function uploaded(...names: string[]): SetDraft {
  const begun = withSpine(emptySet(VIEWS, null), { upload: { path: UPLOAD, name: "labels.csv", rowCount: 6 } }, VIEWS);
  return withSeen(begun, spineKey(begun, VIEWS), seen(...names));
}

/** A draft whose preview has found `warnings`. */
function looked(draft: SetDraft, ...warnings: NonNullable<SetDraft["looked"]>["warnings"]): SetDraft {
  const of = contentKey(draft, VIEWS);
  return { ...draft, looked: { of, columns: [], nullCounts: {}, rowCount: 6, warnings, unseen: false } };
}

describe("the rows", () => {
  test("a view that is named is what a draft begins with, rows and all", () => {
    const draft = emptySet(VIEWS, "routes");
    expect(draft).toMatchObject({ timestampColumn: "departure", label: "late", source: "view", view: "routes" });
    expect(spineOf(draft, VIEWS)).toEqual({ sql: "SELECT * FROM flights" });
    // The view's own rows are asked for by its name alone.
    expect(requestOf(draft, VIEWS)).not.toHaveProperty("spine");
    expect(requestOf({ ...draft, label: "" }, VIEWS)).toHaveProperty("spine");
    expect(requestOf(asPicked(draft, VIEWS), VIEWS)).toHaveProperty("spine");
  });

  test("a view without rows leaves it to an upload", () => {
    expect(emptySet(VIEWS, "bare")).toMatchObject({ view: "bare", spine: { kind: "upload", view: "routes" } });
  });

  test("their time and label are chosen when nobody has, and kept when somebody has", () => {
    expect(uploaded("at", "label", "airport")).toMatchObject({ timestampColumn: "at", label: "label" });
    const chosen = { ...uploaded("at", "label", "airport"), timestampColumn: "airport", label: "at" };
    expect(withSeen(chosen, "x", seen("at", "label", "airport"))).toMatchObject({
      timestampColumn: "airport",
      label: "at",
    });
    expect(withSeen(chosen, "x", seen("other"))).toMatchObject({ timestampColumn: "", label: "" });
    const likely = seen("other", "when");
    const columns = likely.columns.map((one) => (one.name === "when" ? { ...one, role: "event_time" as const } : one));
    expect(withSeen(chosen, "x", { ...likely, columns })).toMatchObject({ timestampColumn: "when" });
  });

  test("another kind of rows forgets the time and label of the ones before", () => {
    const draft = withSpine(uploaded("at", "label"), { kind: "view" }, VIEWS);
    expect(draft).toMatchObject({ timestampColumn: "departure", label: "late" });
    expect(withSpine(draft, { kind: "sql" }, VIEWS)).toMatchObject({ timestampColumn: "", label: "" });
  });

  test("of a feature group are taken in UTC, and a range that is none gives none", () => {
    const group = { name: "traffic", start: "2001-01-01T00:00", end: "" };
    const draft = withSpine(emptySet(VIEWS, null), { kind: "group", group }, VIEWS);
    expect(spineOf(draft, VIEWS)).toEqual({ group: { name: "traffic", start: "2001-01-01T00:00:00.000000Z" } });
    const odd = withSpine(draft, { group: { ...group, end: "soon" } }, VIEWS);
    expect(spineOf(odd, VIEWS)).toBeNull();
    expect(errorsOfStep("spine", odd, KNOWN)).toEqual({ end: "Not a day and a time" });
    const turned = withSpine(draft, { group: { ...group, end: "2000-01-01T00:00" } }, VIEWS);
    expect(errorsOfStep("spine", turned, KNOWN)).toEqual({ end: "Must be after the beginning" });
  });

  test("of a feature group are its keys and times, and of the rest the label alone", () => {
    const group = { name: "traffic", start: "", end: "" };
    const draft = withSpine(emptySet(VIEWS, null), { kind: "group", group }, VIEWS);
    const read = withSeen(draft, spineKey(draft, VIEWS), seen("airport", "at", "delay", "flights"));
    expect(spineColumns(read)).toEqual(["airport", "at"]);
    expect(spineColumns({ ...read, label: "flights" })).toEqual(["airport", "at", "flights"]);
    const mine = { ...read, source: "picked" as const, joins: withPicked([], [{ group: "traffic", name: "delay" }]) };
    expect(errorsOfStep("features", mine, KNOWN)).toEqual({});
    expect(errorsOfStep("features", { ...mine, label: "delay" }, KNOWN)).toHaveProperty("clash");
  });

  test("must be read before one goes on, also after they were exchanged", () => {
    const draft = uploaded("at", "origin", "destination");
    expect(errorsOfStep("spine", draft, KNOWN)).toEqual({});
    const other = withSpine(draft, { upload: { path: UPLOAD.replace("0", "1"), name: "b.csv", rowCount: 1 } }, VIEWS);
    expect(errorsOfStep("spine", other, KNOWN)).toHaveProperty("seen");
    expect(errorsOfStep("spine", { ...draft, timestampColumn: "" }, KNOWN)).toHaveProperty("timestampColumn");
    expect(errorsOfStep("spine", { ...draft, label: "at" }, KNOWN)).toHaveProperty("label");
    expect(errorsOfStep("spine", emptySet(VIEWS, null), KNOWN)).toEqual({ upload: "Upload the rows first" });
  });
});

describe("features", () => {
  test("of one group go into one join, once each, and leave it again", () => {
    const joins = withPicked(
      [],
      [
        { group: "a", name: "x" },
        { group: "b", name: "y" },
        { group: "a", name: "z" },
        { group: "a", name: "x" },
      ],
    );
    expect(joins.map(({ group, features }) => [group, ...features])).toEqual([
      ["a", "x", "z"],
      ["b", "y"],
    ]);
    expect(withoutReference(joins, "b:y").map((join) => join.group)).toEqual(["a"]);
  });

  test("of one group can be joined twice, told apart by prefix and id", () => {
    const [join] = withPicked([], [{ group: "traffic", name: "delay" }]);
    const twice = joinedAgain([join as never], join as never);
    const thrice = joinedAgain(twice, join as never);
    expect(thrice.map(({ id, prefix }) => [id, prefix])).toEqual([
      [1, ""],
      [2, "other"],
      [3, "other_2"],
    ]);
  });

  test("need a column of the rows for each key", () => {
    const draft = uploaded("at", "origin");
    expect(missingKeys(draft, VIEWS, JOIN_KEYS).map(({ column }) => column)).toEqual(["destination"]);
    expect(errorsOfStep("features", draft, KNOWN)).toEqual({
      "keys.2.airport": "Your rows have no column destination",
    });
    const mapped = asPicked(draft, VIEWS);
    const joins = mapped.joins.map((join) => ({ ...join, keys: { airport: "origin" } }));
    expect(errorsOfStep("features", { ...mapped, joins }, KNOWN)).toEqual({});
    expect(CreateTrainingSet.parse({ name: "x", ...requestOf({ ...mapped, joins }, VIEWS) }).joins).toEqual([
      { group: "traffic", version: 2, keys: { airport: "origin" }, features: ["delay"] },
      { group: "traffic", version: 2, prefix: "dest", keys: { airport: "origin" }, features: ["delay"] },
    ]);
  });

  test("that would have the name of another column are seen at once", () => {
    const draft = asPicked(uploaded("at", "origin", "destination", "Delay"), VIEWS);
    const clashes = resultColumns(draft, VIEWS).filter((column) => column.clash);
    expect(clashes.map(({ name, from }) => [name, from])).toEqual([
      ["Delay", "your rows"],
      ["delay", "traffic@2:delay"],
    ]);
    expect(errorsOfStep("features", draft, KNOWN).clash).toMatch(/^Two columns would be called/);
    const prefixed = { ...draft, joins: draft.joins.map((join) => ({ ...join, prefix: join.prefix || "from" })) };
    expect(errorsOfStep("features", prefixed, KNOWN)).toEqual({});
  });

  test("a prefix is a name", () => {
    const draft = asPicked(uploaded("at", "origin", "destination"), VIEWS);
    const joins = draft.joins.map((join) => ({ ...join, prefix: join.prefix === "" ? "No good" : "dest" }));
    expect(Object.keys(errorsOfStep("features", { ...draft, joins }, KNOWN))).toEqual(["prefix.1"]);
  });

  test("one of a view is left out by taking the view apart", () => {
    const draft = withoutColumn(emptySet(VIEWS, "routes"), "dest__delay", VIEWS);
    expect(draft).toMatchObject({ source: "picked", joins: [{ group: "traffic", prefix: "", features: ["delay"] }] });
    expect(isFeatureColumn(draft, "dest__delay", VIEWS)).toBe(false);
    expect(isFeatureColumn(draft, "late", VIEWS)).toBe(false);
    expect(withoutColumn(draft, "late", VIEWS)).toBe(draft);
  });
});

describe("the steps", () => {
  const ready = uploaded("at", "origin", "destination", "label");
  const leak = { code: "associated_with_label" as const, column: "delay", detail: "" };

  test("one is reached when those before it are done", () => {
    expect(stepReached("build", emptySet(VIEWS, null), KNOWN)).toBe("spine");
    expect(stepReached("build", uploaded("at", "origin"), KNOWN)).toBe("features");
    expect(stepReached("build", ready, KNOWN)).toBe("preview");
    expect(stepReached("build", looked(ready), KNOWN)).toBe("build");
    expect(stepReached("spine", looked(ready), KNOWN)).toBe("spine");
  });

  test("a preview of other features or rows counts no more; one of another split does", () => {
    const draft = looked(ready);
    expect(stepReached("build", { ...draft, view: "bare" }, KNOWN)).toBe("preview");
    expect(stepReached("build", { ...draft, label: "" }, KNOWN)).toBe("preview");
    expect(stepReached("build", { ...draft, asKnown: "created_time" }, KNOWN)).toBe("preview");
    expect(stepReached("build", { ...draft, split: { ...NO_SPLIT, by: "hash" } }, KNOWN)).toBe("build");
    expect(stepReached("build", { ...draft, nullKeys: "keep", fillNull: { delay: "0" } }, KNOWN)).toBe("build");
  });

  test("a leak must be decided about, another warning not", () => {
    const draft = looked(ready, leak, { code: "mostly_null", column: "delay", detail: "" });
    expect(errorsOfStep("preview", draft, KNOWN)).toEqual({ warnings: "Decide about the warning first" });
    expect(errorsOfStep("preview", { ...draft, kept: ["associated_with_label delay"] }, KNOWN)).toEqual({});
    expect(errorsOfStep("preview", { ...draft, kept: ["mostly_null delay"] }, KNOWN)).toHaveProperty("warnings");
  });

  test.each([
    ["sql_invalid", "spine"],
    ["empty_spine", "spine"],
    ["missing_key_column", "features"],
    ["feature_name_collision", "features"],
    ["null_key", "options"],
    ["already_exists", "build"],
    ["unreachable", "build"],
  ])("%s is put right in %s", (code, step) => {
    expect(stepOfError(code)).toBe(step);
  });
});

describe("options", () => {
  test.each([
    ["7", "INT64", 7],
    ["9007199254740993", "INT64", "9007199254740993"],
    ["7.5", "INT64", undefined],
    ["-0.5", "FLOAT64", -0.5],
    ["nan", "FLOAT64", undefined],
    ["1.10", "DECIMAL(9,2)", "1.10"],
    ["true", "BOOL", true],
    ["yes", "BOOL", undefined],
    ["2001-02-30", "DATE", undefined],
    ["2001-02-03", "DATE", "2001-02-03"],
    ["2001-02-03 04:05", "TIMESTAMP", "2001-02-03T04:05:00.000000Z"],
    [" a ", "STRING", " a "],
    ["[1]", "FLOAT32[3]", undefined],
  ])("%j as %s is %j", (text, type, value) => {
    expect(fillOf(text, type)).toBe(value);
  });

  test("defaults of columns that are gone are left out", () => {
    const typed = { a: "1", b: "x", c: "", gone: "1" };
    const columns = ["a", "b", "c"].map((name) => ({ name, type: "INT32" }));
    expect(fillsOf(typed, columns)).toEqual({ values: { a: 1 }, errors: { b: "Not a value of type INT32" } });
  });

  const hash: SplitDraft = { ...NO_SPLIT, by: "hash" };
  const time: SplitDraft = {
    ...NO_SPLIT,
    by: "time",
    parts: [
      { id: 1, name: "train", share: "", until: "2001-01-01T00:00" },
      { id: 2, name: "test", share: "", until: "" },
    ],
  };
  test("a split by key has shares that make a whole", () => {
    expect(splitOf(hash)).toEqual({
      by: "hash",
      seed: 0,
      parts: [
        { name: "train", share: 0.7 },
        { name: "validation", share: 0.15 },
        { name: "test", share: 0.15 },
      ],
    });
    const thirds = { ...hash, parts: hash.parts.map((part) => ({ ...part, share: 33 })) };
    expect(sumOfShares(thirds)).toBe(99);
    expect(errorsOfSplit(thirds, [])).toEqual({ parts: "The shares must add up to 100 %; these are 99 %" });
    expect(errorsOfSplit({ ...hash, seed: -1 }, [])).toHaveProperty("seed");
    expect(errorsOfSplit(hash, ["split"])).toHaveProperty("by");
    expect(errorsOfSplit(withPart(hash), [])).toEqual({ "parts.3.share": "Between 0 and 100" });
    const twice = { ...hash, parts: hash.parts.map((part) => ({ ...part, name: part.id === 1 ? "test" : part.name })) };
    expect(errorsOfSplit(twice, []).parts).toMatch(/different names/);
  });

  test("a split by time ends in a part that is open", () => {
    expect(splitOf(time)).toEqual({
      by: "time",
      parts: [{ name: "train", until: "2001-01-01T00:00:00.000000Z" }, { name: "test" }],
    });
    const [first, last] = time.parts;
    const open = { ...time, parts: [{ ...first, until: "" }, last] as SplitDraft["parts"] };
    expect(errorsOfSplit(open, [])).toEqual({ "parts.0.until": "Choose a day and a time" });
    expect(errorsOfSplit(NO_SPLIT, ["split"])).toEqual({});
    expect(splitOf(NO_SPLIT)).toBeNull();
  });
});

test("counts of parts come in the order of the parts", () => {
  expect(inOrder({ test: 1, train: 3 }, [{ name: "train" }, { name: "rest" }, { name: "test" }])).toEqual([
    ["train", 3],
    ["rest", 0],
    ["test", 1],
  ]);
});

test("columns of a preview: the emptiest feature first, the rows' own last", () => {
  const columns = ["at", "label", "a", "b"].map((name) => ({ name, type: "INT32" }));
  const rows = prepareNulls({
    columns,
    spineColumns: columns.slice(0, 2),
    nullCounts: { at: 0, label: 3, a: 1, b: 4 },
    timestampColumn: "at",
    label: "label",
  });
  expect(rows.map(({ name, role, nulls }) => [name, role, nulls])).toEqual([
    ["b", "feature", 4],
    ["a", "feature", 1],
    ["at", "time of the row", 0],
    ["label", "label", 3],
  ]);
});

test("names are made from what there is, and never one that is taken", () => {
  expect(suggestName("labels", new Set())).toBe("labels_set");
  expect(suggestName("2024 Labels!", new Set())).toBe("labels_set");
  expect(suggestName("", new Set(["training_set", "training_set_2"]))).toBe("training_set_3");
  expect(errorOfName(suggestName("x".repeat(200), new Set()), new Set())).toBeUndefined();
  expect(errorOfName("a", new Set(["a"]))).toMatch(/exists already/);
  expect(errorOfName("A", new Set())).toMatch(/must start with a letter/);
});
