import { mkdir, readFile, rm, stat, truncate, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { newId } from "@/lib/platform/ids";
import { deleteDefinition } from "@/lib/registry/delete-definition";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, csvSource, entity, group, inNewProject, writeSourceFile } from "@/lib/testing/definitions";
import { person } from "@/lib/testing/people";
import { errorOf, execute, refresh } from "@/lib/testing/runs";
import { checkStorage } from "./check-storage";
import { findRemovable } from "./find-removable";
import { readRows } from "./read-rows";
import { requestGarbageCollection } from "./request-garbage-collection";
import { requestStorageCheck } from "./request-storage-check";
import { ReadRows } from "./schema";

const CSV = "driver,event_timestamp,trips\n1,2026-01-10 00:00:00,1\n2,2026-01-10 00:00:00,2\n";
const SQL = "SELECT driver, event_timestamp, trips FROM rides";
const DAY = 24 * 60 * 60;

let base: TestContext;
let ctx: TestContext;

beforeAll(async () => {
  base = await makeContext();
});
afterAll(closeContexts);

beforeEach(async () => {
  ctx = await inNewProject(base);
  ctx.clock.set(new Date().toISOString());
  await apply(
    ctx,
    entity("driver", { driver: "INT64" }),
    await csvSource(ctx, "rides", CSV),
    group("stats", { entity: "driver", sql: SQL, features: { trips: "INT64" } }),
    group("other", { entity: "driver", sql: SQL, features: { trips: "INT64" } }),
  );
  await refresh(ctx);
});

const inRoot = (path: string): string => join(ctx.folder, "offline", path);
const rowsOf = (name: string) => readRows(ctx, ReadRows.parse({ name }));
const check = () => checkStorage(ctx, {});
const isThere = (path: string) =>
  stat(inRoot(path)).then(
    () => true,
    () => false,
  );

async function fileOf(name: string): Promise<{ id: string; path: string }> {
  return ctx.db.dataFile.findFirstOrThrow({
    where: { commit: { group: { name, projectId: ctx.project.id } } },
    orderBy: { id: "desc" },
  });
}

async function put(path: string, ageDays: number): Promise<void> {
  await mkdir(dirname(inRoot(path)), { recursive: true });
  await writeFile(inRoot(path), "left over");
  const at = new Date(ctx.clock.now().getTime() - ageDays * DAY * 1000);
  await utimes(inRoot(path), at, at);
}

async function collect(includeOrphans = false): Promise<void> {
  const { run } = await requestGarbageCollection(ctx, { includeOrphans });
  expect(await execute(ctx, run.id)).toMatchObject({ state: "SUCCEEDED", error: null });
}

describe("the check", () => {
  test("everything is whole: counts and bytes by group, no problems, no orphans", async () => {
    const report = await check();
    expect(report).toMatchObject({ deep: false, files: 2, problems: [], orphans: [], lastDeep: null });
    expect(report.orphaned).toEqual({ files: 0, bytes: 0 });
    expect(report.groups.map(({ name, files, liveFiles }) => ({ name, files, liveFiles }))).toEqual(
      expect.arrayContaining([
        { name: "stats", files: 1, liveFiles: 1 },
        { name: "other", files: 1, liveFiles: 1 },
      ]),
    );
    expect(report.bytes).toBe((await stat(inRoot((await fileOf("stats")).path))).size * 2);
  });

  test.each([
    ["missing", (path: string) => rm(path), "is missing"],
    ["truncated", (path: string) => truncate(path, 100), /^has 100 bytes instead of \d+$/],
  ])("a %s file: named with its commit; reads of its group fail naming it, others go on", async (_, damage, what) => {
    const { path } = await fileOf("stats");
    await damage(inRoot(path));
    expect((await check()).problems).toEqual([
      {
        path,
        belongsTo: "feature_group:stats@1",
        commit: 1,
        live: true,
        what: typeof what === "string" ? what : expect.stringMatching(what),
      },
    ]);
    const error = await errorOf(rowsOf("stats"));
    expect(error.code).toBe("data_corrupt");
    expect(error.detail).toContain(path);
    expect((await rowsOf("other")).rows).toHaveLength(2);
  });

  test("a flipped bit in the data: only reading every byte finds it, and the report is kept", async () => {
    const { path } = await fileOf("stats");
    const bytes = await readFile(inRoot(path));
    bytes[20] = (bytes[20] ?? 0) ^ 1;
    await writeFile(inRoot(path), bytes);
    expect((await check()).problems).toEqual([]);
    const { run } = await requestStorageCheck(ctx, {});
    expect(await execute(ctx, run.id)).toMatchObject({ state: "SUCCEEDED", result: { files: 2, problems: 1 } });
    expect((await check()).lastDeep?.problems).toMatchObject([
      { path, commit: 1, what: "has other bytes than were committed" },
    ]);
  });

  test("another project's files are neither counted nor orphans here", async () => {
    const elsewhere = await inNewProject(base);
    expect(await checkStorage(elsewhere, {})).toMatchObject({ files: 0, groups: [], orphaned: { files: 0 } });
  });

  test("a viewer may not look, an engineer may, and only an admin removes", async () => {
    expect((await errorOf(checkStorage(await person(ctx, "vi", "viewer"), {}))).code).toBe("forbidden");
    const engineer = await person(ctx, "en", "engineer");
    expect((await checkStorage(engineer, {})).files).toBe(2);
    const asked = requestGarbageCollection(engineer, { includeOrphans: false });
    expect((await errorOf(asked)).code).toBe("forbidden");
  });
});

describe("garbage", () => {
  async function overwritten(): Promise<{ old: string; now: string }> {
    const { id, path: old } = await fileOf("stats");
    await writeSourceFile(ctx, "rides.csv", CSV.replace(",2\n", ",3\n"));
    await refresh(ctx);
    await ctx.db.dataFile.update({ where: { id }, data: { garbageAt: ctx.clock.now() } });
    return { old, now: (await fileOf("stats")).path };
  }

  test("goes after a day, not before, and what is live stays", async () => {
    const { old, now } = await overwritten();
    expect((await check()).garbage.files).toBe(1);
    ctx.clock.advance(DAY - 1);
    await collect();
    expect([await isThere(old), await isThere(now)]).toEqual([true, true]);
    ctx.clock.advance(2);
    expect((await findRemovable(ctx, { includeOrphans: false })).files).toMatchObject([{ path: old, why: "garbage" }]);
    await collect();
    expect([await isThere(old), await isThere(now)]).toEqual([false, true]);
    expect(await check()).toMatchObject({ problems: [], garbage: { files: 0 }, orphaned: { files: 0 } });
    expect((await rowsOf("stats")).rows).toHaveLength(2);
  });

  test("stays while a run works that began before it was left", async () => {
    const { old } = await overwritten();
    const { run } = await requestStorageCheck(ctx, {});
    const startedAt = new Date(ctx.clock.now().getTime() - 1000);
    await ctx.db.run.update({ where: { id: run.id }, data: { state: "RUNNING", startedAt } });
    ctx.clock.advance(3 * DAY);
    await collect();
    expect(await isThere(old)).toBe(true);
    await ctx.db.run.update({ where: { id: run.id }, data: { state: "SUCCEEDED" } });
    await collect();
    expect(await isThere(old)).toBe(false);
  });

  test("a file that is marked although the newest data needs it is not touched", async () => {
    const { id, path } = await fileOf("stats");
    await ctx.db.dataFile.update({ where: { id }, data: { garbageAt: ctx.clock.now() } });
    ctx.clock.advance(2 * DAY);
    await collect(true);
    expect(await isThere(path)).toBe(true);
    expect((await rowsOf("stats")).rows).toHaveLength(2);
  });

  test("what an interrupted write left goes after a day, from anywhere in staging", async () => {
    await put("staging/old.parquet", 2);
    await put("staging/new.parquet", 0.5);
    await collect();
    expect([await isThere("staging/old.parquet"), await isThere("staging/new.parquet")]).toEqual([false, true]);
  });

  test("a file that no row names is an orphan: it is shown, and goes only when somebody says so, and not when it is young", async () => {
    const folder = dirname((await fileOf("stats")).path);
    const [old, young] = [`${folder}/old.parquet`, `${folder}/young.parquet`];
    await put(old, 2);
    await put(young, 0.5);
    expect((await check()).orphans.map(({ path }) => path).sort()).toEqual([old, young]);
    await collect();
    expect([await isThere(old), await isThere(young)]).toEqual([true, true]);
    await collect(true);
    expect([await isThere(old), await isThere(young)]).toEqual([false, true]);
  });

  test("an upload that a source names stays, one that nobody names is an orphan", async () => {
    async function* body(): AsyncGenerator<Uint8Array> {
      yield new TextEncoder().encode(CSV);
    }
    const save = () =>
      ctx.offline.saveUpload({ folder: ctx.project.id, format: "csv", body: body(), maxBytes: 1_000_000 });
    const [named, forgotten] = [await save(), await save()];
    const path = `upload:${named.path.split("/").at(-1)}`;
    await apply(ctx, { kind: "source", name: "uploaded", files: { format: "csv", paths: [path] } });
    expect((await check()).orphans.map((orphan) => orphan.path)).toEqual([forgotten.path]);
    ctx.clock.advance(2 * DAY);
    await collect(true);
    expect(await ctx.offline.listUploads(ctx.project.id)).toMatchObject([{ path: named.path }]);
  });

  test("an upload that a training set is yet to be built from, or again, stays until it is READY", async () => {
    async function* body(): AsyncGenerator<Uint8Array> {
      yield new TextEncoder().encode(CSV);
    }
    const { path } = await ctx.offline.saveUpload({
      folder: ctx.project.id,
      format: "csv",
      body: body(),
      maxBytes: 1e6,
    });
    const request = { spine: { upload: `upload:${path.split("/").at(-1)}` } };
    const data = { projectId: ctx.project.id, name: "waiting", request, createdBy: "me", createdAt: ctx.clock.now() };
    await ctx.db.trainingSet.create({ data: { ...data, id: newId("trs"), state: "FAILED" } });
    ctx.clock.advance(2 * DAY);
    await collect(true);
    expect(await ctx.offline.listUploads(ctx.project.id)).toMatchObject([{ path }]);
    await ctx.db.trainingSet.updateMany({ where: { projectId: ctx.project.id }, data: { state: "READY" } });
    await collect(true);
    expect(await ctx.offline.listUploads(ctx.project.id)).toEqual([]);
  });

  test("the files of a group that was deleted are orphans of its project", async () => {
    const sql = SQL;
    await apply(ctx, group("gone", { entity: "driver", sql, features: { trips: { type: "INT64" } } }));
    await refresh(ctx);
    const { path } = await fileOf("gone");
    await deleteDefinition(ctx, { kind: "feature_group", name: "gone" });
    expect((await check()).orphans.map((orphan) => orphan.path)).toEqual([path]);
    ctx.clock.advance(2 * DAY);
    await collect(true);
    expect(await isThere(path)).toBe(false);
  });

  test("every removal is in the audit log with its paths", async () => {
    await put("staging/old.parquet", 2);
    await collect();
    const event = await ctx.db.auditEvent.findFirstOrThrow({
      where: { projectId: ctx.project.id, action: "storage.collect" },
    });
    expect(event.after).toMatchObject({ files: 1, paths: ["staging/old.parquet"] });
  });
});
