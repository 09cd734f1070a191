import { expect, test } from "vitest";
import { planTicks } from "./schedule-rule";

const at = (time: string): Date => new Date(`2026-01-15T${time}Z`);
const TICKS = [at("01:00:00"), at("02:00:00"), at("03:00:00")];

test.each([
  ["skip", "03:00:00", [false, false, true]],
  ["skip", "03:01:00", [false, false, true]],
  ["skip", "03:01:00.001", [false, false, false]],
  ["skip", "03:30:00", [false, false, false]],
  ["latest", "03:00:04", [false, false, true]],
  ["latest", "03:30:00", [false, false, true]],
  ["all", "03:00:04", [true, true, true]],
  ["all", "03:30:00", [true, true, true]],
] as const)("%s at %s", (catchUp, now, expected) => {
  expect(planTicks(catchUp, TICKS, at(now)).map(({ starts }) => starts)).toEqual(expected);
  expect(planTicks(catchUp, [], at(now))).toEqual([]);
});
