import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { encodeRow, orderOf, rowSchema, valuesOf } from "@/lib/compute/online-row";
import { loadTable, requireGroup } from "@/lib/datasets/load-table";
import { restoreGroup } from "@/lib/datasets/restore-group";
import type { KeyedRow, OnlineStore } from "@/lib/engines/online/port";
import { changeTables } from "@/lib/engines/online/table-notes";
import { catchUpGroups } from "@/lib/jobs/catch-up-groups";
import type { Run } from "@/lib/kernel/run";
import type { Column, Value } from "@/lib/kernel/values";
import type { Materialization } from "@/lib/platform/generated/prisma/client";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, entity, group, inNewProject } from "@/lib/testing/definitions";
import { errorOf, execute, workerOf } from "@/lib/testing/runs";
import { writeTestRows } from "@/lib/testing/written-rows";
import { listMaterializations } from "./list-materializations";
import { listParityChecks } from "./list-parity-checks";
import { materializeGroup } from "./materialize-group";
import { notePushes, PUSHED_FROM, putMark, readMarks } from "./online-tables";
import { requestMaterialization } from "./request-materialization";
import { requestParityCheck } from "./request-parity-check";
import { type ParityReport, RequestMaterialization, RequestParityCheck } from "./schema";
import { buildTable } from "./table-build";

let base: TestContext;
let ctx: TestContext;

beforeAll(async () => {
  base = await makeContext();
});
afterAll(closeContexts);

const at = (hour: number): string => `2026-01-10T${String(hour).padStart(2, "0")}:00:00.000000Z`;
const rowOf = (k: number, hour: number, v: number | null): Record<string, Value> => ({
  k,
  event_timestamp: at(hour),
  v,
  secret: `s${v}`,
});

beforeEach(async () => {
  ctx = await inNewProject(base);
  await apply(
    ctx,
    entity("thing", { k: "INT64" }),
    group("g", {
      entity: "thing",
      features: { v: "INT64", secret: { type: "STRING", status: "ACTIVE", sensitivity: "personal" } },
    }),
  );
  await writeTestRows(ctx, "g", [rowOf(1, 1, 10), rowOf(2, 1, 20), rowOf(3, 1, 30)]);
});

const materialize = (rebuild = false) => materializeGroup(ctx, { name: "g", runId: null, rebuild });

async function inUse(): Promise<Materialization> {
  const { id } = await requireGroup(ctx, { name: "g" });
  return ctx.db.materialization.findUniqueOrThrow({ where: { groupId: id } });
}

async function commitOf(sequence: number): Promise<string> {
  const { groupId } = await ctx.db.commit.findFirstOrThrow({ where: { group: { projectId: ctx.project.id } } });
  const where = { groupId_sequence: { groupId, sequence } };
  return (await ctx.db.commit.findUniqueOrThrow({ where })).id;
}

async function valuesOnline(keys = [1, 2, 3]): Promise<(Value | undefined)[]> {
  const { onlineTable, columns } = await inUse();
  const rows = await ctx.online.getMany(
    onlineTable,
    keys.map((k) => [k]),
  );
  return rows.map((row) => (row === null ? null : valuesOf(rowSchema(columns as Column[]), row)[0]));
}

async function put(k: number, hour: number, v: number, rowNumber: number, commitSequence = 1): Promise<void> {
  const { onlineTable, columns } = await inUse();
  const order = { eventTime: at(hour), createdTime: at(12), commitSequence, rowNumber };
  if (rowNumber >= PUSHED_FROM) await notePushes(ctx.online, onlineTable);
  const row = encodeRow(rowSchema(columns as Column[]), order, [v, "x"]);
  await ctx.online.putMany(onlineTable, [{ key: [k], row }]);
}

const requested = async (input: object): Promise<Run> => {
  const { run } = await requestMaterialization(ctx, RequestMaterialization.parse(input));
  return execute(ctx, run.id);
};

const stateOf = async () => (await listMaterializations(ctx, { limit: 50 })).items[0];

describe("late and repeated rows", () => {
  test("a row that arrives late and is older never replaces a newer one; a correction of the same time does", async () => {
    await materialize();
    await writeTestRows(ctx, "g", [rowOf(1, 0, 99), rowOf(2, 1, 21), rowOf(4, 1, 40)]);
    expect(await materialize()).toMatchObject({ changed: true, rowCount: 4, watermarkSequence: 2 });
    expect(await valuesOnline([1, 2, 3, 4])).toEqual([10, 21, 30, 40]);
  });

  test("two commits apart or at once, in one state: a null that is newer is taken, times stay as they were", async () => {
    await writeTestRows(ctx, "g", [rowOf(1, 5, null)]);
    await materialize();
    await writeTestRows(ctx, "g", [rowOf(1, 4, 44)]);
    await materialize();
    expect(await valuesOnline()).toEqual([null, 20, 30]);
    expect((await inUse()).watermarkEventTime).toBe(at(5));
  });

  test("what restoring takes away goes online too, and pushed rows stay, whoever moves", async () => {
    await writeTestRows(ctx, "g", [rowOf(1, 5, 50), rowOf(9, 5, 90)]);
    await materialize();
    await put(7, 6, 70, PUSHED_FROM);
    await restoreGroup(ctx, { name: "g", commit: 1 });
    const before = await inUse();
    expect(await materialize()).toMatchObject({ rowCount: 4 });
    expect((await inUse()).onlineTable).not.toBe(before.onlineTable);
    expect(await valuesOnline([1, 9, 7])).toEqual([10, null, 70]);
    expect(await ctx.online.getMany(before.onlineTable, [[1]])).toEqual([null]);
  });
});

describe("faults of the online store and of the database", () => {
  test("online is ahead of a database that was restored: nothing goes backwards, a rebuild makes it right", async () => {
    await materialize();
    await writeTestRows(ctx, "g", [rowOf(1, 5, 50)]);
    await materialize();
    const { id } = await requireGroup(ctx, { name: "g" });
    await ctx.db.commit.deleteMany({ where: { groupId: id, sequence: 2 } });
    await ctx.db.featureGroup.update({ where: { id }, data: { headSequence: 1 } });
    await ctx.db.materialization.update({ where: { groupId: id }, data: { watermarkSequence: 1 } });
    expect(await stateOf()).toMatchObject({ state: "ahead" });
    expect((await errorOf(materialize())).code).toBe("online_ahead");
    expect(await valuesOnline([1])).toEqual([50]);

    // As many commits as were lost, of other content: still not the same history.
    await writeTestRows(ctx, "g", [rowOf(2, 5, 22)]);
    for (const watermarkSequence of [1, 2]) {
      await ctx.db.materialization.update({ where: { groupId: id }, data: { watermarkSequence } });
      expect(await stateOf()).toMatchObject({ state: "ahead" });
      expect((await errorOf(materialize())).code).toBe("online_ahead");
    }

    const run = await requested({ featureGroups: ["g"], rebuild: true });
    expect(run).toMatchObject({ state: "SUCCEEDED", title: "Rebuild g online" });
    expect(await valuesOnline()).toEqual([10, 22, 30]);
    expect(await stateOf()).toMatchObject({ state: "current", watermarkSequence: 2, keys: 3, lagCommits: 0 });
    expect(await materialize()).toMatchObject({ changed: false });
  });

  test("a rebuild gets a name that no table had", async () => {
    await materialize();
    const names = [(await inUse()).onlineTable];
    for (let i = 0; i < 2; i++) {
      await materialize(true);
      names.push((await inUse()).onlineTable);
    }
    // Nor does one that the store forgot.
    for (const table of ["larder.marks", "larder.tables"]) await ctx.online.drop(table);
    await materialize(true);
    names.push((await inUse()).onlineTable);
    expect(new Set(names).size).toBe(4);
    expect(await valuesOnline()).toEqual([10, 20, 30]);
  });

  test("a table that the store lost is built again, not into itself", async () => {
    await materialize();
    const { onlineTable } = await inUse();
    await ctx.online.drop(onlineTable);
    for (const table of ["larder.marks", "larder.tables"]) await ctx.online.drop(table);
    expect(await stateOf()).toMatchObject({ state: "lost" });
    await ctx.db.run.deleteMany({ where: { projectId: ctx.project.id } });
    await catchUpGroups(workerOf(ctx));
    const run = await ctx.db.run.findFirstOrThrow({ where: { projectId: ctx.project.id } });
    expect(await execute(ctx, run.id)).toMatchObject({ state: "SUCCEEDED", title: "Catch up g" });
    expect(await stateOf()).toMatchObject({ state: "current", keys: 3 });
    expect((await inUse()).onlineTable).not.toBe(onlineTable);
    expect(await valuesOnline()).toEqual([10, 20, 30]);
  });

  test("a build goes on where an attempt that died left it, and a build of other commits begins anew", async () => {
    await writeTestRows(
      ctx,
      "g",
      [4, 5, 6, 7].map((k) => rowOf(k, 1, 10 * k)),
    );
    const { table } = await loadTable(ctx, await requireGroup(ctx, { name: "g" }));
    const { id } = await requireGroup(ctx, { name: "g" });
    const given = { groupId: id, sequence: 2, build: "keys.one", table, inUse: null };
    const puts: number[] = [];
    const counting = {
      offline: ctx.offline,
      online: Object.assign(Object.create(ctx.online) as OnlineStore, {
        putMany: (name: string, rows: KeyedRow[]) => {
          if (name.startsWith(id)) puts.push(rows.length);
          return ctx.online.putMany(name, rows);
        },
      }),
    };
    const begun = await buildTable(counting, given, {});
    expect([begun.rows, begun.whole, puts]).toEqual([7, true, [7]]);
    // As an attempt leaves it that dies when it has put four keys.
    await changeTables(ctx.online, id, (tables) =>
      tables.map((note) => ({ ...note, whole: false, after: [4], rows: 4, bytes: 100 })),
    );
    const next = await buildTable(counting, given, {});
    expect([next.name, next.rows, next.whole, puts]).toEqual([begun.name, 7, true, [7, 3]]);
    await buildTable(counting, given, {});
    expect(puts).toEqual([7, 3]);
    const other = await buildTable(counting, { ...given, build: "keys.two" }, {});
    expect([other.rows, puts]).toEqual([7, [7, 3, 7]]);
    expect(other.name).not.toBe(begun.name);
  });

  test("the mark says the watermark, and is there before the database says it", async () => {
    expect(await stateOf()).toMatchObject({ state: "never", watermarkSequence: null, lagCommits: 1 });
    await materialize();
    const first = await commitOf(1);
    expect(await readMarks(ctx.online, [(await inUse()).onlineTable])).toEqual([{ sequence: 1, commitId: first }]);
    await writeTestRows(ctx, "g", [rowOf(1, 5, 50)]);
    ctx.clock.advance(90);
    expect(await stateOf()).toMatchObject({ state: "behind", lagCommits: 1, lagSeconds: 90 });
    // As after a death between the two: what is marked is applied again, and no less.
    await putMark(ctx.online, (await inUse()).onlineTable, 2, await commitOf(2));
    expect(await materialize()).toMatchObject({ changed: true, watermarkSequence: 2 });
    expect(await valuesOnline()).toEqual([50, 20, 30]);
  });

  test("a group that is behind without a run catches up, once; one that failed lately is left in peace", async () => {
    const runs = () => ctx.db.run.findMany({ where: { projectId: ctx.project.id, kind: "materialize" } });
    await catchUpGroups(workerOf(ctx));
    expect(await runs()).toEqual([]);
    await ctx.db.run.deleteMany({ where: { projectId: ctx.project.id } });
    ctx.clock.advance(61);
    await catchUpGroups(workerOf(ctx));
    await catchUpGroups(workerOf(ctx));
    const [run, ...others] = await runs();
    expect(others).toEqual([]);
    await ctx.db.run.update({ where: { id: run?.id ?? "" }, data: { state: "FAILED", finishedAt: ctx.clock.now() } });
    await catchUpGroups(workerOf(ctx));
    expect(await runs()).toHaveLength(1);
    ctx.clock.advance(16 * 60);
    await catchUpGroups(workerOf(ctx));
    const next = (await runs()).find(({ id }) => id !== run?.id);
    expect(await execute(ctx, next?.id ?? "")).toMatchObject({ state: "SUCCEEDED", title: "Catch up g" });
    expect(await valuesOnline()).toEqual([10, 20, 30]);
    ctx.clock.advance(61);
    await catchUpGroups(workerOf(ctx));
    expect(await runs()).toHaveLength(2);
  });
});

describe("a range", () => {
  test("puts its rows again and nothing else: newer rows and the watermark stay", async () => {
    await materialize();
    const { onlineTable } = await inUse();
    await ctx.online.deleteMany(onlineTable, [[1], [2]]);
    await writeTestRows(ctx, "g", [rowOf(2, 5, 25), rowOf(3, 7, 37)]);
    const run = await requested({ featureGroups: ["g"], start: at(1), end: at(7) });
    expect(run.progress.nodes[0]).toMatchObject({ state: "DONE", detail: "2 of 3 keys changed" });
    expect(await valuesOnline()).toEqual([10, 25, 30]);
    expect(await inUse()).toMatchObject({ onlineTable, watermarkSequence: 1 });
    await materialize();
    expect(await valuesOnline()).toEqual([10, 25, 37]);
  });

  test("of a group that was never materialized is the whole; after an overwrite it is refused", async () => {
    await requested({ start: at(2) });
    expect(await valuesOnline()).toEqual([10, 20, 30]);
    await writeTestRows(ctx, "g", [rowOf(1, 9, 1)], { mode: "overwrite", start: at(0), end: at(10) });
    expect((await requested({ start: at(2) })).error?.code).toBe("state_conflict");
  });

  test.each([
    [{ end: "2099-01-01" }, "invalid_parameter"],
    [{ start: at(2), end: at(2) }, "invalid_parameter"],
    [{ start: "yesterday" }, "invalid_parameter"],
    [{ start: at(2), rebuild: true }, "invalid_parameter"],
    [{ featureGroups: ["nobody"] }, "feature_group_not_found"],
  ])("%o is %s", async (input, code) => {
    expect((await errorOf(requestMaterialization(ctx, RequestMaterialization.parse(input)))).code).toBe(code);
  });
});

describe("parity", () => {
  const check = async (input: object = {}): Promise<ParityReport> => {
    const { run } = await requestParityCheck(ctx, RequestParityCheck.parse({ featureGroup: "g", ...input }));
    expect(await execute(ctx, run.id)).toMatchObject({ state: "SUCCEEDED", error: null });
    const [latest] = (await listParityChecks(ctx, { name: "g", limit: 1 })).items;
    expect(latest).toMatchObject({ runId: run.id, createdBy: expect.any(String) });
    if (!latest) throw new Error("expected a check");
    return latest.report;
  };
  const zero = { newer: 0, mismatched: 0, missing: 0, extra: 0, examples: [] };

  test.each([{ sample: "all" }, { sample: 2, seed: "a" }, { keys: [1, { k: 2 }] }, {}])(
    "nothing is wrong where nothing was done: %o",
    async (how) => {
      await materialize();
      const report = await check(how);
      expect(report).toMatchObject(zero);
      expect(report.equal).toBe(report.checked);
      expect(report.checked).toBeGreaterThan(1);
    },
  );

  test("a key that vanished, a value that changed, an older row, a row from nowhere: each is found", async () => {
    await writeTestRows(ctx, "g", [rowOf(4, 1, 40), rowOf(5, 1, 50)]);
    await materialize();
    const { onlineTable, columns } = await inUse();
    const schema = rowSchema(columns as Column[]);
    const [one, two] = await ctx.online.getMany(onlineTable, [[1], [2]]);
    await ctx.online.deleteMany(onlineTable, [[1], [2], [3]]);
    await ctx.online.putMany(onlineTable, [{ key: [2], row: encodeRow(schema, orderOf(two ?? ""), [21, "other"]) }]);
    await put(3, 0, 3, 0);
    await put(8, 1, 80, 5);
    await put(4, 2, 41, PUSHED_FROM);
    await put(9, 2, 90, PUSHED_FROM + 1);
    expect(one).not.toBeNull();
    for (const how of [{ sample: "all" }, { sample: 100 }, { keys: [1, 2, 3, 4, 5, 8, 9] }]) {
      const report = await check(how);
      expect(report).toMatchObject({ checked: 7, equal: 1, newer: 2, mismatched: 2, missing: 1, extra: 1 });
      const byKey = new Map(report.examples.map((example) => [example.key[0], example]));
      expect(byKey.get(1)).toEqual({ key: [1], problem: "missing", online: null, offline: {} });
      // The personal feature differs too, and is not shown.
      expect(byKey.get(2)).toEqual({ key: [2], problem: "mismatched", online: { v: 21 }, offline: { v: 20 } });
      expect(byKey.get(3)).toMatchObject({ online: { eventTime: at(0), v: 3 }, offline: { eventTime: at(1), v: 30 } });
      expect(byKey.get(8)).toEqual({ key: [8], problem: "extra", online: {}, offline: null });
      expect(JSON.stringify(report)).not.toContain("other");
    }
  });

  test("rows of commits that are not yet online are newer, not wrong", async () => {
    await materialize();
    await writeTestRows(ctx, "g", [rowOf(1, 5, 50), rowOf(6, 5, 60)]);
    await requested({ start: at(5) });
    expect(await check({ sample: "all" })).toMatchObject({ ...zero, checked: 4, equal: 2, newer: 2 });
  });

  test.each([
    [{ featureGroup: "nobody" }, "feature_group_not_found"],
    [{ featureGroup: "g", keys: ["x"] }, "invalid_key"],
    [{ featureGroup: "g", keys: [{ other: 1 }] }, "null_key"],
    [{ featureGroup: "g", keys: [1], sample: 5 }, "invalid_parameter"],
  ])("%o is %s", async (input, code) => {
    await materialize();
    expect((await errorOf(requestParityCheck(ctx, RequestParityCheck.parse(input)))).code).toBe(code);
  });

  test("a group that was never materialized is state_conflict", async () => {
    expect((await errorOf(requestParityCheck(ctx, RequestParityCheck.parse({ featureGroup: "g" })))).code).toBe(
      "state_conflict",
    );
  });
});
