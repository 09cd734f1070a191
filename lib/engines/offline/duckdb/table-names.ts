import type { DuckDBConnection } from "@duckdb/node-api";
import { literal } from "./sql";

type Node = { [key: string]: unknown };

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function walk(value: unknown, scope: ReadonlySet<string>, names: Set<string>): void {
  if (Array.isArray(value)) {
    for (const item of value) walk(item, scope, names);
    return;
  }
  if (!isNode(value)) return;
  let inner = scope;
  const ctes = isNode(value.cte_map) && Array.isArray(value.cte_map.map) ? (value.cte_map.map as Node[]) : [];
  for (const cte of ctes) {
    const name = String(cte.key).toLowerCase();
    // Only a recursive query sees its own name; any other sees what the name meant outside.
    walk(
      cte.value,
      JSON.stringify(cte.value).includes('"RECURSIVE_CTE_NODE"') ? new Set([...inner, name]) : inner,
      names,
    );
    inner = new Set([...inner, name]);
  }
  if (value.type === "BASE_TABLE") {
    const parts = [value.catalog_name, value.schema_name, value.table_name].filter(
      (part): part is string => typeof part === "string" && part !== "",
    );
    if (parts.length > 1 || !inner.has(String(parts[0]).toLowerCase())) names.add(parts.join("."));
  }
  for (const [key, child] of Object.entries(value)) if (key !== "cte_map") walk(child, inner, names);
}

/** Names of tables in the JSON form that DuckDB gives of a parsed statement, without common table expressions. */
export function namesInTree(tree: unknown): string[] {
  const names = new Set<string>();
  walk(tree, new Set(), names);
  return [...names].sort();
}

function unquoted(qualified: string): string {
  const parts = qualified.match(/"(?:[^"]|"")*"|[^."]+/g) ?? [qualified];
  return parts.map((part) => (part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part)).join(".");
}

/** The JSON form of a parsed statement; null where DuckDB has none. Nothing is bound, so nothing is opened. */
async function parse(connection: DuckDBConnection, sql: string): Promise<unknown | null> {
  const reader = await connection.runAndReadAll(`SELECT CAST(json_serialize_sql(${literal(sql)}) AS VARCHAR)`);
  const tree: unknown = JSON.parse(String(reader.getRowsJson()[0]?.[0] ?? "{}"));
  return isNode(tree) && tree.error === false ? tree.statements : null;
}

/**
 * Names that a SELECT reads. Parsing alone finds them, where binding (getTableNames) stops at the first thing it
 * does not know; statements that cannot be serialised fall back to binding.
 */
export async function tableNames(connection: DuckDBConnection, sql: string): Promise<string[]> {
  const statements = await parse(connection, sql);
  if (statements !== null) return namesInTree(statements);
  return [...connection.getTableNames(sql, true)].map(unquoted).sort();
}

// What tells of the server's settings, files, secrets and logs, or changes them; and what runs a text as SQL, which
// would hide all of that from the parser.
const SYSTEM_FUNCTION =
  /^(?:(?:duckdb|pragma|enable|disable)_\w+|truncate_duckdb_logs|current_setting|which_secret|write_log|(?:force_)?checkpoint|query|query_table|json_execute_serialized_sql|sql_auto_complete)$/i;
const SYSTEM_TABLE = /^(?:pg_settings|duckdb_(?:databases|logs)|pragma_database_list)$/i;

/** The first function or table of DuckDB's own that a SELECT uses and must not, or null. */
export async function systemName(connection: DuckDBConnection, sql: string): Promise<string | null> {
  const statements = await parse(connection, sql);
  // What cannot be parsed apart is judged by its words.
  if (statements === null)
    return sql.match(/\w+/g)?.find((word) => SYSTEM_FUNCTION.test(word) || SYSTEM_TABLE.test(word)) ?? null;
  return systemNameIn(statements);
}

function systemNameIn(value: unknown): string | null {
  if (typeof value !== "object" || value === null) return null;
  const { function_name: called, table_name: read, type } = value as Node;
  if (typeof called === "string" && SYSTEM_FUNCTION.test(called)) return called;
  if (type === "BASE_TABLE" && typeof read === "string" && SYSTEM_TABLE.test(read)) return read;
  for (const child of Object.values(value)) {
    const found = systemNameIn(child);
    if (found) return found;
  }
  return null;
}
