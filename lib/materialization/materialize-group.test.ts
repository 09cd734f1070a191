import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { commitFiles } from "@/lib/datasets/commit-files";
import { computeGroup } from "@/lib/datasets/compute-group";
import { getHistoricalFeatures } from "@/lib/datasets/get-historical-features";
import { requireGroup } from "@/lib/datasets/load-table";
import { HistoricalFeatures } from "@/lib/datasets/schema";
import type { OnlineStore } from "@/lib/engines/online/port";
import { readTables } from "@/lib/engines/online/table-notes";
import { isLarderError } from "@/lib/kernel/errors";
import type { Value } from "@/lib/kernel/values";
import { getFeatureGroup } from "@/lib/registry/get-feature-group";
import { readFeatures } from "@/lib/serving/read-features";
import { ReadFeatures } from "@/lib/serving/schema";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, csvSource, entity, group, inNewProject, writeSourceFile } from "@/lib/testing/definitions";
import { errorOf, refresh } from "@/lib/testing/runs";
import { writeTestRows } from "@/lib/testing/written-rows";
import { READERS_FOLLOW_MS } from "./left-tables";
import { materializeGroup } from "./materialize-group";

const HEAD = "a,b,event_timestamp,created,amount,note";
const V1 = [
  HEAD,
  "x,1,2026-01-10 00:00:00,2026-01-10 00:00:00,1,old",
  "x,1,2026-01-11 00:00:00,2026-01-11 00:00:00,2,newer",
  "x,2,2026-01-10 00:00:00,2026-01-12 00:00:00,4,corrected",
  "x,2,2026-01-10 00:00:00,2026-01-11 00:00:00,3,wrong",
  "x|,2,2026-01-10 00:00:00,,5,",
  "x|,2,2026-01-10 00:00:00,2026-01-10 00:00:00,6,known beats unknown",
  'y z,3,2026-01-10 00:00:00.000001,2026-01-10 00:00:00,,"tie, first"',
  'y z,3,2026-01-10 00:00:00.000001,2026-01-10 00:00:00,8,"tie, last"',
  "gone,9,2026-01-10 00:00:00,2026-01-10 00:00:00,9,",
].join("\n");
const V2 = [
  HEAD,
  "x,1,2026-01-09 00:00:00,2026-01-13 00:00:00,100,earlier than before",
  "x,2,2026-01-14 00:00:00,,200,",
].join("\n");
const KEYS = [
  { a: "x", b: 1 },
  { a: "x", b: 2 },
  { a: "x|", b: 2 },
  { a: "y z", b: 3 },
  { a: "gone", b: 9 },
  { a: "nobody", b: 1 },
];

let ctx: TestContext;
let project: TestContext;

beforeAll(async () => {
  ctx = await makeContext();
});
afterAll(closeContexts);

beforeEach(async () => {
  project = await inNewProject(ctx);
  await apply(
    project,
    entity("pair", { a: "STRING", b: "INT64" }),
    await csvSource(project, "raw", V1),
    group("sums", {
      entity: "pair",
      sql: "SELECT a, b, event_timestamp, CAST(created AS TIMESTAMP) AS created, amount, note FROM raw",
      createdTime: "created",
      features: { amount: "INT64", note: "STRING" },
    }),
  );
});

const compute = () => computeGroup(project, { name: "sums", runId: null });
const materialize = () => materializeGroup(project, { name: "sums", runId: null });

async function online(): Promise<Value[][]> {
  const answer = await readFeatures(project, ReadFeatures.parse({ entity_ids: KEYS, features: ["amount", "note"] }));
  if (!("results" in answer)) throw new Error("expected a list");
  return answer.results.map(({ features }) => [features.amount?.value ?? null, features.note?.value ?? null]);
}

async function offline(): Promise<Value[][]> {
  const entity_df = KEYS.map((key) => ({ ...key, event_timestamp: ctx.clock.now().toISOString() }));
  const answer = await getHistoricalFeatures(
    project,
    HistoricalFeatures.parse({ entity_df, features: ["amount", "note"] }),
  );
  return answer.rows.map((row) => [row.amount ?? null, row.note ?? null]);
}

/** Readers follow a change within half a second; waits until they do. */
const settled = async (): Promise<void> => {
  await expect.poll(online, { timeout: 10_000 }).toEqual(await offline());
};

describe("materializeGroup", () => {
  test("online answers the greatest row of every key in the total order, exactly as offline", async () => {
    await compute();
    await materialize();
    expect(await online()).toEqual([
      [2, "newer"],
      [4, "corrected"],
      [6, "known beats unknown"],
      [8, "tie, last"],
      [9, null],
      [null, null],
    ]);
    expect(await online()).toEqual(await offline());
  });

  test("the watermark says how far online is; the second time nothing changes", async () => {
    await compute();
    expect(await materialize()).toEqual({ changed: true, rowCount: 5, watermarkSequence: 1 });
    const first = await getFeatureGroup(project, { name: "sums" });
    expect(first.materialization).toMatchObject({
      watermarkSequence: 1,
      watermarkEventTime: "2026-01-11T00:00:00.000000Z",
      rowCount: 5,
      lag: 0,
    });
    expect(await materialize()).toEqual({ changed: false, rowCount: 5, watermarkSequence: 1 });
    expect(await getFeatureGroup(project, { name: "sums" })).toEqual(first);
  });

  test("until it is materialized, a new commit is not seen online, and the lag says so", async () => {
    await compute();
    await materialize();
    const before = await online();
    await writeSourceFile(project, "raw.csv", V2);
    await compute();
    expect(await online()).toEqual(before);
    expect((await getFeatureGroup(project, { name: "sums" })).materialization).toMatchObject({
      watermarkSequence: 1,
      lag: 1,
    });
  });

  test("an overwrite replaces online too: earlier event times are taken, keys that vanished are NOT_FOUND", async () => {
    await compute();
    await materialize();
    await online();
    await writeSourceFile(project, "raw.csv", V2);
    await compute();
    await materialize();
    await settled();
    expect((await online()).slice(0, 2)).toEqual([
      [100, "earlier than before"],
      [200, null],
    ]);
    const answer = await readFeatures(project, ReadFeatures.parse({ entity_id: KEYS[4], features: ["amount"] }));
    expect(answer).toMatchObject({ features: { amount: { value: null, status: "NOT_FOUND" } } });
  });

  test("a reader that still holds the old plan gets the old answers or the new, never nothing", async () => {
    await compute();
    await materialize();
    const old = await online();
    await writeSourceFile(project, "raw.csv", V2);
    await compute();
    await materialize();
    const right = await offline();
    expect([old, right]).toContainEqual(await online());
  });

  test("appended commits go into the table in use; tables that readers have left go", async () => {
    await compute();
    const { id } = await requireGroup(project, { name: "sums" });
    const tables: string[] = [];
    const remember = async () => {
      tables.push((await ctx.db.materialization.findUniqueOrThrow({ where: { groupId: id } })).onlineTable);
    };
    await materialize();
    await remember();
    for (let i = 0; i < 12; i++)
      await commitFiles(project, await requireGroup(project, { name: "sums" }), { mode: "append", files: [] });
    expect(await materialize()).toMatchObject({ changed: true, watermarkSequence: 13, rowCount: 5 });
    await remember();
    expect(tables[1]).toBe(tables[0]);
    for (let round = 0; round < 3; round++) {
      await writeSourceFile(project, "raw.csv", `${V1}\nround,${round},2026-01-12 00:00:00,,1,`);
      await compute();
      await materialize();
      await remember();
      await wait(READERS_FOLLOW_MS + 50);
    }
    await materialize();
    const held = await Promise.all(tables.map((table) => ctx.online.getMany(table, [["x", 1]])));
    expect(held.map(([row]) => row !== null)).toEqual([false, false, false, false, true]);
    expect((await readTables(ctx.online, id)).map(({ name, state }) => [name, state])).toEqual([
      [tables[4], "current"],
    ]);
  });

  test("keys that a run put before it died are counted by the next one, once", async () => {
    await apply(project, group("plain", { entity: "pair", features: { amount: "INT64" }, duplicates: "keep_last" }));
    const row = (a: string) => ({ a, b: 1, event_timestamp: "2026-01-10T00:00:00.000000Z", amount: 1 });
    const run = (who = project) => materializeGroup(who, { name: "plain", runId: null });
    await writeTestRows(project, "plain", [row("x"), row("y")]);
    expect(await run()).toMatchObject({ rowCount: 2 });
    await writeTestRows(project, "plain", [row("y"), row("z")]);
    const { id } = await requireGroup(project, { name: "plain" });
    const { onlineTable } = await ctx.db.materialization.findUniqueOrThrow({ where: { groupId: id } });
    const dying = Object.assign(Object.create(ctx.online) as OnlineStore, {
      putMany: async (...put: Parameters<OnlineStore["putMany"]>) => {
        const done = await ctx.online.putMany(...put);
        if (put[0] === onlineTable) throw new Error("killed");
        return done;
      },
    });
    await expect(run({ ...project, online: dying })).rejects.toThrow("killed");
    expect((await ctx.online.getMany(onlineTable, [["z", 1]]))[0]).not.toBeNull();
    expect(await run()).toMatchObject({ changed: true, rowCount: 3 });
    await writeTestRows(project, "plain", [row("z"), row("new")]);
    expect(await run()).toMatchObject({ changed: true, rowCount: 4 });
    const bytes = Number((await ctx.db.materialization.findUniqueOrThrow({ where: { groupId: id } })).byteCount);
    await materializeGroup(project, { name: "plain", runId: null, rebuild: true });
    const rebuilt = await ctx.db.materialization.findUniqueOrThrow({ where: { groupId: id } });
    expect([Number(rebuilt.rowCount), Number(rebuilt.byteCount)]).toEqual([4, bytes]);
  });

  test("two at once end in one right state, and nobody gets an unexplained error", async () => {
    await compute();
    const outcomes = await Promise.allSettled([materialize(), materialize()]);
    const failed = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
    expect(failed.filter((reason) => !isLarderError(reason))).toEqual([]);
    expect(failed.length).toBeLessThan(2);
    await settled();
    expect(await online()).toEqual(await offline());
  });

  test("a group without rows is materialized as empty", async () => {
    await apply(
      project,
      group("none", {
        entity: "pair",
        sql: "SELECT a, b, event_timestamp, amount FROM raw WHERE false",
        features: { amount: "INT64" },
      }),
    );
    await refresh(project, ["none"]);
    const answer = await readFeatures(project, ReadFeatures.parse({ entity_ids: KEYS, features: ["none:amount"] }));
    const found = "results" in answer ? answer.results.map((one) => one.features["none:amount"]?.status) : [];
    expect(found).toEqual(KEYS.map(() => "NOT_FOUND"));
  });

  test("writes an audit event with the watermark", async () => {
    await compute();
    await materialize();
    const events = await ctx.db.auditEvent.findMany({
      where: { projectId: project.project.id, action: "group.materialize" },
    });
    expect(events.map((event) => [event.resource, event.after])).toEqual([
      ["feature_group:sums", { watermarkSequence: 1, rowCount: 5 }],
    ]);
  });

  test("an unknown group is feature_group_not_found", async () => {
    const error = await errorOf(materializeGroup(project, { name: "nobody", runId: null }));
    expect(error.code).toBe("feature_group_not_found");
  });
});

describe("the shape of a group may grow while online still holds the old one", () => {
  test("a feature put before others does not shift the values that are read online", async () => {
    await compute();
    await materialize();
    const before = await online();
    const sql =
      "SELECT a, b, event_timestamp, CAST(created AS TIMESTAMP) AS created, amount, note, 7 AS lucky FROM raw";
    await apply(
      project,
      group("sums", {
        entity: "pair",
        sql,
        createdTime: "created",
        features: { lucky: "INT64", note: "STRING", amount: "INT64" },
      }),
    );
    const lucky = () => readFeatures(project, ReadFeatures.parse({ entity_id: KEYS[0], features: ["lucky"] }));
    const known = () =>
      lucky().then(
        () => true,
        () => false,
      );
    await expect.poll(known, { timeout: 10_000 }).toBe(true);
    expect(await online()).toEqual(before);
    await refresh(project);
    const both = async (): Promise<unknown> => {
      const answer = await readFeatures(
        project,
        ReadFeatures.parse({ entity_id: KEYS[0], features: ["lucky", "amount"] }),
      );
      return "features" in answer ? Object.values(answer.features).map((served) => served.value) : answer;
    };
    await expect.poll(both, { timeout: 10_000 }).toEqual([7, 2]);
  });
});
