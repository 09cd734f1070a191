import { type Db, transaction } from "@/lib/platform/db";
import type { Vectors } from "./answer-text";
import type { ReadPlan } from "./plan-read";
import {
  addVectors,
  countsOf,
  DAY_MS,
  newTally,
  noStatuses,
  type Reader,
  type ServedCount,
  type StatusCounts,
  type Tally,
} from "./served-tally";

/** Columns of the plans that are counted in memory before they become counts by feature. */
const MAX_TALLIED_COLUMNS = 100_000;
/** Beyond it new callers are counted together, so that a database that stays away costs bounded memory. */
const MAX_COUNTS = 100_000;
const BATCH = 1000;
const OTHERS = { callerKind: "system", callerId: "others", callerName: "other callers" };

/** Counts what is served by feature and caller: in memory at once, in the database when it is flushed. */
export class ServedCounts {
  /** By status, since the process started. */
  readonly statuses: StatusCounts = noStatuses();
  private tallies = new Map<ReadPlan, Map<string, Tally>>();
  private tallied = 0;
  private waiting = new Map<string, ServedCount>();

  constructor(
    private readonly db: Db,
    private readonly maxCounts = MAX_COUNTS,
  ) {}

  /** Counts the vectors of one answer; answers how many of their values were not there. */
  add(vectors: Vectors, reader: Reader, now: Date): number {
    const day = Math.floor(now.getTime() / DAY_MS);
    return addVectors(this.tallyOf(vectors.plan, reader, day), this.statuses, vectors);
  }

  /** Writes everything counted so far. What could not be written is kept and written the next time; then it throws. */
  async flush(): Promise<void> {
    this.settle();
    const batches = batchesOf([...this.waiting.values()].sort(inLockOrder));
    this.waiting = new Map();
    for (const [at, batch] of batches.entries()) {
      try {
        await transaction(this.db, async (tx) => {
          await tx.$executeRaw`
            INSERT INTO "ServedFeature"
              ("projectId", "reference", "callerKind", "callerId", "callerName", "day", "requests", "values", "present")
            SELECT c."projectId", c."reference", c."callerKind", c."callerId", c."callerName", c."day", c."requests", c."values", c."present"
            FROM jsonb_to_recordset(${JSON.stringify(batch)}::jsonb) AS c("projectId" text, "reference" text, "callerKind" text,
              "callerId" text, "callerName" text, "day" text, "requests" bigint, "values" bigint, "present" bigint)
            JOIN "Project" p ON p."id" = c."projectId"
            ORDER BY 1, 2, 4, 6
            ON CONFLICT ("projectId", "reference", "callerId", "day") DO UPDATE SET
              "callerKind" = excluded."callerKind", "callerName" = excluded."callerName",
              "requests" = "ServedFeature"."requests" + excluded."requests",
              "values" = "ServedFeature"."values" + excluded."values",
              "present" = "ServedFeature"."present" + excluded."present"`;
        });
      } catch (error) {
        for (const count of batches.slice(at).flat()) this.wait(count);
        throw error;
      }
    }
  }

  /** How many counts wait to be written; never more than the bound and a row per feature and day. */
  get waitingCount(): number {
    return this.waiting.size;
  }

  private tallyOf(plan: ReadPlan, reader: Reader, day: number): Tally {
    let byCaller = this.tallies.get(plan);
    const known = byCaller?.get(reader.actor.id);
    if (known?.day === day) return known;
    if (known || this.tallied >= MAX_TALLIED_COLUMNS) {
      this.settle();
      byCaller = undefined;
    }
    const tally = newTally(plan, reader, day);
    this.tallied += 1 + plan.columns.length;
    if (byCaller) byCaller.set(reader.actor.id, tally);
    else this.tallies.set(plan, new Map([[reader.actor.id, tally]]));
    return tally;
  }

  /** Turns tallies into counts by feature, and lets go of their plans. */
  private settle(): void {
    const tallies = [...this.tallies.values()].flatMap((byCaller) => [...byCaller.values()]);
    this.tallies = new Map();
    this.tallied = 0;
    for (const tally of tallies) for (const count of countsOf(tally)) this.wait(count);
  }

  private wait(count: ServedCount): void {
    let known = this.waiting.get(keyOf(count));
    if (!known && this.waiting.size >= this.maxCounts) {
      count = { ...count, ...OTHERS };
      known = this.waiting.get(keyOf(count));
    }
    if (!known) {
      this.waiting.set(keyOf(count), count);
      return;
    }
    known.callerName = count.callerName;
    known.requests += count.requests;
    known.values += count.values;
    known.present += count.present;
  }
}

function keyOf({ projectId, reference, callerId, day }: ServedCount): string {
  return `${projectId}\n${reference}\n${callerId}\n${day}`;
}

/** The same in every process, so that two that write the same rows wait for each other instead of both. */
function inLockOrder(a: ServedCount, b: ServedCount): number {
  const [first, second] = [keyOf(a), keyOf(b)];
  return first < second ? -1 : first > second ? 1 : 0;
}

function batchesOf(counts: ServedCount[]): ServedCount[][] {
  return Array.from({ length: Math.ceil(counts.length / BATCH) }, (_, at) =>
    counts.slice(at * BATCH, (at + 1) * BATCH),
  );
}
