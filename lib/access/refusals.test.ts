import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildTrainingSet } from "@/lib/datasets/build-training-set";
import { computeGroup } from "@/lib/datasets/compute-group";
import { createTrainingSet } from "@/lib/datasets/create-training-set";
import { getHistoricalFeatures } from "@/lib/datasets/get-historical-features";
import { listTrainingSets } from "@/lib/datasets/list-training-sets";
import { readRows } from "@/lib/datasets/read-rows";
import { readSource } from "@/lib/datasets/read-source";
import { refreshFeatures } from "@/lib/datasets/refresh-features";
import { HistoricalFeatures, ReadRows } from "@/lib/datasets/schema";
import { CreateTrainingSet } from "@/lib/datasets/training-schema";
import { cancelRun } from "@/lib/jobs/cancel-run";
import { getStats } from "@/lib/jobs/get-stats";
import { listRuns } from "@/lib/jobs/list-runs";
import { ROLES, type Role } from "@/lib/kernel/actor";
import { getLineage } from "@/lib/lineage/get-lineage";
import { GetLineage } from "@/lib/lineage/schema";
import { materializeGroup } from "@/lib/materialization/materialize-group";
import { createReporter } from "@/lib/platform/runs";
import { profileGroup } from "@/lib/quality/profile-group";
import { createDefinition } from "@/lib/registry/create-definition";
import type { EntityDefinition } from "@/lib/registry/definition-schema";
import { deleteDefinition } from "@/lib/registry/delete-definition";
import { getDefinition } from "@/lib/registry/get-definition";
import { getOverview } from "@/lib/registry/get-overview";
import { getRevision } from "@/lib/registry/get-revision";
import { listConsumers } from "@/lib/registry/list-consumers";
import { listFeatures } from "@/lib/registry/list-features";
import { listRevisions } from "@/lib/registry/list-revisions";
import { planDefinition } from "@/lib/registry/plan-definition";
import { ListFeatures } from "@/lib/registry/schema";
import { updateDefinition } from "@/lib/registry/update-definition";
import { updateFeature } from "@/lib/registry/update-feature";
import { readFeature } from "@/lib/serving/read-feature";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, csvSource, entity, group, inNewProject } from "@/lib/testing/definitions";
import { countAllRows, errorOf, refresh } from "@/lib/testing/runs";

let ctx: TestContext;

beforeAll(async () => {
  ctx = await inNewProject(await makeContext());
  const sql = "SELECT driver, event_timestamp, n FROM raw";
  await apply(
    ctx,
    entity("driver", { driver: "INT64" }),
    await csvSource(ctx, "raw", "driver,event_timestamp,n\n1,2024-01-01,1\n"),
    group("stats", { entity: "driver", sql, features: { n: "INT64" } }),
  );
  await refresh(ctx);
});
afterAll(closeContexts);

const as = (role: Role): TestContext => ({ ...ctx, actor: { kind: "user", id: role, name: `A ${role}`, role } });
const spine = { rows: [{ driver: 1, event_timestamp: "2024-01-02" }] };
const rider = (name: string): EntityDefinition => ({
  kind: "entity",
  name,
  description: "",
  tags: [],
  joinKeys: [{ name: "driver", type: "INT64" }],
});
const silent = createReporter({
  progress: { done: 0, total: 0, nodes: [] },
  log: [],
  now: () => new Date(0),
  signal: new AbortController().signal,
  save: async () => undefined,
});

/** Every verb that changes something, with the least role that may. */
const WRITES: [string, Role, (who: TestContext) => Promise<unknown>][] = [
  ["applyDefinitions", "engineer", (who) => apply(who, entity("rider", { rider: "INT64" }))],
  ["createDefinition", "engineer", (who) => createDefinition(who, { definition: rider("by_create") })],
  [
    "updateDefinition",
    "engineer",
    (who) => updateDefinition(who, { definition: { ...rider("driver"), description: "x" }, expectedRevision: 1 }),
  ],
  ["planDefinition", "engineer", (who) => planDefinition(who, { definition: rider("by_plan") })],
  ["deleteDefinition", "engineer", (who) => deleteDefinition(who, { kind: "source", name: "raw" })],
  [
    "updateFeature",
    "engineer",
    (who) => updateFeature(who, { reference: "stats:n", expectedRevision: 1, description: "x" }),
  ],
  ["refreshFeatures", "engineer", (who) => refreshFeatures(who, {})],
  ["computeGroup", "engineer", (who) => computeGroup(who, { name: "stats", runId: null })],
  ["materializeGroup", "engineer", (who) => materializeGroup(who, { name: "stats", runId: null })],
  ["profileGroup", "engineer", (who) => profileGroup(who, { name: "stats" })],
  ["readSource", "engineer", (who) => readSource(who, { name: "raw" })],
  [
    "createTrainingSet",
    "scientist",
    (who) => createTrainingSet(who, CreateTrainingSet.parse({ name: `by_${who.actor.role}`, features: ["n"], spine })),
  ],
  ["buildTrainingSet", "scientist", (who) => buildTrainingSet(who, { name: "nobody" }, silent)],
  ["cancelRun", "scientist", (who) => cancelRun(who, { id: "run_unknown" })],
];

describe("verbs that change something", () => {
  const below = WRITES.flatMap(([name, least, call]) =>
    ROLES.slice(0, ROLES.indexOf(least)).map((role) => ({ name, role, call })),
  );
  test.each(below)("$name refuses a $role, and nothing is written", async ({ role, call }) => {
    const before = await countAllRows(ctx.db);
    const error = await errorOf(call(as(role)));
    expect(error.code).toBe("forbidden");
    expect(error.detail).toContain(`A ${role} is ${role}`);
    expect(await countAllRows(ctx.db)).toEqual(before);
  });

  test.each(WRITES)("%s lets a %s pass", async (_name, least, call) => {
    const code = await call(as(least)).then(
      () => "done",
      (error: { code?: string }) => error.code,
    );
    expect(["done", "training_set_not_found", "run_not_found", "in_use"]).toContain(code);
  });
});

describe("verbs that only read", () => {
  test.each<[string, (who: TestContext) => Promise<unknown>]>([
    ["listFeatures", (who) => listFeatures(who, ListFeatures.parse({}))],
    ["getOverview", (who) => getOverview(who)],
    ["getRevision", (who) => getRevision(who)],
    ["getDefinition", (who) => getDefinition(who, { kind: "feature_group", name: "stats" })],
    ["listRevisions", (who) => listRevisions(who, { kind: "feature_group", name: "stats" })],
    ["listConsumers", (who) => listConsumers(who, { limit: 1 })],
    ["getLineage", (who) => getLineage(who, GetLineage.parse({}))],
    ["listRuns", (who) => listRuns(who, { limit: 1 })],
    ["getStats", (who) => getStats(who)],
    ["listTrainingSets", (who) => listTrainingSets(who, { limit: 1 })],
    ["readRows", (who) => readRows(who, ReadRows.parse({ name: "stats" }))],
    ["readFeature", (who) => readFeature(who, { feature_name: "n", entity_id: "1" })],
    [
      "getHistoricalFeatures",
      (who) => getHistoricalFeatures(who, HistoricalFeatures.parse({ entity_df: spine.rows, features: ["n"] })),
    ],
  ])("%s is open to a viewer, and writes nothing", async (_name, call) => {
    const before = await countAllRows(ctx.db);
    await call(as("viewer"));
    expect(await countAllRows(ctx.db)).toEqual(before);
  });
});
