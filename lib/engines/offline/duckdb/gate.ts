import { type DuckDBConnection, StatementType } from "@duckdb/node-api";
import { LarderError } from "@/lib/kernel/errors";
import { type Redact, userSqlError } from "./failure";
import { systemName } from "./table-names";

const TOKEN =
  /[eE]'(?:\\[\s\S]|''|[^'\\])*'|'(?:''|[^'])*'|"(?:""|[^"])*"|\$(\w*)\$[\s\S]*?\$\1\$|--[^\n]*|\/\*[\s\S]*?\*\/|;|[\s\S]/g;

/** The text of a single statement without its closing semicolon, so that it can stand in parentheses. */
export function withoutSemicolon(sql: string): string {
  for (const token of sql.matchAll(TOKEN)) if (token[0] === ";") return sql.slice(0, token.index);
  return sql;
}

const OTHER =
  /^(ALTER|ANALYZE|ATTACH|BEGIN|CALL|CHECKPOINT|COMMENT|COMMIT|COPY|CREATE|DEALLOCATE|DELETE|DETACH|DROP|EXECUTE|EXPLAIN|EXPORT|FORCE|GRANT|IMPORT|INSERT|INSTALL|LOAD|MERGE|PRAGMA|PREPARE|RESET|ROLLBACK|SET|START|TRUNCATE|UPDATE|USE|VACUUM)$/i;

function firstWord(sql: string): string {
  const text = sql.replace(/^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)+/, "");
  return /^(\w+|\S)/.exec(text)?.[0] ?? "";
}

function notAllowed(statement: string): LarderError {
  return new LarderError("sql_not_allowed", `Only one SELECT is allowed; this is ${statement}`);
}

/**
 * Lets exactly one SELECT pass and gives it without its semicolon. Must run on the locked connection,
 * because parsing and binding already open files.
 */
export async function requireSelect(connection: DuckDBConnection, sql: string, redact: Redact): Promise<string> {
  const word = firstWord(sql);
  if (word === "") throw new LarderError("sql_invalid", "The SQL is empty");
  try {
    const statements = await connection.extractStatements(sql);
    if (statements.count !== 1) {
      const hint = /^PIVOT$/i.test(word) ? "; PIVOT needs an explicit IN list" : "";
      throw notAllowed(`${statements.count} statements${hint}`);
    }
    const system = await systemName(connection, sql);
    if (system) throw new LarderError("sql_not_allowed", `${system} is about the server, not about data`);
    const statement = await statements.prepare(0);
    const { statementType, parameterCount } = statement;
    statement.destroySync();
    // Some PRAGMAs are rewritten to a SELECT while they are parsed.
    if (statementType !== StatementType.SELECT || OTHER.test(word))
      throw notAllowed(OTHER.test(word) ? word.toUpperCase() : (StatementType[statementType] ?? "another statement"));
    if (parameterCount > 0) throw new LarderError("sql_invalid", "Parameters ($1, ?) are not supported");
  } catch (error) {
    // Binding happens before the type is known, so a COPY may fail on its path first.
    if (OTHER.test(word)) throw notAllowed(word.toUpperCase());
    throw userSqlError(error, redact);
  }
  return withoutSemicolon(sql);
}
