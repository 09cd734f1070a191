import { randomBytes } from "node:crypto";
import { encodeRow, orderLength, orderOf, rowSchema, valuesOf } from "@/lib/compute/online-row";
import type { OnlineStore } from "@/lib/engines/online/port";
import { changeTables, EPOCH, MARKS, PUSHED, type TableNote } from "@/lib/engines/online/table-notes";

const NOTHING = rowSchema([]);
const MARK = rowSchema([{ name: "commit", type: "STRING" }]);

/** Rows that were pushed and that no commit has are numbered by the microsecond, far beyond any row of a commit. */
export const PUSHED_FROM = 1e15;

/** The commit up to which a table goes. Without an id: nothing of history is in it yet, or nobody wrote it down. */
export type Mark = { sequence: number; commitId: string | null };

/** A name that no table has or will have: whoever still knows of an older table cannot mean this one. */
export function newTableName(groupId: string, sequence: number): string {
  return `${groupId}.${sequence}.${randomBytes(8).toString("hex")}`;
}

/** How far each table goes; null for one without a mark, which is lost or never was whole. */
export async function readMarks(store: OnlineStore, tables: readonly string[]): Promise<(Mark | null)[]> {
  const rows = await store.getMany(
    MARKS,
    tables.map((table) => [table]),
  );
  return rows.map((row) => (row === null ? null : openMark(row)));
}

function openMark(row: string): Mark {
  const hasCommit = row.startsWith(MARK.mark, orderLength(row));
  const [commitId = null] = hasCommit ? valuesOf(MARK, row) : [];
  return { sequence: orderOf(row).commitSequence, commitId: commitId as string | null };
}

/** Says that a table goes up to a commit. Only after everything in it is durable; a mark never goes back. */
export async function putMark(
  store: OnlineStore,
  table: string,
  sequence: number,
  commitId: string | null = null,
): Promise<void> {
  const row = encodeRow(MARK, { ...EPOCH, commitSequence: sequence }, [commitId]);
  await store.putMany(MARKS, [{ key: [table], row }]);
  await store.flush();
}

/**
 * Says that rows are pushed into a table, before any of them is; whoever builds the next one takes them along. The store is
 * asked every time, as it may have lost what was said before.
 */
export async function notePushes(store: OnlineStore, table: string): Promise<void> {
  if (await wasPushedInto(store, table)) return;
  await store.putMany(PUSHED, [{ key: [table], row: encodeRow(NOTHING, EPOCH, []) }]);
}

/** Whether rows were ever pushed into a table. */
export async function wasPushedInto(store: OnlineStore, table: string): Promise<boolean> {
  const [row] = await store.getMany(PUSHED, [[table]]);
  return row !== null;
}

/** Writes down the table in use, so that it is known when it is left; `build`: what is in it by now. Answers what was known. */
export async function noteInUse(
  store: OnlineStore,
  groupId: string,
  { table: name, ...applied }: { table: string } & Pick<TableNote, "columns" | "uncounted"> & { build?: string },
): Promise<TableNote | undefined> {
  const nothing = { build: "", after: null, whole: true, rows: 0, bytes: 0, lastEventTime: null };
  let known: TableNote | undefined;
  await changeTables(store, groupId, (tables) => {
    known = tables.find((note) => note.name === name);
    const rest = tables.filter((note) => note.name !== name);
    return [...rest, { ...nothing, ...known, ...applied, name, state: "current", touchedAt: Date.now() }];
  });
  return known;
}
