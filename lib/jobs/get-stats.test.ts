import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { getStats, recordOnlineRequest } from "./get-stats";
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

  test("percentiles by nearest rank over the last 4,096 requests", async () => {
    for (let ms = 1; ms <= 100; ms++) recordOnlineRequest(ms, ms > 98);
    expect((await getStats(ctx)).serving).toMatchObject({
      requests: 100,
      errors: 2,
      latencyMs: { p50: 50, p95: 95, p99: 99 },
      sampleCount: 100,
    });
    for (let i = 0; i < 5000; i++) recordOnlineRequest(7, false);
    expect((await getStats(ctx)).serving).toMatchObject({
      requests: 5100,
      latencyMs: { p50: 7, p95: 7, p99: 7 },
      sampleCount: 4096,
    });
  });
});
