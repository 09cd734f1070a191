import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createDefinition } from "@/lib/registry/create-definition";
import { FeatureGroupDefinition, type Schedule } from "@/lib/registry/definition-schema";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, csvSource, entity, group, inNewProject, type Written, withoutStatus } from "@/lib/testing/definitions";
import { errorOf, execute, workerOf } from "@/lib/testing/runs";
import { listRuns } from "./list-runs";
import { listSchedules } from "./list-schedules";
import { tickSchedules } from "./tick-schedules";

const SQL = "SELECT driver, event_timestamp, trips FROM rides";

let base: TestContext;
let ctx: TestContext;

beforeAll(async () => {
  base = await makeContext();
});
afterAll(closeContexts);

type Given = Partial<Schedule> | undefined;
const stats = (schedule: Given, rest: { sql?: string; trips?: string } = {}): Written =>
  group("stats", {
    entity: "driver",
    sql: rest.sql ?? SQL,
    features: { trips: rest.trips ?? "INT64" },
    ...(schedule ? { schedule: { cron: "0 * * * *", ...schedule } } : {}),
  });

async function begin(schedule: Given = {}, now = "2026-01-15T12:30:00Z"): Promise<void> {
  // The schedules of other tests are in the same database.
  await base.db.featureGroup.updateMany({ data: { nextRunAt: null } });
  await beginBeside(schedule, now);
}

async function beginBeside(schedule: Given, now = "2026-01-15T12:30:00Z"): Promise<void> {
  ctx = await inNewProject(base);
  ctx.clock.set(now);
  const csv = "driver,event_timestamp,trips\n1,2026-01-10 00:00:00,1\n";
  await apply(ctx, entity("driver", { driver: "INT64" }), await csvSource(ctx, "rides", csv), stats(schedule));
}

const next = async () =>
  (
    await ctx.db.featureGroup.findFirst({ where: { projectId: ctx.project.id, latest: true } })
  )?.nextRunAt?.toISOString() ?? null;
const runs = async () => (await listRuns(ctx, { limit: 200 })).items;
/** Every tick that was acted on: its hour, and the run it has. */
const acted = async () =>
  (
    await ctx.db.scheduledRun.findMany({
      where: { group: { projectId: ctx.project.id } },
      orderBy: { scheduledFor: "asc" },
    })
  ).map(({ scheduledFor, runId }) => [scheduledFor.toISOString().slice(11, 16), runId !== null]);

async function lookAt(instant: string): Promise<void> {
  ctx.clock.set(instant);
  await tickSchedules(workerOf(ctx));
}

describe("the next tick of a group", () => {
  test("is set when the schedule is registered, kept while it stays, and goes with it", async () => {
    await begin();
    expect(await next()).toBe("2026-01-15T13:00:00.000Z");
    ctx.clock.set("2026-01-15T14:30:00Z");
    await apply(ctx, stats({}, { sql: `${SQL} WHERE true` }));
    // A tick that is due stays due.
    expect(await next()).toBe("2026-01-15T13:00:00.000Z");
    await apply(ctx, stats({ cron: "0 6 * * *", timeZone: "Europe/Vienna" }));
    expect(await next()).toBe("2026-01-16T05:00:00.000Z");
    await apply(ctx, stats(undefined));
    expect(await next()).toBeNull();
  });

  test("belongs to the newest version alone", async () => {
    await begin();
    await apply(
      ctx,
      stats({}, { sql: "SELECT driver, event_timestamp, CAST(trips AS DOUBLE) AS trips FROM rides", trips: "FLOAT64" }),
    );
    const versions = await ctx.db.featureGroup.findMany({
      where: { projectId: ctx.project.id },
      orderBy: { version: "asc" },
    });
    expect(versions.map(({ nextRunAt }) => nextRunAt !== null)).toEqual([false, true]);
    await lookAt("2026-01-15T13:00:03Z");
    expect(await runs()).toHaveLength(1);
  });

  test.each([
    [{ cron: "0 0 30 2 *" }, "/schedule/cron", "never comes"],
    [{ cron: "* * * *" }, "/schedule/cron", "five fields"],
    [{ timeZone: "Mars/Phobos" }, "/schedule/timeZone", "IANA"],
  ])("%o is refused where it is wrong", async (schedule, pointer, says) => {
    await begin();
    const definition = FeatureGroupDefinition.parse({ ...withoutStatus(stats(schedule)), name: "other" });
    const error = await errorOf(createDefinition(ctx, { definition }));
    expect(error.code).toBe("definition_invalid");
    expect(error.issues).toEqual([{ code: "invalid_timing", pointer, detail: expect.stringContaining(says) }]);
    expect((await errorOf(apply(ctx, stats(schedule)))).code).toBe("definition_invalid");
  });

  test.each([
    [{ interval: "30s", start: "2026-01-01" }, "at least 1m"],
    [{ interval: "1d", start: "the beginning" }, "ISO 8601"],
    [{ interval: "1d", start: "2026-01-01", lookback: "0d" }, "lookback"],
  ])("intervals %o are refused", async (incremental, says) => {
    await begin();
    const error = await errorOf(
      apply(ctx, group("stats", { entity: "driver", sql: SQL, incremental, features: { trips: "INT64" } })),
    );
    expect(error.issues[0]?.detail).toContain(says);
  });
});

describe("tickSchedules", () => {
  test("before the tick nothing; on it one run, which does the work", async () => {
    await begin();
    await lookAt("2026-01-15T12:59:59.999Z");
    expect(await runs()).toEqual([]);
    await lookAt("2026-01-15T13:00:00Z");
    const [run] = await runs();
    expect(run).toMatchObject({ kind: "refresh", title: "Scheduled refresh of stats", requestedBy: "system" });
    expect(await next()).toBe("2026-01-15T14:00:00.000Z");
    expect(await acted()).toEqual([["13:00", true]]);
    await lookAt("2026-01-15T13:00:05Z");
    expect(await runs()).toHaveLength(1);
    expect(await execute(ctx, run?.id ?? "")).toMatchObject({ state: "SUCCEEDED" });
  });

  test.each([
    [
      "skip",
      [
        ["13:00", false],
        ["14:00", false],
        ["15:00", false],
      ],
      0,
    ],
    [
      "latest",
      [
        ["13:00", false],
        ["14:00", false],
        ["15:00", true],
      ],
      1,
    ],
    [
      "all",
      [
        ["13:00", true],
        ["14:00", true],
        ["15:00", true],
      ],
      3,
    ],
  ] as const)("nobody was there for three hours, %s", async (catchUp, expected, count) => {
    await begin({ catchUp });
    await lookAt("2026-01-15T15:40:00Z");
    expect(await acted()).toEqual(expected);
    expect(await runs()).toHaveLength(count);
    expect(await next()).toBe("2026-01-15T16:00:00.000Z");
    expect((await listSchedules(ctx, { limit: 50 })).items[0]).toMatchObject({ missed: 3 - count, overdue: false });
  });

  test("back just after a tick: with skip that one is on time, and those before it are not", async () => {
    await begin({ catchUp: "skip" });
    await lookAt("2026-01-15T15:00:30Z");
    expect(await acted()).toEqual([
      ["13:00", false],
      ["14:00", false],
      ["15:00", true],
    ]);
  });

  test("a long absence: a hundred ticks at most", async () => {
    await begin({ cron: "* * * * *", catchUp: "all" });
    await lookAt("2026-01-16T12:30:30Z");
    expect(await runs()).toHaveLength(100);
    expect((await acted()).at(0)).toEqual(["10:51", true]);
    expect(await next()).toBe("2026-01-16T12:31:00.000Z");
  });

  test("several workers at once: each tick once", async () => {
    await begin({ catchUp: "all" });
    ctx.clock.set("2026-01-15T15:00:01Z");
    await Promise.all([1, 2, 3, 4].map(() => tickSchedules(workerOf(ctx))));
    expect(await runs()).toHaveLength(3);
  });

  test("the clock steps back an hour: no tick twice; it goes on when its time has come again", async () => {
    await begin();
    await lookAt("2026-01-15T13:00:02Z");
    await execute(ctx, (await runs())[0]?.id ?? "");
    await lookAt("2026-01-15T12:30:00Z");
    await lookAt("2026-01-15T13:00:02Z");
    // Registered anew while the clock was back, with the schedule it had before.
    ctx.clock.set("2026-01-15T12:40:00Z");
    await apply(ctx, stats(undefined));
    await apply(ctx, stats({}));
    expect(await next()).toBe("2026-01-15T13:00:00.000Z");
    await lookAt("2026-01-15T13:00:02Z");
    expect(await runs()).toHaveLength(1);
    expect(await next()).toBe("2026-01-15T14:00:00.000Z");
    await lookAt("2026-01-15T14:00:02Z");
    expect(await runs()).toHaveLength(2);
  });

  test("a run that nobody has begun serves the ticks that come meanwhile", async () => {
    await begin({ cron: "*/5 * * * *" });
    for (const time of ["12:35:01", "12:40:01", "12:45:01"]) await lookAt(`2026-01-15T${time}Z`);
    expect(await runs()).toHaveLength(1);
    expect(await acted()).toEqual([
      ["12:35", true],
      ["12:40", true],
      ["12:45", true],
    ]);
    await execute(ctx, (await runs())[0]?.id ?? "");
    await lookAt("2026-01-15T12:50:01Z");
    expect(await runs()).toHaveLength(2);
  });

  test.each([
    ["2026-03-29", 23],
    ["2026-10-25", 25],
    ["2026-06-01", 24],
  ])("hourly in Vienna on %s: %i runs", async (day, hours) => {
    const midnight = new Date(`${day}T00:00:00Z`).getTime() - (day === "2026-03-29" ? 3_600_000 : 7_200_000);
    await begin({ timeZone: "Europe/Vienna" }, new Date(midnight - 1000).toISOString());
    const projectId = ctx.project.id;
    for (let minute = 0; minute < hours * 60; minute += 30) {
      await lookAt(new Date(midnight + minute * 60_000).toISOString());
      await ctx.db.run.updateMany({ where: { projectId }, data: { state: "SUCCEEDED" } });
    }
    expect(await ctx.db.run.count({ where: { projectId } })).toBe(hours);
    const end = new Date(midnight + hours * 3_600_000);
    expect(await next()).toBe(end.toISOString());
  });

  test("a group that was deleted, or one that cannot be planned, does not stop the others", async () => {
    await begin();
    const other = ctx;
    await beginBeside({});
    await ctx.db.featureGroup.updateMany({
      where: { projectId: other.project.id },
      data: { inputs: [{ kind: "feature_group", name: "stats" }] },
    });
    await lookAt("2026-01-15T13:00:01Z");
    expect(await runs()).toHaveLength(1);
    expect((await listRuns(other, { limit: 50 })).total).toBe(0);
    expect((await listSchedules(other, { limit: 50 })).items[0]?.nextRunAt).toBe("2026-01-15T13:00:00.000Z");
    ctx.clock.advance(120);
    expect((await listSchedules(other, { limit: 50 })).items[0]).toMatchObject({ overdue: true });
    await ctx.db.featureGroup.deleteMany({ where: { projectId: other.project.id } });
  });
});

test("listSchedules says what comes next, what was last, and leaves out what has no schedule", async () => {
  await begin();
  const sql = "SELECT driver, event_timestamp, trips AS t FROM stats";
  await apply(
    ctx,
    group("plain", { entity: "driver", sql, features: { t: "INT64" } }),
    group("early", {
      entity: "driver",
      sql,
      features: { t: "INT64" },
      schedule: { cron: "45 * * * *", timeZone: "UTC", catchUp: "skip" },
    }),
  );
  await lookAt("2026-01-15T12:45:00Z");
  const page = await listSchedules(ctx, { limit: 50 });
  const [run] = await runs();
  expect(page.total).toBe(2);
  expect(page.items).toEqual([
    {
      group: "stats",
      version: 1,
      schedule: { cron: "0 * * * *", timeZone: "UTC", catchUp: "latest" },
      nextRunAt: "2026-01-15T13:00:00.000Z",
      overdue: false,
      last: null,
      missed: 0,
    },
    expect.objectContaining({
      group: "early",
      nextRunAt: "2026-01-15T13:45:00.000Z",
      last: { scheduledFor: "2026-01-15T12:45:00.000Z", run: { id: run?.id, state: "QUEUED" } },
    }),
  ]);
});
