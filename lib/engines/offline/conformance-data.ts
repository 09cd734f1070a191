import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import type {
  AsOfJoin,
  AsOfRequest,
  CommittedFile,
  OfflineEngine,
  Query,
  Shape,
  Table,
} from "@/lib/engines/offline/port";
import { LarderError } from "@/lib/kernel/errors";
import type { Instant } from "@/lib/kernel/time";
import type { Value } from "@/lib/kernel/values";

/** Microseconds of 2001-01-01T00:00:00Z, the start of time in these tests. */
export const BASE = 978_307_200_000_000;

/** The instant `micros` after BASE. */
export function at(micros: number): Instant {
  const total = BASE + micros;
  const fraction = ((total % 1_000_000) + 1_000_000) % 1_000_000;
  return `${new Date((total - fraction) / 1000).toISOString().slice(0, 19)}.${String(fraction).padStart(6, "0")}Z`;
}

/** Seconds as an instant after BASE. */
export function second(seconds: number): Instant {
  return at(seconds * 1_000_000);
}

const SQL_TYPES: Record<string, string> = {
  INT32: "INTEGER",
  INT64: "BIGINT",
  FLOAT64: "DOUBLE",
  STRING: "VARCHAR",
  TIMESTAMP: "TIMESTAMPTZ",
  BOOL: "BOOLEAN",
};

function columnsOf(shape: Shape): { name: string; type: string }[] {
  const created = shape.createdTime === null ? [] : [{ name: shape.createdTime, type: "TIMESTAMP" }];
  return [...shape.keys, { name: shape.eventTime, type: "TIMESTAMP" }, ...created, ...shape.features];
}

/** A query of constant rows laid out by a shape. */
export function valuesQuery(shape: Shape, rows: Value[][]): Query {
  const columns = columnsOf(shape);
  const text = (value: Value): string => (value === null ? "NULL" : `'${String(value).replaceAll("'", "''")}'`);
  const list = rows.map((row) => `(${columns.map((_, i) => text(row[i] ?? null)).join(",")})`);
  const casts = columns.map(({ name, type }, i) => `CAST(c${i} AS ${SQL_TYPES[type] ?? type}) AS "${name}"`);
  const names = columns.map((_, i) => `c${i}`).join(", ");
  return { sql: `SELECT ${casts.join(", ")} FROM (VALUES ${list.join(",")}) t(${names})`, inputs: [] };
}

/** One commit of rows, each laid out as keys, event time, created time if any, features. */
export type Commit = { rows: Value[][]; committedAt?: Instant };

/** A table made of commits, one appended file each. */
export async function tableOf(engine: OfflineEngine, shape: Shape, commits: Commit[]): Promise<Table> {
  const files: CommittedFile[] = [];
  for (const [i, { rows, committedAt }] of commits.entries()) {
    const file = await engine.append({ query: valuesQuery(shape, rows), shape, folder: "data/conformance" });
    if (file) files.push({ ...file, commitSequence: i + 1, committedAt: committedAt ?? second(1000 + i) });
  }
  return { shape, files };
}

/** A shape with integer keys and one feature `v`. */
export function shapeOf(
  options: { keys?: string[]; keyType?: string; created?: boolean; feature?: string } = {},
): Shape {
  return {
    keys: (options.keys ?? ["k"]).map((name) => ({ name, type: options.keyType ?? "INT64" })),
    eventTime: "event_time",
    createdTime: options.created ? "created_time" : null,
    features: [{ name: options.feature ?? "v", type: "INT64" }],
  };
}

/** A join on keys of the same name, with all features under their own names. */
export function joinOf(table: Table, options: Partial<AsOfJoin> = {}): AsOfJoin {
  return {
    table,
    keyColumns: Object.fromEntries(table.shape.keys.map((key) => [key.name, key.name])),
    ttlSeconds: null,
    features: table.shape.features.map(({ name }) => ({ name, as: name })),
    ...options,
  };
}

/** A request with a spine of rows: key columns, then `ts`. */
export function requestOf(joins: AsOfJoin[], rows: Value[][], options: Partial<AsOfRequest> = {}): AsOfRequest {
  const keys = joins[0]?.table.shape.keys ?? [];
  return {
    spine: { kind: "rows", columns: [...keys, { name: "ts", type: "TIMESTAMP" }], rows },
    timestampColumn: "ts",
    joins,
    knowledge: "event_time",
    nullKeys: "keep",
    output: { kind: "rows" },
    ...options,
  };
}

/** The values of the last column of a point-in-time join. */
export async function joined(engine: OfflineEngine, request: AsOfRequest): Promise<Value[]> {
  const result = await engine.asOf(request);
  return (result.rows ?? []).map((row) => row.at(-1) ?? null);
}

/** An engine under test and the directory that holds its files. */
export type Subject = { engine: OfflineEngine; root: string };

/** The LarderError that work must end with. */
export async function failure(work: Promise<unknown>): Promise<LarderError> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(LarderError);
  return error as LarderError;
}

/** Every file below a directory. */
export async function filesBelow(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && !entry.parentPath.includes("/tmp/larder-tmp"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
