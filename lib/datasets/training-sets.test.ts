import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Run } from "@/lib/kernel/run";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, csvSource, entity, group, inNewProject, view, writeSourceFile } from "@/lib/testing/definitions";
import { countAllRows, errorOf, execute, refresh } from "@/lib/testing/runs";
import { createTrainingSet } from "./create-training-set";
import { downloadTrainingSet } from "./download-training-set";
import { getHistoricalFeatures } from "./get-historical-features";
import { getTrainingSet } from "./get-training-set";
import { listTrainingSets } from "./list-training-sets";
import { previewTrainingSet } from "./preview-training-set";
import { HistoricalFeatures } from "./schema";
import { CreateTrainingSet, type Manifest } from "./training-schema";

const STATS = "driver,event_timestamp,trips,rating\n1,2024-01-01,1,1.5\n1,2024-01-02,2,\n2,2024-01-02,20,2.5\n";
const LABELS = [
  "driver,event_timestamp,late",
  ...Array.from({ length: 60 }, (_, i) => `${(i % 3) + 1},2024-01-0${(i % 5) + 1} 0${i % 10}:00:00,${i % 2}`),
].join("\n");
const ROWS = [
  { driver: 2, event_timestamp: "2024-01-03T00:00:00Z", late: 1 },
  { driver: 1, event_timestamp: "2024-01-01T12:00:00Z", late: 0 },
  { driver: 9, event_timestamp: "2024-01-03T00:00:00Z", late: 1 },
  { driver: 1, event_timestamp: "2024-01-03T00:00:00Z", late: 0 },
];

let ctx: TestContext;

beforeAll(async () => {
  ctx = await inNewProject(await makeContext());
  await apply(
    ctx,
    entity("driver", { driver: "INT64" }),
    await csvSource(ctx, "stats_rows", STATS),
    await csvSource(ctx, "labels", LABELS),
    group("stats", {
      entity: "driver",
      sql: "SELECT driver, event_timestamp, trips, rating FROM stats_rows",
      features: { trips: "INT64", rating: "FLOAT64" },
    }),
    view("late_v1", [{ group: "stats", features: ["trips", "rating"] }], {
      spine: { sql: "SELECT driver, event_timestamp, late FROM labels", label: "late" },
    }),
    view("bare", [{ group: "stats", features: ["trips"] }]),
  );
  await refresh(ctx);
});
afterAll(closeContexts);

const create = (input: object) => createTrainingSet(ctx, CreateTrainingSet.parse(input));

async function build(input: { name: string } & Record<string, unknown>): Promise<{ run: Run; manifest: Manifest }> {
  const run = await execute(ctx, (await create(input)).run.id);
  expect({ state: run.state, error: run.error }).toEqual({ state: "SUCCEEDED", error: null });
  const { manifest, state } = await getTrainingSet(ctx, { name: input.name });
  if (!manifest) throw new Error(`no manifest in state ${state}`);
  return { run, manifest };
}

const rowsOf = async (name: string, limit = 1000) => (await previewTrainingSet(ctx, { name, limit })).rows;

describe("spines", () => {
  test("rows: every row once, in their order, with the same values as the historical read", async () => {
    const { manifest } = await build({
      name: "from_rows",
      features: ["trips", "rating"],
      spine: { rows: ROWS },
      label: "late",
    });
    const answer = await getHistoricalFeatures(
      ctx,
      HistoricalFeatures.parse({ entity_df: ROWS, features: ["trips", "rating"] }),
    );
    const { columns, rows } = await previewTrainingSet(ctx, { name: "from_rows", limit: 50 });
    expect(columns.map((column) => column.name)).toEqual(answer.columns);
    expect(rows).toEqual(answer.rows.map((row) => Object.values(row)));
    expect(rows.map((row) => row.slice(3))).toEqual([
      [20, 2.5],
      [1, 1.5],
      [null, null],
      [2, null],
    ]);
    expect(manifest.rowCount).toBe(ROWS.length);
  });

  test("sql: as many rows as asked for, evenly taken; all when fewer", async () => {
    const sql = "SELECT driver, event_timestamp, late FROM labels";
    const some = await build({ name: "some", features: ["trips"], spine: { sql }, rowLimit: 25 });
    const all = await build({ name: "all_rows", features: ["trips"], spine: { sql }, rowLimit: 1000 });
    expect([some.manifest.rowCount, all.manifest.rowCount]).toEqual([25, 60]);
    const everything = (await rowsOf("all_rows")).map((row) => JSON.stringify(row));
    const taken = (await rowsOf("some")).map((row) => JSON.stringify(row));
    expect(taken.filter((row) => !everything.includes(row))).toEqual([]);
    expect(new Set(everything).size).toBe(new Set(LABELS.split("\n").slice(1)).size);
  });

  test("a view brings its own spine and label", async () => {
    const { manifest } = await build({ name: "own_spine", view: "late_v1" });
    expect(manifest).toMatchObject({
      view: { name: "late_v1", version: 1 },
      spine: {
        kind: "sql",
        sql: "SELECT driver, event_timestamp, late FROM labels",
        rowCount: 60,
        timestampColumn: "event_timestamp",
        label: "late",
      },
    });
  });
});

describe("the manifest", () => {
  test("says everything that makes the training set what it is", async () => {
    const { manifest, run } = await build({
      name: "described",
      features: ["stats:rating", "stats:trips"],
      spine: { rows: ROWS },
      label: "late",
      fillNull: { rating: 0 },
      fullFeatureNames: false,
    });
    const [commit] = await ctx.db.commit.findMany({
      where: { group: { projectId: ctx.project.id } },
      orderBy: { sequence: "desc" },
    });
    const source = { group: "stats", groupVersion: 1, ttlSeconds: null, commitSequence: 1 };
    const feature = { ...source, commitIds: [commit?.id] };
    expect(manifest).toEqual({
      formatVersion: 2,
      createdAt: "2026-01-15T12:00:00.000000Z",
      spine: {
        kind: "rows",
        sql: null,
        upload: null,
        group: null,
        path: expect.stringMatching(/^training-sets\/trs_\w+\/spine-fil_\w+\.parquet$/),
        contentSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        hash: expect.stringMatching(/^[0-9a-f]{64}$/),
        rowCount: 4,
        timestampColumn: "event_timestamp",
        label: "late",
      },
      features: [
        { ...feature, reference: "stats@1:rating", column: "rating", dataType: "FLOAT64" },
        { ...feature, reference: "stats@1:trips", column: "trips", dataType: "INT64" },
      ],
      joins: [
        {
          ...source,
          groupId: commit?.groupId,
          keys: { driver: "driver" },
          features: [
            { name: "rating", column: "rating" },
            { name: "trips", column: "trips" },
          ],
        },
      ],
      view: null,
      filters: [],
      split: null,
      snapshot: null,
      options: { fullFeatureNames: false, asKnown: "event_time", fillNull: { rating: 0 }, nullKeys: "refuse" },
      inputs: {},
      personal: false,
      engine: { name: "duckdb", version: expect.stringMatching(/^\d+\.\d+/) },
      rowCount: 4,
      filteredCount: 0,
      splitCounts: null,
      columns: [
        { name: "driver", type: "INT64" },
        { name: "event_timestamp", type: "TIMESTAMP" },
        { name: "late", type: "INT64" },
        { name: "rating", type: "FLOAT64" },
        { name: "trips", type: "INT64" },
      ],
      nullCounts: { driver: 0, event_timestamp: 0, late: 0, rating: 0, trips: 1 },
      filledCounts: { rating: 2 },
      contentSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const set = await getTrainingSet(ctx, { name: "described" });
    expect(set).toMatchObject({ state: "READY", rowCount: 4, label: "late", runId: run.id, createdBy: "local-admin" });
  });

  test.each([
    ["rows", { features: ["trips"], spine: { rows: ROWS } }],
    ["sql", { features: ["trips"], spine: { sql: "SELECT driver, event_timestamp, late FROM labels" }, rowLimit: 30 }],
    ["a view", { view: "late_v1", rowLimit: 30 }],
  ])(
    "the same request with a spine of %s has the same content under another name, row for row",
    async (what, input) => {
      const names = ["one", "two"].map((which) => `${which}_${what.replace(" ", "_")}`);
      const [one, two] = [
        await build({ name: names[0] ?? "", ...input }),
        await build({ name: names[1] ?? "", ...input }),
      ];
      expect(two.manifest.contentSha256).toBe(one.manifest.contentSha256);
      expect(two.manifest.spine.hash).toBe(one.manifest.spine.hash);
      expect(await rowsOf(names[1] ?? "")).toEqual(await rowsOf(names[0] ?? ""));
    },
  );

  test("other rows have another hash", async () => {
    const one = await build({ name: "hash_one", features: ["trips"], spine: { rows: ROWS } });
    const two = await build({ name: "hash_two", features: ["trips"], spine: { rows: [...ROWS].reverse() } });
    expect(two.manifest.contentSha256).not.toBe(one.manifest.contentSha256);
    expect(two.manifest.spine.hash).not.toBe(one.manifest.spine.hash);
  });
});

describe("what is refused before anything is written", () => {
  const good = { features: ["trips"], spine: { rows: ROWS } };
  const [row] = ROWS;
  test.each<[string, object, string]>([
    ["a name that is taken", { ...good, name: "from_rows" }, "already_exists"],
    ["no spine", { features: ["trips"] }, "empty_spine"],
    ["a view that offers no spine", { view: "bare" }, "empty_spine"],
    ["an unknown view", { view: "nobody" }, "feature_view_not_found"],
    ["an unknown feature", { ...good, features: ["nope"] }, "feature_not_found"],
    ["rows and sql", { ...good, spine: { rows: ROWS, sql: "SELECT 1" } }, "validation_failed"],
    ["features and view", { ...good, view: "bare" }, "validation_failed"],
    ["no timestamp", { ...good, spine: { rows: [{ driver: 1 }] } }, "missing_timestamp"],
    ["a timestamp column that is not there", { ...good, timestampColumn: "when" }, "missing_timestamp"],
    ["a bad timestamp", { ...good, spine: { rows: [row, { ...row, event_timestamp: "soon" }] } }, "invalid_timestamp"],
    ["a null key", { ...good, spine: { rows: [row, { ...row, driver: null }] } }, "null_key"],
    ["a key of another type", { ...good, spine: { rows: [row, { ...row, driver: "1" }] } }, "key_type_mismatch"],
    ["no key", { ...good, spine: { rows: [{ event_timestamp: "2024-01-01" }] } }, "missing_key_column"],
    ["a column with a feature's name", { ...good, spine: { rows: [{ ...row, trips: 1 }] } }, "feature_name_collision"],
    ["a default for no column", { ...good, fillNull: { nope: 1 } }, "unknown_field"],
    ["a default of another type", { ...good, fillNull: { trips: "x" } }, "validation_failed"],
  ])("%s", async (_what, input, code) => {
    const before = await countAllRows(ctx.db);
    const error = await errorOf(create({ name: "refused", ...input }));
    expect(error.code).toBe(code);
    if (code.startsWith("invalid_timestamp") || code === "null_key")
      expect(error.issues.map((issue) => issue.row)).toEqual([2]);
    expect(await countAllRows(ctx.db)).toEqual(before);
  });
});

describe("SQL of a spine that cannot work is refused before anything is written", () => {
  test.each([
    ["wrong", "SELECT nonsense FROM labels", "sql_invalid"],
    ["does not stop at reading", "DROP TABLE labels", "sql_not_allowed"],
    ["reads something unknown", "SELECT * FROM nobody", "not_found"],
    ["no timestamp", "SELECT driver FROM labels", "missing_timestamp"],
    ["a timestamp that is none", "SELECT driver, 1 AS event_timestamp FROM labels", "invalid_timestamp"],
    ["no key", "SELECT event_timestamp FROM labels", "missing_key_column"],
    ["a feature's name", "SELECT driver, event_timestamp, 1 AS trips FROM labels", "feature_name_collision"],
  ])("%s", async (_what, sql, code) => {
    const before = await countAllRows(ctx.db);
    expect((await errorOf(create({ name: "refused", features: ["trips"], spine: { sql } }))).code).toBe(code);
    expect(await countAllRows(ctx.db)).toEqual(before);
  });
});

describe("what only the run finds out", () => {
  test.each([
    ["no rows", "SELECT driver, event_timestamp FROM labels WHERE false", "empty_spine"],
    [
      "a value that cannot be cast",
      "SELECT CAST('x' || driver AS BIGINT) AS driver, event_timestamp FROM labels",
      "sql_invalid",
    ],
    ["a null key", "SELECT CAST(NULL AS BIGINT) AS driver, event_timestamp FROM labels", "null_key"],
    [
      "a key of another type",
      "SELECT CAST(driver AS VARCHAR) AS driver, event_timestamp FROM labels",
      "key_type_mismatch",
    ],
  ])("%s: run and training set are FAILED, with the code", async (what, sql, code) => {
    const name = `failing_${what.toLowerCase().replaceAll(/[^a-z]+/g, "_")}`;
    const { run } = await create({ name, features: ["trips"], spine: { sql } });
    for (const open of [() => previewTrainingSet(ctx, { name, limit: 5 }), () => downloadTrainingSet(ctx, { name })]) {
      expect((await errorOf(open())).code).toBe("state_conflict");
    }
    expect(await execute(ctx, run.id)).toMatchObject({ state: "FAILED", error: { code } });
    expect(await getTrainingSet(ctx, { name })).toMatchObject({ state: "FAILED", manifest: null, rowCount: null });
    expect((await errorOf(previewTrainingSet(ctx, { name, limit: 5 }))).code).toBe("state_conflict");
  });
});

describe("after a death", () => {
  const good = { features: ["trips"], spine: { rows: ROWS } };
  test("between the file and its READY: the next attempt succeeds", async () => {
    const { run } = await create({ name: "orphaned", ...good });
    // The database refuses READY once, after the file was written; then the run is put back as recovery does.
    await ctx.db.$executeRawUnsafe(
      `CREATE FUNCTION refuse_ready() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'no'; END $$ LANGUAGE plpgsql`,
    );
    await ctx.db.$executeRawUnsafe(
      `CREATE TRIGGER refuse BEFORE UPDATE ON "TrainingSet" FOR EACH ROW WHEN (NEW.state = 'READY') EXECUTE FUNCTION refuse_ready()`,
    );
    expect(await execute(ctx, run.id)).toMatchObject({ state: "FAILED" });
    await ctx.db.$executeRawUnsafe(`DROP TRIGGER refuse ON "TrainingSet"`);
    await ctx.db.run.update({ where: { id: run.id }, data: { state: "QUEUED" } });
    await ctx.db.trainingSet.updateMany({ where: { runId: run.id }, data: { state: "BUILDING" } });
    expect(await execute(ctx, run.id)).toMatchObject({ state: "SUCCEEDED", error: null });
    expect(await rowsOf("orphaned")).toHaveLength(4);
  });

  test("between its READY and the end of the run: it stays exactly what it was", async () => {
    const { run, manifest } = await build({ name: "finished", ...good });
    await ctx.db.run.update({ where: { id: run.id }, data: { state: "QUEUED", leaseOwner: null } });
    const before = await ctx.db.trainingSet.findUniqueOrThrow({
      where: { projectId_name: { projectId: ctx.project.id, name: "finished" } },
    });
    ctx.clock.advance(60);
    expect(await execute(ctx, run.id)).toMatchObject({ state: "SUCCEEDED" });
    expect(await ctx.db.trainingSet.findUnique({ where: { id: before.id } })).toEqual(before);
    expect((await getTrainingSet(ctx, { name: "finished" })).manifest).toEqual(manifest);
  });
});

describe("reading training sets", () => {
  test("the download is the Parquet file, byte for byte as long as it says", async () => {
    const { byteCount, fileName, stream } = await downloadTrainingSet(ctx, { name: "from_rows" });
    const bytes = Buffer.from(await new Response(stream).arrayBuffer());
    expect(fileName).toBe("from_rows.parquet");
    expect(bytes.length).toBe(byteCount);
    expect([bytes.subarray(0, 4).toString(), bytes.subarray(-4).toString()]).toEqual(["PAR1", "PAR1"]);
  });

  test("every download is recorded, with who took it; a look at the first rows is not", async () => {
    const where = { projectId: ctx.project.id, action: "training_set.download" };
    const before = await ctx.db.auditEvent.count({ where });
    await previewTrainingSet(ctx, { name: "from_rows", limit: 5 });
    expect(await ctx.db.auditEvent.count({ where })).toBe(before);
    const { stream, byteCount } = await downloadTrainingSet(ctx, { name: "from_rows" });
    await stream.cancel();
    const [last] = await ctx.db.auditEvent.findMany({ where, orderBy: { sequence: "desc" }, take: 1 });
    expect(await ctx.db.auditEvent.count({ where })).toBe(before + 1);
    expect(last).toMatchObject({
      resource: "training_set:from_rows",
      actorId: ctx.actor.id,
      after: { byteCount, rowCount: (await getTrainingSet(ctx, { name: "from_rows" })).rowCount },
    });
  });

  test("it never changes: later commits leave its rows and its hash alone", async () => {
    const before = { set: await getTrainingSet(ctx, { name: "from_rows" }), rows: await rowsOf("from_rows") };
    await writeSourceFile(ctx, "stats_rows.csv", STATS.replaceAll("2024-01-02,2,", "2024-01-02,999,"));
    await refresh(ctx);
    expect({ set: await getTrainingSet(ctx, { name: "from_rows" }), rows: await rowsOf("from_rows") }).toEqual(before);
    expect(await rowsOf("from_rows", 2)).toEqual(before.rows.slice(0, 2));
  });

  test("lists them newest first, by view", async () => {
    const mine = await listTrainingSets(ctx, { limit: 200, view: "late_v1" });
    expect(mine.items.map((set) => set.name)).toContain("own_spine");
    expect(mine.items.every((set) => set.view === "late_v1")).toBe(true);
    const first = await listTrainingSets(ctx, { limit: 1 });
    expect(first.total).toBeGreaterThan(mine.total);
    expect(first.nextCursor).not.toBeNull();
  });

  test.each([
    ["getTrainingSet", () => getTrainingSet(ctx, { name: "nobody" })],
    ["previewTrainingSet", () => previewTrainingSet(ctx, { name: "nobody", limit: 1 })],
    ["downloadTrainingSet", () => downloadTrainingSet(ctx, { name: "nobody" })],
  ])("%s of an unknown one is training_set_not_found", async (_name, call) => {
    expect((await errorOf(call())).code).toBe("training_set_not_found");
  });
});
