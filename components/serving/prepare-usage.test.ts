import { expect, test } from "vitest";
import { prepareUsage } from "./prepare-usage";

test("a bar for every day in time order, at its beginning in UTC", () => {
  const series = [
    { day: "2026-01-15", requests: 2, values: 20 },
    { day: "2026-01-14", requests: 0, values: 0 },
  ];
  expect(prepareUsage(series)).toEqual([
    { at: Date.parse("2026-01-14T00:00:00Z"), requests: 0, values: 0 },
    { at: Date.parse("2026-01-15T00:00:00Z"), requests: 2, values: 20 },
  ]);
});
