import { describe, expect, test } from "vitest";
import { servedValue } from "./served-value";

const row = (eventTime: string, value: number | null) => ({
  eventTime,
  createdTime: null,
  commitSequence: 1,
  rowNumber: 0,
  values: [value],
});
const now = new Date("2001-06-01T12:00:00Z");

describe("servedValue", () => {
  test.each([
    ["unknown key", null, null, { value: null, status: "NOT_FOUND", event_time: null, age_seconds: null }],
    [
      "present",
      row("2001-06-01T11:00:00.000000Z", 7),
      null,
      { value: 7, status: "PRESENT", event_time: "2001-06-01T11:00:00.000000Z", age_seconds: 3600 },
    ],
    [
      "zero is a value",
      row("2001-06-01T12:00:00.000000Z", 0),
      null,
      { value: 0, status: "PRESENT", event_time: "2001-06-01T12:00:00.000000Z", age_seconds: 0 },
    ],
    [
      "null value",
      row("2001-06-01T11:00:00.000000Z", null),
      null,
      { value: null, status: "NULL_VALUE", event_time: "2001-06-01T11:00:00.000000Z", age_seconds: 3600 },
    ],
    [
      "exactly ttl old",
      row("2001-06-01T11:00:00.000000Z", 7),
      3600,
      { value: 7, status: "PRESENT", event_time: "2001-06-01T11:00:00.000000Z", age_seconds: 3600 },
    ],
    [
      "a millisecond older",
      row("2001-06-01T10:59:59.999000Z", 7),
      3600,
      { value: null, status: "OUTSIDE_MAX_AGE", event_time: "2001-06-01T10:59:59.999000Z", age_seconds: 3600.001 },
    ],
    [
      "ttl 0 keeps for ever",
      row("1990-06-01T12:00:00.000000Z", 7),
      0,
      { value: 7, status: "PRESENT", event_time: "1990-06-01T12:00:00.000000Z", age_seconds: 347_155_200 },
    ],
  ])("%s", (_name, stored, ttlSeconds, expected) => {
    expect(servedValue(stored, 0, { ttlSeconds, now, includeExpired: false })).toEqual(expected);
  });
  test("gives an expired value when asked to, and says so", () => {
    const served = servedValue(row("2001-05-01T00:00:00.000000Z", 7), 0, { ttlSeconds: 60, now, includeExpired: true });
    expect(served).toMatchObject({ value: 7, status: "OUTSIDE_MAX_AGE" });
  });
});
