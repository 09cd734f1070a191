import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { computeGroup } from "@/lib/datasets/compute-group";
import { getFeature } from "@/lib/registry/get-feature";
import type { Statistics } from "@/lib/registry/schema";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, csvSource, entity, group, inNewProject, writeSourceFile } from "@/lib/testing/definitions";
import { errorOf } from "@/lib/testing/runs";
import { profileGroup } from "./profile-group";

// amount: 2 4 4 4 5 5 7 9 and one null: mean 5, population standard deviation 2.
const CSV = [
  "key,event_timestamp,amount,ratio,word,flag",
  "1,2024-01-01,2,0.5,b,true",
  "2,2024-01-01,4,NaN,a,false",
  "3,2024-01-01,4,1.5,a,true",
  "4,2024-01-01,4,Infinity,b,",
  "5,2024-01-02,5,,a,true",
  "6,2024-01-02,5,-0.5,,true",
  "7,2024-01-02,7,2.5,c,true",
  "8,2024-01-02,9,1.0,a,true",
  "9,2024-01-02,,0.0,a,true",
].join("\n");

let ctx: TestContext;

beforeAll(async () => {
  ctx = await inNewProject(await makeContext());
  await apply(
    ctx,
    entity("thing", { key: "INT64" }),
    await csvSource(ctx, "raw", CSV),
    group("things", {
      entity: "thing",
      sql: "SELECT key, event_timestamp, CAST(amount AS INTEGER) AS amount, CAST(ratio AS DOUBLE) AS ratio, word, flag, CAST(NULL AS DOUBLE) AS nothing, 7 AS constant FROM raw",
      features: {
        amount: "INT32",
        ratio: "FLOAT64",
        word: "STRING",
        flag: "BOOL",
        nothing: "FLOAT64",
        constant: "INT32",
      },
    }),
  );
  await computeGroup(ctx, { name: "things", runId: null });
});
afterAll(closeContexts);

async function statistics(feature: string): Promise<Statistics> {
  const found = (await getFeature(ctx, { reference: `things:${feature}` })).statistics;
  if (!found) throw new Error(`no statistics of ${feature}`);
  return found;
}

describe("profileGroup", () => {
  test("before it ran there are no numbers", async () => {
    expect(await getFeature(ctx, { reference: "things:amount" })).toMatchObject({
      statistics: null,
      statisticsAt: null,
      glance: null,
    });
  });

  test("computes once per commit", async () => {
    expect(await profileGroup(ctx, { name: "things" })).toEqual({ changed: true, rowCount: 9 });
    expect(await profileGroup(ctx, { name: "things" })).toEqual({ changed: false, rowCount: 9 });
    const { statisticsAt } = await getFeature(ctx, { reference: "things:amount" });
    expect(statisticsAt).toEqual({ commitSequence: 1, computedAt: "2026-01-15T12:00:00.000Z" });
  });

  test.each<[string, Partial<Statistics>]>([
    ["amount", { count: 9, nulls: 1, nonFinite: 0, distinct: 5, min: 2, max: 9, mean: 5, stddev: 2 }],
    ["ratio", { count: 9, nulls: 1, nonFinite: 2, min: -0.5, max: 2.5, mean: 5 / 6 }],
    [
      "word",
      {
        count: 9,
        nulls: 1,
        distinct: 3,
        min: "a",
        max: "c",
        mean: null,
        stddev: null,
        quantiles: null,
        histogram: null,
      },
    ],
    ["flag", { count: 9, nulls: 1, distinct: 2, min: false, max: true, mean: null, histogram: null }],
    [
      "nothing",
      {
        count: 9,
        nulls: 9,
        distinct: 0,
        min: null,
        max: null,
        mean: null,
        stddev: null,
        quantiles: null,
        histogram: null,
      },
    ],
    ["constant", { count: 9, nulls: 0, distinct: 1, min: 7, max: 7, mean: 7, stddev: 0 }],
  ])("%s as counted by hand", async (feature, expected) => {
    const { mean, ...found } = await statistics(feature);
    const { mean: expectedMean, ...rest } = expected;
    expect(found).toMatchObject(rest);
    if (typeof expectedMean === "number") expect(mean).toBeCloseTo(expectedMean, 12);
    else expect(mean).toBe(expectedMean);
  });

  test("quantiles interpolate between neighbours", async () => {
    // Sorted: 2 4 4 4 5 5 7 9; the place of p is p * 7.
    const { quantiles } = await statistics("amount");
    expect(quantiles).toEqual({
      p01: expect.closeTo(2.14, 10),
      p05: expect.closeTo(2.7, 10),
      p25: 4,
      p50: 4.5,
      p75: 5.5,
      p95: expect.closeTo(8.3, 10),
      p99: expect.closeTo(8.86, 10),
    });
  });

  test.each([
    ["amount", 8, 20],
    ["ratio", 6, 20],
    ["constant", 9, 1],
  ])("the histogram of %s holds its %i finite values, edge to edge", async (feature, finite, bins) => {
    const { histogram, min, max } = await statistics(feature);
    expect(histogram).toHaveLength(bins);
    expect((histogram ?? []).reduce((sum, bin) => sum + bin.count, 0)).toBe(finite);
    expect([histogram?.[0]?.from, histogram?.at(-1)?.to]).toEqual([min, max]);
    for (const [index, bin] of (histogram ?? []).slice(1).entries()) expect(bin.from).toBe(histogram?.[index]?.to);
  });

  test("every value of the histogram is in the bin where it belongs", async () => {
    const { histogram } = await statistics("amount");
    const inside = (value: number): number =>
      (histogram ?? []).findIndex((bin, i) => value <= bin.to && (i === 0 || value > bin.from));
    const expected = Array.from({ length: 20 }, () => 0);
    for (const value of [2, 4, 4, 4, 5, 5, 7, 9]) expected[inside(value)] = (expected[inside(value)] ?? 0) + 1;
    expect(histogram?.map((bin) => bin.count)).toEqual(expected);
  });

  test("top values: most frequent first, ties by value", async () => {
    expect((await statistics("word")).topValues).toEqual([
      { value: "a", count: 5 },
      { value: "b", count: 2 },
      { value: "c", count: 1 },
    ]);
    expect((await statistics("amount")).topValues?.slice(0, 2)).toEqual([
      { value: 4, count: 3 },
      { value: 5, count: 2 },
    ]);
  });

  test("the trend adds up to all rows and nulls", async () => {
    const { trend } = await statistics("amount");
    expect(trend.reduce((sum, point) => sum + point.count, 0)).toBe(9);
    expect(trend.reduce((sum, point) => sum + point.nulls, 0)).toBe(1);
    expect(trend.at(-1)).toEqual({ at: "2024-01-02T00:00:00.000000Z", count: 5, nulls: 1, mean: 6.5 });
  });

  test("follows the next commit", async () => {
    await writeSourceFile(ctx, "raw.csv", `${CSV}\n10,2024-01-03,100,1,z,false\n`);
    await computeGroup(ctx, { name: "things", runId: null });
    expect((await statistics("amount")).max).toBe(9);
    expect(await profileGroup(ctx, { name: "things" })).toEqual({ changed: true, rowCount: 10 });
    expect(await statistics("amount")).toMatchObject({ count: 10, max: 100 });
  });

  test("an unknown group is feature_group_not_found", async () => {
    expect((await errorOf(profileGroup(ctx, { name: "nobody" }))).code).toBe("feature_group_not_found");
  });
});
