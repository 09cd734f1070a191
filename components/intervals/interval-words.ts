import type { IntervalList, IntervalSummary } from "@/lib/datasets/interval-schema";
import { formatDay, formatMinute } from "../ui/instants";
import { formatCount } from "../ui/numbers";

const isMidnight = (at: string): boolean => at.endsWith("T00:00:00.000000Z");

/** An interval as people say it: `10 Jan 2026` for a day, else from when to when. */
export function intervalLabel({ start, end }: { start: string; end: string }): string {
  if (!isMidnight(start) || !isMidnight(end))
    return `${formatMinute(start).replace(" UTC", "")} to ${formatMinute(end)}`;
  const isDay = Date.parse(end) - Date.parse(start) === 86_400_000;
  return isDay ? formatDay(start) : `${formatDay(start)} to ${formatDay(end)}`;
}

/** How an interval stands, and why. */
export function stateWords({ state, reason }: Pick<IntervalSummary, "state" | "reason">): string {
  if (state === "computed") return "Computed";
  if (state === "missing") return "Missing";
  return reason === "definition"
    ? "Stale: the SQL or columns have changed since"
    : "Stale: what it reads has changed since";
}

/** All intervals in a sentence: `5 intervals: 3 computed, 2 missing`. */
export function countWords({ total, counts }: Pick<IntervalList, "total" | "counts">): string {
  const parts = (["computed", "stale", "missing"] as const).flatMap((state) =>
    counts[state] > 0 ? [`${formatCount(counts[state])} ${state}`] : [],
  );
  if (total === 0) return "No interval is over yet";
  return `${formatCount(total)} ${total === 1 ? "interval" : "intervals"}: ${parts.join(", ")}`;
}

/** The range that a backfill is most likely meant for: from the first to the last interval that is missing, else stale, else all. */
export function suggestedRange(list: Pick<IntervalList, "items" | "first" | "until">): {
  start: string;
  end: string;
  restate: boolean;
} {
  for (const state of ["missing", "stale"] as const) {
    const found = list.items.filter((item) => item.state === state);
    const [newest, oldest] = [found[0], found.at(-1)];
    if (newest && oldest) return { start: short(oldest.start), end: short(newest.end), restate: state === "stale" };
  }
  return { start: short(list.first), end: short(list.until), restate: true };
}

/** An instant as it is typed: the day alone where that says it. */
export function short(at: string): string {
  return isMidnight(at) ? at.slice(0, 10) : at.replace(/(:00)?\.0+Z$/, "Z");
}
