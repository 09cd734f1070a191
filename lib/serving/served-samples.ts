import { jsonAt } from "@/lib/compute/online-row";
import type { Value } from "@/lib/kernel/values";
import type { Db } from "@/lib/platform/db";
import { newId } from "@/lib/platform/ids";
import type { Vectors } from "./answer-text";
import { keysOf } from "./entity-keys";
import type { Reader } from "./served-tally";

const MOST_PER_SECOND = 10;
const MAX_WAITING = 2000;

/** A served value as it is kept. */
export type SampledValue = { value: Value; status: string };

type Sample = {
  id: string;
  projectId: string;
  groupId: string;
  key: Record<string, Value>;
  values: Record<string, SampledValue>;
  eventTime: string | null;
  callerId: string;
  servedAt: Date;
};

/**
 * Keeps a share of the served vectors, at most ten a second, so that they can be compared with history later. Personal
 * features and values that came with the request are never kept. Passing a vector over costs one subtraction.
 */
export class ServedSamples {
  private waiting: Sample[] = [];
  private second = 0;
  private keptThisSecond = 0;
  private state = 0x9e3779b9;
  /** Vectors to pass over before the next one is kept. */
  private pause: number;

  constructor(
    private readonly db: Db,
    private readonly rate: number,
  ) {
    this.pause = this.draw();
  }

  /** Looks at the vectors of one answer. */
  add(vectors: Vectors, reader: Reader, now: Date): void {
    const count = vectors.ids.length;
    if (this.pause >= count) {
      this.pause -= count;
      return;
    }
    let at = this.pause;
    while (at < count) {
      this.keep(vectors, at, reader, now);
      at += 1 + this.draw();
    }
    this.pause = at - count;
  }

  /** Writes what was kept. What could not be written waits for the next time; then it throws. */
  async flush(): Promise<void> {
    const samples = this.waiting;
    if (samples.length === 0) return;
    this.waiting = [];
    try {
      await this.db.$executeRaw`
        INSERT INTO "ServedSample" ("id", "projectId", "groupId", "key", "values", "eventTime", "callerId", "servedAt")
        SELECT s."id", s."projectId", s."groupId", s."key", s."values", s."eventTime", s."callerId", s."servedAt"
        FROM jsonb_to_recordset(${JSON.stringify(samples)}::jsonb) AS s("id" text, "projectId" text, "groupId" text,
          "key" jsonb, "values" jsonb, "eventTime" text, "callerId" text, "servedAt" timestamptz)
        JOIN "Project" p ON p."id" = s."projectId"
        ON CONFLICT ("id") DO NOTHING`;
    } catch (error) {
      this.waiting = [...samples, ...this.waiting].slice(-MAX_WAITING);
      throw error;
    }
  }

  private keep(vectors: Vectors, entity: number, { actor, project }: Reader, now: Date): void {
    const second = Math.floor(now.getTime() / 1000);
    if (second !== this.second) {
      this.second = second;
      this.keptThisSecond = 0;
    }
    if (this.keptThisSecond >= MOST_PER_SECOND || this.waiting.length >= MAX_WAITING) return;
    this.keptThisSecond++;
    const { plan, ids, found } = vectors;
    const keys = keysOf(plan, ids.slice(entity, entity + 1));
    for (const [at, { group }] of plan.reads.entries()) {
      const values = valuesOf(vectors, at, entity);
      if (Object.keys(values).length === 0) continue;
      const key = keys[at]?.[0] ?? [];
      this.waiting.push({
        id: newId("smp", now.getTime()),
        projectId: project.id,
        groupId: `${group.name}@${group.version}`,
        key: Object.fromEntries(group.keys.map(({ name }, index) => [name, key[index] ?? null])),
        values,
        eventTime: found[at]?.[entity]?.eventTime ?? null,
        callerId: actor.id,
        servedAt: now,
      });
    }
  }

  /** How many vectors to pass over: geometric, so that each has the same chance, whatever the rhythm of the callers. */
  private draw(): number {
    if (this.rate >= 1) return 0;
    if (this.rate <= 0) return Number.POSITIVE_INFINITY;
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    const uniform = ((this.state >>> 0) + 1) / (2 ** 32 + 1);
    return Math.floor(Math.log(uniform) / Math.log1p(-this.rate));
  }
}

function valuesOf(vectors: Vectors, read: number, entity: number): Record<string, SampledValue> {
  const { plan, found, overrides } = vectors;
  const row = found[read]?.[entity] ?? null;
  const values: Record<string, SampledValue> = {};
  for (const column of plan.columns) {
    if (column.read !== read || column.index < 0 || column.sensitivity === "personal") continue;
    if (overrides?.(entity, column.as) !== undefined) continue;
    if (row === null) values[column.feature] = { value: null, status: "NOT_FOUND" };
    else if (row.expired) values[column.feature] = { value: null, status: "OUTSIDE_MAX_AGE" };
    else {
      const json = jsonAt(row.open, column.index);
      const status = json === "null" ? "NULL_VALUE" : "PRESENT";
      values[column.feature] = { value: JSON.parse(json) as Value, status };
    }
  }
  return values;
}
