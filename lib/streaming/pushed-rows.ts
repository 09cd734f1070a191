import { SKEW_MS } from "@/lib/datasets/row-check";
import { rulesOf } from "@/lib/datasets/row-rules";
import { exactOnlineKey } from "@/lib/datasets/spine";
import type { ColumnRule } from "@/lib/engines/offline/port";
import { canonicalJson } from "@/lib/kernel/canonical-json";
import { ERRORS, type ErrorCode, type ErrorIssue, LarderError } from "@/lib/kernel/errors";
import { MOST_ROW_PROBLEMS, rowProblem, rowWarnings, sumUp } from "@/lib/kernel/row-problems";
import { type Instant, instantOf } from "@/lib/kernel/time";
import type { Column, Value } from "@/lib/kernel/values";
import { type ExactValue, exactValue, Refused } from "./exact-value";
import type { PushTarget } from "./target";

/** A row that is good, as history would give it back. */
export type PushedRow = { key: Value[]; eventTime: Instant; createdTime: Instant | null; values: Value[] };

/** Rows on their way in, by column name. */
export type RowIn = Readonly<Record<string, Value>>;

/**
 * Checks rows one by one by the rules of rows that are written. Throws the code of the first bad row, with up to 100
 * problems by row and all of them counted; what is missing is null.
 */
export function checkRows(
  target: PushTarget,
  rows: readonly RowIn[],
  now: Date,
): { rows: PushedRow[]; warnings: string[] } {
  const checker = checkerOf(target);
  const latest = instantOf(new Date(now.getTime() + SKEW_MS));
  const issues: ErrorIssue[] = [];
  const counts = new Map<string, number>();
  let rejected = 0;
  const good: PushedRow[] = [];
  for (const [at, row] of rows.entries()) {
    const { values, problems } = checkRow(checker, row, latest);
    if (problems.length === 0) {
      good.push(rowOf(target, values));
      continue;
    }
    rejected += 1;
    for (const code of new Set(problems.map((problem) => problem.code))) counts.set(code, (counts.get(code) ?? 0) + 1);
    for (const { code, column } of problems)
      if (issues.length < MOST_ROW_PROBLEMS) issues.push(rowProblem(at + 1, code, column));
  }
  if (rejected > 0) {
    const sorted = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
    const code = issues[0]?.code ?? "";
    const detail = `${sumUp(rows.length, rejected, Object.fromEntries(sorted))}; nothing was written`;
    throw new LarderError(code in ERRORS ? (code as ErrorCode) : "validation_failed", detail, issues);
  }
  const early = good.filter(({ eventTime }) => eventTime < "1980").length;
  const decomposed = good.filter(({ key }) => key.some(isDecomposed)).length;
  return {
    rows: good,
    warnings: rowWarnings({ accepted: good.length, early, decomposed, eventTime: target.eventTime }),
  };
}

type Place = "key" | "event_time" | "created_time" | "feature";
type CheckedColumn = Column & { place: Place; exact: ExactValue; rule: Rule | null };
type Rule = Omit<ColumnRule, "allowed"> & { allowed: ReadonlySet<string> | null };
type Checker = { columns: CheckedColumn[]; names: ReadonlySet<string> };
type RowProblem = { code: string; column: Column | undefined };

/** Targets of a catalog live as long as the catalog. */
const checkers = new WeakMap<PushTarget, Checker>();

function checkerOf(target: PushTarget): Checker {
  const known = checkers.get(target);
  if (known) return known;
  const rules = rulesOf(target);
  const column = (place: Place, { name, type }: Column): CheckedColumn => {
    const exact = place === "key" ? exactKeyValue(type) : exactValue(type);
    const said = place === "feature" ? rules.find((rule) => rule.column === name) : undefined;
    const allowed = said?.allowed && new Set(said.allowed.map((value) => comparable(exact, value)));
    return { name, type, place, exact, rule: said ? { ...said, allowed: allowed ?? null } : null };
  };
  const columns = [
    ...target.keys.map((key) => column("key", key)),
    column("event_time", { name: target.eventTime, type: "TIMESTAMP" }),
    ...(target.createdTime === null ? [] : [column("created_time", { name: target.createdTime, type: "TIMESTAMP" })]),
    ...target.features.map(({ name, dataType }) => column("feature", { name, type: dataType })),
  ];
  const checker = { columns, names: new Set(columns.map(({ name }) => name)) };
  checkers.set(target, checker);
  return checker;
}

/** Keys are read as reads read them, so that whoever reads with what was pushed finds it. */
function exactKeyValue(type: string): ExactValue {
  const exact = exactValue(type);
  const otherwise = new Refused(type === "TIMESTAMP" ? "invalid_timestamp" : "invalid_type");
  return (value) => {
    const key = exactOnlineKey(value, type);
    if (key !== undefined) return exact(key);
    const stored = exact(value);
    return stored instanceof Refused ? stored : otherwise;
  };
}

const comparable = (exact: ExactValue, value: Value): string => {
  const own = value === null ? null : exact(value);
  return canonicalJson(own instanceof Refused ? null : own);
};

function checkRow(
  { columns, names }: Checker,
  row: RowIn,
  latest: Instant,
): { values: Value[]; problems: RowProblem[] } {
  const problems: RowProblem[] = [];
  for (const name of Object.keys(row))
    if (!names.has(name)) {
      problems.push({ code: "schema_mismatch", column: undefined });
      break;
    }
  const values = columns.map((column): Value => {
    const sent = Object.hasOwn(row, column.name) ? (row[column.name] ?? null) : null;
    const exact = sent === null ? null : column.exact(sent);
    const code = exact instanceof Refused ? exact.code : brokenRule(column, exact, latest);
    if (code !== null) problems.push({ code, column });
    return exact instanceof Refused ? null : exact;
  });
  return { values, problems };
}

/** The code of what a value breaks beyond its type, or null. */
function brokenRule({ place, rule }: CheckedColumn, value: Value, latest: Instant): ErrorCode | null {
  if (value === null) {
    if (place === "key") return "null_key";
    if (place === "event_time") return "missing_timestamp";
    return rule?.notNull ? "constraint_violated" : null;
  }
  if (place === "event_time" || place === "created_time") return String(value) > latest ? "timestamp_in_future" : null;
  if (!rule) return null;
  const { min, max, allowed } = rule;
  if (min !== undefined || max !== undefined) {
    const number = numberOf(value);
    // NaN is beyond every bound; what is no number has none.
    if (number !== null && (Number.isNaN(number) || number < (min ?? number) || number > (max ?? number)))
      return "constraint_violated";
  }
  return allowed && !allowed.has(canonicalJson(value)) ? "constraint_violated" : null;
}

function numberOf(value: Value): number | null {
  if (typeof value === "number" || typeof value === "boolean") return Number(value);
  if (value === "NaN") return Number.NaN;
  if (typeof value !== "string" || value.trim() === "") return null;
  const number = Number(value);
  return Number.isNaN(number) ? null : number;
}

function rowOf({ keys, createdTime }: PushTarget, values: Value[]): PushedRow {
  const at = keys.length;
  const from = at + (createdTime === null ? 1 : 2);
  return {
    key: values.slice(0, at),
    eventTime: values[at] as Instant,
    createdTime: createdTime === null ? null : (values[at + 1] as Instant | null),
    values: values.slice(from),
  };
}

const isDecomposed = (value: Value): boolean => typeof value === "string" && value.normalize("NFC") !== value;
