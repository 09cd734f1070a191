import { afterAll, beforeAll, expect, test } from "vitest";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, csvSource, entity, group, inNewProject, view } from "@/lib/testing/definitions";
import { errorOf, refresh } from "@/lib/testing/runs";
import { readFeatures } from "./read-features";
import { ReadFeatures } from "./schema";

// The clock stands at 2026-01-15T12:00:00Z and the ttl of `fresh` is one hour.
const FRESH = ["driver,event_timestamp,trips", "1,2026-01-15 11:30:00,10", "2,2026-01-15 10:00:00,20"].join("\n");
const SLOW = [
  "driver,event_timestamp,rating,income",
  "1,2026-01-10,4.5,100",
  "2,2026-01-11,2.0,200",
  "3,2026-01-12,,300",
].join("\n");

let ctx: TestContext;

beforeAll(async () => {
  ctx = await inNewProject(await makeContext());
  await apply(
    ctx,
    entity("driver", { driver: "INT64" }),
    await csvSource(ctx, "fresh_rows", FRESH),
    await csvSource(ctx, "slow_rows", SLOW),
    group("fresh", {
      entity: "driver",
      ttl: "1h",
      sql: "SELECT driver, trips, event_timestamp FROM fresh_rows",
      features: { trips: { type: "INT64", status: "ACTIVE", default: 5 } },
    }),
    group("slow", {
      entity: "driver",
      sql: "SELECT driver, rating, income, event_timestamp FROM slow_rows",
      features: { rating: "FLOAT64", income: { type: "INT64", status: "ACTIVE", sensitivity: "personal" } },
    }),
    view(
      "ranked",
      [
        { group: "fresh", features: ["trips"] },
        { group: "slow", features: ["rating"] },
        { group: "slow", prefix: "own", features: ["income"] },
      ],
      {
        requestData: { asked_at: "TIMESTAMP", factor: "FLOAT64" },
        onDemand: {
          score: { expression: "trips * rating * factor", unit: "points" },
          late: { expression: "hour(asked_at) >= 22", type: "BOOL" },
          rich: { expression: "own__income > 150" },
          summary: { expression: "concat('score ', cast(score as STRING))" },
          trips_or_none: { expression: "coalesce(trips, 0)" },
        },
      },
    ),
    view("plain", [{ group: "fresh", features: ["trips"] }]),
  );
  await refresh(ctx, ["fresh", "slow"]);
}, 60_000);
afterAll(closeContexts);

const REQUEST_DATA = { asked_at: "2026-01-15T23:00:00Z", factor: 2 };

async function read(entityId: number, rest: object = {}, as: TestContext = ctx): Promise<Record<string, unknown>> {
  const input = ReadFeatures.parse({ view: "ranked", entity_id: entityId, request_data: REQUEST_DATA, ...rest });
  const answer = (await readFeatures(as, input)) as { features: Record<string, unknown> };
  return answer.features;
}

test("on-demand columns come after the stored ones, by name, with the oldest time of what they are made from", async () => {
  const features = await read(1);
  expect(Object.keys(features)).toEqual([
    "trips",
    "rating",
    "own__income",
    "late",
    "rich",
    "score",
    "summary",
    "trips_or_none",
  ]);
  expect(features.score).toEqual({
    value: 90,
    status: "PRESENT",
    event_time: "2026-01-10T00:00:00.000000Z",
    age_seconds: 5.5 * 86_400,
    feature_status: "ACTIVE",
  });
  expect(features.trips_or_none).toMatchObject({ value: 10, event_time: "2026-01-15T11:30:00.000000Z" });
  expect(features.summary).toMatchObject({ value: "score 90", event_time: "2026-01-10T00:00:00.000000Z" });
  expect(features.late).toEqual({
    value: true,
    status: "PRESENT",
    event_time: null,
    age_seconds: null,
    feature_status: "ACTIVE",
  });
});

test("what is withheld, null or not there is null for an expression", async () => {
  const expired = await read(2);
  expect(expired.trips).toMatchObject({ value: null, status: "OUTSIDE_MAX_AGE" });
  expect(expired.score).toMatchObject({ value: null, status: "NULL_VALUE" });
  expect(expired.trips_or_none).toMatchObject({ value: 0, status: "PRESENT" });
  expect((await read(2, { include_expired: true })).score).toMatchObject({ value: 80, status: "PRESENT" });
  expect((await read(2, { fill_defaults: true })).score).toMatchObject({ value: 20, status: "PRESENT" });
  expect((await read(3)).score).toMatchObject({ value: null, status: "NULL_VALUE" });
  expect((await read(99)).trips_or_none).toMatchObject({ value: 0, status: "PRESENT", event_time: null });
});

test("overrides stand for what is stored, before anything is computed", async () => {
  const features = await read(1, { overrides: { trips: 3 } });
  expect(features.score).toMatchObject({ value: 27, event_time: "2026-01-10T00:00:00.000000Z" });
  expect(features.trips_or_none).toMatchObject({ value: 3, event_time: null });
});

test("the forms of an answer", async () => {
  expect(await read(1, { answer: "values" })).toMatchObject({ score: 90, late: true });
  expect((await read(1, { answer: "statuses" })).score).toEqual({
    status: "PRESENT",
    event_time: "2026-01-10T00:00:00.000000Z",
    age_seconds: 5.5 * 86_400,
    feature_status: "ACTIVE",
  });
});

test("request data may differ by entity", async () => {
  const input = ReadFeatures.parse({
    view: "ranked",
    entity_ids: [1, 1],
    answer: "values",
    request_data: [REQUEST_DATA, { asked_at: "2026-01-15 06:00", factor: null }],
  });
  const { results } = (await readFeatures(ctx, input)) as { results: { features: Record<string, unknown> }[] };
  expect(results.map(({ features }) => [features.score, features.late])).toEqual([
    [90, true],
    [null, false],
  ]);
});

test.each<[given: unknown, code: string, words: RegExp]>([
  [undefined, "missing_request_data", /must have asked_at, a TIMESTAMP/],
  [{ asked_at: "2026-01-15" }, "missing_request_data", /must have factor, a FLOAT64/],
  [{ asked_at: "soon", factor: 1 }, "invalid_type", /asked_at is not TIMESTAMP/],
  [{ asked_at: null, factor: "2" }, "invalid_type", /factor is not FLOAT64/],
  [{ ...REQUEST_DATA, extra: 1 }, "unknown_field", /extra is not asked for; it may have asked_at, factor/],
  [[], "validation_failed", /0 objects for 1 entities/],
])("request data %j is refused", async (given, code, words) => {
  const error = await errorOf(read(1, { request_data: given }));
  expect(error.code).toBe(code);
  expect(error.detail).toMatch(words);
});

test("views and features that ask for none refuse request data", async () => {
  const asked = ReadFeatures.parse({ view: "plain", entity_id: 1, request_data: { factor: 1 } });
  expect((await errorOf(readFeatures(ctx, asked))).code).toBe("unknown_field");
  const byName = ReadFeatures.parse({ features: ["fresh:trips"], entity_id: 1, request_data: { factor: 1 } });
  expect((await errorOf(readFeatures(ctx, byName))).code).toBe("unknown_field");
});

test("what is made from personal features is masked with them, unless they came with the request", async () => {
  const viewer = { ...ctx, actor: { ...ctx.actor, role: "viewer" as const } };
  const features = await read(1, {}, viewer);
  expect(features.own__income).toMatchObject({ value: null, status: "MASKED" });
  expect(features.rich).toMatchObject({ value: null, status: "MASKED" });
  expect(features.score).toMatchObject({ value: 90, status: "PRESENT" });
  expect((await read(1, { overrides: { own__income: 1 } }, viewer)).rich).toMatchObject({ value: false });
  const sensitive = { ...ctx, actor: { ...ctx.actor, sensitive: true } };
  expect((await read(2, {}, sensitive)).rich).toMatchObject({ value: true, status: "PRESENT" });
});

test("the weakest of its inputs is what an on-demand feature is", async () => {
  const where = { projectId: ctx.project.id, name: "rating" };
  await ctx.db.feature.updateMany({ where, data: { status: "DEPRECATED" } });
  await ctx.db.project.update({ where: { id: ctx.project.id }, data: { revision: { increment: 1 } } });
  await new Promise((resolve) => setTimeout(resolve, 600));
  const features = await read(1);
  expect([features.score, features.summary, features.late]).toMatchObject([
    { feature_status: "DEPRECATED" },
    { feature_status: "DEPRECATED" },
    { feature_status: "ACTIVE" },
  ]);
});
