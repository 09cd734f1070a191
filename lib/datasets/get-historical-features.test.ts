import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Value } from "@/lib/kernel/values";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, csvSource, entity, group, inNewProject, view, writeSourceFile } from "@/lib/testing/definitions";
import { countAllRows, errorOf, refresh } from "@/lib/testing/runs";
import { getHistoricalFeatures } from "./get-historical-features";
import { HistoricalFeatures } from "./schema";

const STATS =
  "driver,event_timestamp,created,trips,rating\n1,2024-01-01,2024-01-05,1,1.5\n1,2024-01-02,2024-01-02,2,\n2,2024-01-02,2024-01-02,20,2.5\n1,2024-01-03,,3,3.5\n";
const OTHER = "driver,event_timestamp,trips\n1,2024-01-01,100\n3,2024-01-02,300\n";
const TEMPERATURES = "place,event_timestamp,temperature\nBER,2024-01-01,-1.5\nROM,2024-01-01,12.5\n";

let ctx: TestContext;

beforeAll(async () => {
  ctx = await inNewProject(await makeContext());
  await apply(
    ctx,
    entity("driver", { driver: "INT64" }),
    entity("place", { place: "STRING" }),
    await csvSource(ctx, "stats_rows", STATS),
    await csvSource(ctx, "other_rows", OTHER),
    await csvSource(ctx, "places", TEMPERATURES),
    group("stats", {
      entity: "driver",
      createdTime: "created",
      sql: "SELECT driver, event_timestamp, created, trips, rating FROM stats_rows",
      features: { trips: "INT64", rating: "FLOAT64" },
    }),
    group("other", {
      entity: "driver",
      sql: "SELECT driver, event_timestamp, trips FROM other_rows",
      features: { trips: "INT64" },
    }),
    group("weather", {
      entity: "place",
      sql: "SELECT place, event_timestamp, temperature FROM places",
      features: { temperature: "FLOAT64" },
    }),
    view("trip", [
      { group: "weather", prefix: "origin", keys: { place: "origin" }, features: ["temperature"] },
      { group: "weather", prefix: "destination", keys: { place: "destination" }, features: ["temperature"] },
    ]),
  );
  await refresh(ctx);
});
afterAll(closeContexts);

const ask = (input: object) => getHistoricalFeatures(ctx, HistoricalFeatures.parse(input));
const at = (driver: Value, event_timestamp: Value = "2024-01-04T00:00:00Z"): Record<string, Value> => ({
  driver,
  event_timestamp,
});

describe("getHistoricalFeatures with a spine", () => {
  test("columns that are not ours come back exactly as they were given", async () => {
    const extras: Record<string, Value>[] = [
      {
        mixed: 1,
        object: { a: [1, null, "x"] },
        list: [1.5, 2],
        text: "2024-01-01T00:00:00Z",
        big: "9007199254740993",
        flag: true,
        part: 0.1,
      },
      { mixed: "1", object: null, list: [], text: "", big: "x", flag: null, part: 1 },
      {
        mixed: { deep: true },
        object: { b: "é\u0000\"'" },
        list: null,
        text: null,
        big: null,
        flag: false,
        part: -1e300,
      },
    ];
    const answer = await ask({ entity_df: extras.map((extra) => ({ ...at(1), ...extra })), features: ["rating"] });
    const own = answer.rows.map(({ driver: _d, event_timestamp: _t, rating: _r, ...rest }) => rest);
    expect(own).toEqual(extras);
  });

  test("one view joins one group twice, each under its prefix", async () => {
    const entity_df = [{ origin: "BER", destination: "ROM", event_timestamp: "2024-01-02" }];
    const answer = await ask({ entity_df, view: "trip" });
    expect(answer.rows).toEqual([
      {
        origin: "BER",
        destination: "ROM",
        event_timestamp: "2024-01-02T00:00:00.000000Z",
        origin__temperature: -1.5,
        destination__temperature: 12.5,
      },
    ]);
  });

  test.each([
    ["event_time", 3],
    ["created_time", 2],
  ])("as_known %s: what was learned later counts or not", async (as_known, expected) => {
    const answer = await ask({ entity_df: [at(1)], features: ["stats:trips"], as_known });
    expect(answer.rows[0]?.trips).toBe(expected);
  });

  test("nulls are filled after the join, and counted", async () => {
    const entity_df = [at(1, "2024-01-02"), at(2), at(9)];
    const answer = await ask({ entity_df, features: ["rating", "stats:trips"], fill_null: { rating: -1 } });
    expect(answer.rows.map((row) => [row.rating, row.trips])).toEqual([
      [-1, 2],
      [2.5, 20],
      [-1, null],
    ]);
    expect(answer.metadata).toMatchObject({ filled_counts: { rating: 2 }, null_counts: { rating: 0, trips: 1 } });
  });

  test("the manifest names group versions, commits and options", async () => {
    const answer = await ask({ entity_df: [at(1)], features: ["other:trips"], full_feature_names: true });
    const [commit] = await ctx.db.commit.findMany({ where: { group: { projectId: ctx.project.id, name: "other" } } });
    expect(answer.metadata.manifest).toEqual({
      features: [
        {
          reference: "other@1:trips",
          column: "other__trips",
          dataType: "INT64",
          group: "other",
          groupVersion: 1,
          ttlSeconds: null,
          commitIds: [commit?.id],
          commitSequence: 1,
        },
      ],
      options: { fullFeatureNames: true, asKnown: "event_time", fillNull: {}, nullKeys: "refuse" },
    });
  });

  const df = [at(1)];
  test.each<[string, object, string]>([
    ["an unknown feature", { entity_df: df, features: ["rating", "nope"] }, "feature_not_found"],
    ["an unknown feature of a known group", { entity_df: df, features: ["stats:nope"] }, "feature_not_found"],
    ["an unknown group", { entity_df: df, features: ["nobody:trips"] }, "feature_group_not_found"],
    ["an ambiguous name", { entity_df: df, features: ["trips"] }, "ambiguous_feature"],
    ["two features of one name", { entity_df: df, features: ["stats:trips", "other:trips"] }, "feature_name_collision"],
    ["one feature twice", { entity_df: df, features: ["rating", "stats:rating"] }, "feature_name_collision"],
    [
      "a spine column with a feature's name",
      { entity_df: [{ ...at(1), rating: 1 }], features: ["rating"] },
      "feature_name_collision",
    ],
    ["an unknown view", { entity_df: [at(1)], view: "nope" }, "feature_view_not_found"],
    ["features and view", { entity_df: df, features: ["rating"], view: "trip" }, "validation_failed"],
    ["neither features nor view", { entity_df: df }, "validation_failed"],
    ["an empty spine", { entity_df: [], features: ["rating"] }, "empty_spine"],
    ["no instant", { entity_df: [{ driver: 1 }], features: ["rating"] }, "missing_timestamp"],
    ["a bad instant", { entity_df: [at(1), at(1, "2024-02-30")], features: ["rating"] }, "invalid_timestamp"],
    ["no key column", { entity_df: [{ event_timestamp: "2024-01-01" }], features: ["rating"] }, "missing_key_column"],
    ["a key beyond 64 bits", { entity_df: [at("9223372036854775808")], features: ["rating"] }, "key_type_mismatch"],
    ["a default for no column", { entity_df: df, features: ["rating"], fill_null: { trips: 0 } }, "unknown_field"],
    [
      "a default of another type",
      { entity_df: df, features: ["rating"], fill_null: { rating: "none" } },
      "validation_failed",
    ],
    [
      "a default that would be rounded",
      { entity_df: df, features: ["stats:trips"], fill_null: { trips: 1.5 } },
      "validation_failed",
    ],
    [
      "a spine and a range",
      { entity_df: df, features: ["rating"], timestamp_range: { start: "2024-01-01", end: "2024-01-02" } },
      "validation_failed",
    ],
    ["neither spine nor range", { features: ["rating"] }, "validation_failed"],
    [
      "a range that ends before it starts",
      { features: ["rating"], timestamp_range: { start: "2024-01-02", end: "2024-01-01" } },
      "invalid_parameter",
    ],
    [
      "a range without instants",
      { features: ["rating"], timestamp_range: { start: "x", end: "2024-01-01" } },
      "invalid_parameter",
    ],
    [
      "a range over groups of two entities",
      { features: ["rating", "temperature"], timestamp_range: { start: "2024-01-01", end: "2024-01-02" } },
      "validation_failed",
    ],
  ])("%s is refused, and nothing is written", async (_what, input, code) => {
    const before = await countAllRows(ctx.db);
    expect((await errorOf(ask(input))).code).toBe(code);
    expect(await countAllRows(ctx.db)).toEqual(before);
  });

  test("the collision names both sides", async () => {
    const error = await errorOf(ask({ entity_df: df, features: ["stats:trips", "other:trips"] }));
    expect(error.detail).toContain("stats:trips");
    expect(error.detail).toContain("other:trips");
  });

  test("a retired feature is refused", async () => {
    const where = { projectId: ctx.project.id, name: "temperature" };
    await ctx.db.feature.updateMany({ where, data: { status: "RETIRED" } });
    expect(
      (await errorOf(ask({ entity_df: [{ place: "BER", event_timestamp: "2024-01-02" }], features: ["temperature"] })))
        .code,
    ).toBe("feature_retired");
    expect(
      (
        await errorOf(
          ask({ entity_df: [{ origin: "BER", destination: "ROM", event_timestamp: "2024-01-02" }], view: "trip" }),
        )
      ).code,
    ).toBe("feature_retired");
    await ctx.db.feature.updateMany({ where, data: { status: "ACTIVE" } });
  });
});

describe("getHistoricalFeatures without a spine", () => {
  const range = (start: string, end: string) => ({ timestamp_range: { start, end } });
  test("one group: all rows of the range, closed at both ends", async () => {
    const answer = await ask({ features: ["stats:trips"], ...range("2024-01-02", "2024-01-03") });
    expect(answer.columns).toEqual(["driver", "event_timestamp", "trips"]);
    expect(answer.rows.map((row) => [row.driver, row.trips])).toEqual([
      [1, 2],
      [2, 20],
      [1, 3],
    ]);
  });
  test("several groups: the latest of every entity as of the end", async () => {
    const features = ["stats:trips", "other:trips"];
    const answer = await ask({ features, full_feature_names: true, ...range("2024-01-02", "2024-01-02T12:00:00Z") });
    expect(answer.columns).toEqual(["driver", "event_timestamp", "stats__trips", "other__trips"]);
    expect(answer.rows.map((row) => [row.driver, row.stats__trips, row.other__trips])).toEqual([
      [1, 2, 100],
      [2, 20, null],
      [3, null, 300],
    ]);
  });
  test("limit holds", async () => {
    expect(
      (await ask({ features: ["stats:trips"], limit: 2, ...range("2024-01-01", "2024-01-09") })).rows,
    ).toHaveLength(2);
  });
  test("the range is read from the newest commit", async () => {
    await writeSourceFile(ctx, "other_rows.csv", `${OTHER}4,2024-01-05,400\n`);
    await refresh(ctx, ["other"]);
    const answer = await ask({ features: ["other:trips"], ...range("2024-01-05", "2024-01-05") });
    expect(answer.rows.map((row) => row.trips)).toEqual([400]);
  });
});
