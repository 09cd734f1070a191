import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isLarderError } from "@/lib/kernel/errors";
import { instantOf } from "@/lib/kernel/time";
import {
  countIntervals,
  dueIntervals,
  gridOf,
  inSteps,
  intervalAt,
  intervalFingerprint,
  intervalsWithin,
  type RecordedInterval,
  requireRange,
  standing,
  stateOfInterval,
  type TimeInterval,
} from "./intervals";

const at = (text: string): string => `${text.length === 10 ? `${text}T00:00:00` : text}.000000Z`;
const DAYS = gridOf({ interval: "1d", start: "2026-01-10" });
const recorded = (start: string, end: string, rest: Partial<RecordedInterval> = {}): RecordedInterval => ({
  start: at(start),
  end: at(end),
  fingerprint: "d.i",
  commitSequence: 1,
  runId: null,
  ...rest,
});
const starts = (intervals: TimeInterval[]): string[] => intervals.map(({ start }) => start.slice(0, 10));

describe("the grid", () => {
  test.each([
    ["1d", "2026-01-10", "2026-01-12T00:00:00Z", 2, "2026-01-10"],
    ["1d", "2026-01-10T13:00:00Z", "2026-01-12T23:59:59Z", 2, "2026-01-10"],
    ["1d", "2026-01-10", "2026-01-09T00:00:00Z", 0, "2026-01-10"],
    ["1d", "2026-01-10", "2026-01-10T23:59:59Z", 0, "2026-01-10"],
    ["1h", "2026-01-10T01:30:00Z", "2026-01-10T04:00:00Z", 3, "2026-01-10T01:00:00"],
    // Weeks are counted from the epoch, a Thursday.
    ["7d", "2026-01-10", "2026-01-22T00:00:00Z", 2, "2026-01-08"],
    ["1d", "1969-12-31T12:00:00Z", "1970-01-02T00:00:00Z", 2, "1969-12-31"],
  ])("%s from %s at %s", (interval, start, now, count, first) => {
    const grid = gridOf({ interval, start });
    expect(countIntervals(grid, new Date(now))).toBe(count);
    expect(intervalAt(grid, 0).start).toBe(at(first));
  });

  test("intervals meet without gap or overlap", () => {
    const intervals = intervalsWithin(DAYS, { start: at("2026-01-11"), end: at("2026-01-14") });
    expect(starts(intervals)).toEqual(["2026-01-11", "2026-01-12", "2026-01-13"]);
    expect(intervals.map(({ end }) => end)).toEqual([at("2026-01-12"), at("2026-01-13"), at("2026-01-14")]);
  });
});

describe("dueIntervals", () => {
  const due = (given: RecordedInterval[], now: string, lookback?: string, limit?: number) => {
    const grid = gridOf({ interval: "1d", start: "2026-01-10", ...(lookback ? { lookback } : {}) });
    const found = dueIntervals(grid, given, { now: new Date(now), fingerprint: "d.i", ...(limit ? { limit } : {}) });
    return [starts(found.due), found.left];
  };
  const DONE = [recorded("2026-01-10", "2026-01-11"), recorded("2026-01-11", "2026-01-12")];
  const OLD = DONE.map((one) => ({ ...one, fingerprint: "d.older" }));

  test.each([
    ["what is missing, but not the day that is not over", DONE, "2026-01-13T23:00:00Z", undefined, ["2026-01-12"]],
    ["a gap in the middle", [DONE[1]], "2026-01-12T00:00:00Z", undefined, ["2026-01-10"]],
    ["nothing when all is there", DONE, "2026-01-12T12:00:00Z", undefined, []],
    ["not what is stale and long over", OLD, "2026-01-12T00:00:00Z", undefined, []],
    ["what is stale within the lookback", OLD, "2026-01-12T00:00:00Z", "1d", ["2026-01-11"]],
    [
      "an interval that ends exactly where the lookback begins is out",
      OLD,
      "2026-01-13T00:00:00Z",
      "1d",
      ["2026-01-12"],
    ],
    ["nothing within the lookback that would come out the same", DONE, "2026-01-12T00:00:00Z", "30d", []],
    [
      "one that was recorded with another length",
      [recorded("2026-01-10", "2026-01-10T12:00:00")],
      "2026-01-11T00:00:00Z",
      undefined,
      ["2026-01-10"],
    ],
  ])("%s", (_what, given, now, lookback, expected) => {
    expect(due(given as RecordedInterval[], now, lookback)).toEqual([expected, 0]);
  });

  test("says how many it leaves for the next time, oldest first", () => {
    expect(due([], "2026-01-15T00:00:00Z", undefined, 2)).toEqual([["2026-01-10", "2026-01-11"], 3]);
  });

  test("recording what is due leaves nothing due, whatever was recorded before", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(40)), fc.nat(40), fc.nat(10), (before, days, lookback) => {
        const grid = gridOf({ interval: "1d", start: "2026-01-10", ...(lookback ? { lookback: `${lookback}d` } : {}) });
        const now = new Date(grid.firstMs + days * grid.stepMs + 1);
        const known = before.map((index) => ({ ...recorded("2026-01-10", "2026-01-11"), ...intervalAt(grid, index) }));
        const { due } = dueIntervals(grid, known, { now, fingerprint: "d.new" });
        const fresh = due.map((one) => ({ ...recorded("2026-01-10", "2026-01-11"), ...one, fingerprint: "d.new" }));
        const all = [...known.filter((one) => !due.some(({ start }) => start === one.start)), ...fresh];
        expect(dueIntervals(grid, all, { now, fingerprint: "d.new" }).due).toEqual([]);
        expect(due.every(({ end }) => end <= instantOf(now))).toBe(true);
        expect(new Set(all.map(({ start }) => start)).size).toBeGreaterThanOrEqual(days);
      }),
    );
  });
});

describe("standing", () => {
  const one = (commitSequence: number) => [{ commitSequence }];
  test.each([
    ["nothing came after", 3, [], true],
    ["a restore to before it", 3, [{ sequence: 4, mode: "restore", restores: 2 }], false],
    ["a restore to it", 3, [{ sequence: 4, mode: "restore", restores: 3 }], true],
    ["a restore before it was computed", 5, [{ sequence: 4, mode: "restore", restores: 2 }], true],
    ["an overwrite of everything", 3, [{ sequence: 4, mode: "overwrite", restores: null }], false],
    ["an overwrite of everything before it", 3, [{ sequence: 2, mode: "overwrite", restores: null }], true],
  ])("%s", (_what, sequence, undoing, stays) => {
    expect(standing(one(sequence), undoing)).toHaveLength(stays ? 1 : 0);
  });
});

test.each([
  [undefined, { definition: "d", inputs: "i" }, "missing", null],
  ["d.i", { definition: "d", inputs: "i" }, "computed", null],
  ["d.i", { definition: "e", inputs: "i" }, "stale", "definition"],
  ["d.i", { definition: "d", inputs: "j" }, "stale", "inputs"],
  ["d.i", { definition: "d", inputs: null }, "computed", null],
] as const)("recorded as %s, now %o: %s", (print, now, state, reason) => {
  expect(stateOfInterval(print === undefined ? undefined : { fingerprint: print }, now)).toEqual({ state, reason });
  expect(intervalFingerprint("d", "i")).toBe("d.i");
});

describe("requireRange", () => {
  const NOW = new Date("2026-01-15T12:00:00Z");
  test.each([
    ["2026-01-12", "2026-01-12", "The range is empty"],
    ["2026-01-13", "2026-01-12", "The range is empty"],
    ["2026-01-12T01:00:00", "2026-01-13", "2026-01-12T00:00:00Z to 2026-01-13T00:00:00Z"],
    ["2026-01-12", "2026-01-12T00:00:01", "2026-01-12T00:00:00Z to 2026-01-13T00:00:00Z"],
    ["2026-01-09", "2026-01-12", "begins at 2026-01-10T00:00:00Z"],
    ["2026-01-14", "2026-01-16", "ends at 2026-01-15T00:00:00Z"],
  ])("%s to %s is refused, saying what is right", (start, end, says) => {
    let said = "";
    try {
      requireRange(DAYS, { start: at(start), end: at(end) }, NOW);
    } catch (error) {
      if (isLarderError(error)) said = `${error.code} ${error.detail}`;
    }
    expect(said).toContain("invalid_parameter");
    expect(said).toContain(says);
  });

  test("whole intervals that are over are fine", () => {
    const range = { start: at("2026-01-10"), end: at("2026-01-15") };
    expect(requireRange(DAYS, range, NOW)).toEqual(range);
    expect(() => requireRange(DAYS, range, new Date("2026-01-10T12:00:00Z"))).toThrow("No interval");
    const minutes = gridOf({ interval: "1m", start: "2025-01-10" });
    expect(() => requireRange(minutes, range, NOW)).not.toThrow();
    expect(() => requireRange(minutes, { ...range, start: at("2026-01-05") }, NOW)).toThrow("14400 intervals");
  });
});

test.each([
  [0, 200, 0, 0],
  [1, 200, 1, 1],
  [200, 200, 200, 1],
  [201, 200, 101, 2],
  [8760, 200, 200, 44],
])("%i intervals in %i steps at most", (count, limit, steps, size) => {
  const intervals = Array.from({ length: count }, (_, index) => intervalAt(DAYS, index));
  const found = inSteps(intervals, limit);
  expect(found.flat()).toEqual(intervals);
  expect([found.length, Math.max(0, ...found.map((step) => step.length))]).toEqual([steps, size]);
});
