import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { consumer, entity, group, inNewProject, view, type Written } from "@/lib/testing/definitions";
import { countAllRows, errorOf } from "@/lib/testing/runs";
import type { DefinableKind, Definition } from "./definition-schema";
import { deleteDefinition } from "./delete-definition";
import {
  APP,
  as,
  asked,
  CLEAN,
  create,
  edit,
  groupOf,
  MADE,
  named,
  ONLY_RATING,
  ONLY_TRIPS,
  projectWithStats,
  SPINED,
  SQL,
  STATS,
  update,
  VIEW,
} from "./edit-fixture";
import { getDefinition } from "./get-definition";
import { getFeature } from "./get-feature";
import { getFeatureGroup } from "./get-feature-group";
import { getFeatureView } from "./get-feature-view";
import { listRevisions } from "./list-revisions";
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

describe("updateDefinition", () => {
  test("words, additions and breaking changes", async () => {
    const words = await update(as(ctx, "Ann"), { ...STATS, description: "better" } as Written, 1);
    expect(words).toMatchObject({ version: 1, revision: 2, updatedBy: "id_Ann" });
    const more = await update(
      ctx,
      group("stats", {
        ...groupOf(words.definition),
        sql: SQL.replace("FROM", ", 1 AS more FROM"),
        features: { trips: { type: "INT64" }, rating: { type: "FLOAT64" }, more: { type: "INT64" } },
      }),
      2,
    );
    expect(more).toMatchObject({ version: 1, revision: 3 });
    const less = await update(ctx, ONLY_TRIPS, 3);
    expect(less).toMatchObject({ version: 2, revision: 4 });
    expect((await getFeatureGroup(ctx, { name: "stats", version: 1 })).featureCount).toBe(3);
    const { items } = await listRevisions(ctx, named("feature_group", "stats"));
    expect(items.map(({ revision, version, grade }) => [revision, version, grade])).toEqual([
      [4, 2, "BREAKING"],
      [3, 1, "NON_BREAKING"],
      [2, 1, "METADATA"],
      [1, 1, null],
    ]);
    expect(items[2]).toMatchObject({ createdBy: "id_Ann", changes: ["description changed"] });
  });

  test("a stale revision is version_mismatch, which says who changed it to what and when", async () => {
    await ctx.db.user.create({ data: { id: `usr_${ctx.project.id}`, name: "Ann Example" } });
    const ann: TestContext = {
      ...ctx,
      actor: { kind: "user", id: `usr_${ctx.project.id}`, name: "Ann", role: "engineer" },
    };
    await update(ann, { ...STATS, description: "Ann's" } as Written, 1);
    const before = await countAllRows(ctx.db);
    for (const stale of [1, 3, 0]) {
      const error = await errorOf(update(ctx, { ...STATS, description: "mine" } as Written, stale));
      expect(error.code).toBe("version_mismatch");
      expect(error.detail).toContain("revision 2");
      expect(error.detail).toContain("Ann Example");
      expect(error.detail).toContain(ctx.clock.now().toISOString());
      expect(error.issues).toEqual([{ code: "current_revision", detail: "2" }]);
    }
    expect(await countAllRows(ctx.db)).toEqual(before);
  });

  test("two at once from the same revision: one is kept, the other told", async () => {
    const outcomes = await Promise.allSettled(
      ["one", "two"].map((description) => update(ctx, { ...STATS, description } as Written, 1)),
    );
    const codes = outcomes.map((outcome) => (outcome.status === "fulfilled" ? "kept" : outcome.reason.code));
    expect(codes.sort()).toEqual(["kept", "version_mismatch"]);
  });

  test("the same again changes nothing", async () => {
    const before = await countAllRows(ctx.db);
    expect(await update(ctx, STATS, 1)).toMatchObject({ revision: 1 });
    expect(await countAllRows(ctx.db)).toEqual(before);
  });

  test("a change that breaks the SQL of what reads it is refused, naming that", async () => {
    await create(ctx, MADE);
    const error = await errorOf(update(ctx, ONLY_RATING, 1));
    expect(error.code).toBe("definition_invalid");
    expect(error.detail).toContain("feature_group made");
    expect(error.issues[0]).not.toHaveProperty("file");
  });

  test("a view keeps the group version it was resolved to while only its words change", async () => {
    await create(ctx, VIEW);
    await update(ctx, ONLY_RATING, 1);
    expect(await update(ctx, { ...VIEW, description: "better" } as Written, 1)).toMatchObject({
      version: 1,
      revision: 2,
    });
    expect((await getFeatureView(ctx, { name: "model" })).joins).toMatchObject([{ group: "stats", version: 1 }]);
    await update(ctx, view("model", [{ group: "stats", version: 1, features: ["rating", "trips"] }]), 2);
    expect((await getFeatureView(ctx, { name: "model" })).version).toBe(2);
  });

  test("closes what was asked for the definition as it was, and nothing else", async () => {
    const { id } = await getFeatureGroup(ctx, { name: "stats" });
    const empty = {
      features: [],
      targetStatus: "ACTIVE",
      reason: "x",
      checks: [],
      impact: {},
      diff: {},
      requestedByName: "x",
    };
    const request = { ...empty, projectId: ctx.project.id, groupName: "stats", groupVersion: 1, baseRevision: 1 };
    const by = { requiredApprovals: 1, requestedBy: "x", requestedAt: ctx.clock.now() };
    const rows = [
      { id: `chg_1${ctx.project.id}`, number: 1, groupId: id, ...request, ...by },
      { id: `chg_2${ctx.project.id}`, number: 2, groupId: id, ...request, ...by, state: "REJECTED" },
      { id: `chg_3${ctx.project.id}`, number: 3, groupId: null, ...request, ...by, groupName: "other" },
    ];
    await ctx.db.changeRequest.createMany({ data: rows });
    await update(as(ctx, "Ann"), { ...STATS, description: "better" } as Written, 1);
    const found = await ctx.db.changeRequest.findMany({
      where: { projectId: ctx.project.id },
      orderBy: { number: "asc" },
    });
    expect(found.map(({ state }) => state)).toEqual(["CONFLICTED", "REJECTED", "OPEN"]);
    expect(found[0]).toMatchObject({ closedAt: ctx.clock.now(), closedNote: expect.stringContaining("Ann") });
  });

  test.each<[DefinableKind, string]>([
    ["entity", "entity_not_found"],
    ["source", "source_not_found"],
    ["feature_group", "feature_group_not_found"],
    ["feature_view", "feature_view_not_found"],
    ["consumer", "consumer_not_found"],
  ])("a %s that is not there is %s", async (kind, code) => {
    const definitions: Record<DefinableKind, Written> = {
      entity: entity("nobody", { id: "INT64" }),
      source: { kind: "source", name: "nobody", sql: "SELECT 1 AS a" },
      feature_group: { ...STATS, name: "nobody" } as Written,
      feature_view: { ...VIEW, name: "nobody" } as Written,
      consumer: consumer("nobody"),
    };
    const target = named(kind, "nobody");
    for (const attempt of [
      update(ctx, definitions[kind], 1),
      getDefinition(ctx, target),
      listRevisions(ctx, target),
      deleteDefinition(ctx, target),
    ])
      expect((await errorOf(attempt)).code).toBe(code);
    expect((await errorOf(getDefinition(await inNewProject(ctx), named("entity", "driver")))).code).toBe(
      "entity_not_found",
    );
  });
});

describe("planDefinition", () => {
  test("says grade, version and everything downstream, and writes nothing", async () => {
    for (const definition of [MADE, VIEW, APP]) await create(ctx, definition);
    await create(ctx, CLEAN);
    await create(ctx, SPINED);
    await ctx.db.trainingSet.create({
      data: {
        id: `trs_${ctx.project.id}`,
        projectId: ctx.project.id,
        name: "set",
        viewName: "model",
        request: {},
        createdBy: "cat",
      },
    });
    const before = await countAllRows(ctx.db);
    const step = await planDefinition(ctx, asked({ ...STATS, ttl: "7d" } as Written));
    expect(step).toEqual({
      action: "change",
      kind: "feature_group",
      name: "stats",
      grade: "NON_BREAKING",
      version: 1,
      changes: ["ttl changed"],
      downstream: [
        { id: "consumer:app", owner: "bea" },
        { id: "feature_group:made", owner: null },
        { id: "feature_view:model", owner: "ann" },
        { id: "feature_view:spined", owner: null },
        { id: "training_set:set", owner: "cat" },
      ],
    });
    const { downstream } = await planDefinition(
      ctx,
      asked({ kind: "source", name: "clean", sql: "SELECT * FROM rides WHERE true" }),
    );
    expect(downstream.map(({ id }) => id)).toEqual(["feature_view:spined"]);
    expect(await planDefinition(ctx, asked(STATS))).toMatchObject({ action: "unchanged", downstream: [] });
    expect(await planDefinition(ctx, asked(entity("rider", { rider: "INT64" })))).toMatchObject({ action: "create" });
    expect(await countAllRows(ctx.db)).toEqual(before);
  });
});

describe("updateFeature", () => {
  test("changes one feature inside its group; what is left out stays, null clears", async () => {
    const first = await edit(ctx, "stats:trips", {
      description: "Trips of the day.",
      owner: "ann",
      tags: ["volume"],
      constraints: { min: 0 },
      default: 0,
      sensitivity: "internal",
      unit: "trips",
    });
    expect(first).toMatchObject({ kind: "feature_group", name: "stats", version: 1, revision: 2 });
    expect(await getFeature(ctx, { reference: "trips" })).toMatchObject({
      description: "Trips of the day.",
      owner: "ann",
      tags: ["volume"],
      constraints: { min: 0 },
      default: 0,
      sensitivity: "internal",
      unit: "trips",
      status: "DRAFT",
    });
    await edit(
      ctx,
      "trips",
      { owner: null, tags: null, constraints: null, default: null, sensitivity: null, unit: null },
      2,
    );
    const { definition } = await getDefinition(ctx, named("feature_group", "stats"));
    expect(groupOf(definition).features[0]).toEqual({
      name: "trips",
      type: "INT64",
      description: "Trips of the day.",
      tags: [],
    });
    expect(groupOf(definition).features[1]).toMatchObject({ name: "rating", type: "FLOAT64" });
    expect((await listRevisions(ctx, named("feature_group", "stats"))).items.map(({ grade }) => grade)).toEqual([
      "NON_BREAKING",
      "NON_BREAKING",
      null,
    ]);
  });

  test("refuses a stale revision, unknown features, and versions that are not the newest", async () => {
    expect((await errorOf(edit(ctx, "stats:trips", { description: "x" }, 2))).code).toBe("version_mismatch");
    expect((await errorOf(edit(ctx, "stats:nope", { description: "x" }))).code).toBe("feature_not_found");
    expect((await errorOf(edit(ctx, "nobody:trips", { description: "x" }))).code).toBe("feature_group_not_found");
    await update(ctx, ONLY_TRIPS, 1);
    expect((await errorOf(edit(ctx, "stats@1:trips", { description: "x" }, 2))).code).toBe("state_conflict");
    expect(await edit(ctx, "stats@2:trips", { description: "x" }, 2)).toMatchObject({ version: 2, revision: 3 });
  });
});

test("what a definition says about values of personal features is for those who write it or may read them", async () => {
  await edit(ctx, "stats:trips", { sensitivity: "personal", constraints: { max: 99 }, default: 7 });
  const seen = async (who: TestContext) => {
    const { definition } = await getDefinition(who, named("feature_group", "stats"));
    const { items } = await listRevisions(who, named("feature_group", "stats"));
    return [groupOf(definition).features[0], groupOf(items[0]?.definition as Definition).features[0]];
  };
  const whole = { sensitivity: "personal", constraints: { max: 99 }, default: 7 };
  for (const feature of await seen(as(ctx, "Eve", "engineer"))) expect(feature).toMatchObject(whole);
  for (const feature of await seen({ ...ctx, actor: { ...as(ctx, "Vera", "viewer").actor, sensitive: true } }))
    expect(feature).toMatchObject(whole);
  for (const feature of await seen(as(ctx, "Vera", "viewer"))) {
    expect(feature).toMatchObject({ sensitivity: "personal" });
    expect(feature).not.toHaveProperty("constraints");
    expect(feature).not.toHaveProperty("default");
  }
});
