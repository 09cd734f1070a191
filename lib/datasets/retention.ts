import { type CommitChange, type KnownFile, type LiveFile, liveFiles } from "./live-files";

/** A commit as retention looks at it. */
export type AgingCommit<F> = CommitChange<F> & { committedAt: Date; expiredAt: Date | null };

/** What must stay readable whatever its age: who holds which commits, and since when everything may be being read. */
export type Holds = {
  /** Sequence → who needs it. */
  by: Map<number, string[]>;
  /** Commits that were the newest at this time or later are in use by work that has not said yet which. */
  since: Date | null;
};

/** What retention would end. `garbage` holds files that nothing that stays readable shows. */
export type Expiry<F> = { expire: number[]; held: { sequence: number; by: string[] }[]; garbage: F[] };

/**
 * Which commits older than `cutoff` end, and which files nothing needs afterwards. The newest commit never ends, nor one
 * that is held. Pure; `commits` are all of a group, oldest first; `cutoff` null: no commit is too old.
 */
export function planExpiry<F extends KnownFile & { garbageAt: Date | null }>(
  commits: AgingCommit<F>[],
  cutoff: Date | null,
  holds: Holds,
): Expiry<F> {
  const old = commits.filter((commit, index) => {
    const next = commits[index + 1];
    if (!next || commit.expiredAt !== null || cutoff === null || commit.committedAt >= cutoff) return false;
    return holds.since === null || next.committedAt < holds.since;
  });
  const held = old.flatMap(({ sequence }) => {
    const by = holds.by.get(sequence);
    return by ? [{ sequence, by }] : [];
  });
  const expire = new Set(old.flatMap(({ sequence }) => (holds.by.has(sequence) ? [] : [sequence])));
  const readable = (commit: AgingCommit<F>): boolean =>
    holds.by.has(commit.sequence) || (commit.expiredAt === null && !expire.has(commit.sequence));
  const needed = filesShown(commits, readable);
  const garbage = commits.flatMap(({ files }) =>
    files.filter((file) => file.garbageAt === null && !needed.has(file.id)),
  );
  return { expire: [...expire], held, garbage };
}

/** Ids of the files that at least one of the readable commits shows. */
function filesShown<F extends KnownFile>(
  commits: AgingCommit<F>[],
  readable: (commit: AgingCommit<F>) => boolean,
): Set<string> {
  const shown = new Set<string>();
  let before = false;
  for (const commit of commits) {
    const now = readable(commit);
    // But for a restore, a commit shows only its own files and some of those that the commit before it showed.
    const own = before && commit.mode !== "restore";
    if (now)
      for (const file of own ? commit.files : liveFiles(commits, commit.sequence).map((one) => one.file))
        shown.add(file.id);
    before = now;
  }
  return shown;
}

/** Whether a file may show rows with an event time before `cutoff`, as far as its range and what is hidden tell. */
export function mayHoldBefore({ file, hidden }: LiveFile<KnownFile>, cutoff: string): boolean {
  if (file.minEventTime === null) return true;
  let from = file.minEventTime;
  for (const range of hidden) if (range.start === null && range.end !== null && range.end > from) from = range.end;
  return from < cutoff;
}
