import { describe, expect, it } from "vitest";
import { formatDay, formatExact, formatMinute, formatRelative } from "./instants";

const now = Date.parse("2001-06-30T12:00:00Z");

describe("instants as people read them", () => {
  it.each([
    [formatDay("2001-06-30T23:59:00.000000Z"), "30 Jun 2001"],
    [formatDay(null), "–"],
    [formatMinute("2001-06-30T23:59:00.000000Z"), "30 Jun 2001, 23:59 UTC"],
    [formatExact("2001-06-30T23:59:00.000000Z"), "2001-06-30 23:59:00 UTC"],
    [formatExact("2001-06-30T23:59:00.120000Z"), "2001-06-30 23:59:00.12 UTC"],
    [formatRelative("2001-06-30T11:59:55Z", now), "just now"],
    [formatRelative("2001-06-30T11:58:55Z", now), "1 minute ago"],
    [formatRelative("2001-06-30T10:00:00Z", now), "2 hours ago"],
    [formatRelative("2001-06-27T10:00:00Z", now), "3 days ago"],
    [formatRelative("2001-06-30T12:05:00Z", now), "in 5 minutes"],
    [formatRelative("2001-01-30T12:05:00Z", now), "30 Jan 2001"],
  ])("%s is %s", (actual, expected) => {
    expect(actual).toBe(expected);
  });
});
