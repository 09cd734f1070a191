import { afterAll, beforeAll, expect, test } from "vitest";
import type { Value } from "@/lib/kernel/values";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, csvSource, entity, group, inNewProject } from "@/lib/testing/definitions";
import { errorOf, refresh } from "@/lib/testing/runs";
import { readFeatures } from "./read-features";
import { ReadFeatures } from "./schema";

let ctx: TestContext;
beforeAll(async () => {
  ctx = await inNewProject(await makeContext());
  await apply(
    ctx,
    entity("driver", { driver: "INT64" }),
    await csvSource(
      ctx,
      "stats_rows",
      "driver,event_timestamp,trips,rating,phone\n1,2026-01-15 11:30:00,10,4.5,555\n2,2026-01-15 11:30:00,20,,556\n",
    ),
    group("stats", {
      entity: "driver",
      sql: "SELECT driver, trips, rating, CAST(phone AS VARCHAR) AS phone, event_timestamp FROM stats_rows",
      features: { trips: "INT64", rating: "FLOAT64", phone: { type: "STRING", sensitivity: "personal" } },
    }),
  );
  await refresh(ctx, ["stats"]);
});
afterAll(closeContexts);

const FEATURES = ["trips", "rating"];

/** Value and status of every feature, by entity. */
async function read(input: object, who = ctx): Promise<Record<string, [Value, string]>[]> {
  const answer = await readFeatures(who, ReadFeatures.parse({ features: FEATURES, ...input }));
  const results = "results" in answer ? answer.results : [answer];
  return results.map(({ features }) =>
    Object.fromEntries(
      Object.entries(features).map(([name, { value, status }]) => [name, [value as Value, status as string]]),
    ),
  );
}

test("one object is for every entity, known or not; what it does not name is as it is stored", async () => {
  expect(await read({ entity_ids: [1, 99], overrides: { trips: 7 } })).toEqual([
    { trips: [7, "OVERRIDDEN"], rating: [4.5, "PRESENT"] },
    { trips: [7, "OVERRIDDEN"], rating: [null, "NOT_FOUND"] },
  ]);
});

test("a list has one object for each entity, in their order", async () => {
  expect(await read({ entity_ids: [2, 1, 2], overrides: [{ rating: 1.5 }, {}, { trips: 0, rating: null }] })).toEqual([
    { trips: [20, "PRESENT"], rating: [1.5, "OVERRIDDEN"] },
    { trips: [10, "PRESENT"], rating: [4.5, "PRESENT"] },
    { trips: [0, "OVERRIDDEN"], rating: [null, "OVERRIDDEN"] },
  ]);
});

test("it has neither an event time nor an age, and goes before the default and the mask", async () => {
  const scientist: TestContext = { ...ctx, actor: { kind: "user", id: "s", name: "s", role: "scientist" } };
  const input = { entity_id: 1, features: ["trips", "phone"], overrides: { phone: "mine" }, fill_defaults: true };
  expect(await readFeatures(scientist, ReadFeatures.parse(input))).toMatchObject({
    features: {
      trips: { value: 10, status: "PRESENT" },
      phone: { value: "mine", status: "OVERRIDDEN", event_time: null, age_seconds: null },
    },
  });
  expect(await read({ entity_id: 1, features: ["phone"] }, scientist)).toEqual([{ phone: [null, "MASKED"] }]);
});

test.each([
  ["values", { trips: 7, rating: 4.5 }],
  ["statuses", { trips: { status: "OVERRIDDEN" }, rating: { status: "PRESENT" } }],
])("in answers of %s only", async (answer, features) => {
  const input = { entity_id: 1, features: FEATURES, overrides: { trips: 7 }, answer };
  expect(await readFeatures(ctx, ReadFeatures.parse(input))).toMatchObject({ features });
});

test.each([
  [{ entity_id: 1, overrides: { nothing: 1 } }, "feature_not_found", "nothing"],
  [{ entity_id: 1, overrides: { trips: "many" } }, "invalid_type", "trips"],
  [{ entity_ids: [1, 2], overrides: [{ trips: 1 }] }, "validation_failed", "1 objects for 2 entities"],
  [{ entity_ids: [1, 2], overrides: [{ trips: 1 }, { rating: "x" }] }, "invalid_type", "rating"],
])("%j is %s", async (input, code, detail) => {
  expect(await errorOf(read(input))).toMatchObject({ code, detail: expect.stringContaining(detail) });
});
