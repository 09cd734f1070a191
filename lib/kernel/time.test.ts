import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { epochMs, formatDuration, instantAfter, instantOf, parseDuration, parseInstant, requireInstant } from "./time";

describe("parseInstant", () => {
  it.each([
    // without an offset: UTC
    ["2001-01-31", "2001-01-31T00:00:00.000000Z"],
    ["2001-01-31T08:15", "2001-01-31T08:15:00.000000Z"],
    ["2001-01-31T08:15:00", "2001-01-31T08:15:00.000000Z"],
    ["2001-01-31 08:15:00", "2001-01-31T08:15:00.000000Z"],
    // ways of writing
    ["2001-01-31T08:15:00Z", "2001-01-31T08:15:00.000000Z"],
    ["2001-01-31t08:15:00z", "2001-01-31T08:15:00.000000Z"],
    ["2001-01-31 08:15:00 Z", "2001-01-31T08:15:00.000000Z"],
    [" 2001-01-31T08:15:00Z\n", "2001-01-31T08:15:00.000000Z"],
    // microseconds; what is finer is cut, never rounded up into the future
    ["2001-01-31T08:15:00.1Z", "2001-01-31T08:15:00.100000Z"],
    ["2001-01-31T08:15:00.000001Z", "2001-01-31T08:15:00.000001Z"],
    ["2001-01-31T08:15:00.123456789Z", "2001-01-31T08:15:00.123456Z"],
    ["2001-01-31T23:59:59.999999999Z", "2001-01-31T23:59:59.999999Z"],
    // offsets
    ["2001-01-31T08:15:00+05:45", "2001-01-31T02:30:00.000000Z"],
    ["2001-01-31T08:15:00-03:30", "2001-01-31T11:45:00.000000Z"],
    ["2001-01-31T08:15:00+0545", "2001-01-31T02:30:00.000000Z"],
    ["2001-01-31T08:15:00+01", "2001-01-31T07:15:00.000000Z"],
    ["2001-01-31 08:15:00.5 +01:00", "2001-01-31T07:15:00.500000Z"],
    ["2001-01-31T08:15+01:00", "2001-01-31T07:15:00.000000Z"],
    ["2001-01-31T08:15:00-00:00", "2001-01-31T08:15:00.000000Z"],
    ["2001-01-01T01:00:00+18:00", "2000-12-31T07:00:00.000000Z"],
    ["2001-01-01T00:30:00.000001+01:00", "2000-12-31T23:30:00.000001Z"],
    ["2001-12-31T23:30:00-01:00", "2002-01-01T00:30:00.000000Z"],
    // an hour that some local clock skips or repeats is an hour like any other in UTC
    ["2001-03-25T02:30:00", "2001-03-25T02:30:00.000000Z"],
    ["2001-10-28T02:30:00", "2001-10-28T02:30:00.000000Z"],
    // the calendar
    ["2024-02-29", "2024-02-29T00:00:00.000000Z"],
    ["2000-02-29", "2000-02-29T00:00:00.000000Z"],
    ["0001-01-01", "0001-01-01T00:00:00.000000Z"],
    ["0099-12-31", "0099-12-31T00:00:00.000000Z"],
    ["9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"],
    ["1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"],
  ])("%j", (text, instant) => {
    expect(parseInstant(text)).toBe(instant);
  });

  it.each([
    ["2026-02-30", "no such day"],
    ["2023-02-29", "no leap year"],
    ["1900-02-29", "no leap year"],
    ["2001-04-31", "no such day"],
    ["2001-13-01", "no such month"],
    ["2001-00-10", "no such month"],
    ["2001-01-00", "no such day"],
    ["2016-12-31T23:59:60Z", "a leap second"],
    ["2001-01-31T24:00:00Z", "no such hour"],
    ["2001-01-31T08:60:00Z", "no such minute"],
    ["0000-01-01", "year 0"],
    ["0001-01-01T00:00:00+00:01", "year 0 in UTC"],
    ["9999-12-31T23:59:59-00:01", "year 10000 in UTC"],
    ["10000-01-01", "five digits"],
    ["+002001-01-31T00:00:00Z", "six digits"],
    ["-0001-01-01", "a year before 1"],
    ["2001-01-31T08:15:00+18:01", "no such offset"],
    ["2001-01-31T08:15:00+05:60", "no such offset"],
    ["2001-01-31T08:15:00+0575", "no such offset"],
    ["2001-01-31+01:00", "an offset without a time"],
    ["2001-01-31T08Z", "no minutes"],
    ["2001-01-31T08:15:00.Z", "no digits after the point"],
    ["2001-01-31T08:15:00,5Z", "a comma"],
    ["2001-01-31T08:15:00.1234567890Z", "ten digits"],
    ["2001-01-31T08:15:00 UTC", "a name of a zone"],
    ["2001-1-31", "one digit"],
    ["20010131", "no hyphens"],
    ["31.01.2001", "another order"],
    ["980928900", "seconds since 1970"],
    ["٢٠٠١-٠١-٣١", "other digits"],
    ["now", "a word"],
    ["", "nothing"],
  ])("%j is refused: %s", (text) => {
    expect(parseInstant(text)).toBeNull();
  });

  it("writes instants so that text order is time order, and reads what it wrote", () => {
    const milliseconds = fc.date({
      min: new Date("0001-01-01T00:00:00Z"),
      max: new Date("9999-12-31T23:59:59Z"),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(milliseconds, milliseconds, (a, b) => {
        expect(parseInstant(instantOf(a))).toBe(instantOf(a));
        expect(parseInstant(a.toISOString())).toBe(instantOf(a));
        expect(instantOf(a) < instantOf(b)).toBe(a.getTime() < b.getTime());
      }),
    );
  });
});

describe("instants", () => {
  it.each([
    ["1970-01-01T00:00:00.000000Z", 0],
    ["1970-01-01T00:00:00.001500Z", 1.5],
    ["1969-12-31T23:59:59.999999Z", -0.001],
    ["2001-09-09T01:46:40.000001Z", 1_000_000_000_000.001],
    ["0001-01-01T00:00:00.000000Z", -62_135_596_800_000],
  ])("epochMs of %s is %d", (instant, expected) => {
    expect(epochMs(instant)).toBeCloseTo(expected, 3);
  });

  it("epochMs is what Date knows, for every day and any time of it", () => {
    for (let day = -719_162; day <= 2_932_896; day += 1) {
      const date = new Date(day * 86_400_000 + ((day * 7919) % 86_400_000) * (day < 0 ? -1 : 1));
      if (epochMs(instantOf(date)) !== date.getTime()) expect(epochMs(instantOf(date))).toBe(date.getTime());
    }
  });

  it("epochMs tells neighbouring microseconds of this century apart", () => {
    expect(epochMs("2099-12-31T23:59:59.999999Z")).toBeGreaterThan(epochMs("2099-12-31T23:59:59.999998Z"));
  });

  it.each([
    ["2001-01-31T08:15:00.000000Z", "2001-01-31T08:15:00.000001Z"],
    ["2001-01-31T08:15:00.000999Z", "2001-01-31T08:15:00.001000Z"],
    ["2001-12-31T23:59:59.999999Z", "2002-01-01T00:00:00.000000Z"],
    ["0099-12-31T23:59:59.999999Z", "0100-01-01T00:00:00.000000Z"],
  ])("the instant after %s", (instant, after) => {
    expect(instantAfter(instant)).toBe(after);
  });

  it("an instant lies in the years 1 to 9999", () => {
    const refusal = expect.objectContaining({ code: "invalid_timestamp" });
    for (const date of [new Date("+010000-01-01T00:00:00Z"), new Date("0000-12-31T23:59:59Z"), new Date(Number.NaN)]) {
      expect(() => instantOf(date)).toThrow(refusal);
    }
    expect(() => instantAfter("9999-12-31T23:59:59.999999Z")).toThrow(refusal);
  });

  it("requireInstant names the parameter and shows at most 40 characters", () => {
    expect(requireInstant("2001-01-31", "start")).toBe("2001-01-31T00:00:00.000000Z");
    expect(() => requireInstant(`x${"y".repeat(500)}`, "start")).toThrow(
      expect.objectContaining({ code: "invalid_parameter", detail: expect.stringMatching(/^start .*"xy{39}"$/) }),
    );
  });
});

describe("durations", () => {
  it.each([
    ["0s", 0],
    ["90s", 90],
    ["15m", 900],
    ["24h", 86_400],
    ["7d", 604_800],
    ["999999999d", 86_399_999_913_600],
  ])("%s is %d seconds", (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  it.each(["", "7", "d", "-1d", "1.5h", "1 d", "7D", "1w", "1d12h", "P7D", "1000000000s", "7d\n"])(
    "%j is refused",
    (text) => {
      expect(parseDuration(text)).toBeNull();
    },
  );

  it.each([
    [604_800, "7d"],
    [86_400, "1d"],
    [90_000, "25h"],
    [5_400, "90m"],
    [61, "61s"],
  ])("%d seconds are written %s", (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });

  it("are read the way they were written", () => {
    fc.assert(
      fc.property(fc.nat({ max: 999_999_999 }), (seconds) => parseDuration(formatDuration(seconds)) === seconds),
    );
  });
});
