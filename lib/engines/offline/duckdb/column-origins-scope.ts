/** A node of the JSON form that DuckDB gives of a parsed statement. */
export type Tree = { [key: string]: unknown };

/** Columns of inputs, each as `originKey` writes it. */
export type Origins = ReadonlySet<string>;

export const NONE: Origins = new Set();

/**
 * A column of a relation. Without a name it may have any; `many` stands for one or more columns in a row, `among` for those
 * that they are chosen from.
 */
export type Made = { name: string | null; from: Origins; many: boolean; among?: Made[] };

/** What a query gives, and what decided which rows there are. */
export type Result = { columns: Made[]; filters: Origins };

/** A relation in a FROM clause. */
export type Relation = { alias: string | null; columns: Made[]; index: Map<string, Origins> };

/** A FROM clause: `relations` for qualified names; `visible` for the others and for a star, with USING columns once. */
export type From = { relations: Relation[]; visible: Made[]; index: Map<string, Origins>; filters: Origins };

/** What queries may name: common table expressions over inputs. */
export type Env = { ctes: ReadonlyMap<string, Result>; inputs: ReadonlyMap<string, Made[]> };

/** Where names are looked up: the FROM clause, aliases of the SELECT list, parameters of lambdas, then outside. */
export type Scope = {
  env: Env;
  from: From;
  aliases: ReadonlyMap<string, Origins>;
  lambdas: ReadonlySet<string>;
  /** The column that `COLUMNS(…)` stands for while an expression is repeated for each. */
  star?: Made;
  parent: Scope | null;
};

export const originKey = (name: string, column: string): string => JSON.stringify([name, column]);

export function union(sets: Iterable<Origins>): Origins {
  let first: Origins = NONE;
  let own: Set<string> | null = null;
  for (const set of sets) {
    if (set.size === 0 || set === first) continue;
    if (first.size === 0) first = set;
    else {
      own ??= new Set(first);
      for (const item of set) own.add(item);
    }
  }
  return own ?? first;
}

export const allOf = (columns: Made[]): Origins => union(columns.map((column) => column.from));

function indexOf(columns: Made[]): Map<string, Origins> {
  const index = new Map<string, Origins>();
  for (const { name, from } of columns) {
    if (name === null) continue;
    const key = name.toLowerCase();
    const before = index.get(key);
    index.set(key, before ? union([before, from]) : from);
  }
  return index;
}

/** A FROM clause of relations side by side, or with the columns that a join shows. */
export function fromOf(relations: Relation[], filters: Origins = NONE, visible?: Made[]): From {
  const shown = visible ?? relations.flatMap((relation) => relation.columns);
  return { relations, visible: shown, index: indexOf(shown), filters };
}

/**
 * A relation under its alias, with the names that a column list gives its first columns. Columns of one name are renamed
 * by DuckDB in ways of its own, so each of them may be any.
 */
export function relationOf(alias: string | null, given: Made[], names: string[] = []): Relation {
  const named: Made[] = [];
  let exact = true;
  for (const [i, column] of given.entries()) {
    exact &&= !column.many || names.length <= i;
    const name = names[i];
    named.push(exact && name !== undefined ? { ...column, name } : exact ? column : { ...column, name: null });
  }
  const last = given.at(-1);
  // One entry that stands for many, with several names: each of them is made from it.
  if (last?.many && given.length <= names.length)
    named.splice(given.length - 1, 1, ...names.slice(given.length - 1).map((name) => ({ ...last, name })), last);
  const seen = new Map<string, number>();
  for (const { name } of named)
    if (name !== null) seen.set(name.toLowerCase(), (seen.get(name.toLowerCase()) ?? 0) + 1);
  const columns = named.map((column) =>
    column.name !== null && (seen.get(column.name.toLowerCase()) ?? 0) > 1 ? { ...column, name: null } : column,
  );
  return { alias, columns, index: indexOf(columns) };
}

/** What a column of a name that is not known to be there is made from, as far as the columns without names may have it. */
export function amongUnnamed(columns: Made[], name: string): Origins | null {
  const maybe = columns.filter((column) => column.name === null);
  if (maybe.length === 0) return null;
  return union(
    maybe.map(({ among, from }) => among?.find((one) => one.name?.toLowerCase() === name.toLowerCase())?.from ?? from),
  );
}

/** Everything that can be seen from a scope. */
export function everything(scope: Scope | null): Origins {
  const sets: Origins[] = [];
  for (let at = scope; at; at = at.parent) for (const { columns } of at.from.relations) sets.push(allOf(columns));
  return union(sets);
}

export function relationNamed(scope: Scope, name: string): Relation | null {
  const wanted = name.toLowerCase();
  for (let at: Scope | null = scope; at; at = at.parent) {
    const found = at.from.relations.find((relation) => relation.alias?.toLowerCase() === wanted);
    if (found) return found;
  }
  return null;
}

/** What a column of a relation is made from; null: it has no such column. */
export function columnOf(relation: Relation, name: string): Origins | null {
  return relation.index.get(name.toLowerCase()) ?? amongUnnamed(relation.columns, name);
}

/** What a name without a relation means; null: nothing that is known here. */
function plainName(scope: Scope, name: string): Origins | null {
  const key = name.toLowerCase();
  if (scope.lambdas.has(key)) return NONE;
  const found = scope.from.index.get(key) ?? scope.aliases.get(key);
  if (found) return found;
  const relation = scope.from.relations.find(({ alias }) => alias?.toLowerCase() === key);
  if (relation) return allOf(relation.columns);
  const outside = scope.parent ? plainName(scope.parent, name) : null;
  const maybe = amongUnnamed(scope.from.visible, name);
  return maybe && outside ? union([maybe, outside]) : (maybe ?? outside);
}

const NILADIC =
  /^(?:current_(?:catalog|date|role|schema|time|timestamp|user)|localtime|localtimestamp|session_user|user)$/i;

/** What a column reference is made from: a column, a field of one, or a whole row. What cannot be found may be anything. */
export function resolveName(scope: Scope, parts: string[]): Origins {
  const [first = "", second, third, fourth] = parts;
  if (second === undefined) return plainName(scope, first) ?? (NILADIC.test(first) ? NONE : everything(scope));
  if (!scope.lambdas.has(first.toLowerCase())) {
    const pairs = [
      [first, second],
      [second, third],
      [third, fourth],
    ];
    for (const [relationName, column] of pairs) {
      if (relationName === undefined || column === undefined) continue;
      const relation = relationNamed(scope, relationName);
      const found = relation && columnOf(relation, column);
      if (found) return found;
    }
  }
  return plainName(scope, first) ?? everything(scope);
}
