import type { TimeRange } from "@/lib/engines/offline/port";

/** What a commit did to the files of its group. */
export type CommitChange<F> = {
  sequence: number;
  mode: string;
  rangeStart: string | null;
  rangeEnd: string | null;
  restores: number | null;
  replaces: string[];
  files: F[];
};

/** What is known of a file when it is decided whether its rows are seen. */
export type KnownFile = { id: string; minEventTime: string | null; maxEventTime: string | null };

/** A file whose rows are seen, but for those within the hidden ranges, of which no two touch. */
export type LiveFile<F> = { file: F; sequence: number; hidden: TimeRange[] };

/**
 * The files whose rows are seen as of each commit, oldest commit first. Pure: what exists is what commits say.
 * `at` is the sequence to stop at; none: the newest.
 */
export function liveFiles<F extends KnownFile>(
  commits: CommitChange<F>[],
  at = Number.POSITIVE_INFINITY,
): LiveFile<F>[] {
  // A group may have tens of thousands of commits: only states that are gone back to are kept, and little is copied.
  const wanted = new Set(commits.flatMap(({ restores }) => restores ?? []));
  const states = new Map<number, LiveFile<F>[]>();
  let live: LiveFile<F>[] = [];
  for (const commit of commits) {
    if (commit.sequence > at) break;
    live = keptBy(commit, live, states);
    for (const file of commit.files) live.push({ file, sequence: commit.sequence, hidden: [] });
    if (wanted.has(commit.sequence)) states.set(commit.sequence, [...live]);
  }
  return live;
}

/** What a commit leaves of what was seen: a list that may be added to. */
function keptBy<F extends KnownFile>(
  commit: CommitChange<F>,
  live: LiveFile<F>[],
  states: Map<number, LiveFile<F>[]>,
): LiveFile<F>[] {
  if (commit.mode === "restore") return [...(states.get(commit.restores ?? 0) ?? [])];
  if (commit.mode === "compact") {
    const replaced = new Set(commit.replaces);
    return live.filter(({ file }) => !replaced.has(file.id));
  }
  if (commit.mode !== "overwrite") return live;
  const range: TimeRange = { start: commit.rangeStart, end: commit.rangeEnd };
  if (range.start === null && range.end === null) return [];
  if (live.every(({ file }) => isBeside(file, range))) return live;
  return live.flatMap((one) => (isBeside(one.file, range) ? [one] : hide(one, range)));
}

/** The file with one more range hidden; none when nothing of it is seen any more. */
function hide<F extends KnownFile>(one: LiveFile<F>, { start, end }: TimeRange): LiveFile<F>[] {
  let range: TimeRange = { start, end };
  const apart: TimeRange[] = [];
  for (const other of one.hidden)
    if (isApart(other, range)) apart.push(other);
    else range = { start: least(other.start, range.start), end: greatest(other.end, range.end) };
  return isWithin(one.file, range) ? [] : [{ ...one, hidden: [...apart, range] }];
}

function isApart(a: TimeRange, b: TimeRange): boolean {
  return (
    (a.end !== null && b.start !== null && a.end < b.start) || (b.end !== null && a.start !== null && b.end < a.start)
  );
}

function least(a: string | null, b: string | null): string | null {
  return a === null || b === null ? null : a < b ? a : b;
}

function greatest(a: string | null, b: string | null): string | null {
  return a === null || b === null ? null : a > b ? a : b;
}

function isWithin({ minEventTime, maxEventTime }: KnownFile, { start, end }: TimeRange): boolean {
  if (minEventTime === null || maxEventTime === null) return false;
  return (start === null || start <= minEventTime) && (end === null || maxEventTime < end);
}

function isBeside({ minEventTime, maxEventTime }: KnownFile, { start, end }: TimeRange): boolean {
  if (minEventTime === null || maxEventTime === null) return false;
  return (start !== null && maxEventTime < start) || (end !== null && minEventTime >= end);
}
