import type { AppendStep, DataFile } from "@/lib/engines/offline/port";
import type { Column } from "@/lib/kernel/values";
import { describeFile, PARQUET, verify } from "./append";
import { commitFile } from "./commit-file";
import type { Operation } from "./protocol";
import { filesWithin } from "./prune";
import type { Session } from "./session";
import { historySql, KEPT, literal, ORDER, quote, shapeColumns, totalOrder, withinSql } from "./sql";

type Of<K extends Operation["kind"]> = Extract<Operation, { kind: K }>;

/**
 * Writes the visible rows of a table again as one file; each keeps its commit and its place in it, and the time of that
 * commit where the shape has no created time.
 */
export async function compact(
  session: Session,
  { table, destination }: Of<"compact">,
  step: (step: AppendStep) => Promise<void>,
): Promise<Omit<DataFile, "path"> | null> {
  const { shape } = table;
  const rowCount = await count(session, { table, range: null });
  if (rowCount === 0) return null;
  const kept: [string, Column][] = [
    [ORDER.commit, { name: KEPT.commit, type: "INT64" }],
    [ORDER.place, { name: KEPT.place, type: "INT64" }],
  ];
  if (shape.createdTime === null) kept.push([ORDER.created, { name: KEPT.known, type: "TIMESTAMP" }]);
  const columns = [...shapeColumns(shape), ...kept.map(([, column]) => column)];
  const list = [
    ...shapeColumns(shape).map(({ name }) => quote(name)),
    ...kept.map(([from, { name }]) => `${quote(from)} AS ${quote(name)}`),
  ];
  const order = [...shape.keys.map((key) => quote(key.name)), totalOrder(shape, "ASC")].join(", ");
  const history = historySql(table, await session.scan(table));
  const query = `SELECT ${list.join(", ")} FROM (SELECT * FROM (${history}) ORDER BY ${order})`;
  const written = await commitFile(destination, {
    write: () => session.run(`COPY (${query}) TO ${literal(destination.staging)} (${PARQUET})`),
    verify: () => verify(session, destination.target, rowCount, columns),
    step,
  });
  return { ...written, rowCount, compacted: true, ...(await describeFile(session, destination.target, shape)) };
}

/** Visible rows of a table within a range of event time; files that are wholly within it are not read. */
export async function count(session: Session, { table, range }: Omit<Of<"count">, "kind">): Promise<number> {
  const { start, end } = range ?? { start: null, end: null };
  const files = filesWithin(table.files, { from: start, before: end });
  await session.scan(table, files);
  const isWhole = ({ hidden = [], minEventTime, maxEventTime }: (typeof files)[number]): boolean =>
    hidden.length === 0 &&
    (start === null || (minEventTime !== null && start <= minEventTime)) &&
    (end === null || (maxEventTime !== null && maxEventTime < end));
  const known = files.filter(isWhole).reduce((sum, file) => sum + file.rowCount, 0);
  const rest = files.filter((file) => !isWhole(file));
  if (rest.length === 0) return known;
  const history = historySql(table, await session.scan(table, rest), []);
  const within = withinSql(quote(table.shape.eventTime), { start, end });
  const [rows] = await session.row(`SELECT count(*) FROM (${history}) WHERE ${within}`);
  return known + Number(rows);
}
