import type { ColumnOrigin } from "@/lib/engines/offline/port";
import { userColumns } from "./append";
import { isTree, listOf } from "./column-origins-expression";
import { resolveQuery } from "./column-origins-query";
import { allOf, amongUnnamed, type Made, type Origins, originKey, union } from "./column-origins-scope";
import type { Operation } from "./protocol";
import type { Session } from "./session";
import { quote } from "./sql";
import { parse, tableNames } from "./table-names";

/**
 * Which columns of its inputs each column of a query is made from. What decides which rows there are (WHERE, GROUP BY, join
 * conditions) makes no value. What cannot be followed is made from everything that it may read: too much, never too little.
 */
export async function columnOrigins(
  session: Session,
  { query }: Extract<Operation, { kind: "columnOrigins" }>,
): Promise<ColumnOrigin[]> {
  const tree = await parse(session.connection, query.sql);
  const names = new Set((await tableNames(session.connection, query.sql)).map((name) => name.toLowerCase()));
  const columns = await userColumns(session, await session.prepare(query));
  const inputs = new Map<string, Made[]>();
  for (const { name } of query.inputs) {
    const described = await session.columns(`SELECT * FROM ${quote(name)}`);
    const made = described.map((one) => ({ name: one.name, from: new Set([originKey(name, one.name)]), many: false }));
    inputs.set(name.toLowerCase(), made);
  }
  const read = [...inputs].filter(([name]) => names.has(name) || [...names].some((one) => one.endsWith(`.${name}`)));
  const everything = union(read.map(([, made]) => allOf(made)));
  const made = attempt(tree, inputs);
  const origins = made
    ? matchColumns(
        columns.map(({ name }) => name),
        made,
      )
    : columns.map(() => everything);
  return columns.map(({ name }, i) => ({ column: name, from: plainOrigins(origins[i] ?? everything) }));
}

// Lineage informs; it never stands in the way of a definition that runs.
function attempt(tree: unknown, inputs: Map<string, Made[]>): Made[] | null {
  const [statement] = listOf(tree);
  if (!isTree(statement?.node)) return null;
  try {
    return resolveQuery(statement.node, { ctes: new Map(), inputs }, null).columns;
  } catch {
    return null;
  }
}

/** Origins for the columns that the engine says there are: by position, and by name around what has no known width. */
export function matchColumns(names: string[], made: Made[]): Origins[] {
  const fits = (name: string, column: Made | undefined): boolean =>
    column !== undefined && (column.name === null || isName(name, column.name));
  if (made.length === names.length && names.every((name, i) => fits(name, made[i])))
    return names.map((name, i) => originOf(name, [made[i] as Made]));
  const first = made.findIndex((column) => column.many);
  const last = made.findLastIndex((column) => column.many);
  const tail = made.length - 1 - last;
  const known = first >= 0 && names.length >= made.length;
  const head = names.slice(0, first).every((name, i) => fits(name, made[i]));
  const end = names.slice(names.length - tail).every((name, i) => fits(name, made[last + 1 + i]));
  if (!known || !head || !end) return names.map((name) => originOf(name, made));
  return names.map((name, i) => {
    if (i < first) return (made[i] as Made).from;
    const fromEnd = names.length - i;
    if (fromEnd <= tail) return (made[made.length - fromEnd] as Made).from;
    return originOf(name, made.slice(first, last + 1));
  });
}

// The second column of a name is told apart by a number.
const isName = (shown: string, name: string): boolean =>
  shown.toLowerCase() === name.toLowerCase() ||
  (shown.toLowerCase().startsWith(`${name.toLowerCase()}_`) && /_\d+$/.test(shown));

function originOf(name: string, among: Made[]): Origins {
  const named = among.filter((column) => column.name?.toLowerCase() === name.toLowerCase());
  if (named.length > 0) return allOf(named);
  return amongUnnamed(among, name) ?? allOf(among);
}

function plainOrigins(origins: Origins): ColumnOrigin["from"] {
  return [...origins]
    .map((key) => JSON.parse(key) as [string, string])
    .map(([name, column]) => ({ name, column }))
    .sort((a, b) => compare(a.name, b.name) || compare(a.column, b.column));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
