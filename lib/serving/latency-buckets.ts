/**
 * Durations counted in buckets whose bounds grow by a tenth, so that any percentile is known to 5 % from 195 numbers, and
 * counts of several processes add up to the counts of all.
 */
export type LatencyCounts = Uint32Array;

const FIRST_SECONDS = 1e-6;
const GROWTH = 1.1;
const LOG_GROWTH = Math.log(GROWTH);
/** From a microsecond to beyond 100 seconds. */
export const LATENCY_BUCKETS = 195;

/** Counts of nothing yet. */
export function noLatencies(): LatencyCounts {
  return new Uint32Array(LATENCY_BUCKETS);
}

/** The bucket of a duration; what is shorter or longer than all of them goes into the first or last one. */
export function latencyBucket(seconds: number): number {
  const bucket = Math.floor(Math.log(seconds / FIRST_SECONDS) / LOG_GROWTH);
  return bucket > 0 ? Math.min(bucket, LATENCY_BUCKETS - 1) : 0;
}

/** The duration below which this share of the counted ones lies, by nearest rank; null when none were counted. */
export function latencyPercentile(counts: LatencyCounts, share: number): number | null {
  let total = 0;
  for (const count of counts) total += count;
  if (total === 0) return null;
  const rank = Math.max(1, Math.ceil(share * total));
  let seen = 0;
  for (let bucket = 0; bucket < counts.length; bucket++) {
    seen += counts[bucket] ?? 0;
    // The middle of a bucket on a logarithmic scale: as far from one bound as from the other.
    if (seen >= rank) return FIRST_SECONDS * GROWTH ** (bucket + 0.5);
  }
  return null;
}

/** Counts in few characters: bucket and count in turn, empty buckets left out. */
export function packLatencies(counts: LatencyCounts): number[] {
  const packed: number[] = [];
  for (let bucket = 0; bucket < counts.length; bucket++) {
    const count = counts[bucket] ?? 0;
    if (count > 0) packed.push(bucket, count);
  }
  return packed;
}

/** Adds packed counts to others; buckets that do not exist are left out. */
export function addLatencies(counts: LatencyCounts, packed: readonly number[]): void {
  for (let at = 0; at + 1 < packed.length; at += 2) {
    const bucket = packed[at] ?? -1;
    if (bucket >= 0 && bucket < counts.length) counts[bucket] = (counts[bucket] ?? 0) + (packed[at + 1] ?? 0);
  }
}
