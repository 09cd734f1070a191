import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { computeGroup } from "@/lib/datasets/compute-group";
import { createSnapshot } from "@/lib/datasets/create-snapshot";
import { CreateSnapshot } from "@/lib/datasets/snapshot-schema";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, csvSource, entity, group, inNewProject, view, writeSourceFile } from "@/lib/testing/definitions";
import { person } from "@/lib/testing/people";
import { errorOf } from "@/lib/testing/runs";
import { compareSnapshots } from "./compare-snapshots";
import { CompareSnapshots } from "./comparison-schema";
import { profileGroup } from "./profile-group";

const HEADER = "driver,event_timestamp,trips,phone\n";
const FIRST = `${HEADER}1,2024-01-01,2,555\n2,2024-01-01,4,556\n3,2024-01-01,,557\n`;
const SECOND = `${HEADER}1,2024-01-01,10,555\n2,2024-01-01,20,556\n3,2024-01-01,30,\n4,2024-01-01,40,558\n`;

let ctx: TestContext;

const stats = (features: Record<string, string>, sql: string) =>
  group("stats", {
    entity: "driver",
    sql: `SELECT driver, event_timestamp, ${sql} FROM stats_rows`,
    features: Object.fromEntries(
      Object.entries(features).map(([name, type]) => [
        name,
        { type, status: "ACTIVE" as const, ...(name === "phone" ? { sensitivity: "personal" as const } : {}) },
      ]),
    ),
  });

// Version 1: commit 1 (trips, phone), a feature more, commit 2. Version 2 has trips as a float.
beforeAll(async () => {
  ctx = await inNewProject(await makeContext());
  ctx.actor = { ...ctx.actor, sensitive: true };
  const compute = async (name: string): Promise<void> => {
    ctx.clock.advance(60);
    await computeGroup(ctx, { name, runId: null });
    ctx.clock.advance(60);
  };
  await apply(
    ctx,
    entity("driver", { driver: "INT64" }),
    await csvSource(ctx, "stats_rows", FIRST),
    stats({ trips: "INT64", phone: "INT64" }, "trips, phone"),
    group("other", {
      entity: "driver",
      sql: "SELECT driver, event_timestamp, trips AS more FROM stats_rows",
      features: { more: "INT64" },
    }),
    group("idle", {
      entity: "driver",
      sql: "SELECT driver, event_timestamp, trips AS nothing FROM stats_rows",
      features: { nothing: "INT64" },
    }),
    view("both", [
      { group: "stats", features: ["trips"] },
      { group: "other", features: ["more"] },
    ]),
  );
  await compute("stats");
  await compute("other");
  await createSnapshot(ctx, CreateSnapshot.parse({ name: "before", featureView: "both" }));
  await writeSourceFile(ctx, "stats_rows.csv", SECOND);
  await apply(ctx, stats({ trips: "INT64", phone: "INT64", twice: "INT64" }, "trips, phone, 2 * trips AS twice"));
  await compute("stats");
  await createSnapshot(ctx, CreateSnapshot.parse({ name: "after", featureGroup: "stats" }));
  await createSnapshot(ctx, CreateSnapshot.parse({ name: "aside", featureGroup: "other" }));
  await apply(ctx, stats({ trips: "FLOAT64", twice: "INT64" }, "CAST(trips AS DOUBLE) AS trips, 2 * trips AS twice"));
  await compute("stats");
});
afterAll(closeContexts);

const compare = (from: object, to: object, options = {}, who = ctx) =>
  compareSnapshots(who, CompareSnapshots.parse({ from, to }), options);

describe("compareSnapshots", () => {
  test("rows, sizes, columns and statistics of two snapshots", async () => {
    const { groups, onlyFrom, onlyTo } = await compare({ snapshot: "before" }, { snapshot: "after" });
    expect([groups.length, onlyFrom, onlyTo]).toEqual([1, ["other"], []]);
    const [found] = groups;
    expect(found).toMatchObject({
      group: "stats",
      from: { version: 1, commit: 1, rowCount: 3, fileCount: 1 },
      to: { version: 1, commit: 2, rowCount: 4, fileCount: 1 },
    });
    expect(found?.columns.filter(({ from, to }) => from !== to)).toEqual([
      { name: "twice", role: "feature", from: null, to: "INT64" },
    ]);
    const of = (feature: string) => found?.features.find((one) => one.feature === feature);
    expect(of("trips")).toMatchObject({
      masked: false,
      from: { count: 3, nulls: 1, mean: 3, stddev: 1, distinct: 2, quantiles: { p50: 3 } },
      to: { count: 4, nulls: 0, mean: 25, distinct: 4, quantiles: { p50: 25 } },
    });
    expect(of("trips")?.to?.histogram?.length).toBeGreaterThan(0);
    expect(of("twice")).toMatchObject({ from: null, to: { mean: 50 } });
  });

  test("a commit with a snapshot, another version, and itself", async () => {
    const versions = await compare({ snapshot: "after" }, { featureGroup: "stats" });
    expect(versions.groups[0]).toMatchObject({ from: { version: 1, commit: 2 }, to: { version: 2, commit: 1 } });
    expect(versions.groups[0]?.columns.filter(({ from, to }) => from !== to)).toEqual([
      { name: "trips", role: "feature", from: "INT64", to: "FLOAT64" },
      { name: "phone", role: "feature", from: "INT64", to: null },
    ]);
    const one = { featureGroup: "stats", version: 1, commit: 1 };
    const [same] = (await compare(one, one)).groups;
    for (const { from, to } of same?.features ?? []) expect(from).toEqual(to);
    expect(same?.columns.every(({ from, to }) => from === to)).toBe(true);
  });

  test("statistics are computed once per commit, and then are those of a profile", async () => {
    const where = { group: { projectId: ctx.project.id, name: "other" } };
    await ctx.db.profile.deleteMany({ where });
    const other = { featureGroup: "other" };
    await Promise.all([compare(other, { snapshot: "before" }), compare(other, { snapshot: "before" })]);
    expect(await ctx.db.profile.count({ where })).toBe(1);
    expect(await profileGroup(ctx, { name: "other" })).toMatchObject({ changed: false });
    const refuse = { ...ctx.offline, profile: () => Promise.reject(new Error("asked again")) };
    expect((await compare(other, { snapshot: "before" }, {}, { ...ctx, offline: refuse })).groups).toHaveLength(1);
  });

  test("personal features keep only counts for who may not read them, whichever version", async () => {
    const sides = [{ featureGroup: "stats", version: 1, commit: 1 }, { snapshot: "after" }] as const;
    const sam = await person(ctx, "Sam", "scientist");
    const phone = async (who: TestContext) =>
      (await compare(...sides, {}, who)).groups[0]?.features.find(({ feature }) => feature === "phone");
    expect(await phone(sam)).toMatchObject({
      masked: true,
      from: { count: 3, nulls: 0, mean: null, histogram: null, min: null },
      to: { count: 4, nulls: 1, mean: null, quantiles: null, topValues: null },
    });
    expect(await phone(ctx)).toMatchObject({ masked: false, from: { mean: 556, min: 555 } });
  });

  test("what takes too long says so, and keeps nothing", async () => {
    const where = { group: { projectId: ctx.project.id, name: "other" } };
    await ctx.db.profile.deleteMany({ where });
    const other = { featureGroup: "other" };
    const error = await errorOf(compare(other, other, { limitMs: 1 }));
    expect([error.code, error.detail]).toEqual(["timeout", expect.stringContaining("other at commit 1")]);
    expect(await ctx.db.profile.count({ where })).toBe(0);
    const gone = new AbortController();
    gone.abort();
    expect((await errorOf(compare(other, other, { signal: gone.signal }))).code).toBe("cancelled");
  });

  test.each([
    ["an unknown snapshot", { snapshot: "nobody" }, { snapshot: "after" }, "snapshot_not_found"],
    ["an unknown group", { featureGroup: "nobody" }, { snapshot: "after" }, "feature_group_not_found"],
    ["an unknown version", { featureGroup: "stats", version: 9 }, { snapshot: "after" }, "feature_group_not_found"],
    ["a commit that is not there", { featureGroup: "stats", commit: 9 }, { snapshot: "after" }, "commit_not_found"],
    ["a group without commits", { featureGroup: "idle" }, { featureGroup: "idle" }, "state_conflict"],
    ["nothing in common", { snapshot: "aside" }, { snapshot: "after" }, "validation_failed"],
  ])("%s is refused", async (_, from, to, code) => {
    expect((await errorOf(compare(from, to))).code).toBe(code);
  });

  test.each([
    [{}, { snapshot: "a" }],
    [{ snapshot: "a", featureGroup: "b" }, { snapshot: "a" }],
    [{ snapshot: "a", commit: 1 }, { snapshot: "a" }],
    [{ featureGroup: "a", commit: 0 }, { snapshot: "a" }],
    [{ snapshot: "a", more: 1 }, { snapshot: "a" }],
  ])("%j and %j are no request", (from, to) => {
    expect(CompareSnapshots.safeParse({ from, to }).success).toBe(false);
  });
});
