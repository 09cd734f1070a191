import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ANONYMOUS } from "@/lib/kernel/actor";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, consumer, csvSource, entity, group, view } from "@/lib/testing/definitions";
import { ServingOverview } from "./figures-schema";
import { getFeatureUsage } from "./get-feature-usage";
import { getServing } from "./get-serving";
import { startRecorder } from "./recorder";
import { FeatureUsage, GetFeatureUsage } from "./usage-schema";

let ctx: TestContext;

beforeAll(async () => {
  ctx = await makeContext();
  const sql = "SELECT driver, trips, event_timestamp FROM rows";
  await apply(
    ctx,
    entity("driver", { driver: "STRING" }),
    await csvSource(ctx, "rows", "driver,event_timestamp,trips\n1,2026-01-15 11:00:00,1\n"),
    group("stats", { entity: "driver", ttl: "1h", sql, features: { trips: "INT64" } }),
    group("waiting", { entity: "driver", sql, features: { trips: "INT64" } }),
    group("hidden", { entity: "driver", online: false, sql, features: { trips: "INT64" } }),
    view("trip", [{ group: "stats", features: ["trips"] }]),
    consumer("direct", { features: ["stats:trips"], owner: "team@example.com" }),
    consumer("by_view", { type: "dashboard", views: ["trip"] }),
    consumer("elsewhere", { features: ["waiting:trips"] }),
  );
  const stats = await ctx.db.featureGroup.findFirstOrThrow({ where: { projectId: ctx.project.id, name: "stats" } });
  await ctx.db.featureGroup.update({ where: { id: stats.id }, data: { headSequence: 9 } });
  const mark = { watermarkSequence: 7, watermarkEventTime: "2026-01-15T11:00:00.000000Z" };
  await ctx.db.materialization.create({
    data: { groupId: stats.id, onlineTable: "stats.1", ...mark, rowCount: 12n, byteCount: 2n ** 33n },
  });
});
afterAll(closeContexts);

describe("getServing", () => {
  test("without any process: groups and an empty series, and nothing measured", async () => {
    const overview = await getServing(ctx);
    expect(ServingOverview.parse(overview)).toEqual(overview);
    expect(overview).toMatchObject({ processes: [], slowest: [], totals: { requests: 0, rate: 0, latencyMs: null } });
    expect(overview.series).toHaveLength(60);
    expect(overview.groups).toEqual([
      {
        name: "stats",
        version: 1,
        entity: "driver",
        rows: 12,
        bytes: 2 ** 33,
        watermarkSequence: 7,
        headSequence: 9,
        lagCommits: 2,
        watermarkEventTime: "2026-01-15T11:00:00.000000Z",
        freshnessSeconds: 3600,
        ttlSeconds: 3600,
        materializedAt: expect.any(String),
      },
      expect.objectContaining({ name: "waiting", rows: null, watermarkSequence: null, freshnessSeconds: null }),
    ]);
  });

  test("every process that was heard of within ten seconds, and all of them together", async () => {
    const options = { ...ctx, name: "serving" as const, address: "http://localhost:6566", sampleRate: 0 };
    const one = startRecorder({ ...options, catalogs: () => [] });
    const other = startRecorder({ ...options, catalogs: () => [] });
    const asked = { route: "batch", entities: 1, cells: 5, missing: 1, status: 200, seconds: 0.001 };
    for (let i = 0; i < 30; i++) one.request({ ...asked, view: "trip", projectId: ctx.project.id });
    for (let i = 0; i < 20; i++) other.request({ ...asked, view: null });
    one.load(4, 0);
    await Promise.all([one.flush(), other.flush()]);
    const overview = await getServing(ctx);
    expect(ServingOverview.parse(overview)).toEqual(overview);
    expect(overview.processes.map(({ inFlight }) => inFlight).sort()).toEqual([0, 4]);
    expect(overview.totals).toMatchObject({ requests: 50, cells: 250, missing: 50, inFlight: 4 });
    expect(overview.slowest.map(({ view, requests }) => [view, requests]).sort()).toEqual([
      [null, 20],
      ["trip", 30],
    ]);
    ctx.clock.advance(5);
    await one.flush();
    ctx.clock.advance(6);
    expect((await getServing(ctx)).processes).toHaveLength(1);
    await Promise.all([one.stop(), other.stop()]);
    expect((await getServing(ctx)).processes).toEqual([]);
  });

  test("a process of another release, which tells its figures in another way, is left out", async () => {
    const now = ctx.clock.now();
    await ctx.db.servingProcess.create({
      data: { id: "prc_other", name: "serving", startedAt: now, seenAt: now, figures: { other: "shape" } },
    });
    expect((await getServing(ctx)).processes).toEqual([]);
    await ctx.db.servingProcess.delete({ where: { id: "prc_other" } });
  });

  test("takes the permission to see the catalog", async () => {
    await expect(getServing({ ...ctx, actor: ANONYMOUS })).rejects.toMatchObject({ code: "unauthenticated" });
  });
});

describe("getFeatureUsage", () => {
  const usage = (input: object) => getFeatureUsage(ctx, GetFeatureUsage.parse({ reference: "stats:trips", ...input }));

  test("callers, days and consumers, of the days asked for", async () => {
    const row = { projectId: ctx.project.id, reference: "stats:trips", callerKind: "service", callerName: "Scorer" };
    const numbers = (requests: bigint, values: bigint, present: bigint) => ({ requests, values, present });
    await ctx.db.servedFeature.createMany({
      data: [
        { ...row, callerId: "svc", day: "2026-01-15", ...numbers(10n, 100n, 75n) },
        { ...row, callerId: "svc", day: "2026-01-13", ...numbers(5n, 50n, 50n) },
        { ...row, callerId: "svc", day: "2025-12-16", ...numbers(999n, 999n, 999n) },
        { ...row, callerId: "usr", callerKind: "user", callerName: "Ann", day: "2026-01-14", ...numbers(1n, 50n, 25n) },
        { ...row, reference: "waiting:trips", callerId: "svc", day: "2026-01-15", ...numbers(7n, 7n, 7n) },
      ],
    });
    const found = await usage({ days: "30" });
    expect(FeatureUsage.parse(found)).toEqual(found);
    expect(found).toMatchObject({
      reference: "stats:trips",
      from: "2025-12-17",
      to: "2026-01-15",
      requests: 16,
      values: 200,
      presentShare: 0.75,
      callers: [
        { kind: "service", name: "Scorer", requests: 15, values: 150, presentShare: 125 / 150, lastDay: "2026-01-15" },
        { kind: "user", name: "Ann", requests: 1, values: 50, presentShare: 0.5, lastDay: "2026-01-14" },
      ],
      consumers: [
        { name: "by_view", type: "dashboard", owner: null, through: ["trip"] },
        { name: "direct", type: "model", owner: "team@example.com", through: [] },
      ],
    });
    expect(found.series).toHaveLength(30);
    expect(found.series.slice(-3).map(({ requests }) => requests)).toEqual([5, 1, 10]);
    expect((await usage({ days: 31 })).requests).toBe(16 + 999);
    expect((await usage({ days: 1 })).callers).toHaveLength(1);
  });

  test("a feature nobody read: zeros and no share", async () => {
    const found = await usage({ reference: "hidden:trips" });
    expect(found).toMatchObject({ requests: 0, presentShare: null, callers: [], consumers: [] });
  });

  test("an unknown feature is not found", async () => {
    await expect(usage({ reference: "stats:nothing" })).rejects.toMatchObject({ code: "feature_not_found" });
  });
});
