import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { executeRun } from "@/lib/jobs/execute-run";
import { type ServingRecorder, startRecorder } from "@/lib/serving/recorder";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { testApp } from "./test-app";
import { TEST_FILES } from "./test-catalog";

let ctx: TestContext;
let app: ReturnType<typeof testApp>;
let recorder: ServingRecorder;

async function work(answer: { json: Record<string, unknown> }): Promise<void> {
  const { id } = answer.json.run as { id: string };
  await executeRun(ctx, { runId: id, owner: "test", stopping: new AbortController().signal });
  expect((await app.send(`/runs/${id}`)).json).toMatchObject({ state: "SUCCEEDED", error: null });
}

beforeAll(async () => {
  ctx = await makeContext();
  recorder = startRecorder({ ...ctx, name: "web", address: null, sampleRate: 0, catalogs: () => [] });
  app = testApp(ctx);
  const applied = await app.send("/definitions/apply", { body: { files: TEST_FILES } });
  expect(applied.json).toMatchObject({ applied: true });
  await ctx.db.feature.updateMany({ data: { status: "ACTIVE" } });
  const refreshed = await app.send("/refresh", { method: "POST" });
  expect(refreshed.status).toBe(202);
  expect(refreshed.headers.get("location")).toMatch(/^\/api\/v1\/runs\/run_/);
  await work(refreshed);
});
afterAll(async () => {
  await recorder.stop();
  await closeContexts();
});

describe("online", () => {
  test("one feature of one entity", async () => {
    const { status, json } = await app.send("/features/traffic:departures/entity/ATL");
    expect(status).toBe(200);
    expect(json).toMatchObject({
      feature: "traffic:departures",
      entity_id: "ATL",
      value: 5,
      status: "PRESENT",
      feature_status: "ACTIVE",
    });
  });

  test.each(["A%7CB|LAX", "A%257CB%7CLAX"])("a composite key with a | in a part: %s", async (key) => {
    expect((await app.send(`/features/distance/entity/${key}`)).json).toMatchObject({ value: 10.5, status: "PRESENT" });
  });

  test("batch keeps order and duplicates", async () => {
    const { status, json } = await app.send("/features/batch", {
      body: { entity_ids: ["LAX", "ATL", "nowhere", "ATL"], features: ["departures"] },
    });
    expect(status).toBe(200);
    const results = json.results as { features: { departures: { value: unknown; status: string } } }[];
    expect(results.map((result) => result.features.departures.status)).toEqual([
      "NULL_VALUE",
      "PRESENT",
      "NOT_FOUND",
      "PRESENT",
    ]);
  });

  test("the look-up and its examples", async () => {
    expect((await app.send("/entities/airport/lookup?key=ATL")).json).toMatchObject({
      entity: "airport",
      keys: { airport: "ATL" },
    });
    expect((await app.send("/entities/airport/examples")).json.keys).toContain("ATL");
  });
});

describe("history", () => {
  const spine = [
    { airport: "ATL", event_timestamp: "2026-01-01T12:00:00Z", label: "-1" },
    { airport: "LAX", event_timestamp: "2026-01-01T12:00:00Z", label: "late" },
  ];

  test("joins as of each row's instant, in input order", async () => {
    const { status, json } = await app.send("/features/historical", {
      body: { entity_df: spine, features: ["departures"] },
    });
    expect(status).toBe(200);
    expect((json.rows as { departures: unknown }[]).map((row) => row.departures)).toEqual([3, null]);
  });

  test("the same as CSV, with text made safe for spreadsheets", async () => {
    const { headers, text } = await app.send("/features/historical", {
      body: { entity_df: spine, features: ["remark"] },
      headers: { accept: "text/csv" },
    });
    expect(headers.get("content-type")).toBe("text/csv; charset=utf-8; header=present");
    expect(headers.get("vary")).toBe("Accept");
    const lines = text.split("\r\n");
    expect(lines[0]).toContain("remark");
    expect(lines[1]).toContain("'-1");
    expect(lines[1]).toContain("'=1+1");
  });

  test("rows of a group, as JSON and as CSV", async () => {
    const json = await app.send("/feature-groups/traffic/rows?order=asc&limit=1");
    expect(json.json.rows).toHaveLength(1);
    const csv = await app.send("/feature-groups/traffic/rows?order=desc&limit=1", {
      headers: { accept: "text/csv, */*;q=0.1" },
    });
    expect(csv.text).toContain('"a ""quoted"", word"');
  });

  test("a training set: 202 with its run, then list, preview and download", async () => {
    const body = { name: "late", features: ["departures"], spine: { rows: spine }, label: "label" };
    const created = await app.send("/training-sets", { body });
    expect(created.status).toBe(202);
    await work(created);
    expect((await app.send("/training-sets/late")).json).toMatchObject({ state: "READY", rowCount: 2 });
    expect((await app.send("/training-sets")).json.total).toBe(1);
    expect((await app.send("/training-sets/late/preview?limit=1")).json.rows).toHaveLength(1);
    const request = new Request("http://localhost/api/v1/training-sets/late/data");
    const file = await app.fetch(request);
    expect(file.headers.get("content-type")).toBe("application/vnd.apache.parquet");
    expect(file.headers.get("content-disposition")).toBe('attachment; filename="late.parquet"');
    const bytes = Buffer.from(await file.arrayBuffer());
    expect(String(bytes.length)).toBe(file.headers.get("content-length"));
    expect(bytes.subarray(0, 4).toString()).toBe("PAR1");
    const head = await app.fetch(new Request(request.url, { method: "HEAD" }));
    expect([head.status, head.headers.get("content-length"), head.body]).toEqual([200, String(bytes.length), null]);
  });
});

describe("catalog", () => {
  test.each([
    ["/features", "items"],
    ["/features/departures", "glance"],
    ["/feature-groups", "items"],
    ["/feature-groups/traffic", "features"],
    ["/feature-views", "items"],
    ["/feature-views/delay_v1", "joins"],
    ["/entities", "items"],
    ["/entities/route", "joinKeys"],
    ["/sources", "items"],
    ["/lineage", "nodes"],
    ["/runs", "items"],
    ["/search?q=departures", "items"],
    ["/metadata/features?group=traffic", "items"],
    ["/metadata/features/search?tags=volume", "items"],
    ["/metadata/features/traffic:departures/lineage?direction=both&depth=3", "statistics"],
  ])("GET %s", async (path, field) => {
    const { status, json, headers } = await app.send(path);
    expect({ status, json }).toMatchObject({ status: 200, json: { [field]: expect.anything() } });
    expect(headers.get("x-request-id")).toMatch(/^req_/);
  });

  test("metadata of a feature says only what was computed", async () => {
    ctx.clock.advance(90);
    const { json } = await app.send("/metadata/features/departures");
    expect(json).toMatchObject({
      name: "departures",
      feature_group: "traffic",
      data_type: "INT32",
      version: 1,
      source_column: null,
      tags: expect.arrayContaining(["volume"]),
      statistics: { count: 3, null_count: 1, min_value: 3, max_value: 5 },
      quality_metrics: { validity: null, consistency: null, freshness: 90 },
    });
    expect((json.quality_metrics as { completeness: number }).completeness).toBeCloseTo(2 / 3);
  });

  test("a project by query or header", async () => {
    const other = await makeContext();
    expect((await app.send(`/features?project=${other.project.name}`)).json.total).toBe(0);
    expect((await app.send("/features", { headers: { "x-larder-project": other.project.name } })).json.total).toBe(0);
    expect((await app.send("/features")).json.total).toBe(3);
  });
});

describe("server", () => {
  test("stats counts, and measures online reads", async () => {
    await recorder.flush();
    const { json } = await app.send("/stats");
    expect(json).toMatchObject({
      counts: { features: 3, featureGroups: 2 },
      storage: { offline: { rows: 4 } },
      runs: { FAILED: 0 },
    });
    expect((json.serving as { requests: number }).requests).toBeGreaterThan(0);
    expect(JSON.stringify(json)).not.toContain("cache");
  });

  test("online reads are counted by feature and caller, and shown as they go", async () => {
    const read = { entity_ids: ["ATL", "nowhere"], features: ["traffic:departures"] };
    const usage = async (): Promise<{ requests: number; values: number; callers: { name: string }[] }> => {
      await recorder.flush();
      return (await app.send("/features/traffic:departures/usage?days=1")).json as never;
    };
    const before = await usage();
    expect((await app.send("/features/batch", { body: read })).status).toBe(200);
    expect((await app.send("/features/batch", { body: { ...read, features: ["nothing"] } })).status).toBe(404);
    const after = await usage();
    expect([after.requests - before.requests, after.values - before.values]).toEqual([1, 2]);
    expect(after.callers.map(({ name }) => name)).toEqual(["Local admin"]);
    const { json } = await app.send("/serving");
    expect(json).toMatchObject({ processes: [{ name: "web" }], totals: { errors: 0 }, store: { state: "up" } });
    expect((json.totals as { clientErrors: number }).clientErrors).toBeGreaterThan(0);
  });

  test("health names every dependency", async () => {
    const { status, json } = await app.send("/health");
    expect(status).toBe(200);
    expect((json.dependencies as { name: string }[]).map((dependency) => dependency.name)).toEqual([
      "database",
      "online",
      "offline",
    ]);
    expect((await app.send("/health/live")).json).toEqual({ status: "up" });
  });
});
