import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { encodeRow, rowSchema, valuesOf } from "@/lib/compute/online-row";
import { requireGroup } from "@/lib/datasets/load-table";
import type { KeyedRow, OnlineStore } from "@/lib/engines/online/port";
import { EPOCH, MARKS, readTables } from "@/lib/engines/online/table-notes";
import { catchUpGroups } from "@/lib/jobs/catch-up-groups";
import type { Column, Value } from "@/lib/kernel/values";
import type { Materialization } from "@/lib/platform/generated/prisma/client";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, entity, group, inNewProject } from "@/lib/testing/definitions";
import { errorOf, workerOf } from "@/lib/testing/runs";
import { writeTestRows } from "@/lib/testing/written-rows";
import { READERS_FOLLOW_MS } from "./left-tables";
import { listMaterializations } from "./list-materializations";
import { materializeGroup } from "./materialize-group";
import { notePushes, PUSHED_FROM } from "./online-tables";

let base: TestContext;
let ctx: TestContext;

beforeAll(async () => {
  base = await makeContext();
});
afterAll(closeContexts);

const at = (hour: number): string => `2026-01-10T${String(hour).padStart(2, "0")}:00:00.000000Z`;
const rowOf = (k: number, hour: number, v: number): Record<string, Value> => ({ k, event_timestamp: at(hour), v });

beforeEach(async () => {
  ctx = await inNewProject(base);
  await apply(ctx, entity("thing", { k: "INT64" }), group("g", { entity: "thing", features: { v: "INT64" } }));
  await writeTestRows(ctx, "g", [rowOf(1, 1, 10), rowOf(2, 1, 20), rowOf(3, 1, 30)]);
});

const materialize = (rebuild = false, online: OnlineStore = ctx.online) =>
  materializeGroup({ ...ctx, online }, { name: "g", runId: null, rebuild });

async function inUse(): Promise<Materialization> {
  const { id } = await requireGroup(ctx, { name: "g" });
  return ctx.db.materialization.findUniqueOrThrow({ where: { groupId: id } });
}

async function valuesIn(onlineTable: string, keys = [1, 2, 3]): Promise<(Value | undefined)[]> {
  const rows = await ctx.online.getMany(
    onlineTable,
    keys.map((k) => [k]),
  );
  const schema = rowSchema([{ name: "v", type: "INT64" }]);
  return rows.map((row) => (row === null ? null : valuesOf(schema, row)[0]));
}
const valuesOnline = async (keys = [1, 2, 3]) => valuesIn((await inUse()).onlineTable, keys);

/** Pushes online only, into the table that is in use now or into one that this pusher still takes for it. */
async function push(k: number, v: number, table?: string): Promise<void> {
  const { onlineTable, columns } = await inUse();
  const order = { eventTime: at(9), createdTime: at(12), commitSequence: 1, rowNumber: PUSHED_FROM + v };
  await notePushes(ctx.online, table ?? onlineTable);
  const row = encodeRow(rowSchema(columns as Column[]), order, [v]);
  await ctx.online.putMany(table ?? onlineTable, [{ key: [k], row }]);
}

/** The store, with something that happens when rows were put into a table for the first time that it is asked about. */
function when(isIt: (table: string) => boolean, happens: (table: string) => Promise<void>): OnlineStore {
  let over = false;
  return Object.assign(Object.create(ctx.online) as OnlineStore, {
    putMany: async (table: string, rows: KeyedRow[]) => {
      const put = await ctx.online.putMany(table, rows);
      if (over || !isIt(table)) return put;
      over = true;
      await happens(table);
      return put;
    },
  });
}

/** The moment when a table is built: its note is written for the second time. */
function whole(): (table: string) => boolean {
  let notes = 0;
  return (table) => table === "larder.tables" && ++notes === 2;
}

async function emptyStore(...tables: string[]): Promise<void> {
  for (const table of [...tables, MARKS, "larder.tables", "larder.pushed"]) await ctx.online.drop(table);
}

const state = async () => (await listMaterializations(ctx, { limit: 50 })).items[0];

test("pushes are taken along by a rebuild, also when the store has forgotten that there were any", async () => {
  await materialize();
  await push(7, 70);
  await emptyStore((await inUse()).onlineTable);
  await push(8, 80);
  await materialize();
  expect(await valuesOnline([1, 2, 3, 7, 8])).toEqual([10, 20, 30, null, 80]);
});

test("a store that is emptied while commits are appended is not called whole", async () => {
  await materialize();
  await writeTestRows(ctx, "g", [rowOf(1, 5, 50)]);
  const { onlineTable } = await inUse();
  await materialize(
    false,
    when((table) => table === onlineTable, emptyStore),
  );
  expect(await valuesOnline()).toEqual([50, 20, 30]);
  expect(await state()).toMatchObject({ state: "current", watermarkSequence: 2, keys: 3 });
});

test("a store that is emptied while a table is built is not called whole, and nothing of that table stays", async () => {
  const { id } = await requireGroup(ctx, { name: "g" });
  const tables: string[] = [];
  const store = when(
    (table) => table.startsWith(id),
    async (table) => {
      tables.push(table);
      await emptyStore(table);
      await ctx.online.putMany(table, [{ key: [1], row: encodeRow(rowSchema([]), EPOCH, []) }]);
    },
  );
  await materialize(false, store);
  expect(await valuesOnline()).toEqual([10, 20, 30]);
  expect(await ctx.online.getMany(tables[0] ?? "", [[1]])).toEqual([null]);
});

test("commits that came while a table was built are in it before readers are, and none is left when it is done", async () => {
  await materialize();
  const { id } = await requireGroup(ctx, { name: "g" });
  const { onlineTable } = await inUse();
  const seen: unknown[] = [];
  const marked = when(
    (table) => table === MARKS,
    async () => {
      const name = (await readTables(ctx.online, id)).find((note) => note.state === "building")?.name ?? "";
      seen.push(await valuesIn(name));
      await writeTestRows(ctx, "g", [rowOf(2, 6, 62)]);
    },
  );
  const built = when(whole(), async () => {
    await writeTestRows(ctx, "g", [rowOf(1, 5, 51), rowOf(4, 5, 54)]);
  });
  const both = Object.assign(Object.create(ctx.online) as OnlineStore, {
    putMany: (table: string, rows: KeyedRow[]) => (table === MARKS ? marked : built).putMany(table, rows),
  });
  expect(await materialize(true, both)).toMatchObject({ changed: true, watermarkSequence: 3, rowCount: 4 });
  expect(seen).toEqual([[51, 20, 30]]);
  expect(await valuesOnline([1, 2, 3, 4])).toEqual([51, 62, 30, 54]);
  expect(await state()).toMatchObject({ state: "current", keys: 4 });
  const { onlineTable: after, watermarkEventTime } = await inUse();
  expect([after === onlineTable, watermarkEventTime]).toEqual([false, at(6)]);
});

test("an overwrite while a table is built is left to the next run, which does it", async () => {
  await materialize();
  const built = when(whole(), async () => {
    await writeTestRows(ctx, "g", [rowOf(1, 5, 51)], { mode: "overwrite" });
  });
  expect(await materialize(true, built)).toMatchObject({ watermarkSequence: 1 });
  expect(await valuesOnline()).toEqual([10, 20, 30]);
  expect(await materialize()).toMatchObject({ watermarkSequence: 2 });
  expect(await valuesOnline()).toEqual([51, null, null]);
});

test("the first push ever, into the table that readers are just leaving, is there when the move is done", async () => {
  await materialize();
  const { onlineTable } = await inUse();
  await materialize(
    true,
    when(
      (table) => table === MARKS,
      () => push(7, 70, onlineTable),
    ),
  );
  expect(await valuesOnline([1, 7])).toEqual([10, 70]);
  expect(await ctx.online.getMany(onlineTable, [[1], [7]])).toEqual([null, null]);
});

test("what was pushed into a table whose mover died is found, however long ago that was", async () => {
  await materialize();
  const { id } = await requireGroup(ctx, { name: "g" });
  const before = (await inUse()).onlineTable;
  let isMoved = false;
  const dying = Object.assign(Object.create(ctx.online) as OnlineStore, {
    getMany: async (table: string, keys: Value[][]) => {
      if (!isMoved && (await inUse()).onlineTable !== before) isMoved = true;
      if (isMoved) throw new Error("killed");
      return ctx.online.getMany(table, keys);
    },
  });
  await expect(materialize(true, dying)).rejects.toThrow("killed");
  await push(7, 70, before);
  expect(await valuesOnline([1, 7])).toEqual([10, null]);
  await ctx.db.materialization.update({ where: { groupId: id }, data: { updatedAt: new Date("2026-01-01") } });
  await catchUpGroups(workerOf(ctx));
  expect(await valuesOnline([1, 7])).toEqual([10, 70]);
  await push(8, 80, before);
  await wait(READERS_FOLLOW_MS + 100);
  await catchUpGroups(workerOf(ctx));
  expect(await valuesOnline([7, 8])).toEqual([70, 80]);
  expect(await ctx.online.getMany(before, [[1], [7]])).toEqual([null, null]);
  expect((await readTables(ctx.online, id)).map(({ state }) => state)).toEqual(["current"]);
});

test("a group that is deleted while it is built leaves nothing", async () => {
  const { id } = await requireGroup(ctx, { name: "g" });
  const names: string[] = [];
  const deleting = when(
    (table) => table === MARKS,
    async () => {
      names.push(...(await readTables(ctx.online, id)).map(({ name }) => name));
      await ctx.db.featureGroup.delete({ where: { id } });
    },
  );
  expect((await errorOf(materialize(false, deleting))).code).toBe("feature_group_not_found");
  expect(await readTables(ctx.online, id)).toEqual([]);
  expect(await ctx.online.getMany(names[0] ?? "", [[1]])).toEqual([null]);
  expect(await ctx.online.getMany(MARKS, [names])).toEqual([null]);
});
