import type { CommittedFile, Table } from "@/lib/engines/offline/port";
import { filesWithKeys } from "./prune";
import type { Session } from "./session";
import { amongSql, historySql, KEY, latestSql, literal, quote } from "./sql";

const WANTED = "larder_wanted";
const FOUND = "larder_found";

/**
 * Finds the latest row of each key of `keys` that meets `condition`, looking into the files with the newest rows first,
 * and into older ones only for keys that may still have their latest row there. Answers a relation as `historySql` gives
 * it, which holds the latest rows (and may hold others), and the files it looked into.
 */
export async function newestFirst(
  session: Session,
  table: Table,
  request: { files: CommittedFile[]; keys: string; condition: string },
): Promise<{ from: string; files: CommittedFile[] }> {
  const { shape } = table;
  const names = shape.keys.map((key) => key.name);
  const list = names.map((name, i) => `${quote(name)} AS ${quote(KEY(i))}`);
  await session.run(
    `CREATE OR REPLACE TEMP TABLE ${WANTED} AS SELECT DISTINCT ${list.join(", ")} FROM ${request.keys}`,
  );
  const first = `(SELECT ${quote(KEY(0))} AS key FROM ${WANTED})`;
  let rest = [...(await filesWithKeys(session, table, request.files, first))].sort(byNewest);
  const seen: CommittedFile[] = [];
  await session.run(`CREATE OR REPLACE TEMP TABLE ${FOUND} AS ${historySql(table, { parts: [] })}`);
  for (let many = 1; rest.length > 0; many *= 2) {
    const now = rest.slice(0, many);
    rest = rest.slice(many);
    const history = amongSql(historySql(table, await session.scan(table, now)), names, WANTED);
    await session.run(`INSERT INTO ${FOUND} ${latestSql(history, shape, request.condition)}`);
    seen.push(...now);
    const newest = rest[0]?.maxEventTime;
    // An equal event time does not settle it: the older file may hold the later correction.
    if (newest)
      await session.run(
        `DELETE FROM ${WANTED} USING ${FOUND} WHERE ${names.map((name, i) => `${quote(KEY(i))} = ${quote(name)}`).join(" AND ")} ` +
          `AND ${quote(shape.eventTime)} > CAST(${literal(newest)} AS TIMESTAMPTZ)`,
      );
    rest = await filesWithKeys(session, table, rest, first);
  }
  return { from: `SELECT * FROM ${FOUND}`, files: seen };
}

// Files that do not say how new they are come first.
function byNewest(a: CommittedFile, b: CommittedFile): number {
  const [one, other] = [a.maxEventTime ?? "~", b.maxEventTime ?? "~"];
  return one < other ? 1 : one > other ? -1 : 0;
}
