import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, csvSource, entity, group, inNewProject, view } from "@/lib/testing/definitions";
import { errorOf, refresh } from "@/lib/testing/runs";
import { getEntity } from "./get-entity";
import { getFeature } from "./get-feature";
import { getFeatureGroup } from "./get-feature-group";
import { getFeatureView } from "./get-feature-view";
import { getOverview } from "./get-overview";
import { getSource } from "./get-source";
import { listEntities } from "./list-entities";
import { listFeatureGroups } from "./list-feature-groups";
import { listFeatureViews } from "./list-feature-views";
import { listFeatures } from "./list-features";
import { listSources } from "./list-sources";
import { resolveFeatures } from "./resolve-features";
import { ListFeatures, type ListObjects } from "./schema";
import { searchFeatures } from "./search-features";

let ctx: TestContext;

beforeAll(async () => {
  ctx = await inNewProject(await makeContext());
  const sql = (columns: string): string => `SELECT key, event_timestamp, ${columns} FROM numbers`;
  const text = { type: "STRING" };
  await apply(
    ctx,
    entity("driver", { key: "INT64" }, { description: "Somebody who drives." }),
    entity("place", { key: "INT64" }),
    await csvSource(ctx, "numbers", "key,event_timestamp,n\n1,2024-01-01,1\n"),
    group("rides", {
      entity: "driver",
      owner: "ada",
      tags: ["core"],
      description: "What drivers did.",
      sql: sql("n AS delay, n AS delay_mean, n AS mean_delay, n AS rating"),
      features: {
        delay: { type: "INT64", status: "ACTIVE", tags: ["late"] },
        delay_mean: { type: "INT64", status: "ACTIVE" },
        mean_delay: { type: "INT64", tags: ["late", "slow"] },
        rating: { type: "INT64", status: "ACTIVE", description: "Stars, after any delay was forgiven.", owner: "bob" },
      },
    }),
    group("places", {
      entity: "place",
      sql: sql("CAST(n AS VARCHAR) AS city, CAST(n AS VARCHAR) AS rating, n = 1 AS open"),
      features: {
        city: { ...text, status: "ACTIVE", owner: "bob" },
        rating: { ...text, tags: ["core"] },
        open: { type: "BOOL" },
      },
    }),
    view("both", [{ group: "rides", features: ["delay", "rating"] }]),
  );
  await refresh(ctx, ["rides"]);
});
afterAll(closeContexts);

const list = (input: object = {}) => listFeatures(ctx, ListFeatures.parse(input));
const references = async (input: object = {}): Promise<string[]> =>
  (await list(input)).items.map((one) => one.reference);
const ALL = [
  "places:city",
  "places:rating",
  "places:open",
  "rides:delay",
  "rides:delay_mean",
  "rides:mean_delay",
  "rides:rating",
];

describe("listFeatures", () => {
  test.each<[object, string[]]>([
    [{}, ALL],
    [{ group: "places" }, ALL.slice(0, 3)],
    [{ entity: "driver" }, ALL.slice(3)],
    [{ tag: "late" }, ["rides:delay", "rides:mean_delay"]],
    [{ tag: "core", entity: "place" }, ["places:rating"]],
    [{ owner: "bob" }, ["places:city", "rides:rating"]],
    [{ status: "DRAFT" }, ["places:rating", "places:open", "rides:mean_delay"]],
    [{ type: "BINARY" }, ["places:open"]],
    [{ group: "rides", status: "ACTIVE", tag: "late" }, ["rides:delay"]],
    [{ group: "nobody" }, []],
  ])("%o", async (filter, expected) => {
    const answer = await list(filter);
    expect(answer.items.map((one) => one.reference)).toEqual(expected);
    expect(answer.total).toBe(expected.length);
  });

  test("every facet counts without its own filter, and with all the others", async () => {
    const { facets } = await list({ group: "rides", status: "ACTIVE" });
    expect(facets).toEqual({
      group: [
        { value: "rides", count: 3 },
        { value: "places", count: 1 },
      ],
      status: [
        { value: "ACTIVE", count: 3 },
        { value: "DRAFT", count: 1 },
      ],
      entity: [{ value: "driver", count: 3 }],
      type: [{ value: "NUMERICAL", count: 3 }],
      owner: [
        { value: "ada", count: 2 },
        { value: "bob", count: 1 },
      ],
      tag: [
        { value: "core", count: 3 },
        { value: "late", count: 1 },
      ],
    });
  });

  test.each(["relevance", "name", "group", "updated", "status", "used"])(
    "pages by %s give every feature once",
    async (sort) => {
      const seen: string[] = [];
      let cursor: string | null | undefined;
      do {
        const page = await list({ sort, limit: 2, ...(cursor ? { cursor } : {}) });
        expect(page.total).toBe(ALL.length);
        seen.push(...page.items.map((one) => one.reference));
        cursor = page.nextCursor;
      } while (cursor);
      expect([...seen].sort()).toEqual([...ALL].sort());
    },
  );

  test("by use: online requests of the last 30 days, of this project", async () => {
    const other = await inNewProject(ctx);
    const row = { callerKind: "service", callerName: "Scorer", values: 1n, present: 1n };
    await ctx.db.servedFeature.createMany({
      data: [
        { ...row, projectId: ctx.project.id, reference: "places:open", callerId: "a", day: "2026-01-15", requests: 3n },
        { ...row, projectId: ctx.project.id, reference: "places:open", callerId: "b", day: "2025-12-17", requests: 4n },
        {
          ...row,
          projectId: ctx.project.id,
          reference: "rides:rating",
          callerId: "a",
          day: "2026-01-01",
          requests: 5n,
        },
        {
          ...row,
          projectId: ctx.project.id,
          reference: "rides:delay",
          callerId: "a",
          day: "2025-12-16",
          requests: 99n,
        },
        {
          ...row,
          projectId: other.project.id,
          reference: "rides:delay",
          callerId: "a",
          day: "2026-01-15",
          requests: 9n,
        },
      ],
    });
    const { items } = await list({ sort: "used", order: "desc", limit: 3 });
    expect(items.map(({ reference, requestsIn30Days }) => [reference, requestsIn30Days])).toEqual([
      ["places:open", 7],
      ["rides:rating", 5],
      ["places:city", 0],
    ]);
    await ctx.db.servedFeature.deleteMany({ where: { projectId: ctx.project.id } });
  });

  test.each([
    "x",
    "",
    ...["o:0", "o:-1", "o:1.5", "x:2"].map((text) => Buffer.from(text).toString("base64url")),
    Buffer.from("o:1 OR 1").toString("base64url"),
  ])("a forged cursor %o is refused", async (cursor) => {
    expect((await errorOf(list({ cursor }))).code).toBe("invalid_parameter");
  });

  test.each<[object, string[]]>([
    [
      { sort: "name" },
      [
        "places:city",
        "rides:delay",
        "rides:delay_mean",
        "rides:mean_delay",
        "places:open",
        "places:rating",
        "rides:rating",
      ],
    ],
    [{ sort: "name", order: "desc", limit: 2 }, ["places:rating", "rides:rating"]],
    [{ sort: "group", order: "desc", limit: 2 }, ["rides:delay", "rides:delay_mean"]],
    [{ sort: "status", limit: 3 }, ["rides:mean_delay", "places:open", "places:rating"]],
  ])("sorted: %o", async (input, expected) => {
    expect(await references(input)).toEqual(expected);
  });

  test.each([
    ["delay", ["rides:delay", "rides:delay_mean", "rides:mean_delay", "rides:rating"]],
    ["mean dely", ["rides:delay_mean", "rides:mean_delay"]],
    ["bob", ["places:city", "rides:rating"]],
    ["zzzzzz", []],
    ["100%", []],
    ["_", ["rides:delay_mean", "rides:mean_delay"]],
  ])("q %o finds what it means", async (q, expected) => {
    expect((await references({ q })).sort()).toEqual([...expected].sort());
  });

  test("what holds all words comes before what only looks alike", async () => {
    expect((await references({ q: "DELAY  mean" })).slice(0, 2)).toEqual(["rides:delay_mean", "rides:mean_delay"]);
  });

  test("shows views, freshness and statistics at a glance", async () => {
    const [delay] = (await list({ q: "delay", limit: 1 })).items;
    expect(delay).toMatchObject({
      views: ["both"],
      freshness: {
        lastEventTime: "2024-01-01T00:00:00.000000Z",
        lastCommitAt: "2026-01-15T12:00:00.000Z",
        ttlSeconds: null,
      },
      glance: { count: 1, nullShare: 0, distinct: 1, mean: 1 },
    });
    const [city] = (await list({ group: "places" })).items;
    expect(city).toMatchObject({ views: [], glance: null, freshness: { lastEventTime: null, lastCommitAt: null } });
  });
});

describe("searchFeatures", () => {
  test("ranks exact before prefix before part before description, and says why", async () => {
    const { items } = await searchFeatures(ctx, { q: "delay", limit: 20 });
    expect(items.map((hit) => [hit.feature.name, hit.reason])).toEqual([
      ["delay", "exact name"],
      ["delay_mean", "name starts with it"],
      ["mean_delay", "name contains it"],
      ["rating", "found in description, group, entity, tags or owner"],
    ]);
    const ranks = items.map((hit) => hit.rank);
    expect(ranks).toEqual([...ranks].sort((a, b) => b - a));
  });
  test("forgives spelling, below everything that matches", async () => {
    const { items } = await searchFeatures(ctx, { q: "ratng", limit: 20 });
    expect(items.map((hit) => hit.feature.name)).toContain("rating");
    expect(items.every((hit) => hit.rank < 40 && hit.reason === "similar spelling")).toBe(true);
  });
  test.each([
    ["late", ["delay", "mean_delay"]],
    ["late, slow", ["mean_delay"]],
    ["late,core", ["delay", "mean_delay"]],
    ["nothing", []],
  ])("tags %o: all must be there", async (tags, expected) => {
    const { items } = await searchFeatures(ctx, { q: "", tags, limit: 20 });
    expect(items.map((hit) => hit.feature.name)).toEqual(expected);
  });
  test("limit holds", async () => {
    expect((await searchFeatures(ctx, { q: "", limit: 3 })).items).toHaveLength(3);
  });
});

describe("resolveFeatures", () => {
  test("takes bare names, groups and versions, in the order asked", async () => {
    const found = await resolveFeatures(ctx, ["rides@1:rating", "city", "places:rating", "city"]);
    expect(found.map((feature) => `${feature.group.name}:${feature.name}`)).toEqual([
      "rides:rating",
      "places:city",
      "places:rating",
      "places:city",
    ]);
  });
  test("an ambiguous bare name lists the candidates", async () => {
    const error = await errorOf(resolveFeatures(ctx, ["city", "rating"]));
    expect(error.code).toBe("ambiguous_feature");
    expect(error.issues).toEqual([
      { code: "candidate", detail: "places:rating" },
      { code: "candidate", detail: "rides:rating" },
    ]);
  });
  test.each([
    ["nope", "feature_not_found"],
    ["rides:nope", "feature_not_found"],
    ["rides@2:rating", "feature_not_found"],
    ["nobody:rating", "feature_group_not_found"],
    ["Rides:rating", "invalid_name"],
    ["rides:", "invalid_name"],
    ["", "invalid_name"],
  ])("%o -> %s", async (reference, code) => {
    expect((await errorOf(resolveFeatures(ctx, [reference]))).code).toBe(code);
  });
});

describe("one object by name", () => {
  const name = "nobody";
  test.each<[string, (other: TestContext) => Promise<unknown>]>([
    ["entity_not_found", (who) => getEntity(who, { name })],
    ["source_not_found", (who) => getSource(who, { name })],
    ["feature_group_not_found", (who) => getFeatureGroup(who, { name })],
    ["feature_group_not_found", (who) => getFeatureGroup(who, { name: "rides", version: 9 })],
    ["feature_view_not_found", (who) => getFeatureView(who, { name })],
    ["feature_view_not_found", (who) => getFeatureView(who, { name: "both", version: 9 })],
    ["feature_not_found", (who) => getFeature(who, { reference: name })],
  ])("%s", async (code, call) => {
    expect((await errorOf(call(ctx))).code).toBe(code);
  });

  test("what belongs to another project is not found", async () => {
    const other = await inNewProject(ctx);
    const codes = await Promise.all(
      [
        getEntity(other, { name: "driver" }),
        getSource(other, { name: "numbers" }),
        getFeatureGroup(other, { name: "rides" }),
        getFeatureView(other, { name: "both" }),
        getFeature(other, { reference: "delay" }),
      ].map(async (work) => (await errorOf(work)).code),
    );
    expect(codes).toEqual([
      "entity_not_found",
      "source_not_found",
      "feature_group_not_found",
      "feature_view_not_found",
      "feature_not_found",
    ]);
    expect(await listFeatures(other, ListFeatures.parse({}))).toMatchObject({ items: [], total: 0, nextCursor: null });
  });

  test("an entity knows its groups, a source its columns", async () => {
    expect(await getEntity(ctx, { name: "driver" })).toMatchObject({
      joinKeys: [{ name: "key", type: "INT64" }],
      groups: ["rides"],
      featureCount: 4,
    });
    const source = await getSource(ctx, { name: "numbers" });
    expect(source.columns.map((column) => column.name)).toEqual(["key", "event_timestamp", "n"]);
    expect(source).toMatchObject({ kind: "files", rowCount: 1, readAt: "2026-01-15T12:00:00.000Z" });
  });

  test("the overview counts what is there", async () => {
    expect(await getOverview(ctx)).toMatchObject({
      counts: { features: 7, groups: 2, entities: 2, sources: 1, views: 1, trainingSets: 0 },
      rowCount: 1,
      statusCounts: { DRAFT: 3, ACTIVE: 4, DEPRECATED: 0, RETIRED: 0 },
    });
  });
});

describe("lists", () => {
  type Lister = (
    who: TestContext,
    input: ListObjects,
  ) => Promise<{ items: { name: string }[]; total: number; nextCursor: string | null }>;
  test.each<[string, Lister, string[]]>([
    ["listEntities", listEntities, ["driver", "place"]],
    ["listSources", listSources, ["numbers"]],
    ["listFeatureGroups", listFeatureGroups, ["places", "rides"]],
    ["listFeatureViews", listFeatureViews, ["both"]],
  ])("%s: by name, in pages, by q", async (_name, lister, expected) => {
    const all = await lister(ctx, { limit: 50 });
    expect(all.items.map((item) => item.name)).toEqual(expected);
    expect([all.total, all.nextCursor]).toEqual([expected.length, null]);
    const first = await lister(ctx, { limit: 1 });
    expect(first.items.map((item) => item.name)).toEqual(expected.slice(0, 1));
    expect(first.nextCursor === null).toBe(expected.length === 1);
    if (first.nextCursor) {
      const second = await lister(ctx, { limit: 1, cursor: first.nextCursor });
      expect(second.items.map((item) => item.name)).toEqual(expected.slice(1, 2));
    }
    expect(
      (await lister(ctx, { limit: 50, q: (expected[0] ?? "").toUpperCase() })).items.map((item) => item.name),
    ).toContain(expected[0]);
    expect((await lister(ctx, { limit: 50, q: "zzz%" })).total).toBe(0);
    expect((await errorOf(lister(ctx, { limit: 1, cursor: "forged" }))).code).toBe("invalid_parameter");
  });
});
