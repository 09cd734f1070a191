import { LarderError } from "./errors";

/**
 * An instant in UTC with microseconds, always written `2001-01-31T08:15:00.000000Z`,
 * so that text order is time order.
 */
export type Instant = string;

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?\s?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i;

/** Reads an ISO 8601 instant; without an offset it is UTC. Null when it is not a valid instant. */
export function parseInstant(text: string): Instant | null {
  const match = ISO.exec(text.trim());
  if (!match) return null;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second, 0);
  const valid =
    year >= 1 &&
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    hour < 24 &&
    minute < 60 &&
    second < 60;
  if (!valid) return null;
  const zone = match[8];
  if (zone && zone.toUpperCase() !== "Z") {
    const digits = zone.slice(1).replace(":", "").padEnd(4, "0");
    const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
    if (minutes > 18 * 60 || Number(digits.slice(2)) > 59) return null;
    date.setTime(date.getTime() - (zone[0] === "-" ? -1 : 1) * minutes * 60_000);
  }
  if (date.getUTCFullYear() < 1 || date.getUTCFullYear() > 9999) return null;
  const micros = (match[7] ?? "").padEnd(6, "0").slice(0, 6);
  return `${date.toISOString().slice(0, 19)}.${micros}Z`;
}

/** The instant of a Date (milliseconds). Throws `invalid_timestamp` outside of the years 1 to 9999. */
export function instantOf(date: Date): Instant {
  const year = date.getUTCFullYear();
  if (!(year >= 1 && year <= 9999))
    throw new LarderError("invalid_timestamp", "an instant lies in the years 1 to 9999");
  return `${date.toISOString().slice(0, 23)}000Z`;
}

/** The instant one microsecond later. */
export function instantAfter(instant: Instant): Instant {
  const micros = Number(instant.slice(20, 26)) + 1;
  if (micros < 1_000_000) return `${instant.slice(0, 20)}${String(micros).padStart(6, "0")}Z`;
  return instantOf(new Date(Date.parse(`${instant.slice(0, 19)}Z`) + 1000));
}

/** Milliseconds since the epoch, microseconds as the fraction. */
export function epochMs(instant: Instant): number {
  const days = daysSince1970(digitsAt(instant, 0, 4), digitsAt(instant, 5, 2), digitsAt(instant, 8, 2));
  const minutes = days * 1440 + digitsAt(instant, 11, 2) * 60 + digitsAt(instant, 14, 2);
  return (
    minutes * 60_000 + digitsAt(instant, 17, 2) * 1000 + digitsAt(instant, 20, 3) + digitsAt(instant, 23, 3) / 1000
  );
}

/** Of the proleptic Gregorian calendar. Years begin in March here, so that a leap day is the last of its year. */
function daysSince1970(year: number, month: number, day: number): number {
  const years = month > 2 ? year : year - 1;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const leapDays = Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400);
  return years * 365 + leapDays + dayOfYear - DAYS_FROM_YEAR_0_TO_1970;
}

const DAYS_FROM_YEAR_0_TO_1970 = 719_468;

function digitsAt(text: string, at: number, count: number): number {
  let value = 0;
  for (let i = at; i < at + count; i++) value = value * 10 + text.charCodeAt(i) - 48;
  return value;
}

const UNITS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** Reads `90s 15m 24h 7d` as seconds. Null when it is not a duration. */
export function parseDuration(text: string): number | null {
  const match = /^(\d{1,9})([smhd])$/.exec(text);
  return match ? Number(match[1]) * UNITS[match[2] as keyof typeof UNITS] : null;
}

/** Writes seconds in the greatest unit that divides them: 604800 -> `7d`. */
export function formatDuration(seconds: number): string {
  const unit = (["d", "h", "m", "s"] as const).find((name) => seconds % UNITS[name] === 0) ?? "s";
  return `${seconds / UNITS[unit]}${unit}`;
}

/** Where "now" comes from; tests give a fixed one. */
export type Clock = { now(): Date };

/** Reads an instant or throws `invalid_parameter` naming the parameter. */
export function requireInstant(text: string, name: string): Instant {
  const instant = parseInstant(text);
  if (!instant)
    throw new LarderError(
      "invalid_parameter",
      `${name} must be an ISO 8601 instant, for example 2001-06-30T12:00:00Z; got "${text.slice(0, 40)}"`,
    );
  return instant;
}
