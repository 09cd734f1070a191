import { expect, test } from "vitest";
import { FeatureViewDefinition } from "@/lib/registry/definition-schema";
import { type Checked, checkComputed, columnTypes, newComputed, newRequest, requestProblem } from "./on-demand-draft";
import { draftOfView, EMPTY_VIEW, viewOf } from "./view-draft";

const COLUMNS = new Map([
  ["trips", "INT64"],
  ["own__rating", "FLOAT64"],
]);

test("a view goes through the form unchanged, what the form does not show included", () => {
  const view = FeatureViewDefinition.parse({
    kind: "feature_view",
    name: "scored",
    joins: [{ group: "stats", features: ["trips"] }],
    filters: { trips: { gte: 1 } },
    aggregations: { trips: "sum" },
    requestData: { amount: "FLOAT64" },
    onDemand: { a: { expression: "trips" }, b: { expression: "a", type: "INT64", description: "B", unit: "km" } },
  });
  expect(FeatureViewDefinition.parse(viewOf(draftOfView(view)))).toEqual(view);
});

test("two of one name are refused, not merged", () => {
  const twice = [
    { ...newComputed(), name: "a", expression: "1" },
    { ...newComputed(), name: "a ", expression: "2" },
  ];
  const joins = [{ id: 1, group: "stats", version: null, prefix: "", keys: {}, features: ["trips"] }];
  const draft = { ...EMPTY_VIEW, name: "v", joins, onDemand: twice };
  expect(FeatureViewDefinition.safeParse(viewOf(draft)).success).toBe(false);
  expect(FeatureViewDefinition.safeParse(viewOf({ ...draft, onDemand: twice.slice(1) })).success).toBe(true);
});

test("expressions are checked as they are written, by the code that computes them", () => {
  const amount = { ...newRequest(), name: "amount" };
  const of = (name: string, expression: string, type = ""): ReturnType<typeof newComputed> => ({
    ...newComputed(),
    ...{ name, expression, type },
  });
  const drafts = [
    of("worth", "own__rating * amount"),
    of("more", "worth + 1"),
    of("", "trips > 1"),
    of("bad", "trip + 1"),
    of("trips", "1"),
    of("worth", "1"),
    of("Bad name", "1"),
    of("typed", "1", "STRING"),
    of("empty", " "),
  ];
  const checked = checkComputed(COLUMNS, [amount], drafts);
  expect(drafts.map(({ id }): Checked | undefined => checked.get(id))).toEqual([
    { type: "FLOAT64", from: ["own__rating", "amount"] },
    { type: "FLOAT64", from: ["own__rating", "amount"] },
    { type: "BOOL", from: ["trips"] },
    { problem: "There is no column trip; did you mean trips? (column 1)" },
    { problem: "The name trips is taken" },
    { problem: "The name worth is taken" },
    { problem: expect.stringMatching(/^The name must start with a letter/) },
    { problem: expect.stringMatching(/gives INT64, not STRING/) },
    null,
  ]);
  expect(checkComputed(null, [], drafts).get(drafts[0]?.id ?? -1)).toBeNull();
});

test("names of request data", () => {
  const [a, b, c, d] = ["amount", "amount", "trips", "Two words"].map((name) => ({ ...newRequest(), name }));
  const all = [a, b, c, d].filter((one) => one !== undefined);
  expect(all.map((one) => requestProblem(one, all, COLUMNS))).toEqual([
    undefined,
    "The name amount is taken",
    "The name trips is taken",
    expect.stringMatching(/^The name must start/),
  ]);
});

test("the columns of joins, once all their groups are known", () => {
  const join = (group: string, prefix: string): Parameters<typeof columnTypes>[0][number] => ({
    ...{ id: 1, group, version: null, prefix, keys: {}, features: ["trips"] },
  });
  const types = new Map([["trips", "INT64"]]);
  const known = (group: string): Map<string, string> | null => (group === "stats" ? types : null);
  expect([...(columnTypes([join("stats", ""), join("stats", "other")], known) ?? [])]).toEqual([
    ["trips", "INT64"],
    ["other__trips", "INT64"],
  ]);
  expect(columnTypes([join("stats", ""), join("unknown", "")], known)).toBeNull();
});
