import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RequestBackfill } from "@/lib/datasets/interval-schema";
import { listIntervals } from "@/lib/datasets/list-intervals";
import { readRows } from "@/lib/datasets/read-rows";
import { refreshFeatures } from "@/lib/datasets/refresh-features";
import { requestBackfill } from "@/lib/datasets/request-backfill";
import { ReadRows } from "@/lib/datasets/schema";
import type { CrashPoint } from "@/lib/platform/crash";
import { getFeatureGroup } from "@/lib/registry/get-feature-group";
import { readFeatures } from "@/lib/serving/read-features";
import { ReadFeatures } from "@/lib/serving/schema";
import { closeContexts, makeContext, sourceFolder, type TestContext } from "@/lib/testing/context";
import { testDatabase } from "@/lib/testing/database";
import { apply, csvSource, entity, group, inNewProject, writeSourceFile } from "@/lib/testing/definitions";
import { execute, refresh } from "@/lib/testing/runs";
import { getRun } from "./get-run";
import { recoverRuns } from "./recover-runs";

const ROOT = join(import.meta.dirname, "../..");
const DRIVERS = [1, 2, 3, 4];

/** What is visible after a death at each point: the commit, and the content that readers get online. */
const VISIBLE: Record<Exclude<CrashPoint, "ingest:received">, { committed: boolean; online: "before" | "after" }> = {
  "append:staged": { committed: false, online: "before" },
  "append:file-synced": { committed: false, online: "before" },
  "append:renamed": { committed: false, online: "before" },
  "append:directory-synced": { committed: false, online: "before" },
  "append:verified": { committed: false, online: "before" },
  "commit:before-transaction": { committed: false, online: "before" },
  "commit:in-transaction": { committed: false, online: "before" },
  "commit:after-transaction": { committed: true, online: "before" },
  "materialize:after-chunk": { committed: true, online: "before" },
  "materialize:before-watermark": { committed: true, online: "before" },
  "materialize:after-watermark": { committed: true, online: "after" },
};

type Content = Record<number, number | null>;
// Every value differs, one driver vanishes and one is new.
const BEFORE: Content = { 1: 10, 2: 20, 3: 30, 4: null };
const AFTER: Content = { 1: 11, 2: 21, 3: null, 4: 41 };

function csvOf(content: Content, day: number): string {
  const lines = DRIVERS.filter((driver) => content[driver] !== null);
  return ["driver,event_timestamp,trips", ...lines.map((id) => `${id},2026-01-${day} 00:00:00,${content[id]}`)].join(
    "\n",
  );
}

let base: TestContext;
let ctx: TestContext;

beforeAll(async () => {
  base = await makeContext();
});
afterAll(closeContexts);

async function start(): Promise<void> {
  ctx = await inNewProject(base);
  const sql = "SELECT driver, event_timestamp, trips FROM rides";
  await apply(
    ctx,
    entity("driver", { driver: "INT64" }),
    await csvSource(ctx, "rides", csvOf(BEFORE, 10)),
    group("stats", { entity: "driver", sql, features: { trips: "INT64" } }),
  );
  await refresh(ctx);
}

/** Executes the run in a process of its own that dies at `point`, and answers how it ended. */
async function dieAt(point: string, runId: string): Promise<{ signal: string | null; stderr: string }> {
  const child = fork(join(import.meta.dirname, "crash.test-child.ts"), [runId], {
    execArgv: ["--import", "tsx"],
    cwd: ROOT,
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    env: {
      NODE_ENV: "test",
      PATH: process.env.PATH,
      DATABASE_URL: (await testDatabase()).connectionString,
      LARDER_ROOT: ROOT,
      LARDER_DATA_DIR: ctx.folder,
      LARDER_SOURCE_ROOTS: `${ROOT}:${sourceFolder(ctx.folder)}`,
      LARDER_LOG_LEVEL: "silent",
      LARDER_CRASH_AT: point,
    },
  });
  let stderr = "";
  child.stderr?.on("data", (text: Buffer) => {
    stderr += text.toString();
  });
  const [, signal] = (await once(child, "exit")) as [number | null, string | null];
  return { signal, stderr };
}

async function online(): Promise<Content> {
  const answer = await readFeatures(ctx, ReadFeatures.parse({ entity_ids: DRIVERS, features: ["trips"] }));
  const values = "results" in answer ? answer.results.map((one) => one.features.trips?.value as number | null) : [];
  return Object.fromEntries(DRIVERS.map((driver, index) => [driver, values[index] ?? null]));
}

async function offline(): Promise<Content> {
  const { rows } = await readRows(ctx, ReadRows.parse({ name: "stats" }));
  const found = new Map(rows.map((row) => [row[0], row[2] as number]));
  return Object.fromEntries(DRIVERS.map((driver) => [driver, found.get(driver) ?? null]));
}

const commits = async () => (await getFeatureGroup(ctx, { name: "stats" })).commits.map((commit) => commit.sequence);

describe("a worker that is killed", () => {
  test.each(Object.keys(VISIBLE) as (keyof typeof VISIBLE)[])(
    "at %s: before or after, never between; the next attempt finishes with one commit",
    async (point) => {
      await start();
      await writeSourceFile(ctx, "rides.csv", csvOf(AFTER, 11));
      const { run } = await refreshFeatures(ctx, {});
      const { signal, stderr } = await dieAt(point, run.id);
      expect({ signal, stderr }).toEqual({ signal: "SIGKILL", stderr: "" });

      const { committed, online: seen } = VISIBLE[point];
      expect(await commits()).toEqual(committed ? [2, 1] : [1]);
      expect(await offline()).toEqual(committed ? AFTER : BEFORE);
      expect(await online()).toEqual(seen === "after" ? AFTER : BEFORE);
      expect(await getRun(ctx, { id: run.id })).toMatchObject({ state: "RUNNING", attempt: 1 });

      // The dead process lived by the real clock, so its lease is over a minute from now.
      ctx.clock.set(new Date(Date.now() + 60_000).toISOString());
      await recoverRuns(ctx);
      const done = await execute(ctx, run.id, { owner: "next" });
      expect(done).toMatchObject({ state: "SUCCEEDED", attempt: 2, error: null });
      expect(await commits()).toEqual([2, 1]);
      expect(await offline()).toEqual(AFTER);
      await expect.poll(online, { timeout: 10_000 }).toEqual(AFTER);
      expect((await getFeatureGroup(ctx, { name: "stats" })).materialization).toMatchObject({
        watermarkSequence: 2,
        lag: 0,
      });

      const again = await refresh(ctx);
      expect(again.progress.nodes.map((node) => node.state)).toEqual(again.progress.nodes.map(() => "UNCHANGED"));
    },
  );

  test("a point that is never reached kills nobody, so the table above cannot be passed by accident", async () => {
    await start();
    await writeSourceFile(ctx, "rides.csv", csvOf(AFTER, 11));
    const { run } = await refreshFeatures(ctx, {});
    expect(await dieAt("nowhere", run.id)).toEqual({ signal: null, stderr: "" });
    expect(await getRun(ctx, { id: run.id })).toMatchObject({ state: "SUCCEEDED", attempt: 1 });
    expect(await offline()).toEqual(AFTER);
  });
});

describe("a backfill whose worker is killed", () => {
  test("computes exactly what is missing when it goes on: one commit for each interval", async () => {
    await start();
    const days = [10, 11, 12, 13];
    const lines = days.map((day) => `1,2026-01-${day} 06:00:00,${day}`);
    await writeSourceFile(ctx, "rides.csv", ["driver,event_timestamp,trips", ...lines].join("\n"));
    const sql = "SELECT driver, event_timestamp, trips FROM rides";
    const incremental = { interval: "1d", start: "2026-01-10" };
    await apply(ctx, group("daily", { entity: "driver", sql, incremental, features: { trips: "INT64" } }));
    const range = { start: "2026-01-10", end: "2026-01-14", restate: true };
    const { run } = await requestBackfill(ctx, RequestBackfill.parse({ name: "daily", ...range }));
    const there = async () =>
      (await readRows(ctx, ReadRows.parse({ name: "daily", order: "asc" }))).rows.map((row) => row[2]);
    const done = async () => (await listIntervals(ctx, { name: "daily", limit: 50 })).counts.computed;

    for (const [point, seen] of [["commit:after-transaction", 1] as const, ["commit:after-transaction", 2] as const]) {
      expect(await dieAt(point, run.id)).toEqual({ signal: "SIGKILL", stderr: "" });
      expect([await done(), await there()]).toEqual([seen, days.slice(0, seen)]);
      ctx.clock.set(new Date(Date.now() + 60_000).toISOString());
      await recoverRuns(ctx);
    }
    const finished = await execute(ctx, run.id, { owner: "next" });
    expect(finished).toMatchObject({ state: "SUCCEEDED", attempt: 3 });
    expect(finished.failures).toHaveLength(2);
    expect(finished.progress.nodes.map((node) => node.state)).toEqual([
      "UNCHANGED",
      "UNCHANGED",
      "UNCHANGED",
      "DONE",
      "DONE",
      "DONE",
      "DONE",
    ]);
    expect(await there()).toEqual(days);
    expect((await getFeatureGroup(ctx, { name: "daily" })).commits.map((commit) => commit.sequence)).toEqual([
      4, 3, 2, 1,
    ]);
  });

  test.each(["append:renamed", "commit:in-transaction"] as const)(
    "at %s: nothing of the interval is there",
    async (point) => {
      await start();
      const sql = "SELECT driver, event_timestamp, trips FROM rides";
      const incremental = { interval: "1d", start: "2026-01-10" };
      await apply(ctx, group("daily", { entity: "driver", sql, incremental, features: { trips: "INT64" } }));
      const range = { start: "2026-01-10", end: "2026-01-11" };
      const { run } = await requestBackfill(ctx, RequestBackfill.parse({ name: "daily", ...range }));
      expect((await dieAt(point, run.id)).signal).toBe("SIGKILL");
      expect((await getFeatureGroup(ctx, { name: "daily" })).commits).toEqual([]);
      expect((await listIntervals(ctx, { name: "daily", limit: 50 })).counts.computed).toBe(0);
      ctx.clock.set(new Date(Date.now() + 60_000).toISOString());
      await recoverRuns(ctx);
      expect(await execute(ctx, run.id, { owner: "next" })).toMatchObject({ state: "SUCCEEDED", attempt: 2 });
      expect((await readRows(ctx, ReadRows.parse({ name: "daily" }))).rows).toHaveLength(3);
    },
  );
});
