import { expandEntry, isTree, listOf, originsOf, textOf } from "./column-origins-expression";
import {
  allOf,
  type Env,
  type From,
  fromOf,
  type Made,
  NONE,
  type Relation,
  type Result,
  relationOf,
  type Scope,
  type Tree,
  union,
} from "./column-origins-scope";

const namesOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

const inScope = (node: Tree, parent: Scope): Result => resolveQuery(node, parent.env, parent);

/** What each column of a query is made from. `parent` is what a subquery may refer to outside itself. */
export function resolveQuery(node: Tree, outer: Env, parent: Scope | null): Result {
  const env = withTables(node, outer, parent);
  switch (node.type) {
    case "SELECT_NODE":
      return select(node, env, parent);
    case "SET_OPERATION_NODE":
      return setOperation(node, env, parent);
    case "RECURSIVE_CTE_NODE":
      return recursive(node, env, parent);
    default:
      return { columns: [{ name: null, from: allInputs(env), many: true }], filters: allInputs(env) };
  }
}

const allInputs = (env: Env): Made["from"] => union([...env.inputs.values()].map(allOf));

/** The common table expressions of a query added to those outside; each may read the ones before it. */
function withTables(node: Tree, outer: Env, parent: Scope | null): Env {
  let env = outer;
  for (const { key, value } of isTree(node.cte_map) ? listOf(node.cte_map.map) : []) {
    const query = isTree(value) && isTree(value.query) && isTree(value.query.node) ? value.query.node : null;
    if (!query || !isTree(value)) continue;
    const result = resolveQuery(query, env, parent);
    const { columns } = relationOf(null, result.columns, namesOf(value.aliases));
    env = { ...env, ctes: new Map([...env.ctes, [textOf(key).toLowerCase(), { ...result, columns }]]) };
  }
  return env;
}

function select(node: Tree, env: Env, parent: Scope | null): Result {
  const from = isTree(node.from_table) ? resolveFrom(node.from_table, env, parent) : fromOf([]);
  const aliases = new Map<string, Made["from"]>();
  const scope: Scope = { env, from, aliases, lambdas: new Set(), parent };
  const columns: Made[] = [];
  for (const entry of listOf(node.select_list)) {
    const made = expandEntry(entry, scope, inScope);
    columns.push(...made);
    const alias = textOf(entry.alias).toLowerCase();
    if (alias && !aliases.has(alias)) aliases.set(alias, allOf(made));
  }
  const conditions = [node.where_clause, node.having, node.qualify].map((part) => originsOf(part, scope, inScope));
  return { columns, filters: union([from.filters, ...conditions]) };
}

/** Both arms by position, or by name. What is only taken away from the left leaves no trace in its values. */
function setOperation(node: Tree, env: Env, parent: Scope | null): Result {
  const [left, right] = [node.left, node.right].map((arm) =>
    isTree(arm) ? resolveQuery(arm, env, parent) : { columns: [], filters: NONE },
  ) as [Result, Result];
  const filters = union([left.filters, right.filters]);
  const kind = textOf(node.setop_type);
  if (kind === "EXCEPT") return { columns: left.columns, filters: union([filters, allOf(right.columns)]) };
  return { columns: (kind.includes("BY_NAME") ? byName : byPosition)(left.columns, right.columns), filters };
}

function byPosition(left: Made[], right: Made[]): Made[] {
  if (left.length === right.length && ![...left, ...right].some((column) => column.many))
    return left.map((column, i) => ({ ...column, from: union([column.from, right[i]?.from ?? NONE]) }));
  const rest = allOf(right);
  return left.map(({ name, from, many }) => ({ name, many, from: union([from, rest]) }));
}

function byName(left: Made[], right: Made[]): Made[] {
  const all = [...left, ...right];
  if (all.some((column) => column.name === null)) return [{ name: null, from: allOf(all), many: true }];
  const merged = new Map<string, Made>();
  for (const column of all) {
    const key = (column.name ?? "").toLowerCase();
    const before = merged.get(key);
    merged.set(key, before ? { ...before, from: union([before.from, column.from]) } : column);
  }
  return [...merged.values()];
}

/** The left arm, and what the right arm makes of it, until nothing is added. */
function recursive(node: Tree, env: Env, parent: Scope | null): Result {
  if (!isTree(node.left) || !isTree(node.right)) return { columns: [], filters: NONE };
  const first = resolveQuery(node.left, env, parent);
  let result = { ...first, columns: relationOf(null, first.columns, namesOf(node.aliases)).columns };
  const size = (of: Result): number => of.columns.reduce((sum, column) => sum + column.from.size, of.filters.size);
  for (let before = -1; before < size(result); ) {
    before = size(result);
    const ctes = new Map([...env.ctes, [textOf(node.cte_name).toLowerCase(), result]]);
    const next = resolveQuery(node.right, { ...env, ctes }, parent);
    result = {
      columns: byPosition(result.columns, next.columns),
      filters: union([result.filters, next.filters]),
    };
  }
  return result;
}

function resolveFrom(node: Tree, env: Env, parent: Scope | null): From {
  const alias = textOf(node.alias) || null;
  const names = namesOf(node.column_name_alias);
  const one = (columns: Made[], filters = NONE, called = alias): From =>
    fromOf([relationOf(called, columns, names)], filters);
  const beside = (from = fromOf([])): Scope => ({ env, from, aliases: new Map(), lambdas: new Set(), parent });
  switch (node.type) {
    case "EMPTY":
      return fromOf([]);
    case "BASE_TABLE":
      return baseTable(node, env, one);
    case "SUBQUERY": {
      const query = isTree(node.subquery) && isTree(node.subquery.node) ? node.subquery.node : {};
      const { columns, filters } = resolveQuery(query, env, parent);
      return one(columns, filters);
    }
    case "JOIN":
      return join(node, env, parent);
    case "EXPRESSION_LIST": {
      const rows = (Array.isArray(node.values) ? node.values : []).map(listOf);
      const width = rows[0]?.length ?? 0;
      const columns = Array.from({ length: width }, (_, i) => ({
        name: `col${i}`,
        from: union(rows.map((row) => originsOf(row[i], beside(), inScope))),
        many: false,
      }));
      return one(columns);
    }
    case "TABLE_FUNCTION": {
      const called = isTree(node.function) ? node.function : {};
      const from = originsOf(called, beside(namedTables(called, env)), inScope);
      const single = /^(?:unnest|range|generate_series)$/i.test(textOf(called.function_name));
      const many = !single || node.with_ordinality !== "WITHOUT_ORDINALITY";
      return one([{ name: null, from, many }], from, alias ?? textOf(called.function_name));
    }
    case "PIVOT":
      return pivot(node, env, parent);
    default: {
      const source = isTree(node.query) ? resolveQuery(node.query, env, parent).columns : null;
      return one([{ name: null, from: source ? allOf(source) : allInputs(env), many: true }]);
    }
  }
}

function baseTable(
  node: Tree,
  env: Env,
  one: (columns: Made[], filters?: Made["from"], called?: string) => From,
): From {
  const name = textOf(node.table_name);
  const schema = textOf(node.schema_name).toLowerCase();
  const table = schema === "" || schema === "recurring" ? env.ctes.get(name.toLowerCase()) : undefined;
  const called = textOf(node.alias) || name;
  if (table) return one(table.columns, table.filters, called);
  const input = env.inputs.get(name.toLowerCase());
  // Anything else is a table of DuckDB's own, which holds nothing of ours.
  return one(input ?? [{ name: null, from: NONE, many: true }], NONE, called);
}

/** Table macros name tables as if they were columns. */
function namedTables(called: Tree, env: Env): From {
  const names = listOf(called.children).flatMap((child) =>
    child.class === "COLUMN_REF" ? namesOf(child.column_names).slice(0, 1) : [],
  );
  return fromOf(
    names.flatMap((name): Relation[] => {
      const columns = env.ctes.get(name.toLowerCase())?.columns ?? env.inputs.get(name.toLowerCase());
      return columns ? [relationOf(name, columns)] : [];
    }),
  );
}

function join(node: Tree, env: Env, parent: Scope | null): From {
  const left = isTree(node.left) ? resolveFrom(node.left, env, parent) : fromOf([]);
  const beside: Scope = { env, from: left, aliases: new Map(), lambdas: new Set(), parent };
  // What stands on the right may refer to the left.
  const right = isTree(node.right) ? resolveFrom(node.right, env, beside) : fromOf([]);
  const both = [...left.relations, ...right.relations];
  const type = textOf(node.join_type);
  const natural = node.ref_type === "NATURAL";
  const using = new Set(
    natural
      ? left.visible.flatMap(({ name }) =>
          name !== null && right.index.has(name.toLowerCase()) ? [name.toLowerCase()] : [],
        )
      : namesOf(node.using_columns).map((name) => name.toLowerCase()),
  );
  const isUsed = (column: Made): boolean => column.name !== null && using.has(column.name.toLowerCase());
  const used = [...using].flatMap((name) => [left.index.get(name), right.index.get(name)].map((from) => from ?? NONE));
  const condition = originsOf(node.condition, { ...beside, from: fromOf(both) }, inScope);
  const filters = union([left.filters, right.filters, condition, ...used]);
  if (type === "SEMI" || type === "ANTI") return { ...left, filters };
  const merged = left.visible.map((column): Made => {
    if (!isUsed(column)) return column;
    const other = right.index.get((column.name ?? "").toLowerCase()) ?? allOf(right.visible);
    const from =
      type === "RIGHT" ? other : type === "INNER" || type === "LEFT" ? column.from : union([column.from, other]);
    return { ...column, from };
  });
  const rest = right.visible.filter((column) => !isUsed(column));
  // A natural join of what has unknown names may merge any of them.
  const unsure = natural && [...left.visible, ...right.visible].some((column) => column.name === null);
  const visible = unsure
    ? [{ name: null, from: allOf([...left.visible, ...right.visible]), many: true }]
    : [...merged, ...rest];
  return fromOf(both, filters, visible);
}

/** Columns that a pivot leaves alone stay; every other one may be made from all that it turns round. */
function pivot(node: Tree, env: Env, parent: Scope | null): From {
  const source = isTree(node.source) ? resolveFrom(node.source, env, parent) : fromOf([]);
  const scope: Scope = { env, from: source, aliases: new Map(), lambdas: new Set(), parent };
  const alias = textOf(node.alias) || null;
  const everything = allOf(source.visible);
  const opaque = fromOf([relationOf(alias, [{ name: null, from: everything, many: true }])], source.filters);
  if (source.visible.some((column) => column.name === null)) return opaque;
  const pivots = listOf(node.pivots);
  const expressions = pivots.flatMap((one) => listOf(one.pivot_expressions));
  if (expressions.length === 0) return opaque;
  const turned = union([originsOf(node.aggregates, scope, inScope), originsOf(expressions, scope, inScope)]);
  const groups = new Set(namesOf(node.groups).map((name) => name.toLowerCase()));
  const kept = source.visible.filter((column) =>
    groups.size > 0 ? groups.has((column.name ?? "").toLowerCase()) : [...column.from].every((key) => !turned.has(key)),
  );
  const rest = union([turned, allOf(source.visible.filter((column) => !kept.includes(column)))]);
  const columns: Made[] = [...kept, { name: null, from: rest, many: true }];
  return fromOf([relationOf(alias, columns, namesOf(node.column_name_alias))], source.filters);
}
