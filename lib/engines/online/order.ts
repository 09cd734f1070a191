import type { OnlineRow } from "./port";

/** The part of a row that decides which of two rows of one key is kept. */
export type RowOrder = Pick<OnlineRow, "eventTime" | "createdTime" | "commitSequence" | "rowNumber">;

/** The total order of semantics.md §1: negative when `a` comes before `b`, positive when after, 0 when they are the same row. */
export function compareRows(a: RowOrder, b: RowOrder): number {
  return (
    compareText(a.eventTime, b.eventTime) ||
    compareText(a.createdTime ?? "", b.createdTime ?? "") ||
    a.commitSequence - b.commitSequence ||
    a.rowNumber - b.rowNumber
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
