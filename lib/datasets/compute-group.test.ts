import { readdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { OfflineEngine } from "@/lib/engines/offline/port";
import { materializeGroup } from "@/lib/materialization/materialize-group";
import { getFeatureGroup } from "@/lib/registry/get-feature-group";
import { closeContexts, makeContext, sourceFolder, type TestContext } from "@/lib/testing/context";
import {
  apply,
  csvSource,
  entity,
  group,
  inNewProject,
  type Written,
  writeSourceFile,
} from "@/lib/testing/definitions";
import { countAllRows, errorOf, refresh } from "@/lib/testing/runs";
import { computeGroup } from "./compute-group";
import { readRows } from "./read-rows";
import { ReadRows } from "./schema";

const V1 = "driver,event_timestamp,trips\n1,2026-01-10 00:00:00,1\n2,2026-01-10 00:00:00,2\n";
const V2 = "driver,event_timestamp,trips\n1,2026-01-11 00:00:00,10\n3,2026-01-11 00:00:00,30\n";

let ctx: TestContext;
let project: TestContext;

beforeAll(async () => {
  ctx = await makeContext();
});
afterAll(closeContexts);

function stats(sql = "SELECT driver, event_timestamp, trips FROM rides"): Written {
  return group("stats", { entity: "driver", sql, features: { trips: "INT64" } });
}

async function start(csv = V1): Promise<void> {
  project = await inNewProject(ctx);
  await apply(project, entity("driver", { driver: "INT64" }), await csvSource(project, "rides", csv), stats());
}

const compute = () => computeGroup(project, { name: "stats", runId: null });
const rows = async (input: object = {}) =>
  (await readRows(project, ReadRows.parse({ name: "stats", order: "asc", ...input }))).rows;
const dataFiles = (): string[] =>
  (readdirSync(join(ctx.folder, "offline"), { recursive: true }) as string[]).filter((name) =>
    name.endsWith(".parquet"),
  );

describe("computeGroup", () => {
  test("unchanged inputs: no commit, no file, no row anywhere", async () => {
    await start();
    expect(await compute()).toEqual({ changed: true, rowCount: 2, commitSequence: 1 });
    const before = { rows: await countAllRows(ctx.db), files: dataFiles() };
    expect(await compute()).toEqual({ changed: false, rowCount: 2, commitSequence: 1 });
    expect({ rows: await countAllRows(ctx.db), files: dataFiles() }).toEqual(before);
  });

  test("a second refresh of everything changes nothing but its own run", async () => {
    await start();
    await refresh(project);
    const before = { rows: await countAllRows(ctx.db), files: dataFiles() };
    const again = await refresh(project);
    expect(again.progress.nodes.map((node) => node.state)).toEqual(again.progress.nodes.map(() => "UNCHANGED"));
    const after = await countAllRows(ctx.db);
    const grown = Object.keys(after).filter((table) => after[table] !== before.rows[table]);
    expect(grown.filter((table) => !['"Run"', '"AuditEvent"', "pgboss.job"].includes(table))).toEqual([]);
    expect(dataFiles()).toEqual(before.files);
  });

  test("a changed file makes a new commit that replaces everything; the old commit can still be read", async () => {
    await start();
    await compute();
    await writeSourceFile(project, "rides.csv", V2);
    expect(await compute()).toEqual({ changed: true, rowCount: 2, commitSequence: 2 });
    expect(await rows()).toEqual([
      [1, "2026-01-11T00:00:00.000000Z", 10],
      [3, "2026-01-11T00:00:00.000000Z", 30],
    ]);
    expect(await rows({ commit: 1 })).toEqual([
      [1, "2026-01-10T00:00:00.000000Z", 1],
      [2, "2026-01-10T00:00:00.000000Z", 2],
    ]);
    const { commits, rowCount } = await getFeatureGroup(project, { name: "stats" });
    expect(commits.map((commit) => [commit.sequence, commit.mode, commit.rowCount])).toEqual([
      [2, "overwrite", 2],
      [1, "overwrite", 2],
    ]);
    expect(rowCount).toBe(2);
    expect(commits[0]).toMatchObject({
      minEventTime: "2026-01-11T00:00:00.000000Z",
      maxEventTime: "2026-01-11T00:00:00.000000Z",
    });
  });

  test("changed SQL makes a new commit although the files are the same", async () => {
    await start();
    await compute();
    await apply(project, stats("SELECT driver, event_timestamp, trips * 2 AS trips FROM rides"));
    expect(await compute()).toMatchObject({ changed: true, commitSequence: 2 });
    expect((await rows()).map((row) => row[2])).toEqual([2, 4]);
  });

  test("a group that reads a group is computed again when that one changed", async () => {
    await start();
    const sql = "SELECT driver, event_timestamp, trips * 100 AS hundreds FROM stats";
    await apply(project, group("scaled", { entity: "driver", sql, features: { hundreds: "INT64" } }));
    await refresh(project);
    await writeSourceFile(project, "rides.csv", V2);
    await refresh(project, ["scaled"]);
    const scaled = await readRows(project, ReadRows.parse({ name: "scaled", order: "asc" }));
    expect(scaled.rows.map((row) => [row[0], row[2]])).toEqual([
      [1, 1000],
      [3, 3000],
    ]);
  });

  test("no rows: a commit without a file, and nothing to read", async () => {
    await start();
    await compute();
    await apply(project, stats("SELECT driver, event_timestamp, trips FROM rides WHERE trips > 100"));
    expect(await compute()).toEqual({ changed: true, rowCount: 0, commitSequence: 2 });
    expect(await rows()).toEqual([]);
    expect((await getFeatureGroup(project, { name: "stats" })).rowCount).toBe(0);
    await materializeGroup(project, { name: "stats", runId: null });
  });

  test.each([
    ["a null key", "SELECT CAST(NULL AS BIGINT) AS driver, event_timestamp, trips FROM rides", "null_key"],
    [
      "a null instant",
      "SELECT driver, CAST(NULL AS TIMESTAMP) AS event_timestamp, trips FROM rides",
      "invalid_timestamp",
    ],
    [
      "a value that loses something",
      "SELECT driver, event_timestamp, trips + 0.5 AS trips FROM rides",
      "schema_mismatch",
    ],
    [
      "SQL that fails while it runs",
      "SELECT driver, event_timestamp, CAST('x' || trips AS BIGINT) AS trips FROM rides",
      "sql_invalid",
    ],
  ])("%s is refused whole: nothing is committed and no file stays", async (_what, sql, code) => {
    await start();
    await compute();
    await apply(project, stats(sql));
    const before = { rows: await countAllRows(ctx.db), files: dataFiles() };
    expect((await errorOf(compute())).code).toBe(code);
    expect({ rows: await countAllRows(ctx.db), files: dataFiles() }).toEqual(before);
    expect((await rows()).map((row) => row[2])).toEqual([1, 2]);
  });

  test("a vanished source file is an error, and the last commit stays readable", async () => {
    await start();
    await compute();
    await rm(join(sourceFolder(ctx.folder), project.project.name, "rides.csv"));
    expect((await errorOf(compute())).code).toBe("unreadable_file");
    expect(await rows()).toHaveLength(2);
  });

  test("two that compute at once: one commits, the other gets commit_conflict, and one commit is there", async () => {
    await start();
    // Both read the head before either commits: the append of each waits for the other's.
    let arrived = 0;
    let open = (): void => {};
    const both = new Promise<void>((resolve) => {
      open = resolve;
    });
    const offline: OfflineEngine = Object.create(ctx.offline, {
      append: {
        value: async (...given: Parameters<OfflineEngine["append"]>) => {
          arrived += 1;
          if (arrived === 2) open();
          await both;
          return ctx.offline.append(...given);
        },
      },
    });
    const outcomes = await Promise.allSettled(
      [1, 2].map(() => computeGroup({ ...project, offline }, { name: "stats", runId: null })),
    );
    const failed = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
    expect(failed.map((reason: { code?: string }) => reason.code)).toEqual(["commit_conflict"]);
    const { commits } = await getFeatureGroup(project, { name: "stats" });
    expect(commits.map((commit) => commit.sequence)).toEqual([1]);
    expect(await rows()).toHaveLength(2);
    expect(await compute()).toMatchObject({ changed: false, commitSequence: 1 });
  });

  test("an unknown group is feature_group_not_found", async () => {
    await start();
    expect((await errorOf(computeGroup(project, { name: "nobody", runId: null }))).code).toBe(
      "feature_group_not_found",
    );
  });
});

describe("readRows", () => {
  const LATER = "driver,event_timestamp,trips\n1,2026-01-01,1\n1,2026-01-02,2\n1,2026-01-03,3\n2,2026-01-02,4\n";
  test("start is inside, end is outside; newest first by default; limit", async () => {
    await start(LATER);
    await compute();
    const trips = async (input: object) =>
      (await readRows(project, ReadRows.parse({ name: "stats", ...input }))).rows.map((row) => row[2]);
    expect(await trips({ start: "2026-01-02", end: "2026-01-03", order: "asc" })).toEqual([2, 4]);
    expect(await trips({ end: "2026-01-02T00:00:00.000001Z", order: "asc" })).toEqual([1, 2, 4]);
    expect(await trips({ start: "2026-01-03" })).toEqual([3]);
    expect(await trips({})).toEqual([3, 4, 2, 1]);
    expect(await trips({ limit: 1 })).toEqual([3]);
    expect(await trips({ limit: 1, order: "asc" })).toEqual([1]);
  });

  test("answers typed columns: keys, event time, features", async () => {
    const table = await readRows(project, ReadRows.parse({ name: "stats" }));
    expect(table.columns).toEqual([
      { name: "driver", type: "INT64" },
      { name: "event_timestamp", type: "TIMESTAMP" },
      { name: "trips", type: "INT64" },
    ]);
  });

  test.each([
    ["an unknown group", { name: "nobody" }, "feature_group_not_found"],
    ["an unknown version", { name: "stats", version: 7 }, "feature_group_not_found"],
    ["a commit that does not exist", { name: "stats", commit: 2 }, "commit_not_found"],
    ["a start that is no instant", { name: "stats", start: "yesterday" }, "invalid_parameter"],
  ])("%s: %o -> %s", async (_what, input, code) => {
    expect((await errorOf(readRows(project, ReadRows.parse(input)))).code).toBe(code);
  });
});
