import { afterAll, beforeEach, expect, test } from "vitest";
import { encodeRow, rowSchema } from "@/lib/compute/online-row";
import { requireGroup } from "@/lib/datasets/load-table";
import type { OnlineStore } from "@/lib/engines/online/port";
import type { Actor, Role } from "@/lib/kernel/actor";
import type { Column } from "@/lib/kernel/values";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, entity, group, inNewProject } from "@/lib/testing/definitions";
import { execute } from "@/lib/testing/runs";
import { writeTestRows } from "@/lib/testing/written-rows";
import { listParityChecks } from "./list-parity-checks";
import { materializeGroup } from "./materialize-group";
import { requestParityCheck } from "./request-parity-check";
import { RequestParityCheck } from "./schema";

// What examples of parity checks tell to whom. That they are found at all: online-faults.test.ts.

let base: TestContext | undefined;
let ctx: TestContext;
let groupId: string;

afterAll(closeContexts);

const at = (hour: number): string => `2026-01-10T0${hour}:00:00.000000Z`;

/** A group with one row, whose time and values are others online. */
beforeEach(async () => {
  base ??= await makeContext();
  ctx = await inNewProject(base);
  const features = {
    v: { type: "INT64", status: "ACTIVE" },
    d: { type: "INT64", status: "DRAFT" },
    w: { type: "INT64", status: "ACTIVE" },
  } as const;
  await apply(ctx, entity("thing", { k: "INT64" }), group("g", { entity: "thing", features }));
  await writeTestRows(ctx, "g", [{ k: 1, event_timestamp: at(1), v: 1, d: 2, w: 3 }]);
  await materializeGroup(ctx, { name: "g", runId: null });
  groupId = (await requireGroup(ctx, { name: "g" })).id;
  const { onlineTable, columns } = await ctx.db.materialization.findUniqueOrThrow({ where: { groupId } });
  const order = { eventTime: at(0), createdTime: at(2), commitSequence: 1, rowNumber: 0 };
  await ctx.online.deleteMany(onlineTable, [[1]]);
  const row = encodeRow(rowSchema(columns as Column[]), order, [11, 12, 13]);
  await ctx.online.putMany(onlineTable, [{ key: [1], row }]);
});

const change = (name: string, data: { status?: string; sensitivity?: string }) =>
  ctx.db.feature.update({ where: { groupId_name: { groupId, name } }, data });

async function check(store: OnlineStore = ctx.online): Promise<void> {
  const { run } = await requestParityCheck(ctx, RequestParityCheck.parse({ featureGroup: "g" }));
  expect(await execute({ ...ctx, online: store }, run.id)).toMatchObject({ state: "SUCCEEDED" });
}

/** The features of which an actor sees values. */
async function shown(role: Role, sensitive = false): Promise<string[]> {
  const actor: Actor = { kind: "user", id: "ada", name: "Ada", role, sensitive };
  const [latest] = (await listParityChecks({ ...ctx, actor }, { name: "g", limit: 1 })).items;
  const [example] = latest?.report.examples ?? [];
  expect(latest?.report).toMatchObject({ checked: 1, mismatched: 1 });
  expect(example).toMatchObject({ key: [1], online: { eventTime: at(0) }, offline: { eventTime: at(1) } });
  const names = (values: object | null | undefined): string[] =>
    Object.keys(values ?? {})
      .filter((name) => name !== "eventTime")
      .sort();
  expect(names(example?.online)).toEqual(names(example?.offline));
  return names(example?.online);
}

test("values of features that the reader may read; keys and times stay", async () => {
  await check();
  expect(await shown("viewer")).toEqual(["v", "w"]);
  expect(await shown("viewer", true)).toEqual(["v", "w"]);
  expect(await shown("scientist")).toEqual(["d", "v", "w"]);
});

test("what a feature has become since counts: personal, RETIRED, gone", async () => {
  await check();
  await change("v", { sensitivity: "personal" });
  expect([await shown("viewer"), await shown("admin")]).toEqual([["w"], ["d", "w"]]);
  expect(await shown("viewer", true)).toEqual(["v", "w"]);
  await change("w", { status: "RETIRED" });
  expect(await shown("admin", true)).toEqual(["d", "v"]);
  await ctx.db.feature.delete({ where: { groupId_name: { groupId, name: "d" } } });
  expect([await shown("viewer"), await shown("admin", true)]).toEqual([[], ["v"]]);
});

test("a feature that is marked personal while rows are compared is not even kept", async () => {
  const marking = Object.assign(Object.create(ctx.online) as OnlineStore, {
    getMany: async (...args: Parameters<OnlineStore["getMany"]>) => {
      await change("v", { sensitivity: "personal" });
      return ctx.online.getMany(...args);
    },
  });
  await check(marking);
  const { report } = await ctx.db.parityCheck.findFirstOrThrow({ where: { groupId } });
  expect(report).toMatchObject({ mismatched: 1, examples: [{ online: { d: 12, w: 13 }, offline: { d: 2, w: 3 } }] });
  expect(await shown("admin", true)).toEqual(["d", "w"]);
});
