import { afterAll, beforeAll, expect, test } from "vitest";
import type { OnlineStore, StoreStatus } from "@/lib/engines/online/port";
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
    await csvSource(ctx, "rows", "driver,event_timestamp,trips\n1,2026-01-15 11:30:00,10\n"),
    group("stats", {
      entity: "driver",
      sql: "SELECT driver, trips, event_timestamp FROM rows",
      features: { trips: "INT64" },
    }),
    group("waiting", {
      entity: "driver",
      sql: "SELECT driver, trips AS later, event_timestamp FROM rows",
      features: { later: "INT64" },
    }),
  );
  await refresh(ctx, ["stats"]);
});
afterAll(closeContexts);

/** The store as it is, but for what it knows of itself. */
function knownAs(status: StoreStatus): TestContext {
  const online = Object.assign(Object.create(ctx.online) as OnlineStore, { status: () => status });
  return { ...ctx, online };
}

test("a store that has lost rows says so instead of NOT_FOUND; what it still has is served", async () => {
  const who = knownAs({ state: "incomplete", detail: "Redis has evicted keys" });
  const read = (entity: number, feature = "trips") =>
    readFeatures(who, ReadFeatures.parse({ entity_id: entity, features: [feature] }));
  expect(await read(1)).toMatchObject({ features: { trips: { value: 10, status: "PRESENT" } } });
  expect(await errorOf(read(99))).toMatchObject({
    code: "dependency_unavailable",
    detail: expect.stringContaining("evicted"),
  });
  // Of a group that was never online no row can be lost.
  expect(await read(99, "later")).toMatchObject({ features: { later: { status: "NOT_FOUND" } } });
});

test("a whole store knows that a key is unknown", async () => {
  const who = knownAs({ state: "up", detail: null });
  expect(await readFeatures(who, ReadFeatures.parse({ entity_id: 99, features: ["trips"] }))).toMatchObject({
    features: { trips: { status: "NOT_FOUND" } },
  });
});
