/** What is known of a live file when it is decided whether to merge it. */
export type SizedFile = { rowCount: number; byteCount: number; commitSequence: number };

/** A file of fewer bytes or rows costs more to open than it gives. */
export const SMALL_BYTES = 32_000_000;
export const SMALL_ROWS = 1_000_000;
/** Fewer small files are not worth a commit. */
export const LEAST_FILES = 4;
/** One compaction sorts no more than this; what is left over is for the next one. */
const MOST_BYTES = 2_000_000_000;

/**
 * Positions of the files that are worth merging into one, oldest commit first; empty when it would not pay. Files of one
 * commit go together or not at all, because a row's place in its commit counts through all of them.
 */
export function smallFiles(files: SizedFile[]): number[] {
  const commits = new Map<number, number[]>();
  files.forEach((file, i) => {
    commits.set(file.commitSequence, [...(commits.get(file.commitSequence) ?? []), i]);
  });
  const chosen: number[] = [];
  let bytes = 0;
  for (const [, members] of [...commits].sort(([a], [b]) => a - b)) {
    const own = members.flatMap((i) => files[i] ?? []);
    if (!own.every(isSmall)) continue;
    bytes += own.reduce((sum, file) => sum + file.byteCount, 0);
    if (bytes > MOST_BYTES) break;
    chosen.push(...members);
  }
  return chosen.length < LEAST_FILES ? [] : chosen;
}

function isSmall({ rowCount, byteCount }: SizedFile): boolean {
  return byteCount < SMALL_BYTES || rowCount < SMALL_ROWS;
}
