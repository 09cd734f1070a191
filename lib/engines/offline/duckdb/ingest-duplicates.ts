import type { IngestRequest } from "@/lib/engines/offline/port";
import { CHECKED, GOOD, STAGED } from "./ingest-rules";
import { filesWithin, filesWithKeys } from "./prune";
import type { Session } from "./session";
import { historySql, literal, quote } from "./sql";
import { wireSql } from "./values";

/**
 * Makes the rows that were staged into those that are checked. With `reject`, a row is bad that has the keys, event time
 * and created time of a row before it, or of one that the group holds.
 */
export async function checkRepeated(
  session: Session,
  { shape, existing, duplicates }: Pick<IngestRequest, "shape" | "existing" | "duplicates">,
): Promise<void> {
  const repeated = duplicates === "reject" && (await findRepeated(session, { shape, existing })) > 0;
  const problems = repeated
    ? `REPLACE (CASE WHEN rowid IN (SELECT row FROM ${REPEATED}) THEN [{'at': -1, 'code': 'duplicate_rows'}] ELSE "larder.problems" END AS "larder.problems")`
    : "";
  await session.run(`CREATE VIEW ${CHECKED} AS SELECT * ${problems}, rowid AS "larder.row" FROM ${STAGED}`);
}

const REPEATED = "larder_repeated";

async function findRepeated(session: Session, about: Pick<IngestRequest, "shape" | "existing">): Promise<number> {
  const { shape } = about;
  const created = shape.createdTime === null ? [] : [shape.createdTime];
  const names = [...shape.keys.map(({ name }) => name), shape.eventTime, ...created];
  const same = names.map(quote).join(", ");
  await session.run(
    `CREATE TABLE ${REPEATED} AS SELECT unnest(list_sort(list(rowid))[2:]) AS row FROM ${STAGED} WHERE ${GOOD} GROUP BY ${same} HAVING count(*) > 1`,
  );
  const held = await historyOf(session, about);
  if (held) {
    const equal = names.map((name) => `h.${quote(name)} IS NOT DISTINCT FROM s.${quote(name)}`).join(" AND ");
    await session.run(
      `INSERT INTO ${REPEATED} SELECT s.rowid FROM ${STAGED} s WHERE ${GOOD} AND EXISTS (SELECT 1 FROM (${held}) h WHERE ${equal})`,
    );
  }
  const [count] = await session.row(`SELECT count(*) FROM ${REPEATED}`);
  return Number(count);
}

/** The rows that the group holds where new ones may meet them; null: there are none. */
async function historyOf(
  session: Session,
  { shape, existing }: Pick<IngestRequest, "shape" | "existing">,
): Promise<string | null> {
  const time = quote(shape.eventTime);
  const [from, to] = await session.row(
    `SELECT ${wireSql(`min(${time})`, "TIMESTAMP")}, ${wireSql(`max(${time})`, "TIMESTAMP")} FROM ${STAGED} WHERE ${GOOD}`,
  );
  if (typeof from !== "string" || typeof to !== "string") return null;
  let files = filesWithin(existing.files, { from, to });
  const [first] = shape.keys;
  if (first)
    files = await filesWithKeys(
      session,
      existing,
      files,
      `(SELECT ${quote(first.name)} AS key FROM ${STAGED} WHERE ${GOOD})`,
    );
  if (files.length === 0) return null;
  const within = `${time} BETWEEN CAST(${literal(from)} AS TIMESTAMPTZ) AND CAST(${literal(to)} AS TIMESTAMPTZ)`;
  return `SELECT * FROM (${historySql(existing, await session.scan(existing, files), [])}) WHERE ${within}`;
}
