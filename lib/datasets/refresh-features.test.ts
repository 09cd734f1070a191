import { afterAll, beforeAll, expect, test } from "vitest";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, csvSource, entity, group } from "@/lib/testing/definitions";
import { errorOf } from "@/lib/testing/runs";
import { refreshFeatures } from "./refresh-features";

let ctx: TestContext;

beforeAll(async () => {
  ctx = await makeContext();
  const sql = (from: string): string => `SELECT driver, event_timestamp, trips FROM ${from}`;
  await apply(
    ctx,
    entity("driver", { driver: "INT64" }),
    await csvSource(ctx, "rides", "driver,event_timestamp,trips\n1,2026-01-10,1\n"),
    group("written", { entity: "driver", sql: sql("rides"), features: { trips: "INT64" } }),
    group("derived", { entity: "driver", sql: sql("written"), features: { trips: "INT64" }, online: false }),
  );
  // As if its rows came through the API.
  await ctx.db.featureGroup.updateMany({ where: { name: "written" }, data: { sql: null, inputs: [] } });
});
afterAll(closeContexts);

const nodes = async (groups?: string[]) =>
  (await refreshFeatures(ctx, groups ? { groups } : {})).run.progress.nodes.map((node) => node.id);

test("of a group whose rows are written, only what follows them is done", async () => {
  expect(await nodes(["written"])).toEqual(["profile:written", "materialize:written"]);
});

test("what is read comes first, and what is not online is not materialized", async () => {
  const expected = ["profile:written", "materialize:written", "feature_group:derived", "profile:derived"];
  expect(await nodes(["derived"])).toEqual(expected);
  expect(await nodes()).toEqual(expected);
});

test("a group that is not there starts nothing", async () => {
  const before = await ctx.db.run.count();
  expect((await errorOf(refreshFeatures(ctx, { groups: ["written", "nobody"] }))).code).toBe("feature_group_not_found");
  expect(await ctx.db.run.count()).toBe(before);
});
