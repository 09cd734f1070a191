import type { CommittedFile, Scanned, Table } from "@/lib/engines/offline/port";
import type { Instant } from "@/lib/kernel/time";
import type { Session } from "./session";
import { constant } from "./values";

/** Bounds of event time: from <= event time <= to, and event time < before; null or none: without that bound. */
export type Bounds = { from?: Instant | null; to?: Instant | null; before?: Instant | null };

/** The files that may hold rows within the bounds; what a file does not say excludes nothing. */
export function filesWithin(
  files: CommittedFile[],
  { from = null, to = null, before = null }: Bounds,
): CommittedFile[] {
  return files.filter(
    ({ minEventTime, maxEventTime }) =>
      !(to !== null && minEventTime !== null && minEventTime > to) &&
      !(before !== null && minEventTime !== null && minEventTime >= before) &&
      !(from !== null && maxEventTime !== null && maxEventTime < from),
  );
}

/** The files whose rows may have been known at an instant, where rows are known from their commit on. */
export function filesKnownBy(files: CommittedFile[], at: Instant): CommittedFile[] {
  return files.filter((file) => file.compacted || file.committedAt <= at);
}

/**
 * The files that may hold one of the keys, by their ranges of the first join key. `keys` is a relation whose first
 * column `key` has the type of that key. The engine compares, so that its order is the one that counts.
 */
export async function filesWithKeys(
  session: Session,
  { shape }: Table,
  files: CommittedFile[],
  keys: string,
): Promise<CommittedFile[]> {
  const [first] = shape.keys;
  const ranged = files.flatMap(({ minKey, maxKey }, i) =>
    first && minKey !== undefined && maxKey !== undefined
      ? `(${i}, ${constant(minKey, first.type)}, ${constant(maxKey, first.type)})`
      : [],
  );
  if (ranged.length === 0) return files;
  const rows = await session.rows(
    `SELECT i FROM (VALUES ${ranged.join(", ")}) f(i, least_key, greatest_key) ` +
      `WHERE NOT EXISTS (SELECT 1 FROM ${keys} WHERE key >= least_key AND key <= greatest_key)`,
  );
  const without = new Set(rows.map(([i]) => Number(i)));
  return files.filter((_, i) => !without.has(i));
}

/** What is read of a table when only these of its files are; bytes are those of whole files. */
export function scannedOf(table: Table, files: CommittedFile[]): Scanned {
  const bytes = (list: CommittedFile[]): number => list.reduce((sum, file) => sum + file.byteCount, 0);
  return {
    files: files.length,
    filesTotal: table.files.length,
    bytes: bytes(files),
    bytesTotal: bytes(table.files),
  };
}
