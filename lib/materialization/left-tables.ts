import { changeTables, readTables, removeTable, type TableNote } from "@/lib/engines/online/table-notes";
import type { Column } from "@/lib/kernel/values";
import type { Context } from "@/lib/platform/context";
import { carryPushedRows } from "./carried-rows";
import { wasPushedInto } from "./online-tables";

/** Readers and pushers compare their catalog with the database every 500 ms; after twice that nobody uses an old table. */
export const READERS_FOLLOW_MS = 1000;
/** A build that nobody has gone on with for so long belongs to an attempt that died. */
const ABANDONED_MS = 10 * 60_000;

/**
 * Removes the tables of a group that nobody uses any more: those that readers have left, and builds of attempts that died.
 * Rows that were pushed into one go to the table in use: at once when it is found that readers have left it, and again, when
 * the last of its users have moved, before it is removed. True while some must wait.
 */
export async function removeLeftTables(ctx: Pick<Context, "db" | "online">, groupId: string): Promise<boolean> {
  const current = await ctx.db.materialization.findUnique({ where: { groupId } });
  if (!current) return false;
  const { onlineTable } = current;
  const noted = await readTables(ctx.online, groupId);
  const isSettled = noted.every((note) => asItIs(note, onlineTable) === note);
  const tables = isSettled
    ? noted
    : await changeTables(ctx.online, groupId, (notes) => notes.map((note) => asItIs(note, onlineTable)));
  const left = tables.filter(({ name }) => name !== onlineTable);
  const due = new Set(left.filter(isDue));
  const known = new Set(noted.filter(({ state }) => state === "retired").map(({ name }) => name));
  for (const note of left) {
    const { name, state, columns } = note;
    const isCarried = state === "retired" && (due.has(note) || !known.has(name));
    if (isCarried && (await wasPushedInto(ctx.online, name))) {
      const to = { table: onlineTable, columns: current.columns as Column[] };
      await carryPushedRows(ctx, { table: name, columns: columns ?? to.columns }, to);
    }
    if (due.has(note)) await removeTable(ctx.online, groupId, name);
  }
  return left.length > due.size;
}

/** Whether `removeLeftTables` has, or will have, something to do for a group whose readers use this table. */
export function hasLeftTables(notes: readonly TableNote[], inUse: string): boolean {
  return notes.some((note) => note.name !== inUse);
}

/** The database says which table is in use; an attempt may have died before it could write that down here. */
function asItIs(note: TableNote, inUse: string): TableNote {
  if (note.name === inUse) return note.state === "current" ? note : { ...note, state: "current" };
  return note.state === "current" ? { ...note, state: "retired", touchedAt: Date.now() } : note;
}

function isDue({ state, touchedAt }: TableNote): boolean {
  if (state === "dropping") return true;
  return Date.now() - touchedAt > (state === "retired" ? READERS_FOLLOW_MS : ABANDONED_MS);
}
