import type { ColumnOrigin } from "@/lib/engines/offline/port";

/** A column of a source or a feature group; a feature is a column of its group. */
export type ColumnRef = { name: string; column: string };

/** One column made from another. */
export type ColumnLink = { from: ColumnRef; to: ColumnRef };

/** What columns are made from, by `columnKey`. What is not among them was never looked at, or is where data begins. */
export type Origins = ReadonlyMap<string, readonly ColumnRef[]>;

/** The key of a column in `Origins`. */
export const columnKey = ({ name, column }: ColumnRef): string => JSON.stringify([name, column]);

/** What each column of a query is made from, by column. */
export function madeFromOf(origins: ColumnOrigin[]): Map<string, ColumnRef[]> {
  return new Map(origins.map(({ column, from }) => [column, from]));
}

/** Links from columns to what they are made from, `hops` deep at most, nearest first, each once. */
export function linksUp(origins: Origins, start: readonly ColumnRef[], hops: number): ColumnLink[] {
  return walk(start, hops, (to) => (origins.get(columnKey(to)) ?? []).map((from) => ({ from, to })), "from");
}

/** Links from columns to what is made from them, `hops` deep at most, nearest first, each once. */
export function linksDown(origins: Origins, start: readonly ColumnRef[], hops: number): ColumnLink[] {
  const uses = new Map<string, ColumnLink[]>();
  for (const [key, list] of origins) {
    const [name, column] = JSON.parse(key) as [string, string];
    for (const from of list) {
      const known = uses.get(columnKey(from));
      const link = { from, to: { name, column } };
      if (known) known.push(link);
      else uses.set(columnKey(from), [link]);
    }
  }
  return walk(start, hops, (from) => uses.get(columnKey(from)) ?? [], "to");
}

/** Where the data of a column begins: the columns that are made from nothing further. None: it is made from no column. */
export function beginningsOf(origins: Origins, start: ColumnRef): ColumnRef[] {
  const found = new Map<string, ColumnRef>();
  const seen = new Set([columnKey(start)]);
  const waiting = [start];
  for (let ref = waiting.pop(); ref; ref = waiting.pop()) {
    const from = origins.get(columnKey(ref));
    if (!from && ref !== start) found.set(columnKey(ref), ref);
    for (const next of from ?? []) {
      if (seen.has(columnKey(next))) continue;
      seen.add(columnKey(next));
      waiting.push(next);
    }
  }
  return [...found.values()].sort((a, b) => (columnKey(a) < columnKey(b) ? -1 : 1));
}

function walk(
  start: readonly ColumnRef[],
  hops: number,
  linksOf: (ref: ColumnRef) => readonly ColumnLink[],
  next: "from" | "to",
): ColumnLink[] {
  const links: ColumnLink[] = [];
  const seen = new Set(start.map(columnKey));
  let frontier: readonly ColumnRef[] = start;
  for (let hop = 0; hop < hops && frontier.length > 0; hop++) {
    const reached: ColumnRef[] = [];
    for (const link of frontier.flatMap(linksOf)) {
      links.push(link);
      const key = columnKey(link[next]);
      if (!seen.has(key)) reached.push(link[next]);
      seen.add(key);
    }
    frontier = reached;
  }
  return links;
}
