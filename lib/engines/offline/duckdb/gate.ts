import { type DuckDBConnection, StatementType } from "@duckdb/node-api";
import { LarderError } from "@/lib/kernel/errors";
import { type Redact, userSqlError } from "./failure";
import { findForbidden } from "./table-names";

const TOKEN =
  /[eE]'(?:\\[\s\S]|''|[^'\\])*'|'(?:''|[^'])*'|"(?:""|[^"])*"|\$(\w*)\$[\s\S]*?\$\1\$|--[^\n]*|\/\*[\s\S]*?\*\/|;|[\s\S]/g;

/** The text of a single statement without its closing semicolon, so that it can stand in parentheses. */
export function withoutSemicolon(sql: string): string {
  for (const token of sql.matchAll(TOKEN)) if (token[0] === ";") return sql.slice(0, token.index);
  return sql;
}

/** What parsing may be asked to look at; doors allow people less. */
const SQL_MAX_LENGTH = 1_000_000;

const OTHER =
  /^(ALTER|ANALYZE|ATTACH|BEGIN|CALL|CHECKPOINT|COMMENT|COMMIT|COPY|CREATE|DEALLOCATE|DELETE|DETACH|DROP|EXECUTE|EXPLAIN|EXPORT|FORCE|GRANT|IMPORT|INSERT|INSTALL|LOAD|MERGE|PRAGMA|PREPARE|RESET|ROLLBACK|SET|START|TRUNCATE|UNINSTALL|UPDATE|USE|VACUUM)$/i;

function firstWord(sql: string): string {
  const text = sql.replace(/^(?:[\s;]+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)+/, "");
  return /^(\w+|\S)/.exec(text)?.[0] ?? "";
}

function notAllowed(statement: string): LarderError {
  return new LarderError("sql_not_allowed", `Only one SELECT is allowed; this is ${statement}`);
}

/** The first words of several statements in one text, for the person who wrote them. */
function statementWords(sql: string): string[] {
  const words: string[] = [];
  let start = 0;
  for (const token of [...sql.matchAll(TOKEN), { 0: ";", index: sql.length }]) {
    if (token[0] !== ";") continue;
    const word = firstWord(sql.slice(start, token.index));
    if (word !== "") words.push(word.toUpperCase());
    start = (token.index ?? 0) + 1;
  }
  return words;
}

/**
 * Lets exactly one statement pass that looks like a SELECT over names, without binding it. Must run on the locked
 * connection, because parsing already opens files. Throws `sql_empty`, `sql_too_long`, `sql_not_allowed`,
 * `sandbox_violation` and `sql_invalid`.
 */
export async function requireOneStatement(connection: DuckDBConnection, sql: string, redact: Redact): Promise<void> {
  if (sql.length > SQL_MAX_LENGTH)
    throw new LarderError("sql_too_long", `The SQL has ${sql.length} characters; it may have ${SQL_MAX_LENGTH}`);
  const words = statementWords(sql);
  const [word = ""] = words;
  if (word === "") throw new LarderError("sql_empty", "The SQL is empty");
  if (words.length > 1) throw notAllowed(`${words.length} statements (${words.slice(0, 5).join(", ")})`);
  if (OTHER.test(word)) throw notAllowed(word);
  try {
    const { count } = await connection.extractStatements(sql);
    // PIVOT that must look at its data first becomes a statement that makes a type, and one that reads.
    if (count > 1 && /\bPIVOT(?:_WIDER)?\b/i.test(sql)) throw notAllowed("a PIVOT that needs an explicit IN list");
    if (count !== 1) throw notAllowed(`${count} statements`);
    const forbidden = await findForbidden(connection, sql);
    if (forbidden) throw new LarderError(forbidden.code, forbidden.detail);
  } catch (error) {
    throw userSqlError(error, redact);
  }
}

/**
 * Lets exactly one SELECT pass and gives it without its semicolon. Must run on the locked connection,
 * because parsing and binding already open files. Throws as `requireOneStatement` does.
 */
export async function requireSelect(connection: DuckDBConnection, sql: string, redact: Redact): Promise<string> {
  await requireOneStatement(connection, sql, redact);
  try {
    const statement = await (await connection.extractStatements(sql)).prepare(0);
    const { statementType, parameterCount } = statement;
    statement.destroySync();
    // Some PRAGMAs are rewritten to a SELECT while they are parsed; their first word has told them already.
    if (statementType !== StatementType.SELECT) throw notAllowed(StatementType[statementType] ?? "another statement");
    if (parameterCount > 0) throw new LarderError("sql_invalid", "Parameters ($1, ?) are not supported");
  } catch (error) {
    throw userSqlError(error, redact);
  }
  return withoutSemicolon(sql);
}
