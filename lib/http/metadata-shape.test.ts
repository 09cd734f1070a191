import { describe, expect, test } from "vitest";
import type { FeatureDetail, Statistics } from "@/lib/registry/schema";
import { metadataHitOf, metadataOf } from "./metadata-shape";

const NOW = new Date("2026-01-15T12:00:00Z");
const STATISTICS: Statistics = {
  column: "departures",
  count: 8,
  nulls: 2,
  nonFinite: 0,
  distinct: 4,
  min: 1,
  max: 9,
  mean: 4.5,
  stddev: 2.25,
  quantiles: { p01: 1, p05: 1, p25: 2, p50: 4, p75: 6, p95: 9, p99: 9 },
  histogram: null,
  topValues: null,
  trend: [],
};
const FEATURE: FeatureDetail = {
  id: "ftr_1",
  reference: "traffic:departures",
  name: "departures",
  group: "traffic",
  groupVersion: 2,
  entity: "airport",
  joinKeys: [{ name: "airport", type: "STRING" }],
  dataType: "INT32",
  featureType: "NUMERICAL",
  description: "Departures of the day",
  status: "ACTIVE",
  owner: "ops",
  tags: ["volume"],
  unit: null,
  freshness: { lastEventTime: null, lastCommitAt: "2026-01-15T11:58:30.000Z", materializedAt: null, ttlSeconds: null },
  glance: null,
  masked: false,
  deprecation: null,
  openChange: null,
  requestsIn30Days: 0,
  views: [],
  updatedAt: "2026-01-02T00:00:00.000Z",
  constraints: null,
  default: null,
  sensitivity: null,
  createdBy: "local-admin",
  createdAt: "2026-01-01T00:00:00.000Z",
  ingredients: [
    { kind: "source", name: "flights" },
    { kind: "feature_group", name: "airport_profile" },
  ],
  madeFrom: [
    { name: "airport_profile", column: "state" },
    { name: "flights", column: "origin" },
  ],
  sourceColumns: [
    { name: "airports", column: "state" },
    { name: "flights", column: "origin" },
  ],
  statistics: STATISTICS,
  statisticsAt: { commitSequence: 1, computedAt: "2026-01-02T00:00:00.000Z" },
  online: true,
};

describe("metadataOf", () => {
  test("names every field as the source documents do", () => {
    expect(metadataOf(FEATURE, NOW)).toEqual({
      feature_id: "ftr_1",
      name: "departures",
      description: "Departures of the day",
      feature_group: "traffic",
      entity: "airport",
      data_type: "INT32",
      feature_type: "NUMERICAL",
      version: 2,
      status: "ACTIVE",
      source_table: "airports, flights",
      source_column: "airports.state, flights.origin",
      creation_date: "2026-01-01T00:00:00.000Z",
      last_updated: "2026-01-02T00:00:00.000Z",
      created_by: "local-admin",
      owner: "ops",
      tags: ["volume"],
      statistics: {
        count: 8,
        null_count: 2,
        distinct_count: 4,
        min_value: 1,
        max_value: 9,
        mean_value: 4.5,
        std_dev: 2.25,
        percentiles: STATISTICS.quantiles,
        computed_at: "2026-01-02T00:00:00.000Z",
      },
      quality_metrics: { completeness: 0.75, validity: null, consistency: null, uniqueness: 0.5, freshness: 90 },
    });
  });

  test.each<[string, Partial<FeatureDetail>, object]>([
    [
      "no statistics",
      { statistics: null, statisticsAt: null },
      { completeness: null, uniqueness: null, freshness: 90 },
    ],
    [
      "an empty group",
      { statistics: { ...STATISTICS, count: 0, nulls: 0, distinct: 0 } },
      { completeness: null, uniqueness: null },
    ],
    ["only nulls", { statistics: { ...STATISTICS, nulls: 8, distinct: 0 } }, { completeness: 0, uniqueness: 0 }],
    ["no commit", { freshness: { ...FEATURE.freshness, lastCommitAt: null } }, { freshness: null }],
    [
      "a commit ahead of our clock",
      { freshness: { ...FEATURE.freshness, lastCommitAt: "2026-01-15T12:00:05Z" } },
      { freshness: 0 },
    ],
  ])("%s", (_, change, expected) => {
    expect(metadataOf({ ...FEATURE, ...change }, NOW).quality_metrics).toMatchObject({
      validity: null,
      consistency: null,
      ...expected,
    });
  });

  test("a group that reads nothing has no source table", () => {
    expect(metadataOf({ ...FEATURE, ingredients: [], sourceColumns: null }, NOW).source_table).toBeNull();
  });
  test.each([
    [null, "flights, airport_profile", null],
    [[], "flights, airport_profile", null],
    [["flights.delay"], "flights", "delay"],
    [["flights.delay", "flights.date"], "flights", "delay, date"],
  ])("made from %j: %s, %s", (columns, source_table, source_column) => {
    const sourceColumns =
      columns?.map((text) => ({ name: text.split(".")[0] ?? "", column: text.split(".")[1] ?? "" })) ?? null;
    expect(metadataOf({ ...FEATURE, sourceColumns }, NOW)).toMatchObject({ source_table, source_column });
  });
});

describe("metadataHitOf", () => {
  test("keeps rank and reason", () => {
    expect(metadataHitOf({ feature: FEATURE, rank: 2, reason: "tag" })).toMatchObject({
      name: "departures",
      rank: 2,
      reason: "tag",
    });
  });
});
