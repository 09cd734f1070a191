import { describe, expect, it } from "vitest";
import {
  formatAge,
  formatBytes,
  formatCompact,
  formatCount,
  formatNumber,
  formatSeconds,
  formatShare,
} from "./numbers";

describe("numbers as people read them", () => {
  it.each([
    [formatCount(2946182), "2,946,182"],
    [formatCount(null), "–"],
    [formatCompact(9999), "9,999"],
    [formatCompact(12_400), "12.4 k"],
    [formatCompact(2_999_999), "3.0 M"],
    [formatCompact(999_960), "1.0 M"],
    [formatBytes(0), "0 B"],
    [formatBytes(1536), "1.5 kB"],
    [formatBytes(999_960), "1.0 MB"],
    [formatBytes(123_456_789), "123 MB"],
    [formatNumber(0), "0"],
    [formatNumber(12.345678), "12.346"],
    [formatNumber(123_456.7), "123,457"],
    [formatNumber(0.00001234), "1.23E-5"],
    [formatNumber(Number.NaN), "NaN"],
    [formatShare(0), "0 %"],
    [formatShare(0.0001), "<0.1 %"],
    [formatShare(0.012), "1.2 %"],
    [formatShare(0.9999), ">99.9 %"],
    [formatShare(1), "100 %"],
    [formatSeconds(0.0123), "12 ms"],
    [formatSeconds(0.9999), "1.0 s"],
    [formatSeconds(3.44), "3.4 s"],
    [formatSeconds(59.97), "1 min 00 s"],
    [formatSeconds(125), "2 min 05 s"],
    [formatSeconds(3725), "1 h 02 min"],
    [formatAge(0.2), "0 s"],
    [formatAge(125), "2 min"],
    [formatAge(86_400 * 9000), "24 y"],
  ])("%s is %s", (actual, expected) => {
    expect(actual).toBe(expected);
  });
});
