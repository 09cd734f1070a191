import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, consumer, csvSource, entity, group, view, type Written } from "@/lib/testing/definitions";
import { countAllRows, errorOf } from "@/lib/testing/runs";
import { APP, asked, create, MADE, named, projectWithStats, SQL, STATS, VIEW } from "./edit-fixture";
import { getConsumer } from "./get-consumer";
import { getDefinition } from "./get-definition";
import { getFeature } from "./get-feature";
import { listConsumers } from "./list-consumers";
import { planDefinition } from "./plan-definition";

let base: TestContext;
let ctx: TestContext;

beforeAll(async () => {
  base = await makeContext();
});
afterAll(closeContexts);
beforeEach(async () => {
  ctx = await projectWithStats(base);
});

const audited = async (action: string) =>
  ctx.db.auditEvent.findMany({ where: { projectId: ctx.project.id, action }, orderBy: { sequence: "asc" } });

describe("createDefinition", () => {
  test("registers every kind, and answers what is stored", async () => {
    const made = await create(ctx, MADE);
    expect(made).toMatchObject({ kind: "feature_group", name: "made", version: 1, revision: 1 });
    expect(made).toMatchObject({ updatedBy: "local-admin", updatedAt: ctx.clock.now().toISOString() });
    expect((await getFeature(ctx, { reference: "made:twice" })).status).toBe("DRAFT");
    for (const definition of [VIEW, APP, entity("rider", { rider: "STRING" })]) await create(ctx, definition);
    await create(ctx, { kind: "source", name: "clean", sql: "SELECT * FROM rides" });
    expect(await getDefinition(ctx, named("consumer", "app"))).toMatchObject({ revision: 1, definition: APP });
    expect(await getConsumer(ctx, { name: "app" })).toMatchObject({
      name: "app",
      type: "model",
      owner: "bea",
      url: null,
      views: ["model"],
      features: ["made:twice"],
    });
    expect((await listConsumers(ctx, { limit: 10 })).items.map((item) => item.name)).toEqual(["app"]);
    expect((await audited("definition.create")).at(-1)).toMatchObject({ resource: "source:clean", before: null });
  });

  test("a name that is taken is already_exists; other kinds may have it, but a group and a source may not share it", async () => {
    expect((await errorOf(create(ctx, STATS))).code).toBe("already_exists");
    await create(ctx, entity("stats", { id: "INT64" }));
    const error = await errorOf(create(ctx, { kind: "source", name: "stats", sql: "SELECT 1 AS x" }));
    expect([error.code, error.issues]).toMatchObject(["definition_invalid", [{ code: "duplicate", pointer: "/name" }]]);
  });

  test("twenty at once with one name: one registers it, the others are told it exists", async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, (_, at) => create(ctx, entity("rider", { rider: "INT64" }, { description: `${at}` }))),
    );
    const codes = outcomes.map((outcome) => (outcome.status === "fulfilled" ? "created" : outcome.reason.code));
    expect(codes.filter((code) => code === "created")).toHaveLength(1);
    expect(codes.filter((code) => code === "already_exists")).toHaveLength(19);
    expect(await ctx.db.definition.count({ where: { projectId: ctx.project.id, name: "rider" } })).toBe(1);
  });

  test("what others do at the same time to something else disturbs nobody", async () => {
    const names = ["alpha", "beta", "gamma", "delta"];
    await Promise.all(names.map((name) => create(ctx, entity(name, { id: "INT64" }))));
    expect(await ctx.db.entity.count({ where: { projectId: ctx.project.id, name: { in: names } } })).toBe(4);
  });

  test.each<[string, Written, string, string | undefined]>([
    ["an unknown entity", { ...STATS, name: "x", entity: "nobody" } as Written, "entity_not_found", "/entity"],
    ["SQL that does not run", { ...STATS, name: "x", sql: "SELEC" } as Written, "sql_invalid", "/sql"],
    [
      "SQL that reads nothing known",
      { ...STATS, name: "x", sql: "SELECT * FROM nobody" } as Written,
      "unknown_relation",
      "/sql",
    ],
    [
      "SQL without a feature",
      { ...STATS, name: "x", sql: SQL.replace(", rating", "") } as Written,
      "missing_column",
      "/sql",
    ],
    [
      "a feature named like a key",
      group("x", { entity: "driver", sql: SQL, features: { trips: "INT64", driver: "INT64" } }),
      "duplicate",
      "/features/1/name",
    ],
    ["a source of nothing", { kind: "source", name: "x" }, "source_kind", undefined],
    [
      "an event time that is not there",
      { kind: "source", name: "x", sql: "SELECT 1 AS a", eventTime: "at" },
      "missing_column",
      "/eventTime",
    ],
    [
      "two equal join keys",
      {
        kind: "entity",
        name: "x",
        joinKeys: [
          { name: "a", type: "INT64" },
          { name: "a", type: "INT64" },
        ],
      },
      "duplicate",
      "/joinKeys/1/name",
    ],
    [
      "an unknown feature of a view",
      view("x", [{ group: "stats", features: ["trips", "nope"] }]),
      "feature_not_found",
      "/joins/0/features/1",
    ],
    [
      "an unknown group of a view",
      view("x", [{ group: "nobody", features: ["a"] }]),
      "feature_group_not_found",
      "/joins/0/group",
    ],
    [
      "an unknown version of a group",
      view("x", [{ group: "stats", version: 2, features: ["trips"] }]),
      "feature_group_not_found",
      "/joins/0/version",
    ],
    [
      "a spine without a key",
      view("x", [{ group: "stats", features: ["trips"] }], { spine: { sql: "SELECT event_timestamp FROM rides" } }),
      "missing_key_column",
      "/spine/sql",
    ],
    ["an unknown view of a consumer", consumer("x", { views: ["nobody"] }), "feature_view_not_found", "/views/0"],
    [
      "an unknown feature of a consumer",
      consumer("x", { features: ["stats:trips", "stats:nope"] }),
      "feature_not_found",
      "/features/1",
    ],
    [
      "a consumer of an unknown version",
      consumer("x", { features: ["stats@2:trips"] }),
      "feature_not_found",
      "/features/0",
    ],
    ["a feature without its group", consumer("x", { features: ["trips"] }), "invalid_name", "/features/0"],
    ["what is no reference", consumer("x", { features: ["stats:tr ips"] }), "invalid_name", "/features/0"],
  ])("%s: refused with its place, and nothing is written", async (_what, definition, code, pointer) => {
    const before = await countAllRows(ctx.db);
    for (const attempt of [create(ctx, definition), planDefinition(ctx, asked(definition))]) {
      const error = await errorOf(attempt);
      expect(error.code).toBe("definition_invalid");
      expect(error.issues[0]).toMatchObject({ code });
      expect(error.issues[0]?.pointer).toBe(pointer);
      expect(error.issues[0]?.file).toBeUndefined();
      expect(error.issues[0]?.line).toBeUndefined();
    }
    expect(await countAllRows(ctx.db)).toEqual(before);
  });

  test("a RETIRED feature is read by nothing new", async () => {
    await ctx.db.feature.updateMany({
      where: { projectId: ctx.project.id, name: "trips" },
      data: { status: "RETIRED" },
    });
    for (const definition of [
      VIEW,
      consumer("x", { features: ["stats:trips"] }),
      consumer("x", { features: ["stats@1:trips"] }),
    ]) {
      const error = await errorOf(create(ctx, definition));
      expect(error.issues[0]).toMatchObject({ code: "feature_retired" });
      expect(error.detail).toContain("stats");
    }
  });

  test("a broken definition elsewhere is nobody else's trouble", async () => {
    const gone = await csvSource(ctx, "gone", "a\n1\n");
    await apply(ctx, gone);
    const config = { format: "csv", paths: ["examples/nowhere.csv"] };
    await ctx.db.$executeRaw`
      UPDATE "Definition" SET body = jsonb_set(body, '{files}', ${JSON.stringify(config)}::jsonb)
      WHERE "projectId" = ${ctx.project.id} AND name = 'gone'`;
    await create(ctx, MADE);
    const reader = { kind: "source", name: "reader", sql: "SELECT * FROM gone" } as const;
    expect((await errorOf(create(ctx, reader))).code).toBe("definition_invalid");
  });
});
