import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LarderError } from "@/lib/kernel/errors";
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
import { countAllRows, errorOf, refresh } from "@/lib/testing/runs";
import { commitFiles } from "./commit-files";
import { computeGroup } from "./compute-group";
import { computeInterval } from "./compute-interval";
import { computeIntervals } from "./compute-intervals";
import { loadIntervalWork, loadRecorded } from "./interval-work";
import { intervalAt } from "./intervals";
import { loadTable, requireGroup } from "./load-table";
import { readRows } from "./read-rows";
import { ReadRows } from "./schema";

const SQL = "SELECT driver, event_timestamp, trips FROM rides";
const HEAD = "driver,event_timestamp,trips\n";
// A row on each edge of a day, and none on the 12th.
const CSV = `${HEAD}1,2026-01-10 00:00:00,1\n2,2026-01-10 23:59:59.999999,2\n1,2026-01-11 00:00:00,3\n1,2026-01-13 10:00:00,4\n`;

let base: TestContext;
let ctx: TestContext;

beforeAll(async () => {
  base = await makeContext();
});
afterAll(closeContexts);

function stats(rest: Partial<{ sql: string; lookback: string; interval: string; start: string }> = {}): Written {
  const { sql = SQL, interval = "1d", start = "2026-01-10", lookback } = rest;
  const incremental = { interval, start, ...(lookback ? { lookback } : {}) };
  return group("stats", { entity: "driver", sql, incremental, features: { trips: "INT64" } });
}

async function begin(definition: Written = stats(), csv = CSV): Promise<void> {
  ctx = await inNewProject(base);
  ctx.clock.set("2026-01-14T12:00:00Z");
  await apply(ctx, entity("driver", { driver: "INT64" }), await csvSource(ctx, "rides", csv), definition);
}

const compute = () => computeGroup(ctx, { name: "stats", runId: null });
const trips = async (input: object = {}) =>
  (await readRows(ctx, ReadRows.parse({ name: "stats", order: "asc", ...input }))).rows.map((row) => row[2]);
const recorded = async () =>
  (await loadRecorded(ctx.db, (await requireGroup(ctx, { name: "stats" })).id)).map((one) => [
    one.start.slice(0, 10),
    Number(one.rowCount),
    one.commitSequence,
  ]);
const commits = async () => (await getFeatureGroup(ctx, { name: "stats" })).commits;

describe("refreshing an incremental group", () => {
  test("computes every interval that is over, each row in one of them, and records empty ones too", async () => {
    await begin();
    expect(await compute()).toMatchObject({ changed: true, rowCount: 4, commitSequence: 3, detail: "4 intervals" });
    expect(await trips()).toEqual([1, 2, 3, 4]);
    expect(await recorded()).toEqual([
      ["2026-01-10", 2, 1],
      ["2026-01-11", 1, 2],
      ["2026-01-12", 0, 2],
      ["2026-01-13", 1, 3],
    ]);
    expect((await commits()).map(({ mode, rowCount }) => [mode, rowCount])).toEqual([
      ["overwrite", 1],
      ["overwrite", 1],
      ["overwrite", 2],
    ]);
  });

  test("then only what is new; a day that goes on is left alone", async () => {
    await begin();
    await compute();
    await writeSourceFile(ctx, "rides.csv", `${CSV}3,2026-01-14 08:00:00,5\n3,2026-01-15 08:00:00,6\n`);
    const before = await countAllRows(ctx.db);
    expect(await compute()).toMatchObject({ changed: false, rowCount: 4 });
    expect(await countAllRows(ctx.db)).toEqual(before);
    ctx.clock.set("2026-01-15T00:00:00Z");
    expect(await compute()).toMatchObject({ changed: true, rowCount: 5, detail: "1 interval" });
    expect(await trips()).toEqual([1, 2, 3, 4, 5]);
  });

  test("a late row comes in by the lookback, and only there", async () => {
    await begin(stats({ lookback: "2d" }));
    await compute();
    await writeSourceFile(ctx, "rides.csv", `${CSV}3,2026-01-13 08:00:00,5\n3,2026-01-11 08:00:00,6\n`);
    // Two days before noon of the 14th: the 12th, which ends at 00:00 of the 13th, and the 13th.
    expect(await compute()).toMatchObject({ changed: true, rowCount: 5, detail: "2 intervals" });
    expect(await trips()).toEqual([1, 2, 3, 5, 4]);
    expect(await compute()).toMatchObject({ changed: false, rowCount: 5 });
  });

  test("SQL may read the interval; what it gives beyond it stays out", async () => {
    const sql = `${SQL} WHERE event_timestamp >= getvariable('interval_start') - INTERVAL 1 DAY`;
    await begin(stats({ sql }));
    await compute();
    expect(await trips()).toEqual([1, 2, 3, 4]);
    const span =
      "SELECT driver, event_timestamp, date_diff('hour', getvariable('interval_start'), getvariable('interval_end')) AS trips FROM rides";
    await begin(stats({ sql: span }));
    await compute();
    expect(await trips()).toEqual([24, 24, 24, 24]);
  });

  test("a start in the future: nothing yet", async () => {
    await begin(stats({ start: "2027-01-01" }));
    expect(await compute()).toEqual({ changed: false, rowCount: 0, commitSequence: 0 });
  });

  test("a mistake in one interval stops there; those before it are kept, and the next refresh goes on", async () => {
    const sql =
      "SELECT driver, event_timestamp, CASE WHEN trips = 3 THEN CAST('x' || driver AS BIGINT) ELSE trips END AS trips FROM rides";
    await begin(stats({ sql }));
    // The optimizer may not compute what the range leaves out: each interval reads its own rows only.
    expect((await errorOf(compute())).code).toBe("sql_invalid");
    const kept = (await recorded()).length;
    expect(kept).toBeLessThan(2);
    await apply(ctx, stats());
    await compute();
    expect(await trips()).toEqual([1, 2, 3, 4]);
    expect(await recorded()).toHaveLength(4);
  });

  test("changed SQL computes nothing again by itself", async () => {
    await begin();
    await compute();
    await apply(ctx, stats({ sql: "SELECT driver, event_timestamp, trips * 10 AS trips FROM rides" }));
    expect(await compute()).toMatchObject({ changed: false });
    ctx.clock.set("2026-01-15T12:00:00Z");
    await writeSourceFile(ctx, "rides.csv", `${CSV}3,2026-01-14 08:00:00,5\n`);
    await compute();
    expect(await trips()).toEqual([1, 2, 3, 4, 50]);
  });

  test("another length of the intervals: the new ones are missing, and what they replace counts once", async () => {
    await begin();
    await compute();
    await apply(ctx, stats({ interval: "12h" }));
    expect(await compute()).toMatchObject({ changed: true, rowCount: 4, detail: "9 intervals" });
    expect(await trips()).toEqual([1, 2, 3, 4]);
    expect(await recorded()).toHaveLength(9);
  });

  test("a whole refresh: profile and online follow", async () => {
    await begin();
    const run = await refresh(ctx);
    expect(run.progress.nodes.map((node) => [node.id, node.state, node.rows, node.detail])).toEqual([
      ["source:rides", "DONE", 4, null],
      ["feature_group:stats", "DONE", 4, "4 intervals"],
      ["profile:stats", "DONE", 4, null],
      ["materialize:stats", "DONE", 2, null],
    ]);
    const again = await refresh(ctx);
    expect(again.progress.nodes.map((node) => node.state)).toEqual(again.progress.nodes.map(() => "UNCHANGED"));
  });
});

describe("computeIntervals", () => {
  const DAY = 86_400_000;
  const range = (from: number, days: number) => ({
    start: intervalAt({ stepMs: DAY, firstMs: Date.UTC(2026, 0, from), lookbackMs: 0 }, 0).start,
    end: intervalAt({ stepMs: DAY, firstMs: Date.UTC(2026, 0, from + days), lookbackMs: 0 }, 0).start,
  });
  const work = async () => loadIntervalWork(ctx, await requireGroup(ctx, { name: "stats" }));

  test("skips what is recorded; restate replaces it, once for each run", async () => {
    await begin();
    await compute();
    await apply(ctx, stats({ sql: "SELECT driver, event_timestamp, trips * 10 AS trips FROM rides" }));
    const input = { range: range(10, 2), runId: "run_a" };
    expect(await computeIntervals(ctx, { ...input, work: await work(), restate: false })).toEqual({
      computed: 0,
      rowCount: 0,
    });
    const again = { ...input, work: await work(), restate: true };
    expect(await computeIntervals(ctx, again)).toEqual({ computed: 2, rowCount: 3 });
    expect(await trips()).toEqual([10, 20, 30, 4]);
    expect(await computeIntervals(ctx, again)).toEqual({ computed: 0, rowCount: 0 });
    expect(await computeIntervals(ctx, { ...again, runId: "run_b" })).toEqual({ computed: 2, rowCount: 3 });
    const { table } = await loadTable(ctx, await requireGroup(ctx, { name: "stats" }));
    expect((await getFeatureGroup(ctx, { name: "stats" })).byteCount).toBe(
      table.files.reduce((sum, file) => sum + file.byteCount, 0),
    );
    const [head] = await ctx.db.commit.findMany({
      orderBy: { sequence: "desc" },
      take: 1,
      where: { group: { projectId: ctx.project.id } },
    });
    expect(Number(head?.liveRows)).toBe(4);
  });

  test("an interval whose rows went is empty afterwards", async () => {
    await begin();
    await compute();
    await writeSourceFile(ctx, "rides.csv", `${HEAD}1,2026-01-11 00:00:00,3\n`);
    await computeIntervals(ctx, { work: await work(), range: range(10, 4), restate: true, runId: null });
    // Without a run there is nothing to tell repeated work by, so all are computed.
    expect(await trips()).toEqual([3]);
    expect((await getFeatureGroup(ctx, { name: "stats" })).rowCount).toBe(1);
  });

  test("stopped between two intervals: what is done stays, the rest is not there", async () => {
    await begin();
    const stop = new AbortController();
    const error = await errorOf(
      computeIntervals(
        ctx,
        { work: await work(), range: range(10, 4), restate: false, runId: null },
        { signal: stop.signal, onRows: () => stop.abort() },
      ),
    );
    expect(error.code).toBe("cancelled");
    expect(await recorded()).toEqual([["2026-01-10", 2, 1]]);
    expect(await trips()).toEqual([1, 2]);
  });

  test("a fence that holds nothing back lets nothing through when it closes: no commit, no interval", async () => {
    await begin();
    const interval = range(10, 1);
    const closed = async () => {
      throw new LarderError("cancelled", "not mine any more");
    };
    for (const from of [10, 12]) {
      const input = { work: await work(), interval: range(from, 1), runId: null };
      expect((await errorOf(computeInterval(ctx, input, { fence: closed }))).code).toBe("cancelled");
    }
    expect(await recorded()).toEqual([]);
    expect(await commits()).toEqual([]);
    await computeInterval(ctx, { work: await work(), interval, runId: null }, { fence: async () => undefined });
    expect(await recorded()).toHaveLength(1);
  });

  test("somebody else's commit in between is no loss: the interval goes on top of it", async () => {
    await begin();
    const started = await work();
    const other = { ...started, group: started.group };
    await computeInterval(ctx, { work: other, interval: range(10, 1), runId: null });
    await computeInterval(ctx, { work: started, interval: range(11, 1), runId: null });
    expect(await trips()).toEqual([1, 2, 3]);
  });

  test("two that compute the same interval at once: its rows are there once", async () => {
    await begin();
    const one = { work: await work(), interval: range(10, 1), runId: null };
    await Promise.all([computeInterval(ctx, one), computeInterval(ctx, one)]);
    expect(await trips()).toEqual([1, 2]);
    expect((await getFeatureGroup(ctx, { name: "stats" })).rowCount).toBe(2);
    expect(await recorded()).toHaveLength(1);
  });

  test("a definition that changed since the rows were computed: commit_conflict, nothing is written", async () => {
    await begin();
    const started = await work();
    await apply(ctx, stats({ sql: "SELECT driver, event_timestamp, trips * 10 AS trips FROM rides" }));
    const error = await errorOf(computeInterval(ctx, { work: started, interval: range(10, 1), runId: null }));
    expect(error.code).toBe("commit_conflict");
    expect(await commits()).toEqual([]);
  });

  test("restored to before it was computed: an interval is missing, and the next refresh computes it", async () => {
    await begin();
    await compute();
    await commitFiles(ctx, await requireGroup(ctx, { name: "stats" }), {
      mode: "restore",
      files: [],
      restores: 1,
      liveRows: 2,
    });
    expect((await recorded()).map(([day]) => day)).toEqual(["2026-01-10"]);
    expect(await trips()).toEqual([1, 2]);
    await compute();
    expect(await trips()).toEqual([1, 2, 3, 4]);
    expect((await getFeatureGroup(ctx, { name: "stats" })).rowCount).toBe(4);
  });
});
