import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { rowSchema, valuesOf } from "@/lib/compute/online-row";
import { discardTable } from "@/lib/engines/online/table-notes";
import type { Column, Value } from "@/lib/kernel/values";
import { READERS_FOLLOW_MS } from "@/lib/materialization/left-tables";
import { putMark } from "@/lib/materialization/online-tables";
import { readFeatures } from "@/lib/serving/read-features";
import { ReadFeatures } from "@/lib/serving/schema";
import { loadCatalog } from "@/lib/serving/serving-catalog";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, entity, group, inNewProject } from "@/lib/testing/definitions";
import { errorOf } from "@/lib/testing/runs";
import { pushOnline } from "./push-online";
import { pushRows } from "./push-rows";
import { PushRows, type PushTo } from "./schema";
import type { PushTarget } from "./target";

let ctx: TestContext;
let project: TestContext;
beforeAll(async () => {
  ctx = await makeContext();
});
afterAll(closeContexts);

const T = (second: number): string => `2026-01-10T00:00:${String(second).padStart(2, "0")}.000000Z`;
const features = { n: "INT64", word: "STRING" };

beforeEach(async () => {
  project = await inNewProject(ctx);
  await apply(project, entity("person", { person: "INT64" }), group("clicks", { entity: "person", features }));
});

type Row = Record<string, Value>;
const push = (rows: Row[], to: PushTo = "online") =>
  pushRows(project, PushRows.parse({ featureGroup: "clicks", rows, to }));
const row = (person: number, second: number, n: number): Row => ({ person, event_timestamp: T(second), n });

const tableOf = () => ctx.db.materialization.findFirst({ where: { group: { projectId: project.project.id } } });

/** The values that readers of the group's table find for keys. */
async function values(...keys: number[]): Promise<(Value[] | null)[]> {
  const table = await tableOf();
  const rows = await ctx.online.getMany(
    table?.onlineTable ?? "",
    keys.map((key) => [key]),
  );
  const schema = rowSchema((table?.columns ?? []) as Column[]);
  return rows.map((text) => (text === null ? null : valuesOf(schema, text)));
}

describe("the first push", () => {
  test("makes the table, which readers have when it is answered", async () => {
    await push([row(1, 5, 50)]);
    const table = await tableOf();
    expect(table).toMatchObject({
      watermarkSequence: 0,
      rowCount: 0n,
      columns: [
        { name: "n", type: "INT64" },
        { name: "word", type: "STRING" },
      ],
    });
    const answer = await readFeatures(project, ReadFeatures.parse({ entity_id: 1, features: ["clicks:n"] }));
    expect(answer).toMatchObject({ features: { "clicks:n": { value: 50, status: "PRESENT", event_time: T(5) } } });
  });

  test.each(["online", "online_and_offline"] as const)(
    "a second one, %s, that finds the table new waits as the first does: readers of either know of it",
    async (to) => {
      const { groups } = await loadCatalog(project, 0);
      const first = push([row(1, 5, 50)]);
      while ((await tableOf()) === null) await sleep(5);
      const made = performance.now();
      // By the database, by a catalog from before the table was there, and by one that has it already.
      const fresh = (await loadCatalog(project, 1)).groups.find(({ name }) => name === "clicks") as PushTarget;
      const old = groups.find(({ name }) => name === "clicks") as PushTarget;
      const ended = await Promise.all(
        [
          push([row(2, 5, 20)], to),
          pushOnline(project, old, [row(3, 5, 30)]),
          pushOnline(project, fresh, [row(4, 5, 40)]),
        ].map(async (second) => {
          await second;
          return performance.now() - made;
        }),
      );
      await first;
      for (const ms of ended) {
        expect(ms).toBeGreaterThan(READERS_FOLLOW_MS - 300);
      }
      expect(await values(1, 2, 3, 4)).toEqual([
        [50, null],
        [20, null],
        [30, null],
        [40, null],
      ]);
      await expectNoWait();
    },
  );

  /** Nobody waits for the table any more: of several pushes at least one is sooner through than a wait takes. */
  async function expectNoWait(): Promise<void> {
    const took: number[] = [];
    for (let at = 0; at < 5; at++) {
      const start = performance.now();
      await push([row(90 + at, 6, 1)]);
      took.push(performance.now() - start);
    }
    expect(Math.min(...took)).toBeLessThan(READERS_FOLLOW_MS / 2);
  }

  test("a table from the future, by a clock that is wrong, is waited for once, as a new one is", async () => {
    await push([row(1, 5, 50)]);
    const table = await tableOf();
    const ahead = { groupId: table?.groupId ?? "", onlineTable: `${table?.groupId}.later` };
    const updatedAt = new Date(Date.now() + 3_600_000);
    await putMark(ctx.online, ahead.onlineTable, 0);
    await ctx.db.materialization.update({ where: { groupId: ahead.groupId }, data: { ...ahead, updatedAt } });
    const start = performance.now();
    await push([row(1, 6, 60)]);
    const took = performance.now() - start;
    expect(took).toBeGreaterThan(READERS_FOLLOW_MS - 50);
    expect(took, "not the hour that the clock is wrong by").toBeLessThan(600_000);
    await expectNoWait();
  });

  test("rows that went where nobody reads any more are not accepted", async () => {
    await push([row(1, 5, 50)]);
    const target = (await loadCatalog(project, 1)).groups.find(({ name }) => name === "clicks") as PushTarget;
    await discardTable(ctx.online, target.table?.name ?? "");
    const error = await errorOf(pushOnline(project, target, [row(1, 6, 60)]));
    expect([error.code, error.detail]).toEqual(["dependency_unavailable", expect.stringContaining("push again")]);
  });

  test("many first pushes at once agree on one table", async () => {
    await Promise.all(Array.from({ length: 20 }, (_, at) => push([row(at, 5, at)])));
    const people = Array.from({ length: 20 }, (_, at) => at);
    expect((await values(...people)).map((found) => found?.[0])).toEqual(people);
  });

  test("a table with other features than the group has now is state_conflict, and nothing is written", async () => {
    await push([row(1, 5, 50)]);
    await apply(project, group("clicks", { entity: "person", features: { ...features, more: "INT64" } }));
    for (const to of ["online", "online_and_offline"] as const) {
      const error = await errorOf(push([row(1, 6, 60)], to));
      expect([error.code, error.detail]).toEqual(["state_conflict", expect.stringContaining("materialize")]);
    }
    expect(await ctx.db.commit.count({ where: { group: { projectId: project.project.id } } })).toBe(0);
  });
});
