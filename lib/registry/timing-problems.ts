import { parseDuration, parseInstant } from "@/lib/kernel/time";
import type { FeatureGroupDefinition } from "./definition-schema";
import { scheduleProblems } from "./schedule";

const LEAST_SECONDS = 60;

/** What is wrong with when a group is computed: its schedule and its intervals. Pointers are below the definition. */
export function timingProblems(definition: FeatureGroupDefinition): { pointer: string; detail: string }[] {
  const { name, sql, schedule, incremental } = definition;
  const problems: { pointer: string; detail: string }[] = [];
  const tell = (pointer: string, detail: string): void =>
    void problems.push({ pointer, detail: `feature group ${name}: ${detail}` });
  if (schedule) {
    if (sql === undefined) tell("/schedule", "its rows are written, so a schedule has nothing to compute");
    for (const { field, detail } of scheduleProblems(schedule)) tell(`/schedule/${field}`, detail);
  }
  if (incremental) {
    const { interval, start, lookback } = incremental;
    if (sql === undefined) tell("/incremental", "its rows are written, so there are no intervals to compute");
    if ((parseDuration(interval) ?? 0) < LEAST_SECONDS) tell("/incremental/interval", "an interval is at least 1m");
    if (parseInstant(start) === null)
      tell("/incremental/start", `"${start}" is not an ISO 8601 instant, for example 2026-01-01T00:00:00Z`);
    if (lookback !== undefined && parseDuration(lookback) === 0)
      tell("/incremental/lookback", "a lookback is longer than nothing; leave it out");
  }
  return problems;
}
