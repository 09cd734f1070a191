import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { computeGroup } from "@/lib/datasets/compute-group";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, csvSource, entity, group, inNewProject, writeSourceFile } from "@/lib/testing/definitions";
import { execute } from "@/lib/testing/runs";
import { expectProblem, type Sent, testApp } from "./test-app";

// Time travel through the API: each answer as its schema says, each refusal with its status and code.

const FIRST = "driver,event_timestamp,trips\n1,2026-01-01,1\n2,2026-01-10,2\n";

let ctx: TestContext;

beforeAll(async () => {
  ctx = await inNewProject(await makeContext());
  await apply(
    ctx,
    entity("driver", { driver: "INT64" }),
    await csvSource(ctx, "stats_rows", FIRST),
    group("stats", {
      entity: "driver",
      sql: "SELECT driver, event_timestamp, trips FROM stats_rows",
      features: { trips: "INT64" },
      retention: { history: "1d", rows: "10d" },
    }),
    group("endless", {
      entity: "driver",
      sql: "SELECT driver, event_timestamp, trips AS more FROM stats_rows",
      features: { more: "INT64" },
    }),
  );
  await computeGroup(ctx, { name: "stats", runId: null });
  await writeSourceFile(ctx, "stats_rows.csv", `${FIRST}3,2026-01-14,3\n`);
  await computeGroup(ctx, { name: "stats", runId: null });
});
afterAll(closeContexts);

const send = (path: string, sent?: Sent) => testApp(ctx).send(path, sent);
const post = (path: string, body: object) => send(path, { body });

describe("snapshots", () => {
  test("made, listed, read, compared and deleted", async () => {
    const made = await post("/snapshots", { name: "first", featureGroup: "stats", commit: 1 });
    expect([made.status, made.headers.get("location")]).toEqual([201, "/api/v1/snapshots/first"]);
    expect(made.json).toMatchObject({ kind: "feature_group", items: [{ group: "stats", version: 1, commit: 1 }] });
    expect((await send("/snapshots?group=stats")).json).toMatchObject({ total: 1, items: [{ name: "first" }] });
    expect((await send("/snapshots/first")).json).toMatchObject({ items: [{ rowCount: 2, newer: 1 }], usedBy: [] });
    expect((await send("/feature-groups/stats/rows?snapshot=first")).json.rows).toHaveLength(2);
    const sides = { from: { snapshot: "first" }, to: { featureGroup: "stats" } };
    const compared = await post("/snapshots/compare", sides);
    expect([compared.status, compared.json]).toMatchObject([
      200,
      { groups: [{ group: "stats", from: { rowCount: 2 }, to: { rowCount: 3 } }] },
    ]);
    expect((await send("/snapshots/first", { method: "DELETE" })).json).toEqual({ done: true });
    expectProblem(await send("/snapshots/first"), 404, "snapshot_not_found");
  });

  test("the same request again with its Idempotency-Key gets the same answer", async () => {
    const sent = { body: { name: "once", featureGroup: "stats" }, headers: { "idempotency-key": "k1" } };
    const [first, second] = [await send("/snapshots", sent), await send("/snapshots", sent)];
    expect([first.status, second.status, second.json]).toEqual([201, 201, first.json]);
    expectProblem(await post("/snapshots", sent.body), 409, "already_exists");
  });

  test.each<[string, object, number, string]>([
    ["/snapshots", { name: "x" }, 422, "validation_failed"],
    ["/snapshots", { name: "x", featureGroup: "stats", featureView: "v" }, 422, "validation_failed"],
    ["/snapshots", { name: "Bad Name", featureGroup: "stats" }, 422, "invalid_name"],
    ["/snapshots", { name: "x", featureGroup: "stats", extra: 1 }, 422, "unknown_field"],
    ["/snapshots", { name: "x", featureGroup: "endless" }, 409, "state_conflict"],
    ["/snapshots", { name: "x", featureGroup: "stats", commit: 99 }, 404, "commit_not_found"],
    ["/snapshots/compare", { from: {}, to: { featureGroup: "stats" } }, 422, "validation_failed"],
    ["/snapshots/compare", { from: { featureGroup: "stats", extra: 1 }, to: {} }, 422, "validation_failed"],
    ["/feature-groups/stats/restore", {}, 422, "validation_failed"],
    ["/feature-groups/stats/restore", { commit: 1, snapshot: "x" }, 422, "validation_failed"],
    ["/feature-groups/stats/restore", { commit: 99 }, 404, "commit_not_found"],
    ["/feature-groups/stats/restore", { commit: 2 }, 409, "state_conflict"],
    ["/feature-groups/endless/retention", {}, 409, "state_conflict"],
  ])("POST %s %j is refused", async (path, body, status, code) => {
    expectProblem(await post(path, body), status, code);
  });

  test.each([
    ["/feature-groups/stats/rows?commit=99", 404, "commit_not_found"],
    ["/feature-groups/stats/rows?snapshot=nothing", 404, "snapshot_not_found"],
    ["/feature-groups/stats/rows?snapshot=Not%20A%20Name", 422, "invalid_parameter"],
    ["/feature-groups/stats/rows?commit=0", 422, "invalid_parameter"],
    ["/feature-groups/nothing/commits", 404, "feature_group_not_found"],
    ["/feature-groups/nothing/retention", 404, "feature_group_not_found"],
    ["/snapshots?cursor=zzz", 422, "invalid_parameter"],
  ])("GET %s is refused", async (path, status, code) => {
    expectProblem(await send(path), status, code);
  });
});

describe("going back, and letting go", () => {
  test("restore, the commits, the plan of retention, retention, and what is gone then", async () => {
    const restored = await post("/feature-groups/stats/restore", { commit: 1 });
    expect([restored.status, restored.json]).toMatchObject([
      201,
      { commit: { sequence: 3, restores: 1, rowCount: 2 }, run: { kind: "refresh", state: "QUEUED" } },
    ]);
    const { items } = (await send("/feature-groups/stats/commits")).json as { items: object[] };
    expect(items).toMatchObject([
      { sequence: 3, mode: "restore", restores: 1, liveRows: 2, rowCount: 0 },
      { sequence: 2, mode: "overwrite", range: null, liveRows: 3, snapshots: ["once"] },
      { sequence: 1, mode: "overwrite", liveRows: 2 },
    ]);
    ctx.clock.advance(2 * 86_400);
    expect((await send("/feature-groups/stats/retention")).json).toMatchObject({
      policy: { history: "1d", rows: "10d" },
      rowCount: 1,
      rowsKept: 1,
      expireCount: 2,
      held: [{ sequence: 2, by: ["snapshot:once"] }],
    });
    const asked = await post("/feature-groups/stats/retention", {});
    expect(asked.status).toBe(202);
    const { id } = asked.json.run as { id: string };
    expect(asked.headers.get("location")).toBe(`/api/v1/runs/${id}`);
    expect((await execute(ctx, id)).result).toMatchObject({ rows: 1, commits: 2 });
    expectProblem(await send("/feature-groups/stats/rows?commit=1"), 410, "commit_expired");
    expectProblem(await post("/feature-groups/stats/restore", { commit: 1 }), 410, "commit_expired");
    expectProblem(await post("/snapshots", { name: "x", featureGroup: "stats", commit: 1 }), 410, "commit_expired");
    expect((await send("/feature-groups/stats/rows?snapshot=once")).json.rows).toHaveLength(3);
  });
});
