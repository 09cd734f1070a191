import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, csvSource, entity, group, inNewProject, view } from "@/lib/testing/definitions";
import { errorOf, refresh } from "@/lib/testing/runs";
import { readViewData } from "./read-view-data";
import { ReadViewData } from "./schema";

const STATS = `driver,event_timestamp,created,trips,rating,town
1,2024-01-01,2024-01-01,1,1.5,Graz
1,2024-01-02,2024-01-02,2,,Linz
1,2024-01-02,2024-01-03,3,2.5,Linz
2,2024-01-02,2024-01-02,20,4.5,
3,2024-01-05,2024-01-05,9007199254740993,0.5,Wien
`;
const CARS = "driver,event_timestamp,cars\n1,2024-01-01,1\n4,2024-01-03,4\n";

let ctx: TestContext;
beforeAll(async () => {
  ctx = await inNewProject(await makeContext());
  await apply(
    ctx,
    entity("driver", { driver: "INT64" }),
    entity("town", { town: "STRING" }),
    entity("world", {}),
    await csvSource(ctx, "stats_rows", STATS),
    await csvSource(ctx, "cars_rows", CARS),
    group("stats", {
      entity: "driver",
      createdTime: "created",
      sql: "SELECT driver, event_timestamp, created, trips, rating, town FROM stats_rows",
      features: { trips: "INT64", rating: "FLOAT64", town: "STRING" },
    }),
    group("cars", {
      entity: "driver",
      sql: "SELECT driver, event_timestamp, cars FROM cars_rows",
      features: { cars: "INT32" },
    }),
    group("towns", {
      entity: "town",
      sql: "SELECT town, event_timestamp, trips AS passed FROM stats_rows WHERE town IS NOT NULL",
      features: { passed: "INT64" },
    }),
    group("totals", {
      entity: "world",
      sql: "SELECT event_timestamp, sum(trips)::BIGINT AS total FROM stats_rows GROUP BY ALL",
      features: { total: "INT64" },
    }),
    view("both", [
      { group: "stats", features: ["trips", "rating"] },
      { group: "cars", features: ["cars"] },
      { group: "totals", features: ["total"] },
    ]),
    view("good", [{ group: "stats", features: ["trips", "rating"] }], { filters: { rating: { gte: 1 } } }),
    view("apart", [
      { group: "stats", features: ["trips"] },
      { group: "towns", features: ["passed"] },
    ]),
    view(
      "sums",
      [
        { group: "stats", features: ["trips", "rating", "town"] },
        { group: "stats", prefix: "n", features: ["rating", "trips"] },
        { group: "cars", features: ["cars"] },
      ],
      {
        aggregations: {
          trips: "sum",
          rating: "mean",
          town: "last",
          n__rating: "count",
          n__trips: "stddev",
          cars: "count",
        },
        filters: { town: { ne: "Wien" } },
      },
    ),
    view("nonsense", [{ group: "stats", features: ["town"] }], { aggregations: { town: "sum" } }),
    view("everything", [{ group: "totals", features: ["total"] }], { aggregations: { total: "max" } }),
  );
  await refresh(ctx);
});
afterAll(closeContexts);

const read = (name: string, rest: object = {}) => readViewData(ctx, ReadViewData.parse({ name, ...rest }));

describe("the latest values of each entity", () => {
  test("of everybody that any group knows, as of now", async () => {
    const { columns, rows, filteredCount, truncated } = await read("both");
    expect(columns.map(({ name }) => name)).toEqual(["driver", "event_timestamp", "trips", "rating", "cars", "total"]);
    const now = "2026-01-15T12:00:00.000000Z";
    expect(rows).toEqual([
      [1, now, 3, 2.5, 1, "9007199254740993"],
      [2, now, 20, 4.5, null, "9007199254740993"],
      [3, now, "9007199254740993", 0.5, null, "9007199254740993"],
      [4, now, null, null, 4, "9007199254740993"],
    ]);
    expect([filteredCount, truncated]).toEqual([0, false]);
  });
  test("as of an end, of who has a row since a start", async () => {
    const at = { end: "2024-01-03" };
    expect((await read("both", at)).rows.map((row) => [row[0], row[2]])).toEqual([
      [1, 3],
      [2, 20],
      [4, null],
    ]);
    const since = { ...at, start: "2024-01-03" };
    expect((await read("both", since)).rows.map((row) => row[0])).toEqual([4]);
    expect(await read("both", { end: "2020-01-01" })).toMatchObject({ rows: [], filteredCount: 0 });
  });
  test("filters leave out, and say how many; a limit says that there are more", async () => {
    expect(await read("good")).toMatchObject({ filteredCount: 1, truncated: false });
    const first = await read("good", { limit: 1 });
    expect([first.rows.map((row) => row[0]), first.truncated, first.filteredCount]).toEqual([[1], true, 1]);
  });
});

describe("aggregations", () => {
  test("over start <= event time < end; corrected rows count once, nulls do not, filters hold", async () => {
    const { columns, rows } = await read("sums", { end: "2024-01-05" });
    expect(columns.map(({ name }) => name)).toEqual([
      "driver",
      "trips",
      "rating",
      "town",
      "n__rating",
      "n__trips",
      "cars",
    ]);
    expect(rows).toEqual([
      [1, 4, 2, "Linz", 2, 1, 1],
      [4, null, null, null, 0, null, 1],
    ]);
    const later = await read("sums", { start: "2024-01-02", end: "2024-01-05" });
    expect(later.rows.map((row) => row.slice(0, 3))).toEqual([
      [1, 3, 2.5],
      [4, null, null],
    ]);
  });
  test("of a group without keys one row; of text no sum", async () => {
    expect((await read("everything")).rows).toEqual([["9007199254740993"]]);
    expect((await errorOf(read("nonsense"))).code).toBe("definition_invalid");
  });
});

test.each<[string, string, object, string]>([
  ["an unknown view", "nobody", {}, "feature_view_not_found"],
  ["a view about two things", "apart", {}, "validation_failed"],
  ["a range that ends before it starts", "both", { start: "2024-01-02", end: "2024-01-01" }, "invalid_parameter"],
  ["an instant that is none", "both", { end: "soon" }, "invalid_parameter"],
])("%s is refused", async (_what, name, rest, code) => {
  expect((await errorOf(read(name, rest))).code).toBe(code);
});
