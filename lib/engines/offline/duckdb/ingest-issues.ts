import type { IngestResult } from "@/lib/engines/offline/port";
import { MOST_ROW_PROBLEMS, rowProblem } from "@/lib/kernel/row-problems";
import type { Column } from "@/lib/kernel/values";
import { CHECKED } from "./ingest-rules";
import type { Session } from "./session";

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
    `SELECT row, p.at, p.code FROM (SELECT row, unnest(problems) AS p FROM (SELECT * FROM (${bad}) ORDER BY row LIMIT ${MOST_ROW_PROBLEMS})) ORDER BY row, p.at LIMIT ${MOST_ROW_PROBLEMS}`,
  );
  return {
    counts: Object.fromEntries(counted.map(([code, count]) => [String(code), Number(count)])),
    issues: first.map(([row, at, code]) => rowProblem(Number(row), String(code), columns[Number(at)])),
  };
}
