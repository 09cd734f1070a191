import { describe, expect, test } from "vitest";
import { type CheckedFeature, checksOf, listed } from "./change-checks";
import type { Check } from "./change-schema";
import type { Statistics } from "./schema";

const STATISTICS: Statistics = {
  column: "trips",
  count: 10,
  nulls: 0,
  nonFinite: 0,
  distinct: 3,
  min: 1,
  max: 9,
  mean: 5,
  stddev: 1,
  quantiles: null,
  histogram: null,
  topValues: null,
  trend: [],
};
const HEAD = 3;

function feature(rest: Partial<CheckedFeature> = {}, statistics: Partial<Statistics> = {}): CheckedFeature {
  const profile = { statistics: { ...STATISTICS, ...statistics }, commitSequence: HEAD };
  return { name: "trips", description: "Trips.", owner: "ann", constraints: null, personal: false, profile, ...rest };
}

function check(name: Check["name"], features: CheckedFeature[], head = HEAD): [string, string] {
  const found = checksOf(features, head).find((row) => row.name === name);
  return [found?.state ?? "", found?.detail ?? ""];
}

test("one row for each check, in this order", () => {
  expect(checksOf([feature()], HEAD).map(({ name }) => name)).toEqual([
    "description",
    "owner",
    "quality",
    "statistics",
  ]);
});

describe("description and owner", () => {
  const bare = feature({ name: "rating", description: " ", owner: null });
  test("pass when every feature has one", () => {
    expect(check("description", [feature(), feature()])).toEqual(["pass", "All 2 features are described"]);
    expect(check("owner", [feature()])).toEqual(["pass", "The feature is owned, by ann"]);
  });
  test("fail naming those without", () => {
    expect(check("description", [feature(), bare])).toEqual([
      "fail",
      "Without a description: 1 of 2 features (rating)",
    ]);
    expect(check("owner", [feature(), bare])).toEqual(["fail", "Without an owner: 1 of 2 features (rating)"]);
  });
});

describe("statistics", () => {
  const old = feature({ name: "rating", profile: { statistics: STATISTICS, commitSequence: 2 } });
  test.each<[string, CheckedFeature[], number, string, string]>([
    ["of the newest commit", [feature()], HEAD, "pass", "The feature is profiled as of the newest commit, 3"],
    [
      "of an older one",
      [feature(), old],
      HEAD,
      "fail",
      "Statistics of commit 2 instead of 3, the newest: 1 of 2 features (rating)",
    ],
    ["none", [feature({ profile: null })], HEAD, "fail", "Without statistics: 1 of 1 feature (trips)"],
    ["no data", [feature({ profile: null })], 0, "unknown", "The group has no data yet"],
  ])("%s", (_name, features, head, state, detail) => {
    expect(check("statistics", features, head)).toEqual([state, detail]);
  });
});

describe("quality", () => {
  const one = (constraints: CheckedFeature["constraints"], statistics: Partial<Statistics> = {}): [string, string] =>
    check("quality", [feature({ constraints }, statistics)]);

  test.each<[string, CheckedFeature["constraints"], Partial<Statistics>, string, RegExp]>([
    ["within min and max", { min: 1, max: 9 }, {}, "pass", /^1 of 1 feature with constraints; all hold$/],
    ["below min", { min: 2 }, {}, "fail", /trips falls below its min \(1 < 2\)/],
    ["above max", { max: 8 }, {}, "fail", /trips exceeds its max \(9 > 8\)/],
    ["both", { min: 2, max: 8 }, {}, "fail", /below its min \(1 < 2\) and exceeds its max \(9 > 8\)/],
    ["ends as exact text", { max: 8 }, { max: "9007199254740993" }, "fail", /9007199254740992 > 8/],
    ["not finite", { min: 0 }, { nonFinite: 1 }, "fail", /trips is not finite in 1 row$/],
    ["no nulls", { notNull: true }, {}, "pass", /all hold/],
    ["nulls", { notNull: true }, { nulls: 4 }, "fail", /trips is null in 4 rows/],
    ["only nulls", { min: 0, max: 1 }, { nulls: 10, min: null, max: null }, "pass", /all hold/],
    ["no ends to compare", { min: 0 }, { min: null, max: null }, "unknown", /no minimum and maximum/],
    [
      "all allowed",
      { allowed: [1, 9] },
      {
        topValues: [
          { value: 1, count: 6 },
          { value: 9, count: 4 },
        ],
      },
      "pass",
      /hold/,
    ],
    ["one not allowed", { allowed: [1] }, { topValues: [{ value: 9, count: 1 }] }, "fail", /not allowed \(9\)/],
    ["not all known", { allowed: [1] }, { topValues: [{ value: 1, count: 6 }] }, "unknown", /not every value/],
    ["values unknown", { allowed: [1] }, {}, "unknown", /not every value/],
    ["no rows", { allowed: [1], min: 0, notNull: true }, { count: 0, min: null, max: null }, "pass", /hold/],
  ])("%s", (_name, constraints, statistics, state, words) => {
    const [found, detail] = one(constraints, statistics);
    expect([found, detail]).toEqual([state, expect.stringMatching(words)]);
  });

  test("unknown without constraints, and without statistics of the newest commit", () => {
    expect(one(null)).toEqual(["unknown", "No feature has constraints"]);
    expect(one({})).toEqual(["unknown", "No feature has constraints"]);
    const old = { statistics: STATISTICS, commitSequence: 2 };
    for (const profile of [null, old])
      expect(check("quality", [feature({ constraints: { min: 9 }, profile })])[0]).toBe("unknown");
  });

  test("one broken constraint outweighs what is not measured", () => {
    const unknown = feature({ name: "rating", constraints: { min: 0 }, profile: null });
    const [state, detail] = check("quality", [unknown, feature({ constraints: { min: 2 } })]);
    expect([state, detail]).toEqual([
      "fail",
      "1 of 2 features with constraints break them: trips falls below its min (1 < 2)",
    ]);
  });

  test("values of a personal feature are not told", () => {
    const allowed = { allowed: [1], min: 2, max: 8 };
    const [state, detail] = check("quality", [
      feature({ constraints: allowed, personal: true }, { topValues: [{ value: 777, count: 10 }] }),
    ]);
    expect(state).toBe("fail");
    expect(detail).not.toMatch(/777|1 <|9 >/);
  });
});

test("long lists end with how many more there are", () => {
  const words = Array.from({ length: 13 }, (_, at) => `f${at}`);
  expect(listed(words)).toBe("f0, f1, f2, f3, f4, f5, f6, f7, f8, f9 and 3 more");
  expect(listed(words.slice(0, 10))).not.toContain("more");
});
