import type { CommitEntry } from "@/lib/datasets/snapshot-schema";
import { formatMinute } from "../ui/instants";
import { formatCount } from "../ui/numbers";

/** What a commit did to the rows of its group, in a few words. */
export function commitWords(
  commit: Pick<CommitEntry, "mode" | "range" | "restores" | "replacedFiles" | "rowCount">,
): string {
  switch (commit.mode) {
    case "append":
      return "Added rows";
    case "compact":
      return `Merged ${formatCount(commit.replacedFiles)} files into one; no row changed`;
    case "restore":
      return `Went back to commit ${formatCount(commit.restores)}`;
    default:
      if (commit.range === null) return commit.rowCount === 0 ? "Removed everything" : "Replaced everything";
      return `${commit.rowCount === 0 ? "Removed" : "Replaced"} events ${rangeWords(commit.range)}`;
  }
}

function rangeWords({ start, end }: NonNullable<CommitEntry["range"]>): string {
  if (start === null) return `before ${formatMinute(end)}`;
  if (end === null) return `from ${formatMinute(start)} on`;
  return `from ${formatMinute(start)} until before ${formatMinute(end)}`;
}

/** A change of a count in words: `2 → 3 rows`. */
export function rowsNowAndThen(now: number, then: number): string {
  if (now === then) return `It has ${formatCount(now)} rows before and after, though not the same ones.`;
  const word = then < now ? "fewer" : "more";
  return `It has ${formatCount(now)} rows now and will have ${formatCount(then)}, ${formatCount(Math.abs(now - then))} ${word}.`;
}
