import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addLatencies, latencyBucket, latencyPercentile, noLatencies, packLatencies } from "./latency-buckets";

/** From a microsecond to 100 s, every order of magnitude as likely as the others. */
const seconds = fc.double({ min: -6, max: 2, noNaN: true }).map((power) => 10 ** power);

function countsOf(values: number[]): Uint32Array {
  const counts = noLatencies();
  for (const value of values) {
    const bucket = latencyBucket(value);
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  return counts;
}

/** Nearest rank over all values, which is what the buckets stand for. */
function exactPercentile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

describe("percentiles", () => {
  test("are within 5 % of those of the sorted values", () => {
    fc.assert(
      fc.property(
        fc.array(seconds, { minLength: 1, maxLength: 400 }),
        fc.constantFrom(0, 0.5, 0.9, 0.95, 0.99, 0.999, 1),
        (values, share) => {
          const exact = exactPercentile(values, share);
          const found = latencyPercentile(countsOf(values), share) ?? Number.NaN;
          expect(Math.abs(found / exact - 1)).toBeLessThan(0.05);
        },
      ),
      { numRuns: 500 },
    );
  });

  test("of nothing are null", () => {
    expect(latencyPercentile(noLatencies(), 0.99)).toBeNull();
  });

  test("never move the wrong way as the share grows", () => {
    fc.assert(
      fc.property(fc.array(seconds, { minLength: 1 }), (values) => {
        const counts = countsOf(values);
        const [p50 = 0, p95 = 0, p99 = 0] = [0.5, 0.95, 0.99].map((share) => latencyPercentile(counts, share) ?? 0);
        expect(p50 <= p95 && p95 <= p99).toBe(true);
      }),
    );
  });

  test("what no clock can have measured still counts", () => {
    for (const odd of [0, -1, 1e-9, 1e6, Number.POSITIVE_INFINITY])
      expect(countsOf([odd]).reduce((sum, count) => sum + count, 0)).toBe(1);
  });
});

test("packed counts of several processes add up to the counts of all values", () => {
  fc.assert(
    fc.property(fc.array(fc.array(seconds), { maxLength: 4 }), (processes) => {
      const merged = noLatencies();
      for (const values of processes) addLatencies(merged, packLatencies(countsOf(values)));
      expect(merged).toEqual(countsOf(processes.flat()));
    }),
  );
});

test("adding leaves out buckets that do not exist", () => {
  const counts = noLatencies();
  addLatencies(counts, [-1, 5, 10_000, 5, 3, 2, 7]);
  expect(packLatencies(counts)).toEqual([3, 2]);
});
