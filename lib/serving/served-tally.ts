import { isNullAt } from "@/lib/compute/online-row";
import type { Actor } from "@/lib/kernel/actor";
import type { Vectors } from "./answer-text";
import type { FoundRow } from "./found-rows";
import type { ReadPlan } from "./plan-read";
import type { ValueStatus } from "./schema";

/** Who reads, and in which project. */
export type Reader = { actor: Actor; project: { id: string; name: string } };

/** How many values went out with which status. */
export type StatusCounts = Record<ValueStatus, number>;

/** What one caller got of one plan on one day; which features that makes is worked out later, when it is written. */
export type Tally = {
  plan: ReadPlan;
  reader: Reader;
  /** Days since 1970. */
  day: number;
  requests: number;
  entities: number;
  /** By read of the plan: rows that were not there, or too old. */
  absentRows: Uint32Array;
  /** By column of the plan: values that were not there for another reason. */
  absentValues: Uint32Array;
  /** By read of the plan: the places of its columns that rows have. */
  columnsOf: readonly (readonly number[])[];
  /** Places of the columns that rows were written without. */
  unwritten: readonly number[];
  personal: boolean;
};

/** Reads of one feature by one caller on one day. */
export type ServedCount = {
  projectId: string;
  reference: string;
  callerKind: string;
  callerId: string;
  callerName: string;
  day: string;
  requests: number;
  values: number;
  present: number;
};

export const DAY_MS = 86_400_000;

/** Counts nothing yet. */
export function noStatuses(): StatusCounts {
  return { PRESENT: 0, NULL_VALUE: 0, NOT_FOUND: 0, OUTSIDE_MAX_AGE: 0, MASKED: 0, OVERRIDDEN: 0 };
}

/** A tally of nothing yet. */
export function newTally(plan: ReadPlan, reader: Reader, day: number): Tally {
  const { columns, reads } = plan;
  const places = columns.map((_, at) => at);
  return {
    plan,
    reader,
    day,
    requests: 0,
    entities: 0,
    absentRows: new Uint32Array(reads.length),
    absentValues: new Uint32Array(columns.length),
    columnsOf: reads.map((_, read) =>
      places.filter((at) => columns[at]?.read === read && (columns[at]?.index ?? -1) >= 0),
    ),
    unwritten: places.filter((at) => (columns[at]?.index ?? -1) < 0),
    personal: columns.some(({ sensitivity }) => sensitivity === "personal"),
  };
}

/**
 * Adds the vectors of one answer; answers how many of their values were not there. Makes nothing that must be collected,
 * and looks at single values only where a row may hold a null, or the answer had rules of its own.
 */
export function addVectors(tally: Tally, statuses: StatusCounts, vectors: Vectors): number {
  const { found, ids, overrides } = vectors;
  const { columnsOf, unwritten, absentRows, absentValues } = tally;
  tally.requests++;
  tally.entities += ids.length;
  if (overrides !== null || (vectors.masked && tally.personal)) return addOneByOne(tally, statuses, vectors);
  let missing = unwritten.length * ids.length;
  for (const at of unwritten) absentValues[at] = (absentValues[at] ?? 0) + ids.length;
  statuses.NOT_FOUND += missing;
  for (let read = 0; read < columnsOf.length; read++) {
    const columns = columnsOf[read] ?? [];
    const rows = found[read] ?? [];
    let unknown = 0;
    let expired = 0;
    let nulls = 0;
    for (let entity = 0; entity < ids.length; entity++) {
      const row = rows[entity];
      if (!row) unknown++;
      else if (row.expired) expired++;
      else if (row.open.row.includes("null", row.open.values)) nulls += addNulls(tally, columns, row);
    }
    absentRows[read] = (absentRows[read] ?? 0) + unknown + expired;
    statuses.NOT_FOUND += unknown * columns.length;
    statuses.OUTSIDE_MAX_AGE += expired * columns.length;
    statuses.NULL_VALUE += nulls;
    statuses.PRESENT += (ids.length - unknown - expired) * columns.length - nulls;
    missing += (unknown + expired) * columns.length + nulls;
  }
  return missing;
}

function addNulls({ plan, absentValues }: Tally, columns: readonly number[], { open }: FoundRow): number {
  let nulls = 0;
  for (const at of columns) {
    if (!isNullAt(open, plan.columns[at]?.index ?? 0)) continue;
    absentValues[at] = (absentValues[at] ?? 0) + 1;
    nulls++;
  }
  return nulls;
}

function addOneByOne({ plan, absentValues }: Tally, statuses: StatusCounts, vectors: Vectors): number {
  let missing = 0;
  for (const [at, column] of plan.columns.entries()) {
    const isMasked = vectors.masked && column.sensitivity === "personal";
    for (let entity = 0; entity < vectors.ids.length; entity++) {
      const row = vectors.found[column.read]?.[entity];
      let status: ValueStatus = "PRESENT";
      if (vectors.overrides?.(entity, column.as) !== undefined) status = "OVERRIDDEN";
      else if (!row || column.index < 0) status = "NOT_FOUND";
      else if (isMasked) status = "MASKED";
      else if (row.expired) status = "OUTSIDE_MAX_AGE";
      else if (isNullAt(row.open, column.index)) status = "NULL_VALUE";
      statuses[status]++;
      if (status === "PRESENT" || status === "OVERRIDDEN") continue;
      absentValues[at] = (absentValues[at] ?? 0) + 1;
      missing++;
    }
  }
  return missing;
}

/** A tally by feature. A feature that a plan reads under two keys is asked for twice by one request. */
export function countsOf({ plan, reader, day, requests, entities, absentRows, absentValues }: Tally): ServedCount[] {
  const { actor, project } = reader;
  const counts = new Map<string, ServedCount>();
  for (const [at, { reference, read, index }] of plan.columns.entries()) {
    const count = counts.get(reference) ?? {
      projectId: project.id,
      reference,
      callerKind: actor.kind,
      callerId: actor.id,
      callerName: actor.name,
      day: new Date(day * DAY_MS).toISOString().slice(0, 10),
      requests,
      values: 0,
      present: 0,
    };
    count.values += entities;
    count.present += entities - (absentValues[at] ?? 0) - (index >= 0 ? (absentRows[read] ?? 0) : 0);
    counts.set(reference, count);
  }
  return [...counts.values()];
}
