import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { encodeRow, rowSchema } from "@/lib/compute/online-row";
import { changeTables, EPOCH, MARKS, PUSHED, readTables } from "@/lib/engines/online/table-notes";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { entity, type Written } from "@/lib/testing/definitions";
import { countAllRows, errorOf, refresh } from "@/lib/testing/runs";
import type { DefinableKind } from "./definition-schema";
import { deleteDefinition } from "./delete-definition";
import {
  APP,
  CLEAN,
  create,
  MADE,
  named,
  ONLY_RATING,
  projectWithStats,
  SPINED,
  STATS,
  update,
  VIEW,
} from "./edit-fixture";
import { getFeatureGroup } from "./get-feature-group";
import { listRevisions } from "./list-revisions";

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

describe("deleteDefinition", () => {
  const remove = (kind: DefinableKind, name: string) => deleteDefinition(ctx, named(kind, name));

  test("what something depends on stays, and the refusal names that", async () => {
    for (const definition of [MADE, VIEW, APP]) await create(ctx, definition);
    await create(ctx, CLEAN);
    await create(ctx, SPINED);
    const before = await countAllRows(ctx.db);
    const refused: [DefinableKind, string, string[]][] = [
      ["entity", "driver", ["feature group made", "feature group stats"]],
      ["source", "rides", ["feature group stats", "source clean"]],
      ["source", "clean", ["feature view spined"]],
      ["feature_group", "stats", ["feature group made", "feature view model (ann)"]],
      ["feature_group", "made", ["consumer app (bea)", "feature view spined"]],
      ["feature_view", "model", ["consumer app (bea)"]],
    ];
    for (const [kind, name, readers] of refused) {
      const error = await errorOf(remove(kind, name));
      expect(error.code).toBe("in_use");
      expect(error.issues.map((issue) => issue.detail).sort()).toEqual(readers);
      for (const reader of readers) expect(error.detail).toContain(reader);
    }
    expect(await countAllRows(ctx.db)).toEqual(before);
    for (const [kind, name] of [
      ["consumer", "app"],
      ["feature_view", "model"],
      ["feature_view", "spined"],
      ["feature_group", "made"],
      ["feature_group", "stats"],
      ["source", "clean"],
      ["source", "rides"],
      ["entity", "driver"],
    ] as const)
      expect(await remove(kind, name)).toEqual({ done: true });
    expect(await ctx.db.definition.count({ where: { projectId: ctx.project.id } })).toBe(8);
    const events = await audited("definition.delete");
    expect(events.map((event) => event.resource)).toHaveLength(8);
    expect(events[0]).toMatchObject({ resource: "consumer:app", before: { name: "app" }, after: null });
  });

  test.each(["ACTIVE", "DEPRECATED", "RETIRED"])(
    "a group with a feature that is %s stays, in whatever version",
    async (status) => {
      await ctx.db.feature.updateMany({ where: { projectId: ctx.project.id, name: "trips" }, data: { status } });
      await update(ctx, ONLY_RATING, 1);
      const error = await errorOf(remove("feature_group", "stats"));
      expect([error.code, error.issues]).toEqual([
        "in_use",
        [{ code: "status", detail: `stats@1:trips is ${status}` }],
      ]);
      expect(await ctx.db.featureGroup.count({ where: { projectId: ctx.project.id } })).toBe(2);
    },
  );

  test("an entity stays while an older version of a group describes it", async () => {
    await create(ctx, entity("chauffeur", { driver: "INT64" }));
    await update(ctx, { ...STATS, entity: "chauffeur" } as Written, 1);
    const error = await errorOf(remove("entity", "driver"));
    expect([error.code, error.issues.map((issue) => issue.detail)]).toEqual(["in_use", ["feature group stats@1"]]);
  });

  test("takes data, online table and open requests along; a later one of the name continues its history", async () => {
    await refresh(ctx);
    const { onlineTable, groupId } = await ctx.db.materialization.findFirstOrThrow({
      where: { group: { projectId: ctx.project.id } },
    });
    const key = [[1]];
    expect((await ctx.online.getMany(onlineTable, key))[0]).not.toBeNull();
    // One that an attempt which died was building.
    const row = encodeRow(rowSchema([]), EPOCH, []);
    await changeTables(ctx.online, groupId, ([note, ...rest]) =>
      note ? [note, ...rest, { ...note, name: "begun", state: "building" }] : [],
    );
    for (const table of [MARKS, PUSHED]) await ctx.online.putMany(table, [{ key: ["begun"], row }]);
    await ctx.online.putMany("begun", [{ key: [1], row }]);
    await remove("feature_group", "stats");
    for (const table of [onlineTable, "begun"]) expect((await ctx.online.getMany(table, key))[0]).toBeNull();
    for (const table of [MARKS, PUSHED])
      expect(await ctx.online.getMany(table, [[onlineTable], ["begun"]])).toEqual([null, null]);
    expect(await readTables(ctx.online, groupId)).toEqual([]);
    expect(await ctx.db.commit.count({ where: { groupId } })).toBe(0);
    expect((await errorOf(getFeatureGroup(ctx, { name: "stats" }))).code).toBe("feature_group_not_found");
    expect((await errorOf(update(ctx, STATS, 1))).code).toBe("feature_group_not_found");
    const again = await create(ctx, { ...STATS, description: "again" } as Written);
    expect(again).toMatchObject({ version: 2, revision: 2 });
    expect((await listRevisions(ctx, named("feature_group", "stats"))).items.map(({ revision }) => revision)).toEqual([
      2, 1,
    ]);
    await refresh(ctx);
    expect((await getFeatureGroup(ctx, { name: "stats" })).rowCount).toBe(1);
  });

  test("deleting an entity and registering a group of it at once: never a group without its entity", async () => {
    await create(ctx, entity("rider", { driver: "INT64" }));
    const outcomes = await Promise.allSettled([
      remove("entity", "rider"),
      create(ctx, { ...STATS, name: "of_rider", entity: "rider" } as Written),
    ]);
    const codes = outcomes.map((outcome) => (outcome.status === "fulfilled" ? "done" : outcome.reason.code));
    expect(codes.filter((code) => code === "done")).toHaveLength(1);
    expect(["in_use", "state_conflict", "definition_invalid", "done"]).toEqual(expect.arrayContaining(codes));
  });
});
