import { afterAll, beforeAll, expect, test } from "vitest";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, csvSource, entity, group, inNewProject, writeSourceFile } from "@/lib/testing/definitions";
import { execute, refresh, workerOf } from "@/lib/testing/runs";
import { collectDueGarbage } from "./collect-due-garbage";

const DAY = 24 * 60 * 60;
const csvOf = (trips: number): string => `driver,event_timestamp,trips\n1,2026-01-10 00:00:00,${trips}\n`;

let ctx: TestContext;

beforeAll(async () => {
  ctx = await inNewProject(await makeContext());
  const sql = "SELECT driver, event_timestamp, trips FROM rides";
  await apply(
    ctx,
    entity("driver", { driver: "INT64" }),
    await csvSource(ctx, "rides", csvOf(1)),
    group("stats", { entity: "driver", sql, features: { trips: "INT64" } }),
  );
  await refresh(ctx);
});
afterAll(closeContexts);

const runs = () => ctx.db.run.findMany({ where: { projectId: ctx.project.id, kind: "collect_garbage" } });

test("a project with garbage a day old gets one collection, and none where there is nothing or it was done today", async () => {
  await collectDueGarbage(workerOf(ctx));
  expect(await runs()).toHaveLength(0);

  await writeSourceFile(ctx, "rides.csv", csvOf(2));
  await refresh(ctx);
  const [old] = await ctx.db.dataFile.findMany({ orderBy: { id: "asc" }, take: 1 });
  await ctx.db.dataFile.update({ where: { id: old?.id ?? "" }, data: { garbageAt: ctx.clock.now() } });
  ctx.clock.advance(DAY - 1);
  await collectDueGarbage(workerOf(ctx));
  expect(await runs()).toHaveLength(0);

  ctx.clock.advance(2);
  await collectDueGarbage(workerOf(ctx));
  await collectDueGarbage(workerOf(ctx));
  const [run, ...more] = await runs();
  expect(more).toEqual([]);
  expect(await execute(ctx, run?.id ?? "")).toMatchObject({ state: "SUCCEEDED", result: { files: 1 } });
  expect(await ctx.db.dataFile.findUnique({ where: { id: old?.id ?? "" } })).toBeNull();

  ctx.clock.advance(2 * DAY);
  await collectDueGarbage(workerOf(ctx));
  expect(await runs()).toHaveLength(1);
});
