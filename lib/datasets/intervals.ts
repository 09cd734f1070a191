import { LarderError } from "@/lib/kernel/errors";
import { epochMs, type Instant, instantOf, parseDuration, parseInstant } from "@/lib/kernel/time";
import type { Incremental } from "@/lib/registry/definition-schema";

/** A range of event time, start <= event time < end. */
export type TimeInterval = { start: Instant; end: Instant };

/** The intervals of a group: all of one length, counted from the epoch in UTC, the first at `firstMs`. */
export type Grid = { stepMs: number; firstMs: number; lookbackMs: number };

/** Whether an interval was computed, and from what is there now. */
export type IntervalState = "computed" | "missing" | "stale";

/** What was computed, as stored. */
export type RecordedInterval = TimeInterval & { fingerprint: string; commitSequence: number; runId: string | null };

/** A commit after which what was computed before it is not seen any more. */
export type UndoingCommit = { sequence: number; mode: string; restores: number | null };

/** More in one run would keep everything else waiting; the next refresh goes on. */
export const MAX_INTERVALS = 10_000;
/** Steps of one backfill that people can still look at. */
export const MAX_STEPS = 200;

/** The grid that a definition says. */
export function gridOf(incremental: Incremental): Grid {
  const stepMs = (parseDuration(incremental.interval) ?? 0) * 1000;
  const start = parseInstant(incremental.start);
  if (stepMs <= 0 || start === null)
    throw new LarderError("definition_invalid", "The group's intervals have no valid length or start");
  const lookbackMs = (parseDuration(incremental.lookback ?? "0s") ?? 0) * 1000;
  return { stepMs, firstMs: floorTo(epochMs(start), stepMs), lookbackMs };
}

function floorTo(ms: number, stepMs: number): number {
  return Math.floor(ms / stepMs) * stepMs;
}

/** How many intervals are over at `now`, from the first on. */
export function countIntervals(grid: Grid, now: Date): number {
  return Math.max(0, (floorTo(now.getTime(), grid.stepMs) - grid.firstMs) / grid.stepMs);
}

/** The interval number `index`, from 0. */
export function intervalAt(grid: Grid, index: number): TimeInterval {
  const start = grid.firstMs + index * grid.stepMs;
  return { start: instantOf(new Date(start)), end: instantOf(new Date(start + grid.stepMs)) };
}

/** The whole intervals of a range, in order. */
export function intervalsWithin(grid: Grid, range: TimeInterval): TimeInterval[] {
  const first = (epochMs(range.start) - grid.firstMs) / grid.stepMs;
  const count = (epochMs(range.end) - epochMs(range.start)) / grid.stepMs;
  return Array.from({ length: count }, (_, index) => intervalAt(grid, first + index));
}

/** What was recorded and is still what readers see: a restore or an overwrite of everything takes what came before it away. */
export function standing<R extends { commitSequence: number }>(recorded: R[], undoing: UndoingCommit[]): R[] {
  return recorded.filter(
    ({ commitSequence }) =>
      !undoing.some(
        ({ sequence, mode, restores }) =>
          sequence > commitSequence && (mode !== "restore" || commitSequence > (restores ?? 0)),
      ),
  );
}

/** What a refresh computes: intervals that are over and not recorded, and those within the lookback that would come out otherwise now. */
export function dueIntervals(
  grid: Grid,
  recorded: RecordedInterval[],
  { now, fingerprint, limit = MAX_INTERVALS }: { now: Date; fingerprint: string; limit?: number },
): { due: TimeInterval[]; left: number } {
  const known = new Map(recorded.map((one) => [one.start, one]));
  const since = now.getTime() - grid.lookbackMs;
  const due: TimeInterval[] = [];
  let left = 0;
  for (let index = 0; index < countIntervals(grid, now); index++) {
    const interval = intervalAt(grid, index);
    const one = known.get(interval.start);
    const isFresh = one?.end === interval.end && (one.fingerprint === fingerprint || epochMs(interval.end) <= since);
    if (isFresh) continue;
    if (due.length < limit) due.push(interval);
    else left += 1;
  }
  return { due, left };
}

/** Two hashes in one text, so that it can be told what changed: the definition, or what it read. */
export function intervalFingerprint(definition: string, inputs: string): string {
  return `${definition}.${inputs}`;
}

/** How an interval stands. `inputs` is null where what there is to read now is not known. */
export function stateOfInterval(
  recorded: Pick<RecordedInterval, "fingerprint"> | undefined,
  now: { definition: string; inputs: string | null },
): { state: IntervalState; reason: "definition" | "inputs" | null } {
  if (!recorded) return { state: "missing", reason: null };
  const [definition, inputs] = recorded.fingerprint.split(".");
  if (definition !== now.definition) return { state: "stale", reason: "definition" };
  if (now.inputs !== null && inputs !== now.inputs) return { state: "stale", reason: "inputs" };
  return { state: "computed", reason: null };
}

/** A range to backfill, checked: whole intervals, none before the first or after the last that is over. Throws `invalid_parameter` saying what would be right. */
export function requireRange(grid: Grid, asked: { start: Instant; end: Instant }, now: Date): TimeInterval {
  const [start, end] = [epochMs(asked.start), epochMs(asked.end)];
  const lastMs = grid.firstMs + countIntervals(grid, now) * grid.stepMs;
  const written = (ms: number): string => instantOf(new Date(ms)).replace(".000000Z", "Z");
  const refuse = (detail: string, pointer: string): never => {
    throw new LarderError("invalid_parameter", detail, [{ code: "invalid_parameter", detail, pointer }]);
  };
  if (start >= end)
    return refuse(`The range is empty: start ${written(start)} is not before end ${written(end)}`, "/end");
  const [from, until] = [floorTo(start, grid.stepMs), -floorTo(-end, grid.stepMs)];
  if (from !== start || until !== end)
    return refuse(
      `The range must be of whole intervals: ${written(from)} to ${written(until)}`,
      from !== start ? "/start" : "/end",
    );
  if (start < grid.firstMs)
    return refuse(`The first interval of the group begins at ${written(grid.firstMs)}`, "/start");
  if (end > lastMs)
    return refuse(
      lastMs === grid.firstMs
        ? `No interval of the group is over yet; the first begins at ${written(grid.firstMs)}`
        : `The last interval that is over ends at ${written(lastMs)}`,
      "/end",
    );
  const count = (end - start) / grid.stepMs;
  if (count > MAX_INTERVALS)
    return refuse(`The range has ${count} intervals; at most ${MAX_INTERVALS} are computed in one run`, "/end");
  return { start: asked.start, end: asked.end };
}

/** Consecutive intervals in at most `limit` steps of about the same size. */
export function inSteps(intervals: TimeInterval[], limit = MAX_STEPS): TimeInterval[][] {
  const size = Math.max(1, Math.ceil(intervals.length / limit));
  return Array.from({ length: Math.ceil(intervals.length / size) }, (_, at) =>
    intervals.slice(at * size, (at + 1) * size),
  );
}
