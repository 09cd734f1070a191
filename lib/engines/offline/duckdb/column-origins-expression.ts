import {
  allOf,
  everything,
  type Made,
  NONE,
  type Origins,
  type Result,
  relationNamed,
  resolveName,
  type Scope,
  type Tree,
  union,
} from "./column-origins-scope";

/** How subqueries are resolved; passed in, because queries and expressions hold each other. */
export type Resolve = (node: Tree, parent: Scope) => Result;

export function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export const listOf = (value: unknown): Tree[] => (Array.isArray(value) ? value.filter(isTree) : []);
export const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
const namesOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

const KNOWN_CLASSES = new Set(
  "BETWEEN CASE CAST COLLATE COMPARISON CONJUNCTION CONSTANT FUNCTION OPERATOR WINDOW DEFAULT PARAMETER TYPE".split(
    " ",
  ),
);

// `x -> …` is a lambda where one of these takes it, and reads a field of JSON everywhere else.
const TAKES_LAMBDA =
  /^(?:(?:list|array)_(?:transform|apply|filter|reduce)|apply|filter|reduce|(?:list|array)_(?:aggregate|aggr)|list_aggr)$/i;

/** What a value is made from: every column that its expression names, followed through subqueries and lambdas. */
export function originsOf(value: unknown, scope: Scope, resolve: Resolve): Origins {
  if (Array.isArray(value)) return union(value.map((item) => originsOf(item, scope, resolve)));
  if (!isTree(value)) return NONE;
  switch (value.class) {
    case undefined:
      return inside(value, scope, resolve);
    case "COLUMN_REF":
      return resolveName(scope, namesOf(value.column_names));
    case "POSITIONAL_REFERENCE":
      return atPosition(scope, Number(value.index));
    case "STAR":
      return scope.star && value.columns === true ? scope.star.from : allOf(expandStar(value, scope, resolve));
    case "SUBQUERY":
      return subquery(value, scope, resolve);
    case "LAMBDA":
      // Not an argument of a function that takes a lambda.
      return inside(value, scope, resolve);
    case "FUNCTION":
      return call(value, scope, resolve);
    default: {
      const found = inside(value, scope, resolve);
      return KNOWN_CLASSES.has(textOf(value.class)) ? found : union([found, everything(scope)]);
    }
  }
}

function inside(value: Tree, scope: Scope, resolve: Resolve): Origins {
  return union(Object.values(value).map((child) => originsOf(child, scope, resolve)));
}

function atPosition(scope: Scope, position: number): Origins {
  const before = scope.from.visible.slice(0, position);
  return before.length < position || before.some((column) => column.many)
    ? everything(scope)
    : (before.at(-1)?.from ?? NONE);
}

function subquery(value: Tree, scope: Scope, resolve: Resolve): Origins {
  const query = isTree(value.subquery) && isTree(value.subquery.node) ? value.subquery.node : null;
  if (!query) return everything(scope);
  const { columns, filters } = resolve(query, scope);
  // Whether there is a row depends on what chose the rows, and on no value of theirs.
  if (/EXISTS/.test(textOf(value.subquery_type))) return filters;
  return union([allOf(columns), originsOf(value.child, scope, resolve)]);
}

function call(value: Tree, scope: Scope, resolve: Resolve): Origins {
  const { children, ...rest } = value;
  // `column.function(…)` is written as a function of a schema that has the name of the column.
  const owner = [value.catalog, value.schema].map(textOf).filter((part) => part !== "" && part !== "main");
  const chained = owner.length > 0 ? [resolveName(scope, owner)] : [];
  const takes = TAKES_LAMBDA.test(textOf(value.function_name));
  const parts = listOf(children).map((child, i) =>
    child.class === "LAMBDA" && takes && (i > 0 || chained.length > 0)
      ? lambda(child, scope, resolve)
      : originsOf(child, scope, resolve),
  );
  return union([...chained, ...parts, inside(rest, scope, resolve)]);
}

function lambda(value: Tree, scope: Scope, resolve: Resolve): Origins {
  const left = isTree(value.lhs) ? value.lhs : {};
  const parameters = left.class === "FUNCTION" ? listOf(left.children) : [left];
  const names = parameters.map((parameter) => namesOf(parameter.column_names).join(".").toLowerCase());
  return originsOf(value.expr, { ...scope, lambdas: new Set([...scope.lambdas, ...names]) }, resolve);
}

/** The columns that a star, or `COLUMNS(…)`, stands for. One without a name stands for all that it may be. */
export function expandStar(star: Tree, scope: Scope, resolve: Resolve): Made[] {
  const named = textOf(star.relation_name);
  const relation = named ? relationNamed(scope, named) : null;
  // A star after a column takes its fields apart.
  if (named && !relation) return [{ name: null, from: resolveName(scope, [named]), many: true }];
  const all = relation ? relation.columns : scope.from.visible;
  const pattern = isTree(star.expr) ? star.expr : null;
  if (pattern && isTree(pattern.value) && typeof pattern.value.value === "string") {
    const matching = matcher(pattern.value.value);
    if (!matching || all.some((column) => column.name === null)) return someOf(all);
    return all.filter((column) => matching(column.name ?? ""));
  }
  if (pattern) return someOf(all);
  const gone = new Set(
    [...namesOf(star.exclude_list), ...listOf(star.qualified_exclude_list).map((item) => textOf(item.column))].map(
      (name) => name.toLowerCase(),
    ),
  );
  // With a relation's name before it, another column of the same name stays.
  const exact = listOf(star.qualified_exclude_list).length === 0 || !hasTwins(all);
  if (!exact) return someOf(all);
  const kept = all.filter((column) => column.name === null || !gone.has(column.name.toLowerCase()));
  const replaced = new Map(
    listOf(star.replace_list).map((item) => [textOf(item.key).toLowerCase(), originsOf(item.value, scope, resolve)]),
  );
  const renamed = new Map(
    listOf(star.rename_list).map((item) => [
      textOf(isTree(item.key) ? item.key.column : item.key).toLowerCase(),
      textOf(item.value),
    ]),
  );
  return kept.map((column) => {
    // What is replaced may be among the columns whose names are not known.
    if (column.name === null) return { ...column, from: union([column.from, ...replaced.values()]) };
    const key = column.name.toLowerCase();
    return { ...column, name: renamed.get(key) ?? column.name, from: replaced.get(key) ?? column.from };
  });
}

const someOf = (columns: Made[]): Made[] => [{ name: null, from: allOf(columns), many: true, among: columns }];

function hasTwins(columns: Made[]): boolean {
  const names = columns.flatMap(({ name }) => (name === null ? [] : [name.toLowerCase()]));
  return new Set(names).size < names.length;
}

// Only patterns that mean the same to DuckDB and here.
function matcher(pattern: string): ((name: string) => boolean) | null {
  if (!/^[\w.*+?^$|()[\] -]*$/.test(pattern) || pattern.includes("(?")) return null;
  try {
    const expression = new RegExp(pattern);
    return (name) => expression.test(name);
  } catch {
    return null;
  }
}

const NAME_FILTER =
  /^(?:!?~~\*?|~~~|regexp_full_match|regexp_matches|like_escape|not_like_escape|ilike_escape|not_ilike_escape)$/;

/** The columns that one entry of a SELECT list gives. */
export function expandEntry(entry: Tree, scope: Scope, resolve: Resolve): Made[] {
  const alias = textOf(entry.alias) || null;
  if (entry.class === "STAR")
    return alias ? unnamedAs(expandStar(entry, scope, resolve), alias) : expandStar(entry, scope, resolve);
  const [first] = listOf(entry.children);
  const from = originsOf(entry, scope, resolve);
  if (entry.class === "FUNCTION" && first?.class === "STAR" && NAME_FILTER.test(textOf(entry.function_name)))
    return someOf(expandStar(first, scope, resolve));
  const star = columnsIn(entry);
  if (star) {
    const each = expandStar(star, scope, resolve);
    if (each.some((column) => column.many)) return [{ name: null, from, many: true }];
    return each.map((column) => ({
      name: null,
      from: originsOf(entry, { ...scope, star: column }, resolve),
      many: false,
    }));
  }
  const name = alias ?? (entry.class === "COLUMN_REF" ? (namesOf(entry.column_names).at(-1) ?? null) : null);
  // A structure comes apart into its fields.
  const many = entry.class === "FUNCTION" && /^unnest$/i.test(textOf(entry.function_name));
  return [{ name: many ? null : name, from, many }];
}

const unnamedAs = (columns: Made[], alias: string): Made[] =>
  columns.map((column) => ({ ...column, name: columns.length === 1 ? alias : null }));

/** The first `COLUMNS(…)` of an expression that makes it stand for several. */
function columnsIn(value: unknown): Tree | null {
  if (Array.isArray(value)) {
    for (const item of value) {
      const found = columnsIn(item);
      if (found) return found;
    }
    return null;
  }
  if (!isTree(value) || value.type === "OPERATOR_UNPACK" || value.class === "SUBQUERY") return null;
  if (value.class === "STAR") return value.columns === true ? value : null;
  return columnsIn(Object.values(value));
}
