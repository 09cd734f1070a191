import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Role } from "@/lib/kernel/actor";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, csvSource, entity, group, inNewProject, view } from "@/lib/testing/definitions";
import { errorOf, refresh } from "@/lib/testing/runs";
import { servingCatalog } from "./cached-catalog";
import { listEntityExamples } from "./list-entity-examples";
import { lookUpEntity } from "./look-up-entity";
import { readFeature } from "./read-feature";
import { readFeatures } from "./read-features";
import { type EntityFeatures, ReadFeatures } from "./schema";

// The clock stands at 2026-01-15T12:00:00Z and the ttl of `stats` is one hour.
const STATS = [
  "driver,event_timestamp,trips,rating",
  "1,2026-01-15 11:30:00,10,4.5",
  "2,2026-01-15 11:00:00,20,",
  "3,2026-01-15 10:59:59.999999,30,3.5",
  "4,2026-01-15 12:00:00,0,0.0",
].join("\n");
const ROUTES = "origin,destination,event_timestamp,delay\nATL,LAX,2026-01-01,7\na|b,c d,2026-01-01,8\n";
const PLACES =
  "place,event_timestamp,size,secret,old,aged\nATL,2026-01-01,100,1,2,3\nLAX,2026-01-01,50,1,2,3\n42,2026-01-01,1,1,2,3\n";

let ctx: TestContext;

beforeAll(async () => {
  ctx = await inNewProject(await makeContext());
  const select = (columns: string, from: string): string => `SELECT ${columns}, event_timestamp FROM ${from}`;
  await apply(
    ctx,
    entity("driver", { driver: "INT64" }),
    entity("place", { place: "STRING" }),
    entity("route", { origin: "STRING", destination: "STRING" }),
    await csvSource(ctx, "stats_rows", STATS),
    await csvSource(ctx, "route_rows", ROUTES),
    await csvSource(ctx, "place_rows", PLACES),
    group("stats", {
      entity: "driver",
      ttl: "1h",
      sql: select("driver, trips, rating", "stats_rows"),
      features: { trips: "INT64", rating: "FLOAT64" },
    }),
    group("totals", { entity: "driver", sql: select("driver, trips", "stats_rows"), features: { trips: "INT64" } }),
    group("waiting", {
      entity: "driver",
      sql: select("driver, trips AS later", "stats_rows"),
      features: { later: "INT64" },
    }),
    group("offline_only", {
      entity: "driver",
      online: false,
      sql: select("driver, trips AS hidden", "stats_rows"),
      features: { hidden: "INT64" },
    }),
    group("routes", {
      entity: "route",
      sql: select("origin, destination, delay", "route_rows"),
      features: { delay: "INT64" },
    }),
    group("places", {
      entity: "place",
      sql: select("place, size, secret, old, aged", "place_rows"),
      features: { size: "INT64", secret: { type: "INT64", status: "DRAFT" }, old: "INT64", aged: "INT64" },
    }),
    view("trip", [
      { group: "places", keys: { place: "origin" }, features: ["size"] },
      { group: "places", prefix: "destination", keys: { place: "destination" }, features: ["size"] },
      { group: "routes", features: ["delay"] },
    ]),
  );
  await refresh(ctx, ["stats", "totals", "offline_only", "routes", "places"]);
  // There is no verb yet that deprecates or retires.
  const mine = { projectId: ctx.project.id };
  await ctx.db.feature.updateMany({ where: { ...mine, name: "old" }, data: { status: "RETIRED" } });
  await ctx.db.feature.updateMany({
    where: { ...mine, name: "aged" },
    data: { status: "DEPRECATED", deprecation: { note: "old", retireOn: "2027-01-01", replacement: "places:size" } },
  });
  await ctx.db.project.update({ where: { id: ctx.project.id }, data: { revision: { increment: 1 } } });
});
afterAll(closeContexts);

const as = (role: Role): TestContext => ({ ...ctx, actor: { kind: "user", id: role, name: role, role } });
const read = (input: object, who = ctx) => readFeatures(who, ReadFeatures.parse(input));
async function readList(input: object): Promise<EntityFeatures[]> {
  const answer = await read(input);
  if (!("results" in answer)) throw new Error("expected a list of results");
  return answer.results;
}

describe("readFeature: value, status, event time and age", () => {
  test.each([
    ["trips", "1", { value: 10, status: "PRESENT", event_time: "2026-01-15T11:30:00.000000Z", age_seconds: 1800 }],
    ["trips", "4", { value: 0, status: "PRESENT", event_time: "2026-01-15T12:00:00.000000Z", age_seconds: 0 }],
    ["trips", "2", { value: 20, status: "PRESENT", event_time: "2026-01-15T11:00:00.000000Z", age_seconds: 3600 }],
    [
      "rating",
      "2",
      { value: null, status: "NULL_VALUE", event_time: "2026-01-15T11:00:00.000000Z", age_seconds: 3600 },
    ],
    ["trips", "3", { value: null, status: "OUTSIDE_MAX_AGE", event_time: "2026-01-15T10:59:59.999999Z" }],
    ["trips", "99", { value: null, status: "NOT_FOUND", event_time: null, age_seconds: null }],
  ])("stats:%s of driver %s", async (feature, entity_id, expected) => {
    const reference = `stats:${feature}`;
    const answer = await readFeature(ctx, { feature_name: reference, entity_id });
    expect(answer).toMatchObject({ feature: reference, entity_id, feature_status: "ACTIVE", ...expected });
  });

  test("without a ttl the same row is PRESENT", async () => {
    expect(await readFeature(ctx, { feature_name: "totals:trips", entity_id: "3" })).toMatchObject({
      value: 30,
      status: "PRESENT",
    });
  });

  test("a group that was never materialized answers NOT_FOUND", async () => {
    expect(await readFeature(ctx, { feature_name: "later", entity_id: "1" })).toMatchObject({
      value: null,
      status: "NOT_FOUND",
    });
  });

  test("a composite key is URL-encoded values joined by |", async () => {
    const one = await readFeature(ctx, { feature_name: "delay", entity_id: "ATL|LAX" });
    const two = await readFeature(ctx, { feature_name: "delay", entity_id: "a%7Cb|c%20d" });
    expect([one.value, two.value]).toEqual([7, 8]);
  });

  test("says that a feature is DEPRECATED, and serves it", async () => {
    const answer = await readFeature(ctx, { feature_name: "aged", entity_id: "ATL" });
    const warnings = ["places:aged is DEPRECATED and may be gone from 2027-01-01; use places:size"];
    expect(answer.warnings).toEqual(warnings);
    expect((await read({ entity_id: "ATL", features: ["size", "aged"] })).warnings).toEqual(warnings);
    expect((await read({ entity_id: "ATL", features: ["size"] })).warnings).toEqual([]);
    expect(answer).toMatchObject({ value: 3, status: "PRESENT", feature_status: "DEPRECATED" });
  });

  test.each([
    ["nothing_like_it", "1", "feature_not_found"],
    ["stats:nothing", "1", "feature_not_found"],
    ["nobody:trips", "1", "feature_group_not_found"],
    ["stats@7:trips", "1", "feature_group_not_found"],
    ["hidden", "1", "feature_not_found"],
    ["trips", "1", "ambiguous_feature"],
    ["old", "ATL", "feature_retired"],
    ["Not A Name", "1", "invalid_name"],
    ["stats:trips", "abc", "invalid_key"],
    ["stats:trips", "1.0", "invalid_key"],
    ["stats:trips", "", "invalid_key"],
    ["stats:trips", "1|2", "invalid_key"],
    ["delay", "ATL", "invalid_key"],
    ["delay", "ATL|LAX|x", "invalid_key"],
    ["delay", "ATL|%", "invalid_key"],
  ])("%s of %s -> %s", async (feature_name, entity_id, code) => {
    expect((await errorOf(readFeature(ctx, { feature_name, entity_id }))).code).toBe(code);
  });

  test("an ambiguous name lists the candidates", async () => {
    const error = await errorOf(readFeature(ctx, { feature_name: "trips", entity_id: "1" }));
    expect(error.issues.map((issue) => issue.detail)).toEqual(["stats:trips", "totals:trips"]);
  });
});

describe("who reads what", () => {
  test.each<[Role, string, number | string]>([
    ["viewer", "size", 100],
    ["viewer", "aged", 3],
    ["viewer", "secret", "forbidden"],
    ["scientist", "secret", 1],
    ["admin", "old", "feature_retired"],
  ])("%s reads %s: %s", async (role, feature, expected) => {
    const one = await readFeature(as(role), { feature_name: feature, entity_id: "ATL" }).then(
      (answer) => answer.value,
      (error: { code: string }) => error.code,
    );
    const many = await read({ entity_id: "ATL", features: [feature] }, as(role)).then(
      (answer) => ("features" in answer ? answer.features[feature]?.value : null),
      (error: { code: string }) => error.code,
    );
    expect([one, many]).toEqual([expected, expected]);
  });

  test.each<[Role, string[]]>([
    ["viewer", ["size", "aged"]],
    ["scientist", ["size", "secret", "aged"]],
  ])(
    "the look-up shows a %s %o: neither drafts without the right to them, nor what is retired",
    async (role, expected) => {
      const found = await lookUpEntity(as(role), { name: "place", key: "ATL" });
      expect(found.groups.flatMap((one) => one.features.map((feature) => feature.name))).toEqual(expected);
    },
  );
});

describe("readFeatures", () => {
  test("answers in the order asked, duplicates kept", async () => {
    const results = await readList({ entity_ids: [3, 1, "3", 99, 1], features: ["totals:trips"] });
    expect(results.map((one) => one.entity_id)).toEqual([3, 1, "3", 99, 1]);
    expect(results.map((one) => one.features["totals:trips"]?.value)).toEqual([30, 10, 30, null, 10]);
    expect(results.map((one) => one.features["totals:trips"]?.status)).toEqual([
      "PRESENT",
      "PRESENT",
      "PRESENT",
      "NOT_FOUND",
      "PRESENT",
    ]);
  });

  test("features come in the order asked, also across groups", async () => {
    const features = ["totals:trips", "stats:rating", "later", "stats:trips"];
    const answer = await read({ entity_id: 1, features });
    expect("features" in answer && Object.keys(answer.features)).toEqual(features);
  });

  test("one entity_id gives one answer, a list of one gives a list", async () => {
    expect(await read({ entity_id: "1", features: ["totals:trips"] })).toMatchObject({
      entity_id: "1",
      features: { "totals:trips": { value: 10 } },
    });
    expect(await readList({ entity_ids: ["1"], features: ["totals:trips"] })).toHaveLength(1);
  });

  test("include_expired gives the value, and its status stays OUTSIDE_MAX_AGE", async () => {
    const ask = { entity_id: 3, features: ["stats:trips"] };
    expect(await read(ask)).toMatchObject({ features: { "stats:trips": { value: null, status: "OUTSIDE_MAX_AGE" } } });
    expect(await read({ ...ask, include_expired: true })).toMatchObject({
      features: { "stats:trips": { value: 30, status: "OUTSIDE_MAX_AGE" } },
    });
  });

  test("a view reads one group twice by two keys", async () => {
    const results = await readList({
      view: "trip",
      entity_ids: [
        { origin: "ATL", destination: "LAX" },
        { destination: "ATL", origin: "LAX" },
      ],
    });
    const values = results.map((one) => Object.entries(one.features).map(([name, served]) => [name, served.value]));
    expect(values).toEqual([
      [
        ["size", 100],
        ["destination__size", 50],
        ["delay", 7],
      ],
      [
        ["size", 50],
        ["destination__size", 100],
        ["delay", null],
      ],
    ]);
  });

  test("composite keys as objects and as text are the same", async () => {
    const ids = [{ destination: "c d", origin: "a|b" }, "a%7Cb|c%20d", { origin: "ATL", destination: "LAX" }];
    const results = await readList({ entity_ids: ids, features: ["delay"] });
    expect(results.map((one) => one.features.delay?.value)).toEqual([8, 8, 7]);
  });

  const features = ["stats:trips"];
  test.each([
    ["an empty list", { entity_ids: [], features }, "validation_failed"],
    ["no entity", { features }, "validation_failed"],
    ["both ways of naming entities", { entity_id: 1, entity_ids: [1], features }, "validation_failed"],
    ["neither features nor view", { entity_id: 1 }, "validation_failed"],
    ["features and view", { entity_id: 1, features, view: "trip" }, "validation_failed"],
    ["10,001 entities", { entity_ids: Array.from({ length: 10_001 }, (_, i) => i), features }, "too_many_entities"],
    ["a text where the key is a number", { entity_ids: [1, "x"], features }, "invalid_key"],
    ["a fraction where the key is a whole number", { entity_id: 1.5, features }, "invalid_key"],
    ["a number where the key is a text", { entity_id: 42, features: ["size"] }, "invalid_key"],
    [
      "a text in an object where the key is a number, but for its digits",
      { entity_id: { driver: "1.0" }, features },
      "invalid_key",
    ],
    ["an object without the key", { entity_id: { rider: 1 }, features }, "invalid_key"],
    ["a null key", { entity_id: { driver: null }, features }, "null_key"],
    ["features of different keys for one text", { entity_id: "1", features: ["stats:trips", "size"] }, "invalid_key"],
    ["an unknown feature among known ones", { entity_id: 1, features: ["stats:trips", "nope"] }, "feature_not_found"],
    ["an ambiguous name", { entity_id: 1, features: ["trips"] }, "ambiguous_feature"],
    ["a retired feature among others", { entity_id: "ATL", features: ["size", "old"] }, "feature_retired"],
    ["an unknown view", { entity_id: 1, view: "nope" }, "feature_view_not_found"],
  ])("%s is refused", async (_what, input, code) => {
    expect((await errorOf(read(input))).code).toBe(code);
  });

  test("10,000 entities are allowed", async () => {
    const results = await readList({ entity_ids: Array.from({ length: 10_000 }, (_, i) => i), features });
    expect(results).toHaveLength(10_000);
    expect(results[1]?.features["stats:trips"]?.value).toBe(10);
  });

  test("the error of a bad key says which of the list it is", async () => {
    const error = await errorOf(read({ entity_ids: [1, 2, "x"], features }));
    expect(error.detail).toContain("entity_ids[2]");
  });
});

describe("lookUpEntity", () => {
  test("shows every group of the entity with status and age; expired values stay visible", async () => {
    const found = await lookUpEntity(ctx, { name: "driver", key: "3" });
    expect(found.keys).toEqual({ driver: 3 });
    const groups = found.groups.map((one) => [one.group, one.status, one.features.map((feature) => feature.value)]);
    expect(groups).toEqual([
      ["stats", "OUTSIDE_MAX_AGE", [30, 3.5]],
      ["totals", "PRESENT", [30]],
      ["waiting", "NOT_MATERIALIZED", [null]],
    ]);
  });
  test.each([
    [{ name: "nobody", key: "1" }, "entity_not_found"],
    [{ name: "driver", key: "x" }, "invalid_key"],
  ])("%o -> %s", async (input, code) => {
    expect((await errorOf(lookUpEntity(ctx, input))).code).toBe(code);
  });
});

describe("listEntityExamples", () => {
  test("gives keys that exist, written so that they can be looked up", async () => {
    const { keys } = await listEntityExamples(ctx, { name: "route" });
    expect([...keys].sort()).toEqual(["ATL|LAX", "a%7Cb|c%20d"]);
    const found = await Promise.all(keys.map((key) => lookUpEntity(ctx, { name: "route", key })));
    expect(found.map((one) => one.groups[0]?.status)).toEqual(["PRESENT", "PRESENT"]);
  });
});

describe("servingCatalog", () => {
  test("follows a change of definitions by itself, and meanwhile answers what it knew", async () => {
    const before = await servingCatalog(ctx);
    const seconds = (): Promise<(number | null | undefined)[]> =>
      servingCatalog(ctx).then((catalog) =>
        catalog.groups.filter((one) => one.name === "totals").map((one) => one.ttlSeconds),
      );
    expect(await seconds()).toEqual([null]);
    await apply(
      ctx,
      group("totals", {
        entity: "driver",
        ttl: "15m",
        sql: "SELECT driver, trips, event_timestamp FROM stats_rows",
        features: { trips: "INT64" },
      }),
    );
    await expect.poll(seconds, { timeout: 10_000 }).toEqual([900]);
    expect((await servingCatalog(ctx)).revision).toBeGreaterThan(before.revision);
  });
});
