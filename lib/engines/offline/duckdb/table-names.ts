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
    walk(cte.value, isRecursive(cte.value) ? new Set([...inner, name]) : inner, names);
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

// By the node itself: texts and names in the query may say the same word.
function isRecursive(cte: unknown): boolean {
  const query = isNode(cte) ? cte.query : null;
  return isNode(query) && isNode(query.node) && query.node.type === "RECURSIVE_CTE_NODE";
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
export async function parse(connection: DuckDBConnection, sql: string): Promise<unknown | null> {
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

/** What a SELECT must not use, and the code it is refused with. */
export type Forbidden = { code: "sql_not_allowed" | "sandbox_violation"; detail: string };

// What tells of the server's settings, secrets and logs, or changes them.
const SYSTEM_FUNCTION =
  /^(?:(?:duckdb|pragma|disable)_\w+|truncate_duckdb_logs|current_setting|which_secret|(?:force_)?checkpoint|sql_auto_complete)$/i;
// The text of a view names the files behind it.
const SYSTEM_TABLE =
  /^(?:pg_settings|pg_views|sqlite_(?:temp_)?(?:master|schema)|duckdb_(?:databases|logs|views)|pragma_database_list)$/i;
// What writes outside the result, and what runs a text as SQL, which would hide all of this from the parser.
const REACHING_FUNCTION = /^(?:enable_\w+|write_log|query|query_table|json_execute_serialized_sql|from_substrait\w*)$/i;
// Whatever else stands in a FROM with parentheses may open files; what does not is few.
const TABLE_FUNCTION = /^(?:range|generate_series|unnest|repeat|repeat_row|json_each|json_tree)$/i;
const FILE_FUNCTION =
  /^(?:(?:read|st_read|sniff|scan|copy)_?\w*|glob|\w+_scan(?:_\w+)?|parquet_\w+|\w+_(?:attach|execute|query)|arrow_\w+|which_\w+|load_\w+)$/i;
const FILE_NAME =
  /[/\\*?]|^[a-z]\w+:|\.(?:csv|tsv|txt|json|jsonl|ndjson|parquet|db|duckdb|sqlite|arrow|xlsx|avro|gz|zst)$/i;

/** What a SELECT uses of DuckDB's own and must not, or null. */
export async function findForbidden(connection: DuckDBConnection, sql: string): Promise<Forbidden | null> {
  const statements = await parse(connection, sql);
  if (statements !== null) {
    const found = forbiddenIn(statements);
    // A misspelt name is not an attempt: DuckDB says what was most likely meant.
    if (!found?.unless || (await exists(connection, found.unless))) return found;
    return null;
  }
  // What cannot be parsed apart is judged by its words.
  for (const [, word = "", called] of sql.matchAll(/(\w+)"?(\s*\()?/g)) {
    if (SYSTEM_FUNCTION.test(word) || SYSTEM_TABLE.test(word)) return aboutServer(word);
    if (called && (REACHING_FUNCTION.test(word) || FILE_FUNCTION.test(word))) return reachesOut(`${word}()`);
  }
  return null;
}

function aboutServer(name: string): Forbidden {
  return { code: "sql_not_allowed", detail: `${name} is about the server, not about data` };
}

/** The refusal of SQL that reaches for something besides its inputs. */
export function reachesOut(what: string): Forbidden {
  return {
    code: "sandbox_violation",
    detail: `${what} reaches outside the inputs; SQL reads sources and feature groups by their names, no files and no addresses`,
  };
}

function forbiddenIn(value: unknown): (Forbidden & { unless?: string }) | null {
  if (typeof value !== "object" || value === null) return null;
  const node = value as Node;
  const { function_name: called, table_name: read, type } = node;
  if (typeof called === "string") {
    if (SYSTEM_FUNCTION.test(called)) return aboutServer(called);
    if (REACHING_FUNCTION.test(called)) return reachesOut(`${called}()`);
  }
  if (type === "BASE_TABLE" && typeof read === "string") {
    if (SYSTEM_TABLE.test(read)) return aboutServer(read);
    const name = [node.catalog_name, node.schema_name, read].filter(Boolean).join(".");
    if (FILE_NAME.test(name)) return reachesOut(`What looks like the file "${name.slice(0, 80)}"`);
  }
  let doubtful: (Forbidden & { unless?: string }) | null = null;
  if (type === "TABLE_FUNCTION" && isNode(node.function)) {
    const name = String(node.function.function_name);
    if (!SYSTEM_FUNCTION.test(name) && !REACHING_FUNCTION.test(name) && !TABLE_FUNCTION.test(name)) {
      if (FILE_FUNCTION.test(name)) return reachesOut(`${name}()`);
      doubtful = { ...reachesOut(`${name}()`), unless: name };
    }
  }
  for (const child of Object.values(node)) {
    const found = forbiddenIn(child);
    if (found && !found.unless) return found;
    doubtful ??= found;
  }
  return doubtful;
}

async function exists(connection: DuckDBConnection, name: string): Promise<boolean> {
  const reader = await connection.runAndReadAll(
    `SELECT count(*) FROM duckdb_functions() WHERE lower(function_name) = lower(${literal(name)})`,
  );
  return Number(reader.getRowsJson()[0]?.[0]) > 0;
}

const CHANGING_FUNCTION =
  /^(?:random|uuid|uuidv[47]|gen_random_uuid|now|today|current_date|current_time|current_timestamp|current_localtime|current_localtimestamp|get_current_time|get_current_timestamp|transaction_timestamp|statement_timestamp|clock_timestamp|nextval|currval|txid_current)$/i;
const CHANGING_WORD = /^(?:current_date|current_time|current_timestamp|localtime|localtimestamp)$/i;

/** What a SELECT uses that gives something else each time it runs: clocks, random numbers, samples without a seed. */
export async function changingNames(connection: DuckDBConnection, sql: string): Promise<string[]> {
  const names = new Set<string>();
  collectChanging(await parse(connection, sql), names);
  return [...names].sort();
}

function collectChanging(value: unknown, names: Set<string>): void {
  if (typeof value !== "object" || value === null) return;
  const { function_name: called, type, column_names: columns, sample, children } = value as Node;
  if (typeof called === "string") {
    if (CHANGING_FUNCTION.test(called)) names.add(`${called.toLowerCase()}()`);
    if (/^age$/i.test(called) && Array.isArray(children) && children.length === 1) names.add("age()");
  }
  if (type === "COLUMN_REF" && Array.isArray(columns) && columns.length === 1 && CHANGING_WORD.test(String(columns[0])))
    names.add(String(columns[0]).toLowerCase());
  if (isNode(sample) && (sample.seed === undefined || sample.seed === null || sample.seed === -1))
    names.add("USING SAMPLE");
  for (const child of Object.values(value as Node)) collectChanging(child, names);
}
