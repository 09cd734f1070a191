import { compareRows, eventTimeOf } from "@/lib/compute/online-row";
import type { CommittedFile, Shape, TimeRange, WorkOptions } from "@/lib/engines/offline/port";
import type { KeyedRow, OnlineKey } from "@/lib/engines/online/port";
import type { Context } from "@/lib/platform/context";
import { crashPoint } from "@/lib/platform/crash";

/** What putting rows into a table in use changed: keys and bytes that are new, rows that differ, the latest event time. */
export type PutRows = { rows: number; added: number; bytes: number; written: number; lastEventTime: string | null };

/**
 * Puts the latest row of each key of these files into a table that is in use; the store keeps whichever is greater. New
 * keys and bytes are exact unless somebody else writes the same keys at that moment.
 */
export async function putRows(
  ctx: Pick<Context, "offline" | "online">,
  table: string,
  given: { shape: Shape; files: CommittedFile[]; range?: TimeRange },
  options: WorkOptions,
): Promise<PutRows> {
  const { shape, files, range } = given;
  const done: PutRows = { rows: 0, added: 0, bytes: 0, written: 0, lastEventTime: null };
  if (files.length === 0) return done;
  for await (const chunk of ctx.offline.latestTexts(
    { table: { shape, files }, ...(range ? { range } : {}) },
    options,
  )) {
    await countNew(ctx, table, chunk, done);
    done.written += (await ctx.online.putMany(table, chunk)).written;
    crashPoint("materialize:after-chunk");
    done.rows += chunk.length;
    done.lastEventTime = latestOf(done.lastEventTime, chunk);
  }
  return done;
}

/** Adds to `count` the keys and bytes that a table will have more when these rows, one per key, are put into it. */
export async function countNew(
  ctx: Pick<Context, "online">,
  table: string,
  rows: readonly KeyedRow[],
  count: { added: number; bytes: number },
): Promise<void> {
  const present = await ctx.online.getMany(
    table,
    rows.map(({ key }) => key),
  );
  for (const [i, { key, row }] of rows.entries()) {
    const before = present[i] ?? null;
    if (before === null) {
      count.added += 1;
      count.bytes += keyBytes(key) + row.length;
    } else if (compareRows(row, before) > 0) count.bytes += row.length - before.length;
  }
}

/** Bytes of a key in the store, its table's name not counted. */
export function keyBytes(key: OnlineKey): number {
  let bytes = 1;
  for (const part of key) bytes += typeof part === "string" ? 5 + part.length : typeof part === "number" ? 9 : 1;
  return bytes;
}

/** The latest event time of rows, or the one given when it is later. */
export function latestOf(known: string | null, rows: readonly KeyedRow[]): string | null {
  let latest = known;
  for (const { row } of rows) {
    const at = eventTimeOf(row);
    if (latest === null || at > latest) latest = at;
  }
  return latest;
}
