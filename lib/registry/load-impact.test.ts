import { afterAll, beforeAll, expect, test } from "vitest";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, consumer, csvSource, entity, group, inNewProject, view } from "@/lib/testing/definitions";
import { loadImpact } from "./load-impact";

let ctx: TestContext;

beforeAll(async () => {
  ctx = await inNewProject(await makeContext());
  await ctx.db.user.create({ data: { id: `usr_${ctx.project.id}`, name: "Ann Example" } });
  await apply(
    ctx,
    entity("driver", { driver: "INT64" }),
    await csvSource(ctx, "rides", "driver,event_timestamp,trips,rating\n1,2024-01-01,1,1.5\n"),
    group("stats", {
      entity: "driver",
      sql: "SELECT driver, event_timestamp, trips, rating FROM rides",
      features: { trips: "INT64", rating: "FLOAT64" },
    }),
    { kind: "source", name: "clean", sql: "SELECT * FROM stats" },
    group("made", {
      entity: "driver",
      owner: "mia",
      sql: "SELECT driver, event_timestamp, trips * 2 AS twice FROM clean",
      features: { twice: "INT64" },
    }),
    group("again", {
      entity: "driver",
      sql: "SELECT driver, event_timestamp, twice AS thrice FROM made",
      features: { thrice: { type: "INT64", owner: "tom" } },
    }),
    group("apart", {
      entity: "driver",
      sql: "SELECT driver, event_timestamp, trips AS other FROM rides",
      features: { other: "INT64" },
    }),
    view("direct", [{ group: "stats", features: ["trips", "rating"] }], { owner: "ann" }),
    view("indirect", [{ group: "again", features: ["thrice"] }]),
    view("elsewhere", [{ group: "apart", features: ["other"] }]),
    consumer("app", { owner: "bea", views: ["direct", "elsewhere"] }),
    consumer("board", { type: "dashboard", features: ["made:twice", "stats@1:rating"] }),
    consumer("quiet", { views: ["elsewhere"], features: ["apart:other"] }),
  );
  const base = { projectId: ctx.project.id, createdBy: `usr_${ctx.project.id}` };
  const of = (groupName: string, feature: string, groupVersion = 1) => ({
    features: [{ group: groupName, groupVersion, reference: `${groupName}@${groupVersion}:${feature}` }],
    inputs: {},
  });
  await ctx.db.trainingSet.createMany({
    data: [
      { ...base, id: `trs_1${ctx.project.id}`, name: "built", request: {}, manifest: of("stats", "rating") },
      { ...base, id: `trs_2${ctx.project.id}`, name: "building", request: { features: ["stats:trips"] } },
      { ...base, id: `trs_3${ctx.project.id}`, name: "by_view", viewName: "indirect", request: {} },
      { ...base, id: `trs_4${ctx.project.id}`, name: "foreign", request: {}, manifest: of("apart", "other") },
      { ...base, id: `trs_5${ctx.project.id}`, name: "newer", request: {}, manifest: of("stats", "rating", 2) },
    ],
  });
});
afterAll(closeContexts);

const MADE = [
  { name: "again:thrice", owner: "tom", detail: "reads stats through made, clean" },
  { name: "made:twice", owner: "mia", detail: "reads stats through clean" },
];

test("features, views, consumers and training sets, with owners and how each of them reads it", async () => {
  expect(await loadImpact(ctx, { group: "stats", version: 1, features: ["trips", "rating"] })).toEqual({
    features: MADE,
    views: [
      { name: "direct", owner: "ann", detail: "reads stats:trips, stats:rating" },
      { name: "indirect", owner: null, detail: "reads again:thrice" },
    ],
    consumers: [
      { name: "app", owner: "bea", detail: "through view direct" },
      { name: "board", owner: null, detail: "reads made:twice, stats:rating" },
    ],
    trainingSets: [
      { name: "building", owner: "Ann Example", detail: "reads stats:trips" },
      { name: "built", owner: "Ann Example", detail: "reads stats:rating" },
      { name: "by_view", owner: "Ann Example", detail: "through view indirect" },
    ],
  });
});

test("only the features that are asked about count where they are named", async () => {
  const { views, consumers, trainingSets } = await loadImpact(ctx, { group: "stats", version: 1, features: ["trips"] });
  expect(views[0]?.detail).toBe("reads stats:trips");
  expect(consumers.find((item) => item.name === "board")?.detail).toBe("reads made:twice");
  expect(trainingSets.map((item) => item.name)).toEqual(["building", "by_view"]);
});

test("nothing depends on the end of the line", async () => {
  const nothing = { features: [], views: [], consumers: [], trainingSets: [] };
  const project = await inNewProject(ctx);
  expect(await loadImpact(project, { group: "stats", version: 1, features: ["trips"] })).toEqual(nothing);
  expect(await loadImpact(ctx, { group: "nobody", version: 1, features: ["x"] })).toEqual(nothing);
});

test("an older version is read by what names it; SQL and bare references read the newest", async () => {
  await apply(
    ctx,
    group("stats", {
      entity: "driver",
      sql: "SELECT driver, event_timestamp, trips, rating::INTEGER AS rating FROM rides",
      features: { trips: "INT64", rating: "INT32" },
    }),
  );
  const old = await loadImpact(ctx, { group: "stats", version: 1, features: ["trips", "rating"] });
  expect(old.features).toEqual([]);
  expect(old.views.map((item) => item.name)).toEqual(["direct"]);
  expect(old.consumers.map((item) => `${item.name}: ${item.detail}`)).toEqual([
    "app: through view direct",
    "board: reads stats:rating",
  ]);
  expect(old.trainingSets.map((item) => item.name)).toEqual(["built"]);
  const now = await loadImpact(ctx, { group: "stats", version: 2, features: ["trips", "rating"] });
  expect(now.features).toEqual(MADE);
  expect(now.views.map((item) => item.name)).toEqual(["indirect"]);
  expect(now.trainingSets.map((item) => item.name)).toEqual(["building", "by_view", "newer"]);
});
