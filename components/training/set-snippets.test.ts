import { describe, expect, test } from "vitest";
import { CreateTrainingSet, type Manifest } from "@/lib/datasets/training-schema";
import { requestOfManifest } from "./manifest-request";
import { warningsOfManifest } from "./manifest-warnings";
import { loadSnippets, reproduceSnippet } from "./set-snippets";

const MANIFEST: Manifest = {
  formatVersion: 2,
  createdAt: "2026-01-01T00:00:00.000000Z",
  spine: {
    kind: "upload",
    sql: null,
    upload: `upload:upl_${"0".repeat(32)}.csv`,
    group: null,
    hash: "h",
    rowCount: 6,
    timestampColumn: "at",
    label: "late",
  },
  features: [],
  joins: [
    {
      groupId: "g",
      group: "traffic",
      groupVersion: 2,
      commitSequence: 3,
      keys: { airport: "origin" },
      ttlSeconds: null,
      features: [{ name: "delay", column: "from__delay" }],
    },
  ],
  view: null,
  options: { fullFeatureNames: false, asKnown: "event_time", fillNull: { from__delay: 0 }, nullKeys: "keep" },
  split: {
    by: "time",
    column: "split",
    parts: [
      { name: "train", until: "2001-01-01T00:00:00.000000Z" },
      { name: "test", until: null },
    ],
  },
  snapshot: null,
  inputs: {},
  engine: { name: "duckdb", version: "1" },
  rowCount: 6,
  columns: [],
  nullCounts: {},
  filledCounts: {},
  contentSha256: "c",
};

describe("the request that a manifest came from", () => {
  test("names versions, prefixes and renamed keys, and is one that the API takes", () => {
    const request = requestOfManifest(MANIFEST);
    expect(request).toMatchObject({
      joins: [{ group: "traffic", version: 2, prefix: "from", keys: { airport: "origin" }, features: ["delay"] }],
      split: { by: "time", parts: [{ name: "train", until: "2001-01-01T00:00:00.000000Z" }, { name: "test" }] },
      label: "late",
      rowLimit: 6,
      fillNull: { from__delay: 0 },
      nullKeys: "keep",
    });
    expect(CreateTrainingSet.safeParse({ name: "again", ...request }).error).toBeUndefined();
  });

  test("names the view where there was one, whose filters only it knows", () => {
    const request = requestOfManifest({ ...MANIFEST, view: { name: "routes", version: 4 } });
    expect(request).toMatchObject({ view: "routes" });
    expect(request).not.toHaveProperty("joins");
  });

  test.each([
    ["sql", { kind: "sql" as const, sql: "SELECT 1" }, { sql: "SELECT 1" }],
    [
      "a group",
      {
        kind: "group" as const,
        group: { name: "traffic", version: 1, commitSequence: 1, start: null, end: "2001-01-01T00:00:00.000000Z" },
      },
      { group: { name: "traffic", end: "2001-01-01T00:00:00.000000Z" } },
    ],
  ])("has the rows of %s", (_, spine, expected) => {
    expect(requestOfManifest({ ...MANIFEST, spine: { ...MANIFEST.spine, ...spine } })?.spine).toEqual(expected);
  });

  test("cannot be told when the rows came with it", () => {
    const manifest = { ...MANIFEST, spine: { ...MANIFEST.spine, kind: "rows" as const, upload: null } };
    expect(requestOfManifest(manifest)).toBeNull();
  });
});

describe("snippets", () => {
  test("name the first part of a split, and keep quotes inside what the shell reads", () => {
    const [pandas] = loadSnippets("http://x", "delays", MANIFEST);
    expect(pandas?.code).toContain('read_parquet("http://x/api/v1/training-sets/delays/data?part=train")');
    const spine = { ...MANIFEST.spine, kind: "sql" as const, sql: "SELECT 'a'" };
    const set = { name: "delays", manifest: { ...MANIFEST, spine } } as Parameters<typeof reproduceSnippet>[1];
    expect(reproduceSnippet("http://x", set)).toContain("SELECT '\\''a'\\''");
  });

  test("load the whole where there is no split", () => {
    const codes = loadSnippets("http://x", "delays", { ...MANIFEST, split: null }).map((snippet) => snippet.code);
    expect(codes.join("\n")).not.toContain("part=");
  });
});

describe("what a manifest warns of by its counts", () => {
  const feature = (column: string): Manifest["features"][number] => ({
    ...{ reference: `traffic@2:${column}`, column, dataType: "INT32", group: "traffic", groupVersion: 2 },
    ...{ ttlSeconds: null, commitIds: [] },
  });
  const manifest: Manifest = {
    ...MANIFEST,
    features: ["full", "half", "none", "filled"].map(feature),
    nullCounts: { full: 2, half: 3, none: 6, filled: 0, late: 1 },
    filledCounts: { filled: 6 },
  };

  test("are features without values, filled or not, and gaps in the label", () => {
    expect(warningsOfManifest(manifest).map(({ code, column }) => [code, column])).toEqual([
      ["label_missing", "late"],
      ["mostly_null", "half"],
      ["always_null", "none"],
      ["always_null", "filled"],
    ]);
  });

  test("nothing, when there are no rows", () => {
    expect(warningsOfManifest({ ...manifest, rowCount: 0 })).toEqual([]);
  });
});
