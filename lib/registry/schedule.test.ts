import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Schedule } from "./definition-schema";
import { nextTick, scheduleProblems, ticksBetween } from "./schedule";

const schedule = (cron: string, timeZone = "UTC"): Schedule => ({ cron, timeZone, catchUp: "latest" });

/** Every tick from one instant (exclusive) to another. */
function ticks(of: Schedule, from: string, until: string): string[] {
  const found: string[] = [];
  for (let at = nextTick(of, new Date(from)); at && at <= new Date(until); at = nextTick(of, at))
    found.push(at.toISOString().slice(0, 16));
  return found;
}

describe("scheduleProblems", () => {
  test.each(["0 3 * * *", "*/15 * * * *", "0 6 1 1,7 *", "0 6 * * MON-FRI", "0 0 L * *", "0 0 29 2 *"])(
    "%s is a schedule",
    (cron) => expect(scheduleProblems(schedule(cron, "Europe/Vienna"))).toEqual([]),
  );

  test.each([
    ["@daily", "five fields"],
    ["0 0 3 * * *", "five fields"],
    ["2026-01-01T00:00:00", "five fields"],
    ["61 * * * *", "61"],
    ["* 24 * * *", "24"],
    ["a b c d e", "not a cron expression"],
    ["0 0 30 2 *", "never comes"],
  ])("%s is none", (cron, says) => {
    expect(scheduleProblems(schedule(cron))).toEqual([{ field: "cron", detail: expect.stringContaining(says) }]);
  });

  test.each(["Mars/Phobos", "+02:00", "", "Europe/", "../etc/passwd"])("%s is no zone", (zone) => {
    expect(scheduleProblems(schedule("0 3 * * *", zone)).map(({ field }) => field)).toEqual(["timeZone"]);
  });

  test("says everything that is wrong at once", () => {
    expect(scheduleProblems(schedule("x", "y")).map(({ field }) => field)).toEqual(["timeZone", "cron"]);
  });
});

describe("days of 23 and 25 hours", () => {
  test("three in the morning in Vienna is another instant in summer", () => {
    const at = schedule("0 3 * * *", "Europe/Vienna");
    expect(ticks(at, "2026-03-27T12:00:00Z", "2026-03-30T12:00:00Z")).toEqual([
      "2026-03-28T02:00",
      "2026-03-29T01:00",
      "2026-03-30T01:00",
    ]);
  });

  test("a time that is skipped comes when the clock has jumped, once", () => {
    expect(ticks(schedule("30 2 * * *", "Europe/Vienna"), "2026-03-28T12:00:00Z", "2026-03-30T12:00:00Z")).toEqual([
      "2026-03-29T01:00",
      "2026-03-30T00:30",
    ]);
  });

  test("a time that comes twice comes once", () => {
    expect(ticks(schedule("30 2 * * *", "Europe/Vienna"), "2026-10-24T12:00:00Z", "2026-10-26T12:00:00Z")).toEqual([
      "2026-10-25T00:30",
      "2026-10-26T01:30",
    ]);
  });

  test.each([
    ["Europe/Vienna", "2026-03-29", 23],
    ["Europe/Vienna", "2026-10-25", 25],
    ["America/New_York", "2026-03-08", 23],
    ["America/New_York", "2026-11-01", 25],
    ["Asia/Kathmandu", "2026-03-29", 24],
  ])("every hour in %s on %s comes %i times", (zone, day, hours) => {
    const start = nextTick(schedule("0 0 * * *", zone), new Date(Date.parse(day) - 12 * 3_600_000)) as Date;
    const end = nextTick(schedule("0 0 * * *", zone), start) as Date;
    const before = new Date(start.getTime() - 1000).toISOString();
    expect(ticks(schedule("0 * * * *", zone), before, new Date(end.getTime() - 1000).toISOString())).toHaveLength(
      hours,
    );
  });
});

describe("ticksBetween", () => {
  test("both ends count, and of too many the newest stay", () => {
    const hourly = schedule("0 * * * *");
    const between = (from: string, until: string, limit = 100): string[] =>
      ticksBetween(hourly, new Date(from), new Date(until), limit).map((tick) => tick.toISOString().slice(11, 16));
    expect(between("2026-01-01T01:00:00Z", "2026-01-01T03:00:00Z")).toEqual(["01:00", "02:00", "03:00"]);
    expect(between("2026-01-01T01:00:00.001Z", "2026-01-01T02:59:59.999Z")).toEqual(["02:00"]);
    expect(between("2026-01-01T01:00:00Z", "2026-01-01T09:30:00Z", 2)).toEqual(["08:00", "09:00"]);
    expect(between("2026-01-01T01:00:01Z", "2026-01-01T01:30:00Z")).toEqual([]);
  });

  test("looking back finds what looking forward does, in any zone and over any change of the clock", () => {
    const crons = ["0 * * * *", "*/20 * * * *", "30 2 * * *", "0 3 * * 0", "15 0,2 * * *", "0 0 1 * *"];
    const zones = ["UTC", "Europe/Vienna", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"];
    const start = Date.parse("2026-01-01T00:00:00Z") / 60_000;
    fc.assert(
      fc.property(
        fc.constantFrom(...crons),
        fc.constantFrom(...zones),
        fc.integer({ min: start, max: start + 525_000 }),
        fc.integer({ min: 0, max: 60 * 30 }),
        (cron, zone, from, minutes) => {
          const begin = new Date(from * 60_000);
          const end = new Date((from + minutes) * 60_000);
          const found = ticksBetween(schedule(cron, zone), begin, end, 1000).map((at) => at.toISOString().slice(0, 16));
          const before = new Date(begin.getTime() - 1).toISOString();
          expect(found).toEqual(ticks(schedule(cron, zone), before, end.toISOString()));
        },
      ),
      { numRuns: 60 },
    );
  });
});
