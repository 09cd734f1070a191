import type { Table, WorkOptions } from "@/lib/engines/offline/port";
import { changeTables, type TableNote } from "@/lib/engines/online/table-notes";
import type { Context } from "@/lib/platform/context";
import { crashPoint } from "@/lib/platform/crash";
import { newTableName } from "./online-tables";
import { keyBytes, latestOf } from "./put-rows";

/** How many rows are put between two notes of how far a build is. */
const NOTE_EVERY = 20_000;

type Stores = Pick<Context, "offline" | "online">;

/**
 * Writes the latest row of every key into a table of its own, which nobody reads yet, and answers what is in it. A build that
 * an attempt which died began is taken up where it was: rows are put in the order of their keys, and a note says how far.
 * Two that build at once put the same rows.
 */
export async function buildTable(
  { offline, online }: Stores,
  given: {
    groupId: string;
    sequence: number;
    build: string;
    table: Table;
    /** The table in use, which is never built into, even when nothing is left of it. */
    inUse: string | null;
  },
  options: WorkOptions,
): Promise<TableNote> {
  const { groupId, table } = given;
  let note = await claimTable({ online }, given);
  const width = table.shape.keys.length;
  const after = width > 0 ? note.after : null;
  if (!note.whole) {
    // Without keys there is one row; it is put again.
    if (width === 0) note = { ...note, rows: 0, bytes: 0, lastEventTime: null };
    let noted = note.rows;
    const report = (): void => options.onRows?.(note.rows);
    const signal = options.signal ? { signal: options.signal } : {};
    for await (const chunk of offline.latestTexts({ table, ...(after ? { after } : {}) }, signal)) {
      await online.putMany(note.name, chunk);
      crashPoint("materialize:after-chunk");
      let { bytes } = note;
      for (const { key, row } of chunk) bytes += keyBytes(key) + row.length;
      const rows = note.rows + chunk.length;
      const last = [...(chunk.at(-1)?.key ?? [])];
      note = { ...note, rows, bytes, after: last, lastEventTime: latestOf(note.lastEventTime, chunk) };
      report();
      if (rows - noted < NOTE_EVERY) continue;
      noted = rows;
      await noteProgress({ online }, groupId, note);
    }
  }
  note = { ...note, whole: true };
  await online.flush();
  await noteProgress({ online }, groupId, note);
  return note;
}

/** A table of its own; or the build of the same rows that goes on. */
async function claimTable(
  { online }: Pick<Context, "online">,
  given: Omit<Parameters<typeof buildTable>[1], "table">,
): Promise<TableNote> {
  const { groupId, sequence, build, inUse } = given;
  const isMine = (note: TableNote): boolean => note.state === "building" && note.build === build && note.name !== inUse;
  const fresh: TableNote = {
    name: newTableName(groupId, sequence),
    build,
    state: "building",
    after: null,
    whole: false,
    rows: 0,
    bytes: 0,
    lastEventTime: null,
    touchedAt: Date.now(),
  };
  const tables = await changeTables(online, groupId, (present) =>
    present.some(isMine) ? present : [...present, fresh],
  );
  return tables.find(isMine) ?? fresh;
}

/** Two that build the same table write each its own progress; whichever stands is true, as every row before it was put. */
async function noteProgress({ online }: Pick<Context, "online">, groupId: string, note: TableNote): Promise<void> {
  await changeTables(online, groupId, (tables) =>
    tables.map((one) =>
      one.name === note.name && one.state === "building" && !one.whole ? { ...note, touchedAt: Date.now() } : one,
    ),
  );
}
