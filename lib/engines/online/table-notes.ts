import { encodeRow, orderOf, type RowOrder, rowSchema, valuesOf } from "@/lib/compute/online-row";
import { LarderError } from "@/lib/kernel/errors";
import type { Column, Value } from "@/lib/kernel/values";
import type { OnlineStore } from "./port";

/** How far each online table goes: key [table]. */
export const MARKS = "larder.marks";
/** Tables that rows were pushed into which history does not have: key [table]. */
export const PUSHED = "larder.pushed";
/** What is known of all tables of a group: key [group id]. */
const TABLES = "larder.tables";

/** The order of rows that are of no event. */
export const EPOCH: RowOrder = {
  eventTime: "1970-01-01T00:00:00.000000Z",
  createdTime: null,
  commitSequence: 0,
  rowNumber: 0,
};
const NOTES = rowSchema([{ name: "tables", type: "JSON" }]);
const MOST_TRIES = 100;

/** An online table of a group: being built, in use, or left behind. */
export type TableNote = {
  name: string;
  /** What is written into it: equal builds give equal rows, so one may go on where another stopped. */
  build: string;
  state: "building" | "current" | "retired" | "dropping";
  /** The key up to which it is built, in the order of the build. */
  after: Value[] | null;
  /** Everything that history has is in it. */
  whole: boolean;
  rows: number;
  bytes: number;
  lastEventTime: string | null;
  /** Rows of a run that did not end may be in it, which nobody has counted. */
  uncounted?: boolean;
  /** Of its rows, once it is left. */
  columns?: Column[];
  /** Milliseconds since 1970 by the machine's clock: when it was last written to, or left. */
  touchedAt: number;
};

/** All tables of a group that are known. */
export async function readTables(store: OnlineStore, groupId: string): Promise<TableNote[]> {
  return (await readTablesOf(store, [groupId]))[0] ?? [];
}

/** All tables that are known of each of these groups. */
export async function readTablesOf(store: OnlineStore, groupIds: readonly string[]): Promise<TableNote[][]> {
  const rows = await store.getMany(
    TABLES,
    groupIds.map((id) => [id]),
  );
  return rows.map((row) => openNotes(row).tables);
}

/**
 * Changes what is known of a group's tables, and answers it. `change` may be called again: when somebody else changed it
 * meanwhile, it is asked anew with what that left.
 */
export async function changeTables(
  store: OnlineStore,
  groupId: string,
  change: (tables: TableNote[]) => TableNote[],
): Promise<TableNote[]> {
  for (let attempt = 1; attempt <= MOST_TRIES; attempt++) {
    const [present = null] = await store.getMany(TABLES, [[groupId]]);
    const { version, tables } = openNotes(present);
    const next = change(tables);
    const row = encodeRow(NOTES, { ...EPOCH, rowNumber: version + 1 }, [next as unknown as Value]);
    // The store keeps the greatest row, so of two that come from one version only the first is kept.
    const { written } = await store.putMany(TABLES, [{ key: [groupId], row }]);
    if (written === 1) return next;
  }
  throw new LarderError("commit_conflict", "Too many work on the online tables of one group; try again");
}

/** Removes a table with everything that is known of it. May be called again. */
export async function removeTable(store: OnlineStore, groupId: string, name: string): Promise<void> {
  // Nobody goes on building what is being removed, and a removal that dies is taken up by the next.
  await changeTables(store, groupId, (tables) =>
    tables.map((note) => (note.name === name ? { ...note, state: "dropping" } : note)),
  );
  await discardTable(store, name);
  await changeTables(store, groupId, (tables) => tables.filter((note) => note.name !== name));
}

/** Removes a table that no note names. May be called again. */
export async function discardTable(store: OnlineStore, name: string): Promise<void> {
  await store.drop(name);
  await store.deleteMany(MARKS, [[name]]);
  await store.deleteMany(PUSHED, [[name]]);
}

/** Removes everything of a group that is gone: the tables that are known of it, those named here, and what is known. */
export async function forgetGroup(store: OnlineStore, groupId: string, named: readonly string[] = []): Promise<void> {
  const tables = await readTables(store, groupId);
  for (const name of new Set([...named, ...tables.map((note) => note.name)])) await discardTable(store, name);
  await store.deleteMany(TABLES, [[groupId]]);
}

function openNotes(row: string | null): { version: number; tables: TableNote[] } {
  if (row === null) return { version: 0, tables: [] };
  const [tables] = valuesOf(NOTES, row);
  return { version: orderOf(row).rowNumber, tables: tables as unknown as TableNote[] };
}
