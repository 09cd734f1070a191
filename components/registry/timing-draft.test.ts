import { describe, expect, test } from "vitest";
import { Incremental, Schedule } from "@/lib/registry/definition-schema";
import { NO_TIMING, scheduleWords, timingFrom, timingOf, USUAL_CRONS } from "./timing-draft";

describe("the timing of a draft", () => {
  test.each([
    [{}],
    [{ retention: { history: "30d" } }],
    [{ schedule: { cron: "0 3 * * *", timeZone: "Europe/Vienna", catchUp: "skip" as const } }],
    [{ incremental: { interval: "1d", start: "2026-01-01" } }],
    [
      {
        incremental: { interval: "1h", start: "2026-01-01", lookback: "6h" },
        schedule: Schedule.parse({ cron: "0 * * * *" }),
      },
    ],
  ])("%o comes back as it was", (timing) => {
    expect(timingFrom(timingOf(timing))).toEqual(timing);
  });

  test("blanks around what was typed go, what is empty is left out", () => {
    const draft = {
      incremental: { interval: " 1d ", start: " 2026-01-01", lookback: "  " },
      schedule: { cron: "  0   3 * * * ", timeZone: "UTC", catchUp: "latest" as const },
      retention: null,
    };
    const { incremental, schedule } = timingFrom(draft);
    expect(Incremental.parse(incremental)).toEqual({ interval: "1d", start: "2026-01-01" });
    expect(schedule?.cron).toBe("0 3 * * *");
    expect(timingFrom(NO_TIMING)).toEqual({});
    expect(timingFrom(undefined)).toEqual({});
  });

  test("says usual schedules in words, others as they are", () => {
    expect(scheduleWords({ cron: USUAL_CRONS[1].cron, timeZone: "UTC" })).toBe("Every day at 3:00, UTC");
    expect(scheduleWords({ cron: "*/7 * * * *", timeZone: "UTC" })).toBe("*/7 * * * *, UTC");
  });
});
