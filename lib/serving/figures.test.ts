import { expect, test } from "vitest";
import { mergeSeries, mergeTotals, rateOf, slowestReads, worstStore } from "./figures";
import type { ServingFigures } from "./figures-schema";
import { latencyBucket } from "./latency-buckets";

const AT = "2026-01-15T12:00:02.000Z";
const NOW = Date.parse(AT) / 1000;
const PRESENT = NOW - 2;

/** Packed durations: so many of so many milliseconds. */
const of = (count: number, ms: number): number[] => [latencyBucket(ms / 1000), count];

function slot(at: number, requests: number, ms: number, rest: Partial<ServingFigures["slots"][number]> = {}) {
  const counts = { errors: 0, clientErrors: 0, refused: 0, cells: requests * 10, missing: requests };
  return { at, requests, ...counts, latency: of(requests, ms), ...rest };
}

function figures(rest: Partial<ServingFigures> = {}): ServingFigures {
  const totals = { requests: 0, errors: 0, clientErrors: 0, refused: 0, cells: 0, missing: 0 };
  const store = { state: "up" as const, detail: null };
  return { pid: 1, at: AT, inFlight: 2, totals, slots: [], reads: [], plans: 3, catalogs: 1, store, ...rest };
}

test("totals: counts add up, percentiles are those of all requests together", () => {
  const fast = figures({ slots: [slot(PRESENT - 5, 98, 1)] });
  const slow = figures({ slots: [slot(PRESENT - 300, 2, 100, { errors: 1 }), slot(PRESENT, 0, 1, { refused: 4 })] });
  const { latencyMs, ...totals } = mergeTotals([fast, slow]);
  expect(totals).toEqual({
    rate: 14,
    requests: 100,
    errors: 1,
    clientErrors: 0,
    refused: 4,
    cells: 1000,
    missing: 100,
    inFlight: 4,
    plans: 6,
    catalogs: 2,
  });
  expect(latencyMs?.p95).toBeCloseTo(1, 1);
  expect((latencyMs?.p99 ?? 0) / 100).toBeCloseTo(1, 1);
  expect(mergeTotals([]).latencyMs).toBeNull();
});

test("the rate is of the slot that goes on and the one before", () => {
  expect(rateOf(figures({ slots: [slot(PRESENT - 10, 999, 1), slot(PRESENT - 5, 50, 1), slot(PRESENT, 20, 1)] }))).toBe(
    10,
  );
});

test("the series has every step of five minutes, empty ones too, and not the one that goes on", () => {
  const series = mergeSeries(
    [
      figures({ slots: [slot(PRESENT - 300, 5, 1), slot(PRESENT, 7, 1)] }),
      figures({ slots: [slot(PRESENT - 300, 5, 1)] }),
    ],
    new Date(AT),
  );
  expect(series).toHaveLength(60);
  expect(series[0]).toMatchObject({ at: new Date((PRESENT - 300) * 1000).toISOString(), rate: 2 });
  expect(series[0]?.latencyMs?.p50).toBeCloseTo(1, 1);
  expect(series.slice(1).every(({ rate, latencyMs }) => rate === 0 && latencyMs === null)).toBe(true);
  expect(series[59]?.at).toBe(new Date((PRESENT - 5) * 1000).toISOString());
});

test("slowest reads: by p95, of all processes, without the views of other projects", () => {
  const read = (view: string | null, projectId: string | null, ms: number) => ({
    route: "batch",
    view,
    projectId,
    requests: 10,
    errors: 1,
    latency: of(10, ms),
  });
  const found = slowestReads(
    [
      figures({ reads: [read("trip", "mine", 5), read("secret", "other", 50)] }),
      figures({ reads: [read("trip", "mine", 5), read(null, null, 9)] }),
    ],
    "mine",
  );
  expect(found).toMatchObject([
    { view: null, requests: 10 },
    { route: "batch", view: "trip", requests: 20, errors: 2 },
  ]);
  expect(JSON.stringify(found)).not.toContain("secret");
});

test("the store is what the process says that is off worst", () => {
  const store = (state: "up" | "down" | "incomplete") => figures({ store: { state, detail: state } });
  expect(worstStore([store("up"), store("incomplete"), store("down")])).toEqual({ state: "down", detail: "down" });
  expect(worstStore([store("up"), store("incomplete")]).state).toBe("incomplete");
  expect(worstStore([])).toEqual({ state: "up", detail: null });
});
