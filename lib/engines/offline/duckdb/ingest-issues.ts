import type { IngestResult } from "@/lib/engines/offline/port";
import type { ErrorIssue } from "@/lib/kernel/errors";
import type { Column } from "@/lib/kernel/values";
import { CHECKED } from "./ingest-rules";
import type { Session } from "./session";

const MOST = 100;

/** The first 100 problems of the staged rows, with rows counted from 1, and the rows that have each code. */
export async function findIssues(
  session: Session,
  columns: Column[],
  rejected: number,
): Promise<Pick<IngestResult, "issues" | "counts">> {
  if (rejected === 0) return { issues: [], counts: {} };
  const bad = `SELECT "larder.row" + 1 AS row, "larder.problems" AS problems FROM ${CHECKED} WHERE problems IS NOT NULL`;
  const codes = `list_distinct(list_transform(problems, lambda e: e.code))`;
  const counted = await session.rows(
    `SELECT code, count(*) FROM (SELECT unnest(${codes}) AS code FROM (${bad})) GROUP BY code ORDER BY count(*) DESC, code`,
  );
  // No row is without a problem, so the first rows hold the first problems.
  const first = await session.rows(
    `SELECT row, p.at, p.code FROM (SELECT row, unnest(problems) AS p FROM (SELECT * FROM (${bad}) ORDER BY row LIMIT ${MOST})) ORDER BY row, p.at LIMIT ${MOST}`,
  );
  return {
    counts: Object.fromEntries(counted.map(([code, count]) => [String(code), Number(count)])),
    issues: first.map(([row, at, code]): ErrorIssue => {
      const column = columns[Number(at)];
      return {
        code: String(code),
        row: Number(row),
        ...(column ? { pointer: `/${column.name}` } : {}),
        detail: `${column ? `${column.name} ` : ""}${said(String(code), column)}`,
      };
    }),
  };
}

/** What was found in one sentence: `3 of 10,000 rows are bad (2 null_key, 1 invalid_type)`. */
export function sumUp(sent: number, rejected: number, counts: Record<string, number>): string {
  const number = (count: number): string => count.toLocaleString("en-GB");
  const list = Object.entries(counts).map(([code, count]) => `${number(count)} ${code}`);
  const are = sent === 1 ? "row is" : "rows are";
  return `${number(rejected)} of ${number(sent)} ${are} bad (${list.join(", ")})`;
}

// Without the value: what people send is not for every log that an error may reach.
function said(code: string, column: Column | undefined): string {
  switch (code) {
    case "null_key":
      return "is a key and must not be null";
    case "missing_timestamp":
      return "is the event time and must not be null";
    case "invalid_timestamp":
      return "is not an ISO 8601 instant with at most six digits of a second";
    case "timestamp_out_of_range":
      return "is outside the years 1 to 9999, or the range that is replaced";
    case "timestamp_in_future":
      return "lies more than five minutes in the future";
    case "unsafe_integer":
      return "is a number beyond 2^53 - 1; send it as a string";
    case "decimal_overflow":
      return `has more digits than ${column?.type}`;
    case "constraint_violated":
      return "breaks a constraint of the feature";
    case "schema_mismatch":
      return "has a field that the group does not have, or one twice";
    case "malformed_json":
      return "is not valid JSON";
    case "duplicate_rows":
      return "has the keys and times of an earlier row, or of one that the group holds";
    default:
      return column ? `is not a ${column.type}` : "is not a JSON object of Unicode text";
  }
}
