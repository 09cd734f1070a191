import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { applyDueRetention, retentionDue } from "@/lib/jobs/due-retention";
import type { Run } from "@/lib/kernel/run";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, csvSource, entity, group, inNewProject, writeSourceFile } from "@/lib/testing/definitions";
import { person } from "@/lib/testing/people";
import { errorOf, execute, workerOf } from "@/lib/testing/runs";
import { computeGroup } from "./compute-group";
import { createSnapshot } from "./create-snapshot";
import { createTrainingSet } from "./create-training-set";
import { deleteSnapshot } from "./delete-snapshot";
import { planRetention } from "./plan-retention";
import { readRows } from "./read-rows";
import { requestRetention } from "./request-retention";
import { restoreGroup } from "./restore-group";
import { ReadRows } from "./schema";
import { CreateSnapshot } from "./snapshot-schema";
import { CreateTrainingSet } from "./training-schema";

// The clock of the tests stands at 2026-01-15T12:00.
const HEADER = "driver,event_timestamp,trips\n";
const ROWS = [
  "1,2025-06-01,1",
  "2,2025-12-31,2",
  "3,2026-01-08T11:59:59.999999Z,3",
  "4,2026-01-08T12:00:00Z,4",
  "5,2026-01-14,5",
];

let base: TestContext;

beforeAll(async () => {
  base = await makeContext();
});
afterAll(closeContexts);

async function project(retention?: { history?: string; rows?: string }): Promise<TestContext> {
  const ctx = await inNewProject(base);
  ctx.clock.set("2026-01-15T12:00:00Z");
  await apply(
    ctx,
    entity("driver", { driver: "INT64" }),
    await csvSource(ctx, "stats_rows", `${HEADER}${ROWS.join("\n")}\n`),
    group("stats", {
      entity: "driver",
      sql: "SELECT driver, CAST(event_timestamp AS TIMESTAMPTZ) AS event_timestamp, trips FROM stats_rows",
      features: { trips: "INT64" },
      ...(retention ? { retention } : {}),
    }),
  );
  return ctx;
}

/** One more commit: everything again, with one more row. */
async function commit(ctx: TestContext): Promise<void> {
  const where = { groupId: (await groupOf(ctx)).id };
  const extra = Array.from({ length: await ctx.db.commit.count({ where }) }, (_, i) => `${100 + i},2026-01-14,100`);
  await writeSourceFile(ctx, "stats_rows.csv", `${HEADER}${[...ROWS, ...extra].join("\n")}\n`);
  await computeGroup(ctx, { name: "stats", runId: null });
}

const groupOf = (ctx: TestContext) =>
  ctx.db.featureGroup.findFirstOrThrow({ where: { projectId: ctx.project.id, name: "stats" } });
const plan = (ctx: TestContext) => planRetention(ctx, { name: "stats" });
const keys = async (ctx: TestContext, at: object = {}) =>
  (await readRows(ctx, ReadRows.parse({ name: "stats", order: "asc", ...at }))).rows.map((row) => row[0]);
const garbage = async (ctx: TestContext) =>
  ctx.db.dataFile.count({ where: { commit: { groupId: (await groupOf(ctx)).id }, garbageAt: { not: null } } });
const snapshot = (ctx: TestContext, name: string, sequence: number) =>
  createSnapshot(ctx, CreateSnapshot.parse({ name, featureGroup: "stats", commit: sequence }));

async function applied(ctx: TestContext): Promise<Run> {
  const run = await execute(ctx, (await requestRetention(ctx, { name: "stats" })).run.id);
  expect({ state: run.state, error: run.error }).toEqual({ state: "SUCCEEDED", error: null });
  return run;
}

describe("rows", () => {
  test("older ones go by one commit, exactly at the line; statistics and online values follow", async () => {
    const ctx = await project({ rows: "7d" });
    await commit(ctx);
    const expected = { rowCount: 3, rowsKept: 2, rowsBefore: "2026-01-08T12:00:00.000000Z", expireCount: 0, files: 0 };
    expect(await plan(ctx)).toMatchObject(expected);
    const run = await applied(ctx);
    expect(run.result).toEqual({ rows: 3, commits: 0, files: 0, bytes: 0 });
    expect(await keys(ctx)).toEqual([4, 5]);
    expect(await keys(ctx, { commit: 1 })).toEqual([1, 2, 3, 4, 5]);
    const head = await ctx.db.commit.findFirstOrThrow({
      orderBy: { sequence: "desc" },
      where: { groupId: (await groupOf(ctx)).id },
    });
    expect(head).toMatchObject({ sequence: 2, mode: "overwrite", liveRows: 2n, rowCount: 0n, runId: run.id });
    expect([head.rangeStart, head.rangeEnd]).toEqual([null, "2026-01-08T12:00:00.000000Z"]);
    const follow = await ctx.db.run.findFirstOrThrow({ where: { projectId: ctx.project.id, kind: "refresh" } });
    expect((await execute(ctx, follow.id)).state).toBe("SUCCEEDED");
    const { watermarkSequence, rowCount } = await ctx.db.materialization.findFirstOrThrow({
      where: { groupId: head.groupId },
    });
    expect([watermarkSequence, rowCount]).toEqual([2, 2n]);
  });

  test("applied again, nothing happens; a refresh of unchanged inputs does not bring them back", async () => {
    const ctx = await project({ rows: "7d" });
    await commit(ctx);
    await applied(ctx);
    const run = await applied(ctx);
    expect(run.progress.nodes.map(({ state }) => state)).toEqual(["UNCHANGED", "UNCHANGED"]);
    expect((await groupOf(ctx)).headSequence).toBe(2);
    expect(await computeGroup(ctx, { name: "stats", runId: null })).toMatchObject({ changed: false, rowCount: 2 });
  });

  test("a group that is empty, and one whose rows are all too old", async () => {
    const ctx = await project({ rows: "1s", history: "1s" });
    expect((await applied(ctx)).result).toEqual({ rows: 0, commits: 0, files: 0, bytes: 0 });
    await commit(ctx);
    ctx.clock.advance(60);
    expect((await applied(ctx)).result).toMatchObject({ rows: 5, commits: 1, files: 1 });
    expect(await keys(ctx)).toEqual([]);
    expect((await errorOf(keys(ctx, { commit: 1 }))).code).toBe("commit_expired");
  });

  test("a policy longer than there are years keeps everything", async () => {
    const ctx = await project({ rows: "999999999d", history: "999999999d" });
    await commit(ctx);
    await commit(ctx);
    expect((await applied(ctx)).result).toEqual({ rows: 0, commits: 0, files: 0, bytes: 0 });
  });
});

describe("history", () => {
  test("old commits end, their files are garbage, and the plan said so", async () => {
    const ctx = await project({ history: "10d" });
    for (const date of ["2026-01-01", "2026-01-04", "2026-01-14"]) {
      ctx.clock.set(`${date}T00:00:00Z`);
      await commit(ctx);
    }
    ctx.clock.set("2026-01-15T12:00:00Z");
    const planned = await plan(ctx);
    expect(planned).toMatchObject({
      policy: { history: "10d", rows: null },
      commitsBefore: "2026-01-05T12:00:00.000Z",
      expireCount: 2,
      expire: [
        { sequence: 1, committedAt: "2026-01-01T00:00:00.000Z" },
        { sequence: 2, committedAt: "2026-01-04T00:00:00.000Z" },
      ],
      held: [],
      files: 2,
      rowCount: 0,
    });
    const { bytes } = planned;
    expect((await applied(ctx)).result).toEqual({ rows: 0, commits: 2, files: 2, bytes });
    expect(await garbage(ctx)).toBe(2);
    for (const old of [1, 2]) expect((await errorOf(keys(ctx, { commit: old }))).code).toBe("commit_expired");
    expect(await keys(ctx)).toEqual([1, 2, 3, 4, 5, 100, 101]);
    expect((await errorOf(restoreGroup(ctx, { name: "stats", commit: 1 }))).code).toBe("commit_expired");
    expect((await errorOf(snapshot(ctx, "late", 2))).code).toBe("commit_expired");
  });

  test("what a snapshot or training set needs stays until they go", async () => {
    const ctx = await project({ history: "10d" });
    for (const date of ["2026-01-01", "2026-01-02", "2026-01-03", "2026-01-14"]) {
      ctx.clock.set(`${date}T00:00:00Z`);
      await commit(ctx);
      if (date !== "2026-01-03") continue;
      const { run } = await createTrainingSet(
        ctx,
        CreateTrainingSet.parse({
          name: "set",
          features: ["trips"],
          spine: { rows: [{ driver: 1, event_timestamp: "2026-01-01T00:00:00Z" }] },
        }),
      );
      expect((await execute(ctx, run.id)).state).toBe("SUCCEEDED");
    }
    await snapshot(ctx, "first", 1);
    ctx.clock.set("2026-01-15T12:00:00Z");
    expect((await plan(ctx)).held).toEqual([
      { sequence: 1, by: ["snapshot:first"] },
      { sequence: 3, by: ["training_set:set"] },
    ]);
    expect((await applied(ctx)).result).toMatchObject({ commits: 1, files: 1 });
    expect(await keys(ctx, { snapshot: "first" })).toEqual([1, 2, 3, 4, 5]);
    expect((await keys(ctx, { commit: 3 })).length).toBe(7);
    await deleteSnapshot(ctx, { name: "first" });
    expect((await applied(ctx)).result).toMatchObject({ commits: 1, files: 1 });
    expect((await errorOf(keys(ctx, { commit: 1 }))).code).toBe("commit_expired");
  });

  test("while a training set is built, what was newest when it was asked for stays", async () => {
    const ctx = await project({ history: "1d" });
    for (const date of ["2026-01-01", "2026-01-02", "2026-01-05", "2026-01-14"]) {
      ctx.clock.set(`${date}T00:00:00Z`);
      await commit(ctx);
    }
    const createdAt = new Date("2026-01-03T00:00:00Z");
    const set = { projectId: ctx.project.id, createdBy: "someone", request: {}, createdAt };
    await ctx.db.trainingSet.create({ data: { ...set, id: `${ctx.project.id}-1`, name: "building" } });
    ctx.clock.set("2026-01-16T12:00:00Z");
    expect((await plan(ctx)).expire.map(({ sequence }) => sequence)).toEqual([1]);
  });

  test("a reader whose commit ends meanwhile gets its rows while the files are there, and is told after", async () => {
    const ctx = await project({ history: "1d" });
    ctx.clock.set("2026-01-01T00:00:00Z");
    await commit(ctx);
    await commit(ctx);
    ctx.clock.set("2026-01-15T12:00:00Z");
    const [early] = await Promise.all([keys(ctx, { commit: 1 }).catch((error: unknown) => error), applied(ctx)]);
    if (Array.isArray(early)) expect(early).toEqual([1, 2, 3, 4, 5]);
    else expect(early).toMatchObject({ code: "commit_expired" });

    // Between the look at the commit and the reading of its file, both end.
    const id = (await groupOf(ctx)).id;
    const old = await ctx.db.commit.findFirstOrThrow({ where: { groupId: id, sequence: 1 }, include: { files: true } });
    await ctx.db.commit.update({ where: { id: old.id }, data: { expiredAt: null } });
    await ctx.offline.removeFile(old.files[0]?.path ?? "");
    expect((await errorOf(keys(ctx, { commit: 1 }))).code).toBe("data_corrupt");
    const offline = Object.create(ctx.offline, {
      read: {
        value: async (request: Parameters<TestContext["offline"]["read"]>[0]) => {
          await ctx.db.commit.update({ where: { id: old.id }, data: { expiredAt: ctx.clock.now() } });
          return ctx.offline.read(request);
        },
      },
    }) as TestContext["offline"];
    expect((await errorOf(keys({ ...ctx, offline }, { commit: 1 }))).code).toBe("commit_expired");
  });
});

describe("asking", () => {
  test("a group without a policy keeps everything", async () => {
    const ctx = await project();
    await commit(ctx);
    expect(await plan(ctx)).toMatchObject({ policy: null, expireCount: 0, rowCount: 0, rowsKept: 5, files: 0 });
    expect((await errorOf(requestRetention(ctx, { name: "stats" }))).code).toBe("state_conflict");
  });

  test("who may, and what is not there", async () => {
    const ctx = await project({ history: "1d" });
    const sam = await person(ctx, "Sam", "scientist");
    expect((await errorOf(requestRetention(sam, { name: "stats" }))).code).toBe("forbidden");
    expect((await planRetention(sam, { name: "stats" })).policy).not.toBeNull();
    expect((await errorOf(requestRetention(ctx, { name: "nobody" }))).code).toBe("feature_group_not_found");
  });
});

describe("by itself", () => {
  const due = async (ctx: TestContext) =>
    (await retentionDue(ctx.db, ctx.clock.now())).filter(({ project }) => project.id === ctx.project.id).length;
  const runs = (ctx: TestContext) => ctx.db.run.count({ where: { projectId: ctx.project.id, kind: "retention" } });

  test("once a day, when there is something to take away, by one of two workers", async () => {
    const ctx = await project({ history: "1d" });
    await commit(ctx);
    expect(await due(ctx)).toBe(0);
    await commit(ctx);
    ctx.clock.advance(2 * 86_400);
    expect(await due(ctx)).toBe(1);
    await Promise.all([applyDueRetention(workerOf(ctx)), applyDueRetention(workerOf(ctx))]);
    expect([await runs(ctx), await due(ctx)]).toEqual([1, 0]);
    const run = await ctx.db.run.findFirstOrThrow({ where: { projectId: ctx.project.id, kind: "retention" } });
    expect((await execute(ctx, run.id)).result).toMatchObject({ commits: 1 });
    ctx.clock.advance(2 * 86_400);
    expect(await due(ctx)).toBe(0);
    await commit(ctx);
    ctx.clock.advance(2 * 86_400);
    expect(await due(ctx)).toBe(1);
  });

  test("rows that grow too old are found too", async () => {
    const ctx = await project({ rows: "400d" });
    await commit(ctx);
    expect(await due(ctx)).toBe(0);
    ctx.clock.advance(300 * 86_400);
    expect(await due(ctx)).toBe(1);
  });
});
