import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { materializeGroup } from "@/lib/materialization/materialize-group";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, csvSource, entity, group, inNewProject, view, writeSourceFile } from "@/lib/testing/definitions";
import { person } from "@/lib/testing/people";
import { countAllRows, errorOf, execute, refresh } from "@/lib/testing/runs";
import { computeGroup } from "./compute-group";
import { createSnapshot } from "./create-snapshot";
import { deleteSnapshot } from "./delete-snapshot";
import { findSnapshot } from "./find-snapshot";
import { getSnapshot } from "./get-snapshot";
import { listCommits } from "./list-commits";
import { listSnapshots } from "./list-snapshots";
import { readRows } from "./read-rows";
import { restoreGroup } from "./restore-group";
import { ReadRows } from "./schema";
import { CreateSnapshot, ListSnapshots } from "./snapshot-schema";

const HEADER = "driver,event_timestamp,trips\n";
const FIRST = `${HEADER}1,2024-01-01,1\n2,2024-01-02,2\n`;
const SECOND = `${FIRST}3,2024-01-03,3\n`;
const THIRD = `${HEADER}9,2024-01-09,99\n`;

let base: TestContext;

beforeAll(async () => {
  base = await makeContext();
});
afterAll(closeContexts);

/** A project whose group `stats` has three commits: two rows, three rows, one other row. */
async function project(): Promise<TestContext> {
  const ctx = await inNewProject(base);
  await apply(
    ctx,
    entity("driver", { driver: "INT64" }),
    await csvSource(ctx, "stats_rows", FIRST),
    group("stats", {
      entity: "driver",
      sql: "SELECT driver, event_timestamp, trips FROM stats_rows",
      features: { trips: "INT64" },
    }),
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
      { group: "stats", prefix: "again", keys: { driver: "other_driver" }, features: ["trips"] },
    ]),
    view("unfilled", [{ group: "idle", features: ["nothing"] }]),
  );
  for (const text of [FIRST, SECOND, THIRD]) {
    await writeSourceFile(ctx, "stats_rows.csv", text);
    await computeGroup(ctx, { name: "stats", runId: null });
  }
  await computeGroup(ctx, { name: "other", runId: null });
  return ctx;
}

const create = (ctx: TestContext, input: object) => createSnapshot(ctx, CreateSnapshot.parse(input));
const trips = async (ctx: TestContext, at: object = {}) =>
  (await readRows(ctx, ReadRows.parse({ name: "stats", order: "asc", ...at }))).rows.map((row) => row[2]);
const list = (ctx: TestContext, input: object = {}) => listSnapshots(ctx, ListSnapshots.parse(input));

describe("reading at a moment", () => {
  let ctx: TestContext;
  beforeAll(async () => {
    ctx = await project();
    await create(ctx, { name: "two", featureGroup: "stats", commit: 2 });
    await create(ctx, { name: "elsewhere", featureGroup: "other" });
  });

  test.each([
    ["the newest", {}, [99]],
    ["commit 1", { commit: 1 }, [1, 2]],
    ["commit 2", { commit: 2 }, [1, 2, 3]],
    ["a snapshot", { snapshot: "two" }, [1, 2, 3]],
    ["a snapshot and the version it holds", { snapshot: "two", version: 1 }, [1, 2, 3]],
  ])("%s", async (_, at, expected) => {
    expect(await trips(ctx, at)).toEqual(expected);
  });

  test.each([
    ["a commit that is not there", { commit: 4 }, "commit_not_found"],
    ["a snapshot that is not there", { snapshot: "nobody" }, "snapshot_not_found"],
    ["a snapshot of another group", { snapshot: "elsewhere" }, "validation_failed"],
    ["another version than it holds", { snapshot: "two", version: 2 }, "validation_failed"],
    ["both", { snapshot: "two", commit: 2 }, "validation_failed"],
  ])("%s is refused", async (_, at, code) => {
    expect((await errorOf(trips(ctx, at))).code).toBe(code);
  });
});

describe("snapshots", () => {
  test("of a group point to its newest commit, and nothing is copied", async () => {
    const ctx = await project();
    const before = await countAllRows(ctx.db);
    const made = await create(ctx, { name: "now", featureGroup: "stats", description: "as trained" });
    expect(made).toMatchObject({
      kind: "feature_group",
      subject: "stats",
      version: 1,
      items: [{ group: "stats", version: 1, commit: 3 }],
      createdAt: "2026-01-15T12:00:00.000Z",
    });
    const after = await countAllRows(ctx.db);
    const grown = Object.keys(after).filter((table) => after[table] !== before[table]);
    expect(grown.sort()).toEqual(['"AuditEvent"', '"Snapshot"']);
    const { id } = await ctx.db.featureGroup.findFirstOrThrow({ where: { projectId: ctx.project.id, name: "stats" } });
    expect(await findSnapshot(ctx, "now")).toEqual(new Map([[id, 3]]));
  });

  test("of a view point to every group that it reads, each once", async () => {
    const ctx = await project();
    const { items } = await create(ctx, { name: "all", featureView: "both" });
    expect(items).toEqual([
      { group: "stats", version: 1, commit: 3 },
      { group: "other", version: 1, commit: 1 },
    ]);
  });

  test("tell what they hold and how much came after them", async () => {
    const ctx = await project();
    await create(ctx, { name: "two", featureGroup: "stats", commit: 2 });
    const { items, usedBy } = await getSnapshot(ctx, { name: "two" });
    expect(items).toEqual([
      {
        group: "stats",
        version: 1,
        commit: 2,
        rowCount: 3,
        fileCount: 1,
        byteCount: expect.any(Number),
        committedAt: "2026-01-15T12:00:00.000Z",
        newer: 1,
        rowCountNow: 1,
        latest: true,
      },
    ]);
    expect(usedBy).toEqual([]);
  });

  test("stay when their group goes, and say that nothing is known of it", async () => {
    const ctx = await project();
    await create(ctx, { name: "two", featureGroup: "stats", commit: 2 });
    await ctx.db.featureGroup.deleteMany({ where: { projectId: ctx.project.id, name: "stats" } });
    expect((await getSnapshot(ctx, { name: "two" })).items[0]).toMatchObject({
      commit: 2,
      rowCount: null,
      newer: null,
    });
    expect((await errorOf(trips(ctx, { snapshot: "two" }))).code).toBe("feature_group_not_found");
  });

  test("are listed newest first, and by group", async () => {
    const ctx = await project();
    await create(ctx, { name: "a", featureGroup: "stats" });
    ctx.clock.advance(1);
    await create(ctx, { name: "b", featureView: "both" });
    await create(ctx, { name: "c", featureGroup: "other" });
    expect((await list(ctx)).items.map(({ name }) => name)).toEqual(["c", "b", "a"]);
    expect((await list(ctx, { group: "stats" })).items.map(({ name }) => name)).toEqual(["b", "a"]);
    expect(await list(ctx, { group: "stats", version: 2 })).toMatchObject({ items: [], total: 0 });
    const page = await list(ctx, { limit: 2 });
    expect([page.total, page.items.length, page.nextCursor]).toEqual([3, 2, expect.any(String)]);
    const commits = await listCommits(ctx, { name: "stats", limit: 50 });
    expect(commits.items.map(({ sequence, snapshots }) => [sequence, snapshots])).toEqual([
      [3, ["a", "b"]],
      [2, []],
      [1, []],
    ]);
  });

  test.each([
    ["a name that is taken", { name: "taken", featureGroup: "other" }, "already_exists"],
    ["a group without commits", { name: "x", featureGroup: "idle" }, "state_conflict"],
    ["a view of a group without commits", { name: "x", featureView: "unfilled" }, "state_conflict"],
    ["a commit that is not there", { name: "x", featureGroup: "stats", commit: 4 }, "commit_not_found"],
    ["an unknown group", { name: "x", featureGroup: "nobody" }, "feature_group_not_found"],
    ["an unknown version", { name: "x", featureGroup: "stats", version: 2 }, "feature_group_not_found"],
    ["an unknown view", { name: "x", featureView: "nobody" }, "feature_view_not_found"],
  ])("%s is refused", async (_, input, code) => {
    const ctx = await project();
    await create(ctx, { name: "taken", featureGroup: "stats" });
    expect((await errorOf(create(ctx, input))).code).toBe(code);
    expect((await list(ctx)).total).toBe(1);
  });

  test.each([
    [{ name: "x" }],
    [{ name: "x", featureGroup: "a", featureView: "b" }],
    [{ name: "x", featureView: "b", commit: 1 }],
    [{ name: "x", featureGroup: "a", commit: 0 }],
    [{ name: "Not a name", featureGroup: "a" }],
    [{ name: "compare", featureGroup: "a" }],
  ])("%j is no request", (input) => {
    expect(CreateSnapshot.safeParse(input).success).toBe(false);
  });

  test("a viewer may neither make nor delete one", async () => {
    const ctx = await project();
    await create(ctx, { name: "kept", featureGroup: "stats" });
    const vera = await person(ctx, "Vera", "viewer");
    expect((await errorOf(create(vera, { name: "x", featureGroup: "stats" }))).code).toBe("forbidden");
    expect((await errorOf(deleteSnapshot(vera, { name: "kept" }))).code).toBe("forbidden");
    expect((await list(vera)).total).toBe(1);
  });

  test("can be deleted unless a training set was built from them", async () => {
    const ctx = await project();
    await create(ctx, { name: "used", featureGroup: "stats" });
    const set = { projectId: ctx.project.id, createdBy: "someone", request: { snapshot: "used" } };
    await ctx.db.trainingSet.create({ data: { ...set, id: `${ctx.project.id}-1`, name: "set", state: "READY" } });
    const error = await errorOf(deleteSnapshot(ctx, { name: "used" }));
    expect([error.code, error.detail]).toEqual(["in_use", expect.stringContaining("set")]);
    expect((await getSnapshot(ctx, { name: "used" })).usedBy).toEqual(["set"]);
    await ctx.db.trainingSet.updateMany({ where: { projectId: ctx.project.id }, data: { state: "FAILED" } });
    expect(await deleteSnapshot(ctx, { name: "used" })).toEqual({ done: true });
    expect((await errorOf(getSnapshot(ctx, { name: "used" }))).code).toBe("snapshot_not_found");
    expect(await trips(ctx, { commit: 3 })).toEqual([99]);
  });
});

describe("restoring", () => {
  const head = (ctx: TestContext) => listCommits(ctx, { name: "stats", limit: 1 }).then(({ items }) => items[0]);

  test("goes back without copying, and statistics and online values follow", async () => {
    const ctx = await project();
    await refresh(ctx, ["stats"]);
    const files = await ctx.db.dataFile.count();
    const { commit, run } = await restoreGroup(ctx, { name: "stats", commit: 2 });
    expect(commit).toMatchObject({ sequence: 4, restores: 2, rowCount: 3 });
    expect(await ctx.db.dataFile.count()).toBe(files);
    expect(await trips(ctx)).toEqual([1, 2, 3]);
    expect(await trips(ctx, { commit: 3 })).toEqual([99]);
    expect(await head(ctx)).toMatchObject({ mode: "restore", restores: 2, rowCount: 0, liveRows: 3 });
    const done = await execute(ctx, run.id);
    expect([done.state, done.progress.nodes.map(({ id, state }) => [id, state])]).toEqual([
      "SUCCEEDED",
      [
        ["profile:stats", "DONE"],
        ["materialize:stats", "DONE"],
      ],
    ]);
    expect(await materializeGroup(ctx, { name: "stats", runId: null })).toMatchObject({
      changed: false,
      rowCount: 3,
      watermarkSequence: 4,
    });
    expect(await ctx.db.profile.count({ where: { commitSequence: 4, group: { projectId: ctx.project.id } } })).toBe(1);
  });

  test("a refresh with nothing new keeps it, and one with new data ends it", async () => {
    const ctx = await project();
    await restoreGroup(ctx, { name: "stats", commit: 1 });
    expect(await computeGroup(ctx, { name: "stats", runId: null })).toMatchObject({ changed: false, rowCount: 2 });
    expect(await trips(ctx)).toEqual([1, 2]);
    await writeSourceFile(ctx, "stats_rows.csv", SECOND);
    expect(await computeGroup(ctx, { name: "stats", runId: null })).toMatchObject({ changed: true, rowCount: 3 });
  });

  test("can itself be undone, and a snapshot can be gone back to", async () => {
    const ctx = await project();
    await create(ctx, { name: "all", featureView: "both" });
    await restoreGroup(ctx, { name: "stats", commit: 1 });
    await restoreGroup(ctx, { name: "stats", snapshot: "all" });
    expect(await trips(ctx)).toEqual([99]);
    await restoreGroup(ctx, { name: "stats", commit: 4 });
    expect(await trips(ctx)).toEqual([1, 2]);
  });

  test.each([
    ["a commit that is not there", { commit: 4 }, "commit_not_found"],
    ["what it holds already", { commit: 3 }, "state_conflict"],
    ["an unknown snapshot", { snapshot: "nobody" }, "snapshot_not_found"],
    ["a snapshot of another group", { snapshot: "other_one" }, "validation_failed"],
    ["a snapshot of what it holds already", { snapshot: "present" }, "state_conflict"],
  ])("%s is refused", async (_, to, code) => {
    const ctx = await project();
    await create(ctx, { name: "other_one", featureGroup: "other" });
    await create(ctx, { name: "present", featureGroup: "stats" });
    expect((await errorOf(restoreGroup(ctx, { name: "stats", ...to }))).code).toBe(code);
    expect((await head(ctx))?.sequence).toBe(3);
  });

  test("a commit that has expired is gone", async () => {
    const ctx = await project();
    const expired = { sequence: 1, group: { projectId: ctx.project.id, name: "stats" } };
    await ctx.db.commit.updateMany({ where: expired, data: { expiredAt: ctx.clock.now() } });
    expect((await errorOf(restoreGroup(ctx, { name: "stats", commit: 1 }))).code).toBe("commit_expired");
    expect((await errorOf(create(ctx, { name: "x", featureGroup: "stats", commit: 1 }))).code).toBe("commit_expired");
    expect((await errorOf(trips(ctx, { commit: 1 }))).code).toBe("commit_expired");
  });

  test("a snapshot of an older version is refused", async () => {
    const ctx = await project();
    await create(ctx, { name: "old", featureGroup: "stats" });
    await apply(
      ctx,
      group("stats", {
        entity: "driver",
        sql: "SELECT driver, event_timestamp, CAST(trips AS DOUBLE) AS trips FROM stats_rows",
        features: { trips: "FLOAT64" },
      }),
    );
    await computeGroup(ctx, { name: "stats", runId: null });
    const error = await errorOf(restoreGroup(ctx, { name: "stats", snapshot: "old" }));
    expect([error.code, error.detail]).toEqual(["state_conflict", expect.stringContaining("version 1")]);
    expect(await trips(ctx, { snapshot: "old" })).toEqual([99]);
  });

  test("of two at once one wins, and the other is told", async () => {
    const ctx = await project();
    const both = await Promise.allSettled([1, 2].map((commit) => restoreGroup(ctx, { name: "stats", commit })));
    const lost = both.find((one) => one.status === "rejected");
    // The second may also have begun after the first was over.
    if (lost) expect(lost.reason).toMatchObject({ code: "commit_conflict" });
    expect((await head(ctx))?.sequence).toBe(lost ? 4 : 5);
  });

  test("intervals computed since then count as missing", async () => {
    const ctx = await project();
    const { id } = await ctx.db.featureGroup.findFirstOrThrow({ where: { projectId: ctx.project.id, name: "stats" } });
    for (const commitSequence of [1, 2, 3]) {
      const start = `2024-01-0${commitSequence}T00:00:00.000000Z`;
      const rest = { end: start, rowCount: 1, fingerprint: "", computedAt: ctx.clock.now() };
      await ctx.db.interval.create({
        data: { id: `${id}-${commitSequence}`, groupId: id, start, commitSequence, ...rest },
      });
    }
    await restoreGroup(ctx, { name: "stats", commit: 2 });
    const left = await ctx.db.interval.findMany({ where: { groupId: id }, orderBy: { start: "asc" } });
    expect(left.map((interval) => interval.commitSequence)).toEqual([1, 2]);
  });

  test("a scientist may not", async () => {
    const ctx = await project();
    const sam = await person(ctx, "Sam", "scientist");
    expect((await errorOf(restoreGroup(sam, { name: "stats", commit: 1 }))).code).toBe("forbidden");
  });
});
