import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTrainingSet } from "@/lib/datasets/create-training-set";
import { getTrainingSet } from "@/lib/datasets/get-training-set";
import { refreshFeatures } from "@/lib/datasets/refresh-features";
import { CreateTrainingSet } from "@/lib/datasets/training-schema";
import { LarderError } from "@/lib/kernel/errors";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, csvSource, entity, group, inNewProject } from "@/lib/testing/definitions";
import { person } from "@/lib/testing/people";
import { errorOf, execute } from "@/lib/testing/runs";
import { cancelRun } from "./cancel-run";
import { getRun } from "./get-run";
import { listRuns } from "./list-runs";
import { retryRun } from "./retry-run";

const CSV = "driver,event_timestamp,trips\n1,2026-01-10 00:00:00,1\n";

let base: TestContext;
let ctx: TestContext;

beforeAll(async () => {
  base = await makeContext();
});
afterAll(closeContexts);

/** A new project with a run that waits; answers its id. */
async function start(): Promise<{ id: string }> {
  ctx = await inNewProject(base);
  await apply(
    ctx,
    entity("driver", { driver: "INT64" }),
    await csvSource(ctx, "rides", CSV),
    group("stats", {
      entity: "driver",
      sql: "SELECT driver, event_timestamp, trips FROM rides",
      features: { trips: "INT64" },
    }),
  );
  return (await refreshFeatures(ctx, {})).run;
}

/** The same context, whose engine cannot write. */
function broken(): TestContext {
  const append = async (): Promise<never> => {
    throw new LarderError("data_corrupt", "the damage of this test");
  };
  return { ...ctx, offline: Object.create(ctx.offline, { append: { value: append } }) };
}

describe("retryRun", () => {
  test("a new run with the same work, which says what it tries again; the old one stays as it was", async () => {
    const { id } = await start();
    const failed = await execute(broken(), id);
    const { run } = await retryRun(ctx, { id });
    expect(run).toMatchObject({ kind: "refresh", title: failed.title, state: "QUEUED", attempt: 0, retryOf: id });
    expect(run.progress.nodes.map((node) => [node.id, node.state])).toEqual(
      failed.progress.nodes.map((node) => [node.id, "WAITING"]),
    );
    expect(await execute(ctx, run.id)).toMatchObject({ state: "SUCCEEDED" });
    expect(await getRun(ctx, { id })).toEqual(failed);
    expect((await listRuns(ctx, { limit: 50, group: "stats" })).total).toBe(2);
  });

  test("a cancelled run too; never one that goes on or went well", async () => {
    const { id } = await start();
    expect((await errorOf(retryRun(ctx, { id }))).code).toBe("state_conflict");
    await cancelRun(ctx, { id });
    const { run } = await retryRun(ctx, { id });
    await execute(ctx, run.id);
    expect((await errorOf(retryRun(ctx, { id: run.id }))).code).toBe("state_conflict");
    expect((await errorOf(retryRun(ctx, { id: "run_none" }))).code).toBe("run_not_found");
  });

  test("asked twice at once: one new run", async () => {
    const { id } = await start();
    await cancelRun(ctx, { id });
    const outcomes = await Promise.allSettled([retryRun(ctx, { id }), retryRun(ctx, { id })]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect((await listRuns(ctx, { limit: 50 })).total).toBe(2);
  });

  test("takes what starting it took: who may build training sets may not recompute groups", async () => {
    const { id } = await start();
    await cancelRun(ctx, { id });
    const scientist = await person(ctx, "Sci", "scientist");
    expect((await errorOf(retryRun(scientist, { id }))).code).toBe("forbidden");
    const viewer = await person(ctx, "View", "viewer");
    expect((await errorOf(retryRun(viewer, { id: "run_none" }))).code).toBe("forbidden");
  });

  test("the training set of a failed run is built by the new one", async () => {
    const { id } = await start();
    await execute(ctx, id);
    const spine = { rows: [{ driver: 1, event_timestamp: "2026-01-12T00:00:00Z" }] };
    const input = CreateTrainingSet.parse({ name: "again", features: ["trips"], spine });
    const { run } = await createTrainingSet(ctx, input);
    await cancelRun(ctx, { id: run.id });
    expect((await getTrainingSet(ctx, { name: "again" })).state).toBe("FAILED");
    const retried = await retryRun(ctx, { id: run.id });
    expect((await getTrainingSet(ctx, { name: "again" })).state).toBe("BUILDING");
    expect(await execute(ctx, retried.run.id)).toMatchObject({ state: "SUCCEEDED" });
    expect((await getTrainingSet(ctx, { name: "again" })).state).toBe("READY");
    expect((await errorOf(retryRun(ctx, { id: run.id }))).code).toBe("state_conflict");
  });
});
