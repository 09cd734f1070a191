import { describe, expect, test } from "vitest";
import type { IntervalSummary } from "@/lib/datasets/interval-schema";
import { parseInstant } from "@/lib/kernel/time";
import { countWords, intervalLabel, short, stateWords, suggestedRange } from "./interval-words";

const at = (text: string): string => parseInstant(text) ?? "";
const item = (day: number, state: IntervalSummary["state"]): IntervalSummary => ({
  start: at(`2026-01-${day}`),
  end: at(`2026-01-${day + 1}`),
  state,
  reason: state === "stale" ? "inputs" : null,
  rowCount: null,
  runId: null,
  computedAt: null,
});

test.each([
  ["2026-01-10", "2026-01-11", "10 Jan 2026"],
  ["2026-01-08", "2026-01-15", "8 Jan 2026 to 15 Jan 2026"],
  ["2026-01-10T13:00", "2026-01-10T14:00", "10 Jan 2026, 13:00 to 10 Jan 2026, 14:00 UTC"],
])("%s to %s is %s", (start, end, label) => {
  expect(intervalLabel({ start: at(start), end: at(end) })).toBe(label);
});

test("says why an interval is stale", () => {
  expect(stateWords({ state: "stale", reason: "definition" })).toContain("SQL");
  expect(stateWords({ state: "stale", reason: "inputs" })).toContain("reads");
  expect(stateWords({ state: "missing", reason: null })).toBe("Missing");
});

test.each([
  [{ total: 0, counts: { computed: 0, missing: 0, stale: 0 } }, "No interval is over yet"],
  [{ total: 1, counts: { computed: 1, missing: 0, stale: 0 } }, "1 interval: 1 computed"],
  [
    { total: 1200, counts: { computed: 1000, missing: 150, stale: 50 } },
    "1,200 intervals: 1,000 computed, 50 stale, 150 missing",
  ],
])("%o in words", (list, words) => {
  expect(countWords(list)).toBe(words);
});

describe("the range that is suggested", () => {
  const of = (...items: IntervalSummary[]) =>
    suggestedRange({ items, first: at("2026-01-01"), until: at("2026-01-20") });
  test("covers what is missing, else what is stale, else all", () => {
    expect(of(item(14, "missing"), item(13, "stale"), item(12, "missing"), item(11, "computed"))).toEqual({
      start: "2026-01-12",
      end: "2026-01-15",
      restate: false,
    });
    expect(of(item(14, "computed"), item(13, "stale"))).toEqual({
      start: "2026-01-13",
      end: "2026-01-14",
      restate: true,
    });
    expect(of(item(14, "computed"))).toEqual({ start: "2026-01-01", end: "2026-01-20", restate: true });
  });

  test("is written so that it can be read again as it was", () => {
    for (const text of ["2026-01-10", "2026-01-10T13:00", "2026-01-10T13:00:30"])
      expect(parseInstant(short(at(text)))).toBe(at(text));
    expect(short(at("2026-01-10T13:00"))).toBe("2026-01-10T13:00Z");
  });
});
