import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, csvSource, entity, group } from "@/lib/testing/definitions";
import { countRequest, metricsOfProject, noRequests, SECONDS_BOUNDS } from "./prometheus";
import { type ServingRecorder, startRecorder } from "./recorder";
import { readDrivers, servedCatalog } from "./recorder-fixture";

let ctx: TestContext;
let recorder: ServingRecorder;

/** The samples of a scrape by name and labels; fails on a line that is none. */
function parse(text: string): Map<string, number> {
  const samples = new Map<string, number>();
  for (const line of text.split("\n")) {
    if (line === "" || /^# (HELP|TYPE) \w+ ./.test(line)) continue;
    const match = /^(\w+)(?:\{((?:[a-z_]+="[^"\\]*",?)*)\})? (\S+)$/i.exec(line);
    if (!match) throw new Error(`not a sample: ${line}`);
    const labels = (match[2] ?? "").split(",").filter(Boolean).sort().join(",");
    const value = match[3] === "+Inf" ? Number.POSITIVE_INFINITY : Number(match[3]);
    // Node says NaN of an event loop that it has not watched yet.
    if (!line.startsWith("nodejs_eventloop_lag")) expect(value, line).not.toBeNaN();
    expect(samples.has(`${match[1]}{${labels}}`), line).toBe(false);
    samples.set(`${match[1]}{${labels}}`, value);
  }
  return samples;
}

beforeAll(async () => {
  ctx = await makeContext();
  await apply(
    ctx,
    entity("driver", { driver: "STRING" }),
    await csvSource(ctx, "rows", "driver,event_timestamp,trips\n1,2026-01-15 11:00:00,1\n"),
    group("stats", {
      entity: "driver",
      sql: "SELECT driver, trips, event_timestamp FROM rows",
      features: { trips: "INT64" },
    }),
  );
  const stats = await ctx.db.featureGroup.update({
    where: { id: (await ctx.db.featureGroup.findFirstOrThrow({ where: { projectId: ctx.project.id } })).id },
    data: { headSequence: 9 },
  });
  await ctx.db.materialization.create({
    data: {
      groupId: stats.id,
      onlineTable: "stats.1",
      watermarkSequence: 7,
      watermarkEventTime: "2026-01-15T11:00:00.000000Z",
      rowCount: 1n,
    },
  });
  const catalog = await servedCatalog(ctx, { ann: { ageSeconds: 60, values: [5, null] } });
  recorder = startRecorder({ ...ctx, name: "serving", address: null, sampleRate: 0, catalogs: () => [catalog] });
  const found = await readDrivers(ctx, catalog, ["ann", "nobody"]);
  const missing = recorder.served(found, ctx, ctx.clock.now());
  const asked = { route: "batch", view: null, entities: 2, cells: 4, missing };
  recorder.request({ ...asked, status: 200, seconds: 0.0001 });
  recorder.request({ ...asked, status: 200, seconds: 0.0004 });
  recorder.request({ ...asked, status: 422, seconds: 2 });
  recorder.load(3, 5);
});
afterAll(async () => {
  await recorder.stop();
  await closeContexts();
});

describe("a scrape", () => {
  test("has every metric of the documentation", async () => {
    const samples = parse(await recorder.metrics());
    expect(Object.fromEntries(samples)).toMatchObject({
      'larder_requests_total{route="batch",status="200"}': 2,
      'larder_requests_total{route="batch",status="422"}': 1,
      'larder_request_seconds_bucket{le="0.0001",route="batch"}': 1,
      'larder_request_seconds_bucket{le="0.00025",route="batch"}': 1,
      'larder_request_seconds_bucket{le="0.0005",route="batch"}': 2,
      'larder_request_seconds_bucket{le="1",route="batch"}': 2,
      'larder_request_seconds_bucket{le="+Inf",route="batch"}': 3,
      'larder_request_seconds_count{route="batch"}': 3,
      "larder_in_flight{}": 3,
      "larder_refused_total{}": 5,
      'larder_served_values_total{status="PRESENT"}': 1,
      'larder_served_values_total{status="MASKED"}': 1,
      'larder_served_values_total{status="NULL_VALUE"}': 0,
      'larder_served_values_total{status="NOT_FOUND"}': 2,
      "larder_store_up{}": 1,
      "larder_plan_cache_entries{}": 1,
      [`larder_freshness_seconds{group="stats",project="${ctx.project.name}"}`]: 3600,
      [`larder_watermark_lag_commits{group="stats",project="${ctx.project.name}"}`]: 2,
    });
    expect(samples.get('larder_request_seconds_sum{route="batch"}')).toBeCloseTo(2.0005);
    expect(samples.get("process_cpu_seconds_total{}")).toBeGreaterThan(0);
  });

  test("tells nobody of other projects", async () => {
    const text = await recorder.metrics();
    expect(metricsOfProject(text, ctx.project.name)).toBe(text);
    const others = metricsOfProject(text, "other");
    expect(others).not.toContain(ctx.project.name);
    expect(parse(others).get("larder_in_flight{}")).toBe(3);
  });
});

test("a bound belongs to its bucket, as Prometheus has it", () => {
  const counts = noRequests();
  for (const bound of SECONDS_BOUNDS) countRequest(counts, 200, bound);
  expect([...counts.buckets]).toEqual([...SECONDS_BOUNDS.map(() => 1), 0]);
});
