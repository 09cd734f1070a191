import type { Scalar } from "./scalars";

const MIDNIGHT = "T00:00:00.000000Z";
const DATE_LENGTH = "2001-01-31".length;
/** Microseconds of nearer instants are exact as numbers. */
const NEAR_SECONDS = 9_000_000_000;

/** A date or an instant as an instant: a date is the midnight that starts it. */
export function asInstant(moment: string): string {
  return moment.length === DATE_LENGTH ? moment + MIDNIGHT : moment;
}

/** Seconds since 1970 with the microseconds as their fraction. */
export function epochSeconds(moment: string): number {
  const { seconds, micros } = partsOf(moment);
  return Math.abs(seconds) < NEAR_SECONDS
    ? (seconds * 1e6 + micros) / 1e6
    : Number(BigInt(seconds) * 1_000_000n + BigInt(micros)) / 1e6;
}

/** Seconds from the first to the second. */
export function secondsBetween(from: string, to: string): number {
  const [a, b] = [partsOf(from), partsOf(to)];
  const [seconds, micros] = [b.seconds - a.seconds, b.micros - a.micros];
  return Math.abs(seconds) < NEAR_SECONDS
    ? (seconds * 1e6 + micros) / 1e6
    : Number(BigInt(seconds) * 1_000_000n + BigInt(micros)) / 1e6;
}

function partsOf(moment: string): { seconds: number; micros: number } {
  const instant = asInstant(moment);
  return { seconds: Date.parse(`${instant.slice(0, 19)}Z`) / 1000, micros: Number(instant.slice(20, 26)) };
}

/** Parts of an instant in UTC. */
export const DATE_PARTS: Readonly<Record<string, (moment: string) => Scalar>> = {
  year: (moment) => Number(moment.slice(0, 4)),
  month: (moment) => Number(moment.slice(5, 7)),
  day: (moment) => Number(moment.slice(8, 10)),
  hour: (moment) => Number(asInstant(moment).slice(11, 13)),
  minute: (moment) => Number(asInstant(moment).slice(14, 16)),
  // 1970-01-01 was a Thursday.
  day_of_week: (moment) => {
    const days = Date.parse(`${moment.slice(0, DATE_LENGTH)}T00:00:00Z`) / 86_400_000;
    return ((((days + 3) % 7) + 7) % 7) + 1;
  },
};
