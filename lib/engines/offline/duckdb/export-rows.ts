import { isNumeric } from "@/lib/kernel/data-types";
import { LarderError } from "@/lib/kernel/errors";
import { userColumns } from "./append";
import { larderType, normalised } from "./column-types";
import { userSqlError } from "./failure";
import type { Operation } from "./protocol";
import type { Session } from "./session";
import { literal, quote } from "./sql";
import { wireSql } from "./values";

/** What a spreadsheet would take for a formula gets a leading apostrophe. */
const FORMULA = /^[=+\-@\t\r]/;

function csvSql(x: string, type: string): string {
  const wire = wireSql(x, type);
  if (isNumeric(type) || type === "BOOL") return wire;
  const text = type.endsWith("]") ? `CAST(to_json(${wire}) AS VARCHAR)` : `CAST(${wire} AS VARCHAR)`;
  return `CASE WHEN regexp_matches(${text}, '^[=+\\-@\\t\\r]') THEN '''' || ${text} ELSE ${text} END`;
}

/** Writes the rows of a user's SELECT as a file and answers how many they are. Throws `row_limit_exceeded`. */
export async function exportRows(session: Session, operation: Extract<Operation, { kind: "export" }>): Promise<number> {
  const { format, limit, path } = operation;
  const sql = await session.prepare(operation.query);
  const found = await userColumns(session, sql);
  const aliases = found.map((_, i) => `c${i}`).join(", ");
  const list = found.map(({ name, duck }, i) => {
    // Integers beyond 64 bits have no type here; they stay exact as text.
    const wide = /^(UBIGINT|U?HUGEINT)$/.test(duck);
    const plain = wide ? `CAST(c${i} AS VARCHAR)` : normalised(`c${i}`, duck);
    if (format === "parquet") return `${plain} AS ${quote(name)}`;
    return `${wide ? plain : csvSql(plain, larderType(duck))} AS ${quote(FORMULA.test(name) ? `'${name}` : name)}`;
  });
  const options = format === "parquet" ? "FORMAT parquet, COMPRESSION zstd" : "FORMAT csv, HEADER";
  const rows = `SELECT ${list.join(", ")} FROM (SELECT * FROM (\n${sql}\n) LIMIT ${limit + 1}) t(${aliases})`;
  try {
    const [count] = await session.row(`COPY (${rows}) TO ${literal(path)} (${options})`);
    if (Number(count) > limit)
      throw new LarderError("row_limit_exceeded", `There are more than ${limit} rows; add conditions, or a LIMIT`);
    return Number(count);
  } catch (error) {
    throw userSqlError(error, session.redact, 1);
  }
}
