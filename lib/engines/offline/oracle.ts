import type { Value } from "@/lib/kernel/values";

/** A feature row with everything the total order needs; instants are microseconds. */
export type OracleRow = {
  keys: Value[];
  eventTime: number;
  createdTime: number | null;
  commitSequence: number;
  rowNumber: number;
  values: Value[];
};

/** What is asked: a key tuple at an instant. */
export type OracleQuestion = { keys: Value[]; at: number };

function compare(a: OracleRow, b: OracleRow): number {
  if (a.eventTime !== b.eventTime) return a.eventTime - b.eventTime;
  const created = (row: OracleRow): number => row.createdTime ?? Number.NEGATIVE_INFINITY;
  if (created(a) !== created(b)) return created(a) < created(b) ? -1 : 1;
  if (a.commitSequence !== b.commitSequence) return a.commitSequence - b.commitSequence;
  return a.rowNumber - b.rowNumber;
}

/** The point-in-time join of semantics.md §2 as a plain double loop; null where nothing matches. */
export function asOfOracle(
  rows: OracleRow[],
  questions: OracleQuestion[],
  options: { ttl: number | null; knowledge: "event_time" | "created_time" },
): (OracleRow | null)[] {
  return questions.map(({ keys, at }) => {
    let winner: OracleRow | null = null;
    for (const row of rows) {
      if (keys.some((key, i) => key === null || key !== row.keys[i])) continue;
      if (row.eventTime > at) continue;
      if (options.ttl && row.eventTime < at - options.ttl) continue;
      if (options.knowledge === "created_time" && (row.createdTime === null || row.createdTime > at)) continue;
      if (winner === null || compare(row, winner) > 0) winner = row;
    }
    return winner;
  });
}

/** One row per key tuple: the greatest in the total order with event time at or before `at`. */
export function latestOracle(rows: OracleRow[], at: number): OracleRow[] {
  const winners = new Map<string, OracleRow>();
  for (const row of rows) {
    const key = JSON.stringify(row.keys);
    const best = winners.get(key);
    if (row.eventTime <= at && (!best || compare(row, best) > 0)) winners.set(key, row);
  }
  return [...winners.values()];
}
