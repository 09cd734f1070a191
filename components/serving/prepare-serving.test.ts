import { describe, expect, test } from "vitest";
import type { SeriesPoint } from "@/lib/serving/figures-schema";
import { isQuiet, prepareServing } from "./prepare-serving";

const quiet: SeriesPoint = {
  at: "2026-01-15T12:00:00.000Z",
  rate: 0,
  errors: 0,
  clientErrors: 0,
  refused: 0,
  latencyMs: null,
};

describe("prepareServing", () => {
  test("a step without requests has no latency, which is not a latency of zero", () => {
    const busy = { ...quiet, at: "2026-01-15T11:59:55.000Z", rate: 4, latencyMs: { p50: 0.1, p95: 0.2, p99: 0.3 } };
    expect(prepareServing([quiet, busy])).toMatchObject([
      { at: Date.parse(busy.at), rate: 4, p50: 0.1, p95: 0.2, p99: 0.3 },
      { at: Date.parse(quiet.at), rate: 0, p50: null, p95: null, p99: null },
    ]);
  });

  test("a refused request is counted once", () => {
    expect(prepareServing([{ ...quiet, errors: 5, refused: 3 }])).toMatchObject([{ errors: 2, refused: 3 }]);
    // A step may end between counting the one and the other.
    expect(prepareServing([{ ...quiet, errors: 0, refused: 3 }])).toMatchObject([{ errors: 0, refused: 3 }]);
  });
});

test("quiet: nothing asked and nothing refused", () => {
  expect(isQuiet(prepareServing([quiet]))).toBe(true);
  expect(isQuiet(prepareServing([{ ...quiet, refused: 1 }]))).toBe(false);
  expect(isQuiet([])).toBe(true);
});
