import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cancelRun } from "@/lib/jobs/cancel-run";
import { getRun } from "@/lib/jobs/get-run";
import { LarderError } from "@/lib/kernel/errors";
import type { Run } from "@/lib/kernel/run";
import { getFeatureGroup } from "@/lib/registry/get-feature-group";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import {
  apply,
  csvSource,
  entity,
  group,
  inNewProject,
  type Written,
  writeSourceFile,
} from "@/lib/testing/definitions";
import { person } from "@/lib/testing/people";
import { errorOf, execute, refresh } from "@/lib/testing/runs";
import { RequestBackfill } from "./interval-schema";
import { listIntervals } from "./list-intervals";
import { readRows } from "./read-rows";
import { requestBackfill } from "./request-backfill";
import { ReadRows } from "./schema";

const SQL = "SELECT driver, event_timestamp, trips FROM rides";
const DAYS = [10, 11, 12, 13, 14];
const csv = (factor = 1): string =>
  ["driver,event_timestamp,trips", ...DAYS.map((day) => `1,2026-01-${day} 06:00:00,${day * factor}`)].join("\n");

let base: TestContext;
let ctx: TestContext;

beforeAll(async () => {
  base = await makeContext();
});
afterAll(closeContexts);

const stats = (sql = SQL, interval = "1d"): Written =>
  group("stats", {
    entity: "driver",
    sql,
    incremental: { interval, start: "2026-01-10" },
    features: { trips: "INT64" },
  });

async function begin(definition = stats()): Promise<void> {
  ctx = await inNewProject(base);
  ctx.clock.set("2026-01-15T12:00:00Z");
  await apply(ctx, entity("driver", { driver: "INT64" }), await csvSource(ctx, "rides", csv()), definition);
}

async function backfill(start: string, end: string, restate = false): Promise<Run> {
  const { run } = await requestBackfill(ctx, RequestBackfill.parse({ name: "stats", start, end, restate }));
  return execute(ctx, run.id);
}

const trips = async () =>
  (await readRows(ctx, ReadRows.parse({ name: "stats", order: "asc" }))).rows.map((row) => row[2]);
const list = (input: object = {}) => listIntervals(ctx, { name: "stats", limit: 50, ...input });
const states = async () => (await list()).items.map(({ start, state, reason }) => [start.slice(8, 10), state, reason]);
const commits = async () => (await getFeatureGroup(ctx, { name: "stats" })).commits.length;

describe("a backfill", () => {
  test("computes the missing intervals of the range, each a commit, then statistics and online", async () => {
    await begin();
    const run = await backfill("2026-01-11", "2026-01-14");
    expect(run).toMatchObject({
      kind: "backfill",
      state: "SUCCEEDED",
      title: "Backfill stats, 2026-01-11 to 2026-01-14",
    });
    expect(run.progress.nodes.map((node) => [node.id, node.state, node.rows])).toEqual([
      ["source:rides", "DONE", 5],
      ["interval:2026-01-11T00:00:00.000000Z/2026-01-12T00:00:00.000000Z", "DONE", 1],
      ["interval:2026-01-12T00:00:00.000000Z/2026-01-13T00:00:00.000000Z", "DONE", 1],
      ["interval:2026-01-13T00:00:00.000000Z/2026-01-14T00:00:00.000000Z", "DONE", 1],
      ["profile:stats", "DONE", 3],
      ["materialize:stats", "DONE", 1],
    ]);
    expect(await trips()).toEqual([11, 12, 13]);
    expect(await commits()).toBe(3);
    expect(await states()).toEqual([
      ["14", "missing", null],
      ["13", "computed", null],
      ["12", "computed", null],
      ["11", "computed", null],
      ["10", "missing", null],
    ]);
    expect((await list()).items[1]).toMatchObject({
      rowCount: 1,
      runId: run.id,
      computedAt: "2026-01-15T12:00:00.000Z",
    });
  });

  test("again: nothing to do; restated: all of it, once", async () => {
    await begin();
    await backfill("2026-01-10", "2026-01-12");
    const again = await backfill("2026-01-10", "2026-01-12");
    expect(again.progress.nodes.map((node) => node.state)).toEqual(again.progress.nodes.map(() => "UNCHANGED"));
    await apply(ctx, stats("SELECT driver, event_timestamp, trips * 2 AS trips FROM rides"));
    expect((await backfill("2026-01-10", "2026-01-12", true)).title).toContain("Restate");
    expect(await trips()).toEqual([20, 22]);
    expect(await commits()).toBe(4);
    expect((await getFeatureGroup(ctx, { name: "stats" })).rowCount).toBe(2);
  });

  test("many intervals share steps", async () => {
    await begin(stats(SQL, "20m"));
    const { run } = await requestBackfill(
      ctx,
      RequestBackfill.parse({ name: "stats", start: "2026-01-10", end: "2026-01-15" }),
    );
    const steps = run.progress.nodes.filter((node) => node.id.startsWith("interval:"));
    expect([steps.length, steps[0]?.label]).toEqual([
      180,
      "Compute 2026-01-10 00:00 to 2026-01-10 00:40 (2 intervals)",
    ]);
    await cancelRun(ctx, { id: run.id });
  });

  test("cancelled in the middle of an interval: those before it stay, nothing of it is there", async () => {
    const slow = `${SQL} WHERE (SELECT count(*) FROM range(CASE WHEN getvariable('interval_start') >= TIMESTAMPTZ '2026-01-12' THEN 1000000000000 ELSE 10 END) t(i) WHERE i % 7 = driver) >= 0`;
    await begin(stats(slow));
    const { run } = await requestBackfill(
      ctx,
      RequestBackfill.parse({ name: "stats", start: "2026-01-10", end: "2026-01-15" }),
    );
    const running = execute(ctx, run.id);
    const third = async () => (await getRun(ctx, { id: run.id })).progress.nodes[3]?.state;
    await expect.poll(third, { timeout: 30_000 }).toBe("RUNNING");
    await cancelRun(ctx, { id: run.id });
    expect(await running).toMatchObject({ state: "CANCELLED" });
    expect(await trips()).toEqual([10, 11]);
    expect(await commits()).toBe(2);
    expect((await list()).counts).toEqual({ computed: 2, missing: 3, stale: 0 });
  });

  test("a failure that goes away is tried again, and what was done is not done again", async () => {
    await begin();
    const { run } = await requestBackfill(
      ctx,
      RequestBackfill.parse({ name: "stats", start: "2026-01-10", end: "2026-01-13", restate: true }),
    );
    let written = 0;
    const full = Object.create(ctx.offline, {
      append: {
        value: async (...given: Parameters<TestContext["offline"]["append"]>) => {
          if (++written > 1) throw new LarderError("insufficient_storage", "full");
          return ctx.offline.append(...given);
        },
      },
    });
    expect(await execute({ ...ctx, offline: full }, run.id)).toMatchObject({ state: "QUEUED", attempt: 1 });
    ctx.clock.advance(5);
    const done = await execute(ctx, run.id);
    expect(done).toMatchObject({ state: "SUCCEEDED", attempt: 2 });
    expect(done.progress.nodes.filter((node) => node.id.startsWith("interval")).map((node) => node.state)).toEqual([
      "UNCHANGED",
      "DONE",
      "DONE",
    ]);
    expect(await commits()).toBe(3);
  });

  test.each([
    ["2026-01-10T05:00:00Z", "2026-01-12", "2026-01-10T00:00:00Z to 2026-01-12T00:00:00Z"],
    ["2026-01-12", "2026-01-12", "is empty"],
    ["2026-01-01", "2026-01-12", "begins at 2026-01-10"],
    ["2026-01-12", "2027-01-12", "ends at 2026-01-15"],
    ["yesterday", "2026-01-12", "start must be"],
  ])("%s to %s is refused", async (start, end, says) => {
    await begin();
    const error = await errorOf(requestBackfill(ctx, RequestBackfill.parse({ name: "stats", start, end })));
    expect([error.code, error.detail]).toEqual(["invalid_parameter", expect.stringContaining(says)]);
  });

  test("of a group without intervals, of none, and by somebody who may not", async () => {
    await begin(group("plain", { entity: "driver", sql: SQL, features: { trips: "INT64" } }));
    const range = { start: "2026-01-10", end: "2026-01-12" };
    const ask = (name: string, who = ctx) => errorOf(requestBackfill(who, RequestBackfill.parse({ name, ...range })));
    expect((await ask("plain")).code).toBe("invalid_parameter");
    expect((await errorOf(listIntervals(ctx, { name: "plain", limit: 50 }))).code).toBe("invalid_parameter");
    expect((await ask("nobody")).code).toBe("feature_group_not_found");
    expect((await ask("plain", await person(ctx, "Sci", "scientist"))).code).toBe("forbidden");
  });
});

describe("listIntervals", () => {
  test("stale says why: other SQL, or other inputs", async () => {
    await begin();
    await refresh(ctx);
    expect(await list()).toMatchObject({
      interval: "1d",
      lookback: null,
      first: "2026-01-10T00:00:00.000000Z",
      until: "2026-01-15T00:00:00.000000Z",
      total: 5,
      counts: { computed: 5, missing: 0, stale: 0 },
    });
    await writeSourceFile(ctx, "rides.csv", csv(2));
    // Nobody has looked yet.
    expect((await list()).counts).toEqual({ computed: 5, missing: 0, stale: 0 });
    await refresh(ctx);
    expect((await list()).counts).toEqual({ computed: 0, missing: 0, stale: 5 });
    expect((await states())[0]).toEqual(["14", "stale", "inputs"]);
    await backfill("2026-01-14", "2026-01-15", true);
    expect((await states()).slice(0, 2)).toEqual([
      ["14", "computed", null],
      ["13", "stale", "inputs"],
    ]);
    await apply(ctx, stats("SELECT driver, event_timestamp, trips + 1 AS trips FROM rides"));
    expect((await states())[0]).toEqual(["14", "stale", "definition"]);
  });

  test("a group that reads a group: stale when that one has a new commit", async () => {
    await begin();
    const sql = "SELECT driver, event_timestamp, trips AS doubled FROM stats";
    const incremental = { interval: "1d", start: "2026-01-10" };
    await apply(ctx, group("scaled", { entity: "driver", sql, incremental, features: { doubled: "INT64" } }));
    await refresh(ctx);
    const counts = async () => (await listIntervals(ctx, { name: "scaled", limit: 5 })).counts;
    expect(await counts()).toEqual({ computed: 5, missing: 0, stale: 0 });
    await backfill("2026-01-14", "2026-01-15", true);
    expect(await counts()).toEqual({ computed: 0, missing: 0, stale: 5 });
  });

  test("in pages, newest first", async () => {
    await begin();
    const first = await list({ limit: 2 });
    expect([first.total, first.items.map(({ start }) => start.slice(8, 10))]).toEqual([5, ["14", "13"]]);
    const second = await list({ limit: 2, cursor: first.nextCursor });
    const third = await list({ limit: 2, cursor: second.nextCursor });
    expect([...second.items, ...third.items].map(({ start }) => start.slice(8, 10))).toEqual(["12", "11", "10"]);
    expect(third.nextCursor).toBeNull();
  });

  test("before the first is over there is none", async () => {
    await begin();
    ctx.clock.set("2026-01-10T12:00:00Z");
    expect(await list()).toMatchObject({ items: [], total: 0, counts: { computed: 0, missing: 0, stale: 0 } });
  });
});
