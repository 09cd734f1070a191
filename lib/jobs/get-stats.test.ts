import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startRecorder } from "@/lib/serving/recorder";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { getStats } from "./get-stats";
import { Stats } from "./schema";

let ctx: TestContext;

beforeAll(async () => {
  ctx = await makeContext();
});
afterAll(closeContexts);

describe("getStats", () => {
  test("an empty project: zeros, and no latency that nobody measured", async () => {
    const stats = await getStats(ctx);
    expect(Stats.parse(stats)).toEqual(stats);
    expect(stats).toMatchObject({
      counts: { entities: 0, sources: 0, featureGroups: 0, features: 0, featureViews: 0, trainingSets: 0 },
      storage: { offline: { files: 0, rows: 0, bytes: 0 }, online: { rows: 0 }, trainingSets: { rows: 0, bytes: 0 } },
      runs: { QUEUED: 0, RUNNING: 0, SUCCEEDED: 0, FAILED: 0, CANCELLED: 0 },
      serving: { requests: 0, errors: 0, latencyMs: null, sampleCount: 0 },
    });
  });

  test("counts this project only", async () => {
    const other = await makeContext();
    const run = {
      kind: "refresh",
      title: "x",
      input: {},
      progress: { done: 0, total: 0, nodes: [] },
      requestedBy: "x",
    };
    await ctx.db.run.create({ data: { ...run, id: "run_1", projectId: ctx.project.id, state: "FAILED" } });
    await ctx.db.run.create({ data: { ...run, id: "run_2", projectId: other.project.id, state: "RUNNING" } });
    await ctx.db.trainingSet.create({
      data: {
        id: "trs_1",
        projectId: ctx.project.id,
        name: "a",
        request: {},
        createdBy: "x",
        rowCount: 10n,
        byteCount: 2n ** 33n,
      },
    });
    expect(await getStats(ctx)).toMatchObject({
      counts: { trainingSets: 1 },
      storage: { trainingSets: { rows: 10, bytes: 2 ** 33 } },
      runs: { FAILED: 1, RUNNING: 0 },
    });
  });

  test("adds up the processes that were heard of lately, their latency over the last five minutes", async () => {
    const options = { ...ctx, sampleRate: 0, catalogs: () => [] };
    const data = startRecorder({ ...options, name: "serving", address: "http://localhost:6566" });
    ctx.clock.advance(1);
    const web = startRecorder({ ...options, name: "web", address: null });
    const answered = { route: "batch", view: null, entities: 1, cells: 1, missing: 0 };
    for (let ms = 1; ms <= 90; ms++) data.request({ ...answered, status: 200, seconds: ms / 1000 });
    for (let ms = 91; ms <= 100; ms++) web.request({ ...answered, status: ms > 98 ? 503 : 404, seconds: ms / 1000 });
    await Promise.all([data.flush(), web.flush()]);
    const { serving } = await getStats(ctx);
    expect(serving).toMatchObject({ processes: 2, requests: 100, errors: 10, sampleCount: 100 });
    expect(serving.since).toBe("2026-01-15T12:00:00.000Z");
    const { p50 = 0, p95 = 0, p99 = 0 } = serving.latencyMs ?? {};
    expect([p50 / 50, p95 / 95, p99 / 99].every((ratio) => Math.abs(ratio - 1) < 0.05)).toBe(true);

    ctx.clock.advance(400);
    await data.flush();
    expect((await getStats(ctx)).serving).toMatchObject({
      processes: 1,
      requests: 90,
      latencyMs: null,
      sampleCount: 0,
    });
    await Promise.all([data.stop(), web.stop()]);
    expect((await getStats(ctx)).serving).toMatchObject({ processes: 0, requests: 0 });
  });
});
