import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTrainingSet } from "@/lib/datasets/create-training-set";
import { getTrainingSet } from "@/lib/datasets/get-training-set";
import { refreshFeatures } from "@/lib/datasets/refresh-features";
import { CreateTrainingSet } from "@/lib/datasets/training-schema";
import type { OfflineEngine } from "@/lib/engines/offline/port";
import { type ErrorCode, LarderError } from "@/lib/kernel/errors";
import type { Run } from "@/lib/kernel/run";
import { getFeatureGroup } from "@/lib/registry/get-feature-group";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, csvSource, entity, group, inNewProject } from "@/lib/testing/definitions";
import { countAllRows, errorOf, execute } from "@/lib/testing/runs";
import { cancelRun } from "./cancel-run";
import { getRun } from "./get-run";
import { listRuns } from "./list-runs";
import { LEASE_MS, recoverRuns } from "./recover-runs";

const CSV = "driver,event_timestamp,trips\n1,2026-01-10 00:00:00,1\n2,2026-01-10 00:00:00,2\n";
// Describing it takes no time; running it takes longer than any test waits.
const FOR_EVER =
  "SELECT driver, event_timestamp, trips + (SELECT count(*) FROM range(1000000000000) t(i) WHERE i % 7 = driver) AS trips FROM rides";

let base: TestContext;
let ctx: TestContext;

beforeAll(async () => {
  base = await makeContext();
});
afterAll(closeContexts);

async function start(sql = "SELECT driver, event_timestamp, trips FROM rides"): Promise<Run> {
  ctx = await inNewProject(base);
  ctx.clock.set("2026-01-15T12:00:00Z");
  await apply(
    ctx,
    entity("driver", { driver: "INT64" }),
    await csvSource(ctx, "rides", CSV),
    group("stats", { entity: "driver", sql, features: { trips: "INT64" } }),
  );
  return (await refreshFeatures(ctx, {})).run;
}

async function untilRunning(id: string, node: string): Promise<void> {
  const state = async () => (await getRun(ctx, { id })).progress.nodes.find((one) => one.id === node)?.state;
  await expect.poll(state, { timeout: 30_000 }).toBe("RUNNING");
}

const jobsOf = async (id: string): Promise<number> =>
  (
    (await ctx.db.$queryRaw`SELECT count(*)::int AS n FROM pgboss.job WHERE data->>'runId' = ${id}`) as { n: number }[]
  )[0]?.n ?? 0;

describe("executeRun", () => {
  test("works through every node in order and says what each did", async () => {
    const queued = await start();
    expect(queued).toMatchObject({ state: "QUEUED", attempt: 0, startedAt: null, progress: { done: 0, total: 4 } });
    expect(await jobsOf(queued.id)).toBe(1);
    const run = await execute(ctx, queued.id);
    expect(run).toMatchObject({ state: "SUCCEEDED", attempt: 1, error: null, requestedBy: "local-admin" });
    expect(run.progress).toMatchObject({ done: 4, total: 4 });
    expect(run.progress.nodes.map((node) => [node.id, node.state, node.rows])).toEqual([
      ["source:rides", "DONE", 2],
      ["feature_group:stats", "DONE", 2],
      ["profile:stats", "DONE", 2],
      ["materialize:stats", "DONE", 2],
    ]);
    expect(run.result).toEqual({ changed: 4, unchanged: 0, rows: 2 });
    expect([run.startedAt, run.finishedAt]).toEqual(["2026-01-15T12:00:00.000Z", "2026-01-15T12:00:00.000Z"]);
    expect(run.log.map((line) => line.message)).toEqual(["Started", "Succeeded"]);
    expect((await getFeatureGroup(ctx, { name: "stats" })).commits[0]?.runId).toBe(run.id);
  });

  test("a mistake in the data fails the run with its code, names the node, and leaves the rest waiting", async () => {
    const queued = await start("SELECT driver, event_timestamp, CAST('x' || trips AS BIGINT) AS trips FROM rides");
    const run = await execute(ctx, queued.id);
    expect(run).toMatchObject({ state: "FAILED", error: { code: "sql_invalid" } });
    expect(run.progress.nodes.map((node) => node.state)).toEqual(["DONE", "FAILED", "WAITING", "WAITING"]);
    expect(run.error?.detail).not.toContain(ctx.folder);
    expect((await getFeatureGroup(ctx, { name: "stats" })).commits).toEqual([]);
  });

  test("a run that is over is left alone, whatever its end", async () => {
    const queued = await start();
    const first = await execute(ctx, queued.id);
    expect(await execute(ctx, queued.id, { owner: "somebody-else" })).toEqual(first);
  });

  test("an unknown run is no error: its row is gone, there is nothing to do", async () => {
    await start();
    const before = await countAllRows(ctx.db);
    expect((await errorOf(execute(ctx, "run_unknown"))).code).toBe("run_not_found");
    expect(await countAllRows(ctx.db)).toEqual(before);
  });

  test("two workers claim one run: it is executed once", async () => {
    const queued = await start();
    await Promise.all(["one", "two", "three"].map((owner) => execute(ctx, queued.id, { owner })));
    const run = await getRun(ctx, { id: queued.id });
    expect(run).toMatchObject({ state: "SUCCEEDED", attempt: 1 });
    expect(run.log.map((line) => line.message)).toEqual(["Started", "Succeeded"]);
    expect((await getFeatureGroup(ctx, { name: "stats" })).commits).toHaveLength(1);
  });

  test("cancelled while it waits: CANCELLED at once, and a worker leaves it alone", async () => {
    const queued = await start();
    const cancelled = await cancelRun(ctx, { id: queued.id });
    expect(cancelled).toMatchObject({ state: "CANCELLED", error: { code: "cancelled" }, attempt: 0 });
    expect(await execute(ctx, queued.id)).toEqual(cancelled);
    expect((await getFeatureGroup(ctx, { name: "stats" })).commits).toEqual([]);
    expect((await errorOf(cancelRun(ctx, { id: queued.id }))).code).toBe("state_conflict");
  });

  test("cancelled while it runs: it stops, and nothing half-done is visible", async () => {
    const queued = await start(FOR_EVER);
    const running = execute(ctx, queued.id);
    await untilRunning(queued.id, "feature_group:stats");
    await cancelRun(ctx, { id: queued.id });
    expect(await running).toMatchObject({ state: "CANCELLED", error: { code: "cancelled" } });
    expect(await getFeatureGroup(ctx, { name: "stats" })).toMatchObject({ commits: [], materialization: null });
    expect(await jobsOf(queued.id)).toBe(1);
  });

  test("handed back when the worker stops: queued again, the attempt does not count, and another finishes it", async () => {
    const queued = await start(FOR_EVER);
    const stopping = new AbortController();
    const running = execute(ctx, queued.id, { stopping: stopping.signal });
    await untilRunning(queued.id, "feature_group:stats");
    stopping.abort();
    expect(await running).toMatchObject({ state: "QUEUED", attempt: 0, error: null, finishedAt: null });
    expect(await jobsOf(queued.id)).toBe(2);
    const sql = "SELECT driver, event_timestamp, trips FROM rides";
    await apply(ctx, group("stats", { entity: "driver", sql, features: { trips: "INT64" } }));
    expect(await execute(ctx, queued.id, { owner: "another" })).toMatchObject({ state: "SUCCEEDED", attempt: 1 });
  });

  test("cancelled and then handed back: it stays cancelled", async () => {
    const queued = await start(FOR_EVER);
    const stopping = new AbortController();
    const running = execute(ctx, queued.id, { stopping: stopping.signal });
    await untilRunning(queued.id, "feature_group:stats");
    await ctx.db.run.update({ where: { id: queued.id }, data: { cancelRequested: true } });
    stopping.abort();
    expect(await running).toMatchObject({ state: "CANCELLED", error: { code: "cancelled" } });
  });

  test("a worker whose lease somebody else took does not end the other's run", async () => {
    const queued = await start(FOR_EVER);
    const running = execute(ctx, queued.id, { owner: "slow" });
    await untilRunning(queued.id, "feature_group:stats");
    await ctx.db.run.update({ where: { id: queued.id }, data: { leaseOwner: "other" } });
    expect(await running).toMatchObject({ state: "RUNNING", error: null });
    expect((await getFeatureGroup(ctx, { name: "stats" })).commits).toEqual([]);
  });
});

/** The same context, whose engine does `then` after each file that it has written. */
function afterAppend(then: () => Promise<void>): TestContext {
  const append: OfflineEngine["append"] = async (...given) => {
    const file = await ctx.offline.append(...given);
    await then();
    return file;
  };
  return { ...ctx, offline: Object.create(ctx.offline, { append: { value: append } }) };
}

/** The same context, whose engine cannot write for a while. */
const failing = (code: ErrorCode): TestContext =>
  afterAppend(async () => {
    throw new LarderError(code, `the ${code} of this test`);
  });

describe("what may go away by itself", () => {
  const commits = async () => (await getFeatureGroup(ctx, { name: "stats" })).commits.length;

  test("waits 5 s, then 30 s, says why, and ends well when it is over", async () => {
    const { id } = await start();
    const first = await execute(failing("insufficient_storage"), id);
    expect(first).toMatchObject({ state: "QUEUED", attempt: 1, error: null, notBefore: "2026-01-15T12:00:05.000Z" });
    expect(first.failures).toEqual([
      {
        attempt: 1,
        at: "2026-01-15T12:00:00.000Z",
        code: "insufficient_storage",
        detail: "the insufficient_storage of this test",
      },
    ]);
    expect(first.log.at(-1)).toMatchObject({ level: "warn", message: expect.stringContaining("follows in 5 s") });
    expect(await execute(ctx, id)).toMatchObject({ state: "QUEUED", attempt: 1 });
    await recoverRuns(ctx);
    expect(await jobsOf(id)).toBe(1);
    ctx.clock.advance(5);
    await Promise.all([recoverRuns(ctx), recoverRuns(ctx)]);
    expect(await jobsOf(id)).toBe(2);
    const second = await execute(failing("dependency_unavailable"), id);
    expect(second).toMatchObject({ state: "QUEUED", attempt: 2, notBefore: "2026-01-15T12:00:35.000Z" });
    expect(second.failures.map(({ code }) => code)).toEqual(["insufficient_storage", "dependency_unavailable"]);
    ctx.clock.advance(30);
    const third = await execute(ctx, id);
    expect(third).toMatchObject({ state: "SUCCEEDED", attempt: 3, notBefore: null, error: null });
    expect(third.failures).toHaveLength(2);
    expect(await commits()).toBe(1);
  });

  test("after the third time it is FAILED with the last reason", async () => {
    const { id } = await start();
    for (const state of ["QUEUED", "QUEUED", "FAILED"]) {
      expect((await execute(failing("timeout"), id)).state).toBe(state);
      ctx.clock.advance(60);
    }
    const run = await getRun(ctx, { id });
    expect(run).toMatchObject({ attempt: 3, error: { code: "timeout" }, notBefore: null });
    expect(run.failures).toHaveLength(2);
    expect(await commits()).toBe(0);
  });

  test.each(["resource_exhausted", "data_corrupt", "internal"] as const)("%s fails at once", async (code) => {
    const { id } = await start();
    expect(await execute(failing(code), id)).toMatchObject({ state: "FAILED", attempt: 1, failures: [] });
  });

  test("cancelled while it waits: it is over", async () => {
    const { id } = await start();
    await execute(failing("timeout"), id);
    expect(await cancelRun(ctx, { id })).toMatchObject({ state: "CANCELLED", notBefore: null });
    ctx.clock.advance(60);
    await recoverRuns(ctx);
    expect(await execute(ctx, id)).toMatchObject({ state: "CANCELLED", attempt: 1 });
  });

  test("asked to cancel when it fails: CANCELLED, not tried again", async () => {
    const { id } = await start();
    const asked = afterAppend(async () => {
      await ctx.db.run.update({ where: { id }, data: { cancelRequested: true } });
      throw new LarderError("timeout", "too late");
    });
    expect(await execute(asked, id)).toMatchObject({ state: "CANCELLED", error: { code: "cancelled" } });
  });

  test("a worker that slept past its lease commits nothing, though nobody has told it yet", async () => {
    const { id } = await start();
    const overslept = afterAppend(async () => {
      await ctx.db.run.update({ where: { id }, data: { leaseOwner: "other" } });
    });
    expect(await execute(overslept, id, { owner: "slow" })).toMatchObject({ state: "RUNNING", error: null });
    expect(await commits()).toBe(0);
  });
});

describe("recoverRuns", () => {
  const recover = () => recoverRuns(ctx);

  async function dies(id: string): Promise<void> {
    const { attempt } = await getRun(ctx, { id });
    const leaseExpiresAt = new Date(ctx.clock.now().getTime() + LEASE_MS);
    const data = { state: "RUNNING", attempt: attempt + 1, leaseOwner: `dead-${attempt}`, leaseExpiresAt };
    await ctx.db.run.update({ where: { id }, data });
  }

  test("a run whose worker is alive is left alone until its lease is over", async () => {
    const queued = await start();
    await dies(queued.id);
    ctx.clock.advance(LEASE_MS / 1000);
    await recover();
    expect(await getRun(ctx, { id: queued.id })).toMatchObject({ state: "RUNNING", attempt: 1 });
    ctx.clock.advance(0.001);
    await recover();
    expect(await getRun(ctx, { id: queued.id })).toMatchObject({ state: "QUEUED", attempt: 1 });
    expect(await jobsOf(queued.id)).toBe(2);
    expect(await execute(ctx, queued.id)).toMatchObject({ state: "SUCCEEDED", attempt: 2 });
  });

  test("after the third death it is FAILED, and not queued again", async () => {
    const queued = await start();
    for (const expected of ["QUEUED", "QUEUED", "FAILED"]) {
      await dies(queued.id);
      ctx.clock.advance(60);
      await recover();
      expect((await getRun(ctx, { id: queued.id })).state).toBe(expected);
    }
    expect((await getRun(ctx, { id: queued.id })).error).toMatchObject({ code: "internal" });
    expect(await jobsOf(queued.id)).toBe(3);
  });

  test("the training set of a run that died three times is FAILED with it", async () => {
    const { id } = await start();
    await execute(ctx, id);
    const spine = { rows: [{ driver: 1, event_timestamp: "2026-01-12T00:00:00Z" }] };
    const { run } = await createTrainingSet(ctx, CreateTrainingSet.parse({ name: "late", features: ["trips"], spine }));
    expect((await getTrainingSet(ctx, { name: "late" })).state).toBe("BUILDING");
    for (let death = 1; death <= 3; death++) {
      await dies(run.id);
      ctx.clock.advance(60);
      await recover();
    }
    expect((await getTrainingSet(ctx, { name: "late" })).state).toBe("FAILED");
  });

  test("asked to cancel and then died: CANCELLED, not tried again", async () => {
    const queued = await start();
    await dies(queued.id);
    await cancelRun(ctx, { id: queued.id });
    ctx.clock.advance(60);
    await recover();
    expect(await getRun(ctx, { id: queued.id })).toMatchObject({ state: "CANCELLED", error: { code: "cancelled" } });
    expect(await jobsOf(queued.id)).toBe(1);
  });

  test("a queued run whose job was lost is put on the queue again, once", async () => {
    const queued = await start();
    await ctx.db.$executeRaw`DELETE FROM pgboss.job WHERE data->>'runId' = ${queued.id}`;
    ctx.clock.advance(10);
    await recover();
    expect(await jobsOf(queued.id)).toBe(0);
    ctx.clock.advance(10);
    await recover();
    await recover();
    expect(await jobsOf(queued.id)).toBe(1);
  });

  test("several that recover at once move a run once", async () => {
    const queued = await start();
    await dies(queued.id);
    ctx.clock.advance(60);
    await Promise.all([recover(), recover(), recover()]);
    expect(await jobsOf(queued.id)).toBe(2);
    expect((await getRun(ctx, { id: queued.id })).state).toBe("QUEUED");
  });
});

describe("listRuns and getRun", () => {
  test("newest first, by state, kind and group, in pages", async () => {
    const first = await start();
    ctx.clock.advance(1);
    const { run: second } = await refreshFeatures(ctx, { groups: ["stats"] });
    await cancelRun(ctx, { id: first.id });
    const ids = async (input: object) => (await listRuns(ctx, { limit: 50, ...input })).items.map((run) => run.id);
    expect(await ids({})).toEqual([second.id, first.id]);
    expect(await ids({ state: "CANCELLED" })).toEqual([first.id]);
    expect(await ids({ kind: "training_set" })).toEqual([]);
    expect(await ids({ group: "stats" })).toEqual([second.id, first.id]);
    expect(await ids({ group: "nobody" })).toEqual([]);
    const page = await listRuns(ctx, { limit: 1 });
    expect(page).toMatchObject({ total: 2, items: [{ id: second.id }] });
    expect(await ids({ limit: 1, cursor: page.nextCursor })).toEqual([first.id]);
  });

  test("a run of another project is run_not_found", async () => {
    const { id } = await start();
    const other = await inNewProject(base);
    expect((await errorOf(getRun(other, { id }))).code).toBe("run_not_found");
    expect((await errorOf(cancelRun(other, { id }))).code).toBe("run_not_found");
    expect((await listRuns(other, { limit: 50 })).total).toBe(0);
  });
});
