import { describe, expect, test } from "vitest";
import { commonGroups, compareHref, formatSide, parseSide, sideInput, sideWords } from "./side";

const group = (name: string, version: number | null = null, commit: number | null = null) => ({
  kind: "group" as const,
  group: name,
  version,
  commit,
});
const snapshot = (name: string) => ({ kind: "snapshot" as const, snapshot: name });

describe("a side in the address", () => {
  test.each([
    ["snapshot:first", snapshot("first"), { snapshot: "first" }, "snapshot first"],
    ["stats", group("stats"), { featureGroup: "stats" }, "stats now"],
    ["stats:3", group("stats", null, 3), { featureGroup: "stats", commit: 3 }, "stats at commit 3"],
    [
      "stats@2:3",
      group("stats", 2, 3),
      { featureGroup: "stats", version: 2, commit: 3 },
      "stats version 2 at commit 3",
    ],
    ["stats@2", group("stats", 2), { featureGroup: "stats", version: 2 }, "stats version 2 now"],
    ["snapshot", group("snapshot"), { featureGroup: "snapshot" }, "snapshot now"],
    ["snapshot:3", group("snapshot", null, 3), { featureGroup: "snapshot", commit: 3 }, "snapshot at commit 3"],
  ])("%s", (text, side, input, words) => {
    expect(parseSide(text)).toEqual(side);
    expect(formatSide(side)).toBe(text);
    expect(sideInput(side)).toEqual(input);
    expect(sideWords(side)).toBe(words);
  });

  test.each([undefined, "", "Stats", "stats:0", "stats@:3", "stats:x", "snapshot:", "stats:1:2", "a b"])(
    "%s is none",
    (text) => {
      expect(parseSide(text)).toBeNull();
    },
  );

  test("makes the address of the page", () => {
    expect(compareHref(snapshot("a"), group("b", 1, 2))).toBe("/snapshots/compare?from=snapshot%3Aa&to=b%401%3A2");
  });
});

describe("commonGroups", () => {
  const snapshots = [
    { name: "both", items: ["a", "b"].map((name) => ({ group: name, version: 1, commit: 1 })) },
    { name: "one", items: [{ group: "b", version: 2, commit: 1 }] },
  ];
  test.each([
    [snapshot("both"), snapshot("one"), ["b"]],
    [snapshot("both"), snapshot("both"), ["a", "b"]],
    [snapshot("both"), group("a"), ["a"]],
    [group("a"), group("a", 1, 2), ["a"]],
    [group("a"), group("b"), []],
    [snapshot("gone"), group("a"), []],
  ])("%j and %j", (from, to, expected) => {
    expect(commonGroups([from, to], snapshots)).toEqual(expected);
  });
});
