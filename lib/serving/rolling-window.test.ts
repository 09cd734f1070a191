import { expect, test } from "vitest";
import { rollingWindow } from "./rolling-window";

const answered = { status: 200, seconds: 0.001, cells: 10, missing: 1 };
const START = Date.parse("2026-01-15T12:00:00Z");

test("counts by slot, oldest first, and tells errors of the server from those of callers", () => {
  const window = rollingWindow(3, 5);
  window.add(START, answered);
  window.add(START + 4999, { ...answered, status: 404 });
  window.add(START + 5000, { ...answered, status: 503 });
  window.refuse(START + 5001, 7);
  const [first, second, ...others] = window.slots(START + 5002);
  expect(others).toEqual([]);
  expect(first).toMatchObject({ at: START / 1000, requests: 2, errors: 0, clientErrors: 1, cells: 20, missing: 2 });
  expect(second).toMatchObject({ at: START / 1000 + 5, requests: 1, errors: 1, clientErrors: 0, refused: 7 });
  expect(first?.latency[1]).toBe(2);
});

test("what is older than the window is gone, also after a pause of many windows", () => {
  const window = rollingWindow(3, 5);
  window.add(START, answered);
  expect(window.slots(START + 14_999)).toHaveLength(1);
  expect(window.slots(START + 15_000)).toEqual([]);
  window.add(START + 300_000, answered);
  expect(window.slots(START + 300_000)).toMatchObject([{ at: START / 1000 + 300, requests: 1 }]);
});
