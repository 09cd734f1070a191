import { describe, expect, it } from "vitest";
import { compareRows, type RowOrder } from "./order";

const row = (eventTime: string, createdTime: string | null, commitSequence: number, rowNumber: number): RowOrder => ({
  eventTime: `2001-01-${eventTime}Z`,
  createdTime: createdTime && `2001-01-${createdTime}Z`,
  commitSequence,
  rowNumber,
});

const DAY_1 = "01T00:00:00.000000";
const DAY_2 = "02T00:00:00.000000";

const CASES: [string, RowOrder, RowOrder][] = [
  ["earlier event time, though created, committed and placed later", row(DAY_1, DAY_2, 9, 9), row(DAY_2, DAY_1, 1, 1)],
  ["one microsecond earlier", row("01T00:00:00.000001", null, 9, 9), row("01T00:00:00.000002", null, 1, 1)],
  ["no created time before any created time", row(DAY_1, null, 9, 9), row(DAY_1, "01T00:00:00.000000", 1, 1)],
  ["earlier created time, though committed later", row(DAY_1, DAY_1, 9, 9), row(DAY_1, DAY_2, 1, 1)],
  ["earlier commit, though placed later in it", row(DAY_1, DAY_1, 1, 9), row(DAY_1, DAY_1, 2, 1)],
  ["commits by number, not by text", row(DAY_1, DAY_1, 9, 1), row(DAY_1, DAY_1, 10, 1)],
  ["no created time on both sides: commits decide", row(DAY_1, null, 1, 9), row(DAY_1, null, 2, 1)],
  ["earlier row of one commit", row(DAY_1, DAY_1, 1, 9), row(DAY_1, DAY_1, 1, 10)],
];

describe("compareRows", () => {
  it.each(CASES)("%s", (_name, lesser, greater) => {
    expect(compareRows(lesser, greater)).toBeLessThan(0);
    expect(compareRows(greater, lesser)).toBeGreaterThan(0);
  });

  it("is 0 for the same row only", () => {
    expect(compareRows(row(DAY_1, null, 1, 1), row(DAY_1, null, 1, 1))).toBe(0);
    expect(compareRows(row(DAY_1, DAY_2, 1, 1), row(DAY_1, DAY_2, 1, 1))).toBe(0);
  });

  it("sorts every case listed the same from any start", () => {
    const rows = CASES.flatMap(([, lesser, greater]) => [lesser, greater]);
    const sorted = rows.toSorted(compareRows);
    expect(rows.toReversed().toSorted(compareRows)).toEqual(sorted);
  });
});
