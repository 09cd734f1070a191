import { afterAll, beforeAll, expect, test } from "vitest";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, csvSource, entity, group } from "@/lib/testing/definitions";
import { execute } from "@/lib/testing/runs";
import { expectProblem, testApp } from "./test-app";

let ctx: TestContext;
let app: ReturnType<typeof testApp>;

beforeAll(async () => {
  ctx = await makeContext({ now: "2026-01-15T12:00:00Z" });
  app = testApp(ctx);
  const sql = "SELECT driver, event_timestamp, trips FROM rides";
  await apply(
    ctx,
    entity("driver", { driver: "INT64" }),
    await csvSource(ctx, "rides", "driver,event_timestamp,trips\n1,2026-01-13 06:00:00,1\n"),
    group("daily", {
      entity: "driver",
      sql,
      features: { trips: "INT64" },
      incremental: { interval: "1d", start: "2026-01-10" },
      schedule: { cron: "0 3 * * *", timeZone: "Europe/Vienna" },
    }),
    group("plain", { entity: "driver", sql, features: { trips: "INT64" } }),
  );
});
afterAll(closeContexts);

const RANGE = { start: "2026-01-12", end: "2026-01-14" };

test("a backfill over the API: asked for, run, seen in the list of intervals", async () => {
  const asked = await app.send("/feature-groups/daily/backfills", { body: RANGE });
  const { run } = asked.json as { run: { id: string } };
  expect([asked.status, asked.headers.get("location")]).toEqual([202, `/api/v1/runs/${run.id}`]);
  await execute(ctx, run.id);
  const listed = await app.send("/feature-groups/daily/intervals?limit=2");
  expect(listed.json).toMatchObject({
    total: 5,
    counts: { computed: 2, missing: 3, stale: 0 },
    items: [
      { start: "2026-01-14T00:00:00.000000Z", state: "missing", rowCount: null },
      { start: "2026-01-13T00:00:00.000000Z", state: "computed", rowCount: 1, runId: run.id },
    ],
  });
});

test.each([
  ["daily", { start: "2026-01-12T06:00:00Z", end: "2026-01-14" }, "invalid_parameter", "/start"],
  ["daily", { ...RANGE, end: "2026-02-01" }, "invalid_parameter", "/end"],
  ["plain", RANGE, "invalid_parameter", undefined],
  ["daily", { ...RANGE, everything: true }, "unknown_field", "/everything"],
  ["daily", { start: "2026-01-12" }, "validation_failed", "/end"],
])("POST /feature-groups/%s/backfills %o: 422 %s", async (name, body, code, pointer) => {
  const before = await ctx.db.run.count();
  const answer = await app.send(`/feature-groups/${name}/backfills`, { body });
  expectProblem(answer, 422, code as "invalid_parameter");
  if (pointer) expect((answer.json.errors as { pointer: string }[])[0]?.pointer).toBe(pointer);
  expect(await ctx.db.run.count()).toBe(before);
});

test("GET /schedules, and a run that is tried again", async () => {
  const { json } = await app.send("/schedules");
  expect(json).toMatchObject({
    total: 1,
    items: [{ group: "daily", nextRunAt: "2026-01-16T02:00:00.000Z", overdue: false, last: null, missed: 0 }],
  });
  const asked = await app.send("/feature-groups/daily/backfills", { body: RANGE });
  const { id } = (asked.json as { run: { id: string } }).run;
  expectProblem(await app.send(`/runs/${id}/retry`, { method: "POST" }), 409, "state_conflict");
  await app.send(`/runs/${id}/cancel`, { method: "POST" });
  const again = await app.send(`/runs/${id}/retry`, { method: "POST" });
  expect([again.status, again.json]).toMatchObject([202, { run: { kind: "backfill", retryOf: id, failures: [] } }]);
  expectProblem(await app.send("/runs/run_none/retry", { method: "POST" }), 404, "run_not_found");
});
