import { expect, test } from "vitest";
import { formatCount, formatNumber } from "../ui/numbers";
import { deltaWords } from "./delta-words";

test.each([
  [{ from: 10, to: 12.5 }, "+2.5 (+25.0 %)"],
  [{ from: 10, to: 5 }, "−5 (−50.0 %)"],
  [{ from: 1, to: 3 }, "+2 (+200 %)"],
  [{ from: 10, to: 20 }, "+10 (+100 %)"],
  [{ from: -10, to: -20 }, "−10 (−100 %)"],
  [{ from: 1000, to: 1000.1 }, "+0.1 (<0.1 %)"],
  [{ from: 0, to: 3 }, "+3"],
  [{ from: 3, to: 3 }, null],
  [{ from: null, to: 3 }, null],
])("%j", (figure, words) => {
  expect(deltaWords(figure, (value) => formatNumber(Number(value.toPrecision(4))))).toBe(words);
});

test("shares differ in percentage points", () => {
  expect(deltaWords({ from: 0.01, to: 0.034 }, formatNumber, true)).toBe("+2.4 points");
  expect(deltaWords({ from: 0.5, to: 0.25 }, formatNumber, true)).toBe("−25 points");
});

test("counts stay whole", () => {
  expect(deltaWords({ from: 100_000, to: 250_000 }, formatCount)).toBe("+150,000 (+150 %)");
});
