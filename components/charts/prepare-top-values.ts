import type { Statistics } from "@/lib/registry/schema";

/** One frequent value; share is of all rows that have a value, width of the most frequent one. */
export type TopValueBar = { label: string; count: number; share: number; width: number };

/** The most frequent values and, last, how many rows hold all others. */
export function prepareTopValues(
  topValues: NonNullable<Statistics["topValues"]>,
  present: number,
  distinct: number,
): { bars: TopValueBar[]; others: { values: number; count: number; share: number } | null } {
  const most = Math.max(0, ...topValues.map((entry) => entry.count));
  const bars = topValues.map(({ value, count }) => ({
    label:
      value === null
        ? "null"
        : typeof value === "string"
          ? value === ""
            ? "(empty text)"
            : value
          : JSON.stringify(value),
    count,
    share: present > 0 ? count / present : 0,
    width: most > 0 ? count / most : 0,
  }));
  const rest = present - topValues.reduce((sum, entry) => sum + entry.count, 0);
  const values = distinct - topValues.length;
  return { bars, others: rest > 0 && values > 0 ? { values, count: rest, share: rest / present } : null };
}
