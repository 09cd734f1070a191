import { stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Context } from "@/lib/platform/context";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, csvSource, entity, group, inNewProject } from "@/lib/testing/definitions";
import { person } from "@/lib/testing/people";
import { errorOf, execute, refresh } from "@/lib/testing/runs";
import { commitFiles, type NewCommit } from "./commit-files";
import { compactGroup } from "./compact-group";
import { loadTable, requireGroup } from "./load-table";
import { requestCompaction } from "./request-compaction";

const GROUP = { name: "stats" };

let base: TestContext;
let ctx: TestContext;

beforeAll(async () => {
  base = await makeContext();
});
afterAll(closeContexts);

beforeEach(async () => {
  ctx = await inNewProject(base);
  await apply(
    ctx,
    entity("driver", { driver: "INT64" }),
    await csvSource(ctx, "rides", "driver,event_timestamp,trips\n1,2026-01-01 00:00:00,0\n"),
    group("stats", {
      entity: "driver",
      sql: "SELECT driver, event_timestamp, trips FROM rides",
      features: { trips: "INT64" },
      online: true,
    }),
  );
  await refresh(ctx);
});

/** Commits `trips` of driver 1 and 2 on a day, one file. */
async function write(day: number, trips: number, rest: Partial<NewCommit> = {}): Promise<void> {
  ctx.clock.advance(60);
  const found = await requireGroup(ctx, GROUP);
  const { table } = await loadTable(ctx, found);
  const rows = [1, 2].map((driver) => `(${driver}, TIMESTAMPTZ '2026-01-0${day} 00:00:00Z', ${trips})`);
  const sql = `SELECT * FROM (VALUES ${rows.join(", ")}) t(driver, event_timestamp, trips)`;
  const query = { sql, inputs: [] };
  const file = await ctx.offline.append({ query, shape: table.shape, folder: `groups/${found.id}` });
  await commitFiles(ctx, found, { mode: "append", files: file ? [file] : [], ...rest });
}

/** All that a group answers at each of its commits so far. */
async function everything(upTo: number): Promise<unknown[]> {
  const found = await requireGroup(ctx, GROUP);
  const answers: unknown[] = [];
  for (let sequence = 1; sequence <= upTo; sequence++) {
    const { table } = await loadTable(ctx, found, sequence);
    const latest: unknown[] = [];
    for await (const chunk of ctx.offline.latest({ table })) latest.push(...chunk);
    const { rows } = await ctx.offline.read({ table, limit: 1000 });
    answers.push({ latest: latest.map((row) => JSON.stringify(row)).sort(), rows });
  }
  return answers;
}

const files = async (): Promise<number> => (await loadTable(ctx, await requireGroup(ctx, GROUP))).table.files.length;
const head = () =>
  ctx.db.commit.findFirstOrThrow({
    where: { group: { ...GROUP, projectId: ctx.project.id } },
    orderBy: { sequence: "desc" },
    include: { files: true },
  });

describe("compaction", () => {
  test("small files become one, and nothing answers otherwise, now or at any commit before", async () => {
    await write(2, 1);
    await write(3, 2);
    await write(2, 3);
    const end = { start: "2026-01-03T00:00:00.000000Z", end: null };
    await write(4, 4, { mode: "overwrite", range: end, liveRows: 7 });
    await write(1, 5);
    const before = await everything(6);
    expect(await files()).toBe(5);
    const { run } = await requestCompaction(ctx, GROUP);
    const done = await execute(ctx, run.id);
    expect([done.state, done.progress.nodes[0]?.state, done.progress.nodes[0]?.rows]).toEqual(["SUCCEEDED", "DONE", 9]);
    expect(await files()).toBe(1);
    expect(await everything(6)).toEqual(before);
    expect((await everything(7))[6]).toEqual(before[5]);
    expect(await head()).toMatchObject({ sequence: 7, mode: "compact", rowCount: 9n, liveRows: 9n, runId: run.id });

    const again = await execute(ctx, (await requestCompaction(ctx, GROUP)).run.id);
    expect([again.state, again.progress.nodes[0]?.state]).toEqual(["SUCCEEDED", "UNCHANGED"]);
    // Computing it again finds nothing new: the SQL and what it reads are the same.
    const computed = (await refresh(ctx)).progress.nodes.find(({ id }) => id === "feature_group:stats");
    expect([computed?.state, await files()]).toEqual(["UNCHANGED", 1]);
  });

  test("statistics and online values follow the new commit", async () => {
    for (const day of [2, 3, 4]) await write(day, day);
    await compactGroup(ctx, { ...GROUP, runId: null });
    const followed = await ctx.db.run.findFirstOrThrow({
      where: { projectId: ctx.project.id, kind: "refresh" },
      orderBy: { id: "desc" },
    });
    expect((await execute(ctx, followed.id)).progress.nodes.map(({ id }) => id)).toEqual([
      "profile:stats",
      "materialize:stats",
    ]);
  });

  test("fewer than four files stay as they are", async () => {
    for (const day of [2, 3]) await write(day, day);
    expect(await compactGroup(ctx, { ...GROUP, runId: null })).toMatchObject({ changed: false, commitSequence: 3 });
    expect(await files()).toBe(3);
  });

  /** A context whose engine does something after each compaction it wrote. */
  function interrupted(work: (times: number) => Promise<void>): { ctx: Context; written: string[] } {
    const written: string[] = [];
    const offline = Object.create(ctx.offline) as typeof ctx.offline;
    offline.compact = async (...given) => {
      const file = await ctx.offline.compact(...given);
      written.push(file?.path ?? "");
      await work(written.length);
      return file;
    };
    return { ctx: { ...ctx, offline }, written };
  }

  test("an append meanwhile holds, and so does the compaction, written once", async () => {
    for (const day of [2, 3, 4]) await write(day, day);
    const other = interrupted(() => write(5, 5));
    const done = await compactGroup(other.ctx, { ...GROUP, runId: null });
    expect([done.merged, done.commitSequence, other.written.length, await files()]).toEqual([4, 6, 1, 2]);
    const { table } = await loadTable(ctx, await requireGroup(ctx, GROUP));
    expect(await ctx.offline.count({ table })).toBe(9);
  });

  test("rows taken away meanwhile stay away: the files are merged anew", async () => {
    for (const day of [2, 3, 4]) await write(day, day);
    const range = { start: "2026-01-03T00:00:00.000000Z", end: "2026-01-04T00:00:00.000000Z" };
    const other = interrupted(async (times) => {
      if (times === 1) await write(3, 9, { mode: "overwrite", range, liveRows: 7 });
    });
    const done = await compactGroup(other.ctx, { ...GROUP, runId: null });
    expect([done.merged, other.written.length, await files()]).toEqual([4, 2, 1]);
    const { table } = await loadTable(ctx, await requireGroup(ctx, GROUP));
    expect((await ctx.offline.read({ table, limit: 9 })).rows.map((row) => row[2])).toEqual([0, 2, 2, 9, 9, 4, 4]);
    const [first = ""] = other.written;
    await expect(stat(join(ctx.folder, "offline", first))).rejects.toThrow("ENOENT");
  });

  test("who commits all the time wins: the compaction gives up and leaves nothing behind", async () => {
    for (const day of [2, 3, 4]) await write(day, day);
    const range = { start: null, end: null };
    const other = interrupted(async (times) => {
      for (let i = 0; i < 4; i++) await write(i + 2, times, i === 0 ? { mode: "overwrite", range, liveRows: 2 } : {});
    });
    expect((await errorOf(compactGroup(other.ctx, { ...GROUP, runId: null }))).code).toBe("commit_conflict");
    expect(other.written.length).toBe(5);
    for (const path of other.written) await expect(stat(join(ctx.folder, "offline", path))).rejects.toThrow("ENOENT");
    expect(await files()).toBe(4);
  });

  test("a damaged file is named, and nothing is committed", async () => {
    for (const day of [2, 3, 4]) await write(day, day);
    const { path } = (await head()).files[0] ?? { path: "" };
    await ctx.offline.removeFile(path);
    const done = await execute(ctx, (await requestCompaction(ctx, GROUP)).run.id);
    expect([done.state, done.error?.code]).toEqual(["FAILED", "data_corrupt"]);
    expect((await head()).mode).toBe("append");
  });

  test("viewers and scientists may not; a group that is not there is not found", async () => {
    const scientist = await person(ctx, "Sam", "scientist");
    expect((await errorOf(requestCompaction(scientist, GROUP))).code).toBe("forbidden");
    expect((await errorOf(compactGroup(scientist, { ...GROUP, runId: null }))).code).toBe("forbidden");
    expect((await errorOf(requestCompaction(ctx, { name: "nothing" }))).code).toBe("feature_group_not_found");
  });
});
