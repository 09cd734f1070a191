import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createDuckDbEngine } from "@/lib/engines/offline/duckdb/engine";
import type { Run } from "@/lib/kernel/run";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, csvSource, entity, group, inNewProject, view, writeSourceFile } from "@/lib/testing/definitions";
import { countAllRows, errorOf, execute, refresh } from "@/lib/testing/runs";
import { commitFiles } from "./commit-files";
import { createSnapshot } from "./create-snapshot";
import { createTrainingSet } from "./create-training-set";
import { getTrainingSet } from "./get-training-set";
import { loadTable, requireGroup } from "./load-table";
import { requestVerification } from "./request-verification";
import { restoreGroup } from "./restore-group";
import { CreateSnapshot, RestoreGroup } from "./snapshot-schema";
import { CreateTrainingSet, type Manifest } from "./training-schema";

let ctx: TestContext;
const DAYS = 9;
const stats = (factor: number): string =>
  [
    "driver,event_timestamp,trips,rating",
    ...Array.from(
      { length: 400 },
      (_, i) => `${i % 40},2024-01-0${(i % DAYS) + 1} 0${i % 7}:00:00,${i * factor},${i % 5 ? i / 3 : ""}`,
    ),
  ].join("\n");
const LABELS = [
  "driver,event_timestamp,late",
  ...Array.from({ length: 600 }, (_, i) => `${i % 45},2024-01-0${(i % DAYS) + 1} 1${i % 9}:30:00,${i % 2}`),
].join("\n");

beforeAll(async () => {
  ctx = await inNewProject(await makeContext());
  await apply(
    ctx,
    entity("driver", { driver: "INT64" }),
    await csvSource(ctx, "stats_rows", stats(1)),
    await csvSource(ctx, "labels", LABELS),
    group("stats", {
      entity: "driver",
      ttl: "5d",
      sql: "SELECT driver, event_timestamp, trips, rating FROM stats_rows",
      features: { trips: "INT64", rating: "FLOAT64" },
    }),
    view("late_v1", [{ group: "stats", features: ["trips", "rating"] }], {
      spine: { sql: "SELECT driver, event_timestamp, late FROM labels", label: "late" },
      filters: { trips: { gte: 20 }, rating: { notNull: true } },
    }),
  );
  await refresh(ctx);
});
afterAll(closeContexts);

async function build(input: { name: string } & Record<string, unknown>): Promise<Manifest> {
  const { run } = await createTrainingSet(ctx, CreateTrainingSet.parse(input));
  const done = await execute(ctx, run.id);
  expect({ state: done.state, error: done.error }).toEqual({ state: "SUCCEEDED", error: null });
  const { manifest } = await getTrainingSet(ctx, { name: input.name });
  if (!manifest) throw new Error("no manifest");
  return manifest;
}

async function verify(name: string, as: TestContext = ctx): Promise<Run> {
  const { run } = await requestVerification(as, { name });
  return execute(as, run.id);
}

const SPLIT = {
  by: "hash",
  seed: 3,
  parts: [
    { name: "train", share: 0.8 },
    { name: "test", share: 0.2 },
  ],
};

describe("a training set built from a filtered view, split", () => {
  let manifest: Manifest;
  beforeAll(async () => {
    manifest = await build({ name: "first", view: "late_v1", split: SPLIT, fillNull: { rating: 0 } });
  });

  test("says what was left out and how it was divided", () => {
    const { rowCount, filteredCount = 0, splitCounts, filters, split, spine } = manifest;
    expect(spine.rowCount).toBe(600);
    expect(rowCount + filteredCount).toBe(600);
    expect(filteredCount).toBeGreaterThan(20);
    expect(filters).toEqual([
      { column: "trips", operator: "gte", value: 20 },
      { column: "rating", operator: "notNull", value: true },
    ]);
    expect(split).toMatchObject({ by: "hash", column: "split", keys: ["driver"], seed: 3 });
    expect((splitCounts?.train ?? 0) + (splitCounts?.test ?? 0)).toBe(rowCount);
    expect(manifest.columns.map(({ name }) => name)).toEqual([
      "driver",
      "event_timestamp",
      "late",
      "trips",
      "rating",
      "split",
    ]);
  });

  test("a verification writes nothing but its run", async () => {
    const [before, files] = [await countAllRows(ctx.db), await filesOf("first")];
    const run = await verify("first");
    expect(run.result).toEqual({
      matches: true,
      contentSha256: manifest.contentSha256,
      expected: manifest.contentSha256,
      rowCount: manifest.rowCount,
    });
    const after = await countAllRows(ctx.db);
    const changed = Object.keys(after).filter((table) => after[table] !== before[table]);
    expect(changed.sort()).toEqual(
      ['"AuditEvent"', '"Run"', "pgboss.job"].filter((table) => changed.includes(table)).sort(),
    );
    expect(await filesOf("first")).toEqual(files);
  });

  test.each([1, 8])("gives the same rows on %i threads", async (threads) => {
    const root = join(ctx.folder, "offline");
    const offline = createDuckDbEngine({
      root,
      processPath: join(process.cwd(), "lib/engines/offline/duckdb/process.ts"),
      rootDir: process.cwd(),
      threads,
      temporaryDirectory: join(ctx.folder, `tmp-${threads}`),
    });
    const run = await verify("first", { ...ctx, offline });
    await offline.close();
    expect(run.result).toMatchObject({ matches: true });
  });

  test("gives the same rows after later commits, a restore and a compaction", async () => {
    await writeSourceFile(ctx, "stats_rows.csv", stats(1000));
    await refresh(ctx);
    expect((await verify("first")).result).toMatchObject({ matches: true });
    const changed = await build({ name: "second", view: "late_v1", split: SPLIT, fillNull: { rating: 0 } });
    expect(changed.contentSha256).not.toBe(manifest.contentSha256);
    expect(changed.features[0]?.commitSequence).toBe(2);
    await restoreGroup(ctx, RestoreGroup.parse({ name: "stats", commit: 1 }));
    const restored = await build({ name: "third", view: "late_v1", split: SPLIT, fillNull: { rating: 0 } });
    expect(restored.contentSha256).toBe(manifest.contentSha256);
    const stored = await requireGroup(ctx, { name: "stats" });
    const { table, fileIds } = await loadTable(ctx, stored);
    const file = await ctx.offline.compact({ table, folder: `groups/${stored.id}` });
    if (!file) throw new Error("nothing to compact");
    await commitFiles(ctx, stored, { mode: "compact", files: [file], replaces: fileIds, liveRows: 400 });
    const compacted = await build({ name: "fourth", view: "late_v1", split: SPLIT, fillNull: { rating: 0 } });
    expect(compacted.contentSha256).toBe(manifest.contentSha256);
    for (const name of ["first", "second", "third", "fourth"])
      expect([name, (await verify(name)).result]).toEqual([name, expect.objectContaining({ matches: true })]);
  });

  test("also when the commits it was built from are past their retention", async () => {
    await ctx.db.commit.updateMany({
      where: { group: { projectId: ctx.project.id }, sequence: 1 },
      data: { expiredAt: new Date() },
    });
    expect((await verify("first")).result).toMatchObject({ matches: true });
    await ctx.db.commit.updateMany({ where: { group: { projectId: ctx.project.id } }, data: { expiredAt: null } });
  });

  test("another hash is no match, and says so", async () => {
    const where = { projectId_name: { projectId: ctx.project.id, name: "second" } };
    const { manifest: kept } = await getTrainingSet(ctx, { name: "second" });
    await ctx.db.trainingSet.update({
      where,
      data: { manifest: { ...kept, contentSha256: "0".repeat(64) } as object },
    });
    expect((await verify("second")).result).toMatchObject({ matches: false, expected: "0".repeat(64) });
  });

  test("a spine that was changed under it is data_corrupt", async () => {
    const { manifest: kept } = await getTrainingSet(ctx, { name: "third" });
    const other = (await getTrainingSet(ctx, { name: "first" })).manifest;
    const bytes = Buffer.from(
      await new Response((await ctx.offline.open(other?.spine.path ?? "")).stream).arrayBuffer(),
    );
    bytes[100] = (bytes[100] ?? 0) ^ 255;
    await writeFile(join(ctx.folder, "offline", kept?.spine.path ?? ""), bytes);
    expect((await verify("third")).error?.code).toBe("data_corrupt");
    expect(await filesOf("third")).toHaveLength(2);
  });
});

async function filesOf(name: string): Promise<string[]> {
  const { id } = await ctx.db.trainingSet.findUniqueOrThrow({
    where: { projectId_name: { projectId: ctx.project.id, name } },
  });
  return (await ctx.offline.listFiles(`training-sets/${id}`)).map((file) => file.path).sort();
}

describe("what cannot be verified", () => {
  test("one that is not there, and one that is not READY", async () => {
    expect((await errorOf(requestVerification(ctx, { name: "nobody" }))).code).toBe("training_set_not_found");
    await createTrainingSet(ctx, CreateTrainingSet.parse({ name: "waiting", view: "late_v1" }));
    expect((await errorOf(requestVerification(ctx, { name: "waiting" }))).code).toBe("state_conflict");
  });
  test("one that was built before spines were kept: it can still be read", async () => {
    const manifest = await build({ name: "old", view: "late_v1" });
    const { joins: _joins, filters: _filters, ...old } = manifest;
    await ctx.db.trainingSet.update({
      where: { projectId_name: { projectId: ctx.project.id, name: "old" } },
      data: { spinePath: null, manifest: { ...old, formatVersion: 1 } as object },
    });
    expect((await errorOf(requestVerification(ctx, { name: "old" }))).code).toBe("state_conflict");
    expect((await getTrainingSet(ctx, { name: "old" })).manifest?.formatVersion).toBe(1);
  });
});

test("a snapshot is read as it holds the groups, whatever came after", async () => {
  const at = async (): Promise<Manifest> =>
    build({ name: `at_${Math.trunc(performance.now() * 1000)}`, view: "late_v1", snapshot: "monday" });
  await createSnapshot(ctx, CreateSnapshot.parse({ name: "monday", featureView: "late_v1" }));
  const before = await at();
  await writeSourceFile(ctx, "stats_rows.csv", stats(7));
  await refresh(ctx);
  const after = await at();
  expect(after.contentSha256).toBe(before.contentSha256);
  expect([after.snapshot, after.features[0]?.commitSequence]).toEqual(["monday", before.features[0]?.commitSequence]);
  const newest = await build({ name: "newest", view: "late_v1" });
  expect(newest.contentSha256).not.toBe(before.contentSha256);
  const unknown = createTrainingSet(ctx, CreateTrainingSet.parse({ name: "no", view: "late_v1", snapshot: "nobody" }));
  expect((await errorOf(unknown)).code).toBe("snapshot_not_found");
});

test("a cancelled build leaves no file, and nothing READY", async () => {
  const { run } = await createTrainingSet(ctx, CreateTrainingSet.parse({ name: "stopped", view: "late_v1" }));
  await ctx.db.$executeRawUnsafe(
    `CREATE FUNCTION stop_run() RETURNS trigger AS $$ BEGIN NEW."cancelRequested" = true; RETURN NEW; END $$ LANGUAGE plpgsql`,
  );
  // Asks for the stop as soon as the run has begun, so that its heartbeat finds it in the middle of the work.
  await ctx.db.$executeRawUnsafe(
    `CREATE TRIGGER stop_run BEFORE UPDATE ON "Run" FOR EACH ROW WHEN (NEW.state = 'RUNNING') EXECUTE FUNCTION stop_run()`,
  );
  const slow = { ...ctx, offline: slowed(ctx.offline) };
  const done = await execute(slow, run.id);
  await ctx.db.$executeRawUnsafe(`DROP TRIGGER stop_run ON "Run"`);
  expect(done.state).toBe("CANCELLED");
  expect(await filesOf("stopped")).toEqual([]);
  expect(await getTrainingSet(ctx, { name: "stopped" })).toMatchObject({ state: "FAILED", manifest: null });
});

/** The same engine, which takes its time over hashing: after every file was written. */
function slowed(offline: TestContext["offline"]): TestContext["offline"] {
  return new Proxy(offline, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (name === "contentHash")
        return async (path: string) => {
          await new Promise((resolve) => setTimeout(resolve, 1500));
          return target.contentHash(path);
        };
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
