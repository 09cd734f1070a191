import { afterAll, beforeAll, expect, test } from "vitest";
import { computeGroup } from "@/lib/datasets/compute-group";
import type { Run } from "@/lib/kernel/run";
import type { MaterializationSummary } from "@/lib/materialization/schema";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, csvSource, entity, group, inNewProject } from "@/lib/testing/definitions";
import { execute } from "@/lib/testing/runs";
import { expectProblem, type Sent, testApp } from "./test-app";

// Bringing rows online through the API: each answer as its schema says, each refusal with its status and code.

let ctx: TestContext;

beforeAll(async () => {
  ctx = await inNewProject(await makeContext());
  const sql = "SELECT driver, event_timestamp, trips FROM rides";
  await apply(
    ctx,
    entity("driver", { driver: "INT64" }),
    await csvSource(ctx, "rides", "driver,event_timestamp,trips\n1,2026-01-01,1\n2,2026-01-10,2\n"),
    group("stats", { entity: "driver", sql, features: { trips: "INT64" } }),
    group("history", {
      entity: "driver",
      sql: "SELECT driver, event_timestamp, trips AS old FROM rides",
      online: false,
      features: { old: "INT64" },
    }),
  );
  await computeGroup(ctx, { name: "stats", runId: null });
});
afterAll(closeContexts);

const send = (path: string, sent?: Sent) => testApp(ctx).send(path, sent);
const post = (path: string, body: object) => send(path, { body });

test("materialized, listed, checked", async () => {
  expect((await send("/materializations")).json).toMatchObject({
    total: 1,
    items: [{ featureGroup: "stats", state: "never", lagCommits: 1, keys: 0, watermarkSequence: null, lastRun: null }],
  });
  expectProblem(await post("/parity-checks", { featureGroup: "stats" }), 409, "state_conflict");
  const asked = await post("/materializations", {});
  const { run } = asked.json as { run: Run };
  expect([asked.status, asked.headers.get("location")]).toEqual([202, `/api/v1/runs/${run.id}`]);
  expect(run).toMatchObject({ kind: "materialize", title: "Materialize stats" });
  await execute(ctx, run.id);
  const { items } = (await send("/materializations?group=stats")).json as { items: MaterializationSummary[] };
  expect(items).toMatchObject([
    { state: "current", lagCommits: 0, lagSeconds: 0, keys: 2, lastRun: { id: run.id, state: "SUCCEEDED" } },
  ]);
  expect(items[0]?.bytes).toBeGreaterThan(100);

  const check = await post("/parity-checks", { featureGroup: "stats", sample: "all" });
  const { run: checking } = check.json as { run: Run };
  expect([check.status, checking.kind]).toEqual([202, "parity_check"]);
  await execute(ctx, checking.id);
  expect((await send("/feature-groups/stats/parity-checks")).json).toMatchObject({
    total: 1,
    items: [{ watermarkSequence: 1, report: { sample: "all", checked: 2, equal: 2, examples: [] } }],
  });
});

test.each([
  [{ featureGroups: ["nobody"] }, 404, "feature_group_not_found"],
  [{ featureGroups: ["history"] }, 422, "invalid_parameter"],
  [{ end: "2099-01-01" }, 422, "invalid_parameter"],
  [{ start: "2026-01-02", rebuild: true }, 422, "invalid_parameter"],
  [{ unknown: 1 }, 422, "unknown_field"],
])("POST /materializations %o is %i %s", async (body, status, code) => {
  const answer = await post("/materializations", body);
  expect([answer.status, answer.json.code]).toEqual([status, code]);
});

test("other groups and keys that are none are refused", async () => {
  expectProblem(await post("/parity-checks", { featureGroup: "nobody" }), 404, "feature_group_not_found");
  expectProblem(await post("/parity-checks", { featureGroup: "stats", keys: ["x"] }), 422, "invalid_key");
  expectProblem(await send("/feature-groups/nobody/parity-checks"), 404, "feature_group_not_found");
});
