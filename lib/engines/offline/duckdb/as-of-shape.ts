import type { AsOfRequest, AsOfResult, Split } from "@/lib/engines/offline/port";
import type { Column } from "@/lib/kernel/values";
import { diagnose } from "./as-of-diagnose";
import { filterSql } from "./as-of-filter";
import { onDemandOf, onDemandSql } from "./as-of-on-demand";
import { splitSql } from "./as-of-split";
import { asOfSql, foundAt, type LoadedSpine, outputColumns, valueSql } from "./as-of-sql";
import type { Session } from "./session";
import { quote } from "./sql";

const RESULT = "larder_result";

/** What is to be written or sent, and what was counted on the way. */
export type Shaped = { query: string; columns: Column[]; counts: Counts };
type Counts = Pick<
  AsOfResult,
  "rowCount" | "filledCounts" | "filteredCount" | "splitCounts" | "diagnostics" | "repeatedRows"
>;

/** Fills, filters, divides and examines the joined rows as the request asks, in that order. */
export async function shapeResult(
  session: Session,
  request: AsOfRequest,
  spine: LoadedSpine,
  joined: { candidates: string[]; rowCount: number },
): Promise<Shaped> {
  const { joins, filters = [], split } = request;
  const plain = outputColumns(spine.columns, joins);
  const computed = onDemandOf(request);
  const added = split ? [{ name: split.column, type: "STRING" }] : [];
  const columns = [...plain, ...(computed?.columns ?? []).map(({ name, type }) => ({ name, type })), ...added];
  const withComputed = (query: string): string =>
    computed
      ? onDemandSql(session, request, computed, { query, before: plain, after: added, spine: spine.columns })
      : query;
  const features = joins.flatMap((join) => join.features);
  const filled = features.filter((feature) => feature.fill !== undefined && feature.fill !== null);
  if (filled.length === 0 && filters.length === 0 && !split && !request.diagnose) {
    const query = asOfSql(spine, joins, joined.candidates);
    return { query: withComputed(query), columns, counts: { rowCount: joined.rowCount, filledCounts: {} } };
  }
  const diagnosed = request.diagnose !== undefined;
  await session.run(`CREATE TABLE ${RESULT} AS ${asOfSql(spine, joins, joined.candidates, diagnosed)}`);
  const values = new Map<string, string>(spine.columns.map(({ name }) => [name, quote(name)]));
  for (const join of joins) for (const feature of join.features) values.set(feature.as, valueSql(join, feature));
  const typeOf = (name: string): string => plain.find((column) => column.name === name)?.type ?? "STRING";
  const condition = filterSql(filters, (name) => ({
    expression: values.get(name) ?? quote(name),
    type: typeOf(name),
  }));
  const [kept, ...fills] = (
    await session.row(
      `SELECT ${[`count(*) FILTER (${condition})`, ...filled.map(({ as }) => `count(*) FILTER (${condition} AND ${quote(as)} IS NULL)`)].join(", ")} FROM ${RESULT}`,
    )
  ).map(Number);
  const list = plain.map(({ name }) => `${values.get(name)} AS ${quote(name)}`);
  if (split) list.push(`${splitSql(split, spine.timestamp, typeOf)} AS ${quote(split.column)}`);
  const query = `SELECT ${list.join(", ")} FROM ${RESULT} WHERE ${condition} ORDER BY rowid`;
  const rowCount = kept ?? 0;
  const counts: Counts = {
    rowCount,
    filledCounts: Object.fromEntries(filled.map(({ as }, i) => [as, fills[i] ?? 0])),
    filteredCount: joined.rowCount - rowCount,
  };
  if (split) counts.splitCounts = await countParts(session, query, split);
  if (request.diagnose) {
    const { label } = request.diagnose;
    counts.repeatedRows = await countRepeated(session, request, spine);
    counts.diagnostics = await diagnose(session, {
      from: RESULT,
      condition,
      timestamp: spine.timestamp,
      features: joins.flatMap((join, j) =>
        join.features.map(({ as }) => ({ name: as, type: typeOf(as), foundAt: foundAt(j) })),
      ),
      label: spine.columns.find((column) => column.name === label) ?? null,
    });
  }
  return { query: withComputed(query), columns, counts };
}

async function countParts(session: Session, query: string, { column, parts }: Split): Promise<Record<string, number>> {
  const rows = await session.rows(`SELECT ${quote(column)}, count(*) FROM (${query}) GROUP BY 1`);
  const found = new Map(rows.map(([name, count]) => [String(name), Number(count)]));
  return Object.fromEntries(parts.map(({ name }) => [name, found.get(name) ?? 0]));
}

async function countRepeated(session: Session, { joins }: AsOfRequest, spine: LoadedSpine): Promise<number> {
  const keys = joins.flatMap((join) => join.table.shape.keys.map((key) => join.keyColumns[key.name] ?? key.name));
  const names = [...new Set([...keys, spine.timestamp])].map(quote).join(", ");
  const [all, different] = await session.row(
    `SELECT (SELECT count(*) FROM ${spine.table}), (SELECT count(*) FROM (SELECT DISTINCT ${names} FROM ${spine.table}))`,
  );
  return Number(all) - Number(different);
}
