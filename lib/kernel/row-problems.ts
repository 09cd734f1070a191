import type { ErrorIssue } from "./errors";
import type { Column } from "./values";

/** Problems of rows that are told one by one; all of them are counted. */
export const MOST_ROW_PROBLEMS = 100;

/** One problem of a row that was sent. Rows count from 1; without a column it is the row's as a whole. */
export function rowProblem(row: number, code: string, column: Column | undefined): ErrorIssue {
  return {
    code,
    row,
    ...(column ? { pointer: `/${column.name}` } : {}),
    detail: `${column ? `${column.name} ` : ""}${said(code, column)}`,
  };
}

/** What was found in one sentence: `3 of 10,000 rows are bad (2 null_key, 1 invalid_type)`. */
export function sumUp(sent: number, rejected: number, counts: Record<string, number>): string {
  const number = (count: number): string => count.toLocaleString("en-GB");
  const list = Object.entries(counts).map(([code, count]) => `${number(count)} ${code}`);
  const are = sent === 1 ? "row is" : "rows are";
  return `${number(rejected)} of ${number(sent)} ${are} bad (${list.join(", ")})`;
}

/** What is odd about rows that are good: `early` have an event time before 1980, `decomposed` a key in NFD. */
export function rowWarnings(found: {
  accepted: number;
  early: number;
  decomposed: number;
  eventTime: string;
}): string[] {
  const { accepted, early, decomposed, eventTime } = found;
  return [
    ...(early * 2 > accepted
      ? [`${early} of ${accepted} rows have an ${eventTime} before 1980; were seconds taken for milliseconds?`]
      : []),
    ...(decomposed > 0
      ? [
          `${decomposed} rows have keys in decomposed Unicode (NFD); keys are compared byte by byte, so they do not meet NFC ones`,
        ]
      : []),
  ];
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
