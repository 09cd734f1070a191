import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Actor } from "@/lib/kernel/actor";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { inNewProject } from "@/lib/testing/definitions";
import { pruneServed } from "./process-report";
import { type RecorderOptions, type ServingRecorder, startRecorder } from "./recorder";
import { readDrivers, servedCatalog } from "./recorder-fixture";
import { ServedCounts } from "./served-counts";
import type { ServingCatalog } from "./serving-catalog";

let shared: TestContext;
let ctx: TestContext;
let catalog: ServingCatalog;
const started: ServingRecorder[] = [];

beforeAll(async () => {
  shared = await makeContext();
});
beforeEach(async () => {
  ctx = await inNewProject(shared);
  ctx.clock.set("2026-01-15T12:00:00Z");
  catalog = await servedCatalog(ctx, {
    ann: { ageSeconds: 60, values: [5, "ann@example.com"] },
    bob: { ageSeconds: 60, values: [null, "bob@example.com"] },
    old: { ageSeconds: 3601, values: [7, "old@example.com"] },
  });
});
afterAll(async () => {
  await Promise.all(started.map((recorder) => recorder.stop()));
  await closeContexts();
});

function start(rest: Partial<RecorderOptions> = {}): ServingRecorder {
  const recorder = startRecorder({
    ...ctx,
    name: "serving",
    address: "http://localhost:6566",
    sampleRate: 0,
    catalogs: () => [catalog],
    ...rest,
  });
  started.push(recorder);
  return recorder;
}

const actor = (id: string, rest: Partial<Actor> = {}): Actor => ({
  kind: "service",
  id,
  name: id.toUpperCase(),
  role: "viewer",
  ...rest,
});
const as = (who: Actor): TestContext => ({ ...ctx, actor: who });
const asked = { route: "batch", view: null, status: 200, seconds: 0.001, entities: 1, cells: 2, missing: 0 };

async function countsIn(project: string): Promise<Record<string, string>> {
  const rows = await ctx.db.servedFeature.findMany({ where: { projectId: project } });
  return Object.fromEntries(
    rows.map(({ reference, callerId, day, requests, values, present }) => [
      `${reference} ${callerId} ${day}`,
      `${requests} ${values} ${present}`,
    ]),
  );
}

describe("what was served, by feature and caller", () => {
  test("adds up over flushes; nulls, unknown keys, expired and masked values are not there", async () => {
    const recorder = start();
    const model = as(actor("model"));
    const found = await readDrivers(model, catalog, ["ann", "bob", "old", "nobody", "ann"]);
    expect(recorder.served(found, model, ctx.clock.now())).toBe(3 + 5);
    await recorder.flush();
    recorder.served(await readDrivers(model, catalog, ["ann"]), model, ctx.clock.now());
    const trusted = as(actor("trusted", { sensitive: true }));
    recorder.served(await readDrivers(trusted, catalog, ["ann"]), trusted, ctx.clock.now());
    await recorder.flush();
    await recorder.flush();
    expect(await countsIn(ctx.project.id)).toEqual({
      "stats:trips model 2026-01-15": "2 6 3",
      "stats:email model 2026-01-15": "2 6 0",
      "stats:trips trusted 2026-01-15": "1 1 1",
      "stats:email trusted 2026-01-15": "1 1 1",
    });
  });

  test("a day ends at midnight UTC", async () => {
    const recorder = start();
    ctx.clock.set("2026-01-15T23:59:59.999Z");
    const found = await readDrivers(ctx, catalog, ["ann"], { features: ["stats:trips"] });
    recorder.served(found, ctx, ctx.clock.now());
    ctx.clock.advance(0.001);
    recorder.served(found, ctx, ctx.clock.now());
    await recorder.flush();
    expect(
      Object.keys(await countsIn(ctx.project.id))
        .map((key) => key.slice(-10))
        .sort(),
    ).toEqual(["2026-01-15", "2026-01-16"]);
  });

  test("two processes count the same feature together", async () => {
    const [one, other] = [start(), start()];
    const found = await readDrivers(ctx, catalog, ["ann"]);
    for (let i = 0; i < 100; i++) (i % 2 ? one : other).served(found, ctx, ctx.clock.now());
    await Promise.all([one.flush(), other.flush()]);
    expect((await countsIn(ctx.project.id))["stats:trips local-admin 2026-01-15"]).toBe("100 100 100");
  });

  test("while the database refuses, it goes on counting; nothing is lost, nothing comes twice", async () => {
    const recorder = start();
    const found = await readDrivers(ctx, catalog, ["ann"]);
    recorder.served(found, ctx, ctx.clock.now());
    await ctx.db.$executeRaw`ALTER TABLE "ServedFeature" RENAME TO "Away"`;
    try {
      await expect(recorder.flush()).rejects.toThrow();
      recorder.served(found, ctx, ctx.clock.now());
      await expect(recorder.flush()).rejects.toThrow();
      recorder.served(found, ctx, ctx.clock.now());
    } finally {
      await ctx.db.$executeRaw`ALTER TABLE "Away" RENAME TO "ServedFeature"`;
    }
    await recorder.flush();
    expect((await countsIn(ctx.project.id))["stats:trips local-admin 2026-01-15"]).toBe("3 3 3");
  });

  test("what was served last is written when it stops", async () => {
    const recorder = start();
    recorder.served(await readDrivers(ctx, catalog, ["ann"]), ctx, ctx.clock.now());
    await recorder.stop();
    expect((await countsIn(ctx.project.id))["stats:trips local-admin 2026-01-15"]).toBe("1 1 1");
  });

  test("a project that is gone takes its counts with it and holds up nobody else's", async () => {
    const recorder = start();
    const gone = await inNewProject(shared);
    const found = await readDrivers(ctx, catalog, ["ann"]);
    recorder.served(found, { actor: ctx.actor, project: gone.project }, ctx.clock.now());
    const mine = { ...found, plan: { ...found.plan } };
    recorder.served(mine, ctx, ctx.clock.now());
    await ctx.db.project.delete({ where: { id: gone.project.id } });
    await recorder.flush();
    expect((await countsIn(ctx.project.id))["stats:trips local-admin 2026-01-15"]).toBe("1 1 1");
  });

  test("memory is bounded: beyond the bound new callers are counted together, and none of their reads is lost", async () => {
    const counts = new ServedCounts(ctx.db, 50);
    const found = await readDrivers(ctx, catalog, ["ann"]);
    await ctx.db.$executeRaw`ALTER TABLE "ServedFeature" RENAME TO "Away"`;
    try {
      for (let caller = 0; caller < 6000; caller++)
        counts.add(found, { actor: actor(`caller-${caller}`), project: ctx.project }, ctx.clock.now());
      await expect(counts.flush()).rejects.toThrow();
      expect(counts.waitingCount).toBeLessThanOrEqual(52);
    } finally {
      await ctx.db.$executeRaw`ALTER TABLE "Away" RENAME TO "ServedFeature"`;
    }
    await counts.flush();
    const { _sum } = await ctx.db.servedFeature.aggregate({
      where: { projectId: ctx.project.id, reference: "stats:trips" },
      _sum: { requests: true },
    });
    expect(Number(_sum.requests)).toBe(6000);
  });
});

describe("samples", () => {
  const samplesOf = () =>
    ctx.db.servedSample.findMany({ where: { projectId: ctx.project.id }, orderBy: { id: "asc" } });

  test("hold key, values and statuses; nothing personal, nothing that came with the request", async () => {
    const recorder = start({ sampleRate: 1 });
    const trusted = as(actor("trusted", { sensitive: true }));
    recorder.served(await readDrivers(trusted, catalog, ["ann", "old", "nobody"]), trusted, ctx.clock.now());
    const overridden = await readDrivers(trusted, catalog, ["ann"], { overrides: { "stats:trips": 99 } });
    recorder.served(overridden, trusted, ctx.clock.now());
    await recorder.flush();
    const samples = await samplesOf();
    expect(
      samples
        .map(({ key, values }) => ({ key, values }))
        .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
    ).toEqual([
      { key: { driver: "ann" }, values: { trips: { value: 5, status: "PRESENT" } } },
      { key: { driver: "nobody" }, values: { trips: { value: null, status: "NOT_FOUND" } } },
      { key: { driver: "old" }, values: { trips: { value: null, status: "OUTSIDE_MAX_AGE" } } },
    ]);
    expect(samples[0]).toMatchObject({ groupId: "stats@1", callerId: "trusted", servedAt: ctx.clock.now() });
    expect(JSON.stringify(samples)).not.toContain("example.com");
  });

  test("are at most ten a second", async () => {
    const recorder = start({ sampleRate: 1 });
    const found = await readDrivers(ctx, catalog, Array(25).fill("ann"));
    recorder.served(found, ctx, ctx.clock.now());
    ctx.clock.advance(1);
    recorder.served(found, ctx, ctx.clock.now());
    await recorder.flush();
    expect(await samplesOf()).toHaveLength(20);
  });

  test("come at the rate that is asked for", async () => {
    const recorder = start({ sampleRate: 0.01 });
    const found = await readDrivers(ctx, catalog, ["ann"]);
    for (let i = 0; i < 20_000; i++) {
      recorder.served(found, ctx, ctx.clock.now());
      ctx.clock.advance(1);
      if (i % 10_000 === 9_999) await recorder.flush();
    }
    const kept = (await samplesOf()).length;
    // 200 are expected, with a standard deviation of 14.
    expect(kept).toBeGreaterThan(140);
    expect(kept).toBeLessThan(260);
  });

  test("end after three days, and beyond the most a project keeps", async () => {
    const recorder = start({ sampleRate: 1 });
    const found = await readDrivers(ctx, catalog, Array(8).fill("ann"));
    recorder.served(found, ctx, ctx.clock.now());
    ctx.clock.advance(3 * 86_400 + 1);
    recorder.served(found, ctx, ctx.clock.now());
    await recorder.flush();
    await pruneServed(ctx.db, ctx.clock.now());
    expect(await samplesOf()).toHaveLength(8);
    await pruneServed(ctx.db, ctx.clock.now(), 5);
    expect(await samplesOf()).toHaveLength(5);
  });
});

describe("figures", () => {
  test("of the last five minutes, and since the start", () => {
    const recorder = start();
    recorder.request({ ...asked, view: "trip", projectId: ctx.project.id, seconds: 0.004 });
    recorder.request({ ...asked, status: 503, missing: 2 });
    recorder.request({ ...asked, status: 404, cells: 0 });
    recorder.request({ ...asked, route: "metrics", seconds: 3 });
    recorder.load(4, 2);
    recorder.load(3, 2);
    const { slots, reads, totals, inFlight, catalogs } = recorder.figures();
    const expected = { requests: 3, errors: 1, clientErrors: 1, refused: 2, cells: 4, missing: 2 };
    expect(slots).toMatchObject([{ at: Date.parse("2026-01-15T12:00:00Z") / 1000, ...expected }]);
    expect(totals).toEqual(expected);
    expect({ inFlight, catalogs }).toEqual({ inFlight: 3, catalogs: 1 });
    expect(reads).toMatchObject([
      { route: "batch", view: null, requests: 2, errors: 1 },
      { route: "batch", view: "trip", projectId: ctx.project.id, requests: 1 },
    ]);
    ctx.clock.advance(306);
    expect(recorder.figures()).toMatchObject({ slots: [], reads: [], totals: expected });
  });

  test("a process is listed while it runs, and forgotten a day after it was last heard of", async () => {
    const recorder = start({ name: "web", address: null });
    await recorder.flush();
    const listed = () => ctx.db.servingProcess.findMany({ where: { name: "web" } });
    expect(await listed()).toMatchObject([{ name: "web", address: null, seenAt: ctx.clock.now() }]);
    const silent = (await listed())[0]?.id ?? "";
    ctx.clock.advance(86_400);
    await pruneServed(ctx.db, ctx.clock.now());
    expect((await listed()).map(({ id }) => id)).toEqual([silent]);
    ctx.clock.advance(1);
    await pruneServed(ctx.db, ctx.clock.now());
    expect(await listed()).toEqual([]);
    await recorder.flush();
    expect(await listed()).toHaveLength(1);
    await recorder.stop();
    expect(await listed()).toEqual([]);
  });
});
