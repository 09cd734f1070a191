import { expect, test } from "vitest";
import { windowRows } from "./window-rows";

const size = { rowHeight: 30, height: 300 };

test.each([
  [
    { count: 0, top: 0 },
    { from: 0, to: 0, before: 0, after: 0 },
  ],
  [
    { count: 5, top: 0 },
    { from: 0, to: 5, before: 0, after: 0 },
  ],
  [
    { count: 10_000, top: 0 },
    { from: 0, to: 22, before: 0, after: 299_340 },
  ],
  [
    { count: 10_000, top: 15_000 },
    { from: 488, to: 522, before: 14_640, after: 284_340 },
  ],
  [
    { count: 10_000, top: 999_999_999 },
    { from: 9987, to: 10_000, before: 299_610, after: 0 },
  ],
])("%j", (where, shown) => {
  expect(windowRows({ ...size, ...where })).toEqual(shown);
});
