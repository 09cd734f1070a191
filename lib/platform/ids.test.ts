import { expect, it } from "vitest";
import { newId } from "./ids";

it("is a prefix, ten characters of time and sixteen random ones", () => {
  expect(newId("run")).toMatch(/^run_[0-9a-hjkmnp-tv-z]{26}$/);
});

it("sorts by time, also where the time grows by a digit", () => {
  const times = [0, 1, 31, 32, 1023, 1024, Date.parse("2026-01-01"), Date.parse("2200-01-01")];
  const ids = times.map((time) => newId("run", time));
  expect(ids.toSorted()).toEqual(ids);
});

it("does not repeat within a millisecond", () => {
  expect(new Set(Array.from({ length: 10_000 }, () => newId("run", 1))).size).toBe(10_000);
});
