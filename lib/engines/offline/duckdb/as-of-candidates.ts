import type { AsOfJoin, AsOfRequest, CommittedFile, Scanned } from "@/lib/engines/offline/port";
import type { Instant } from "@/lib/kernel/time";
import { candidatesSql, type LoadedSpine } from "./as-of-sql";
import { filesKnownBy, filesWithin, filesWithKeys, scannedOf } from "./prune";
import type { Session } from "./session";
import { KEY, literal, quote } from "./sql";
import { wireSql } from "./values";

/** A table this many times larger than the spine is first reduced to the spine's keys. */
const MUCH_LARGER = 4;

/** What each join may find, as SQL, and how much of the tables has to be looked at for it. */
export async function findCandidates(
  session: Session,
  request: AsOfRequest,
  spine: LoadedSpine,
  rowCount: number,
): Promise<{ candidates: string[]; scanned: Scanned }> {
  const scanned: Scanned = { files: 0, filesTotal: 0, bytes: 0, bytesTotal: 0 };
  const candidates: string[] = [];
  for (const [j, join] of request.joins.entries()) {
    const { files, keys, from } = await reduce(session, request, spine, { join, j, rowCount });
    const one = scannedOf(join.table, files);
    for (const key of ["files", "filesTotal", "bytes", "bytesTotal"] as const) scanned[key] += one[key];
    const table = { ...join.table, files };
    const scan = await session.scan(join.table, files);
    candidates.push(candidatesSql({ ...join, table }, scan, request.knowledge, { ...spine, from }, keys));
  }
  return { candidates, scanned };
}

async function reduce(
  session: Session,
  { knowledge }: AsOfRequest,
  spine: LoadedSpine,
  { join, j, rowCount }: { join: AsOfJoin; j: number; rowCount: number },
): Promise<{ files: CommittedFile[]; keys: string | null; from: Instant | null }> {
  const { shape } = join.table;
  const from = await earliest(session, join, spine);
  let files = filesWithin(join.table.files, { from, to: spine.max });
  if (knowledge === "created_time" && shape.createdTime === null) files = filesKnownBy(files, spine.max);
  const expressions = shape.keys.map((key) => spine.keys[j]?.[key.name]);
  const rows = files.reduce((sum, file) => sum + file.rowCount, 0);
  if (expressions.length === 0 || rows < rowCount * MUCH_LARGER) return { files, keys: null, from };
  const keys = `larder_keys_${j}`;
  const list = expressions.map((expression, i) => `${expression} AS ${quote(KEY(i))}`);
  await session.run(`CREATE OR REPLACE TEMP TABLE ${keys} AS SELECT DISTINCT ${list.join(", ")} FROM ${spine.table} s`);
  files = await filesWithKeys(session, join.table, files, `(SELECT ${quote(KEY(0))} AS key FROM ${keys})`);
  return { files, keys, from };
}

/** The earliest event time that may still count; null: any. */
async function earliest(session: Session, join: AsOfJoin, { min }: LoadedSpine): Promise<Instant | null> {
  if (!join.ttlSeconds) return null;
  const start = `make_timestamptz(epoch_us(CAST(${literal(min)} AS TIMESTAMPTZ)) - ${BigInt(Math.round(join.ttlSeconds * 1e6))})`;
  const [instant] = await session.row(`SELECT ${wireSql(`TRY(${start})`, "TIMESTAMP")}`);
  return typeof instant === "string" ? instant : null;
}
