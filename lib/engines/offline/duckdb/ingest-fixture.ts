import { mkdtempSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import type { IngestRequest, IngestResult, OfflineEngine, Shape, Table } from "@/lib/engines/offline/port";
import type { Value } from "@/lib/kernel/values";
import { createDuckDbEngine } from "./engine";

// Tests only: an engine that takes uploads, and files for it.

const ROOT_DIR = resolve(import.meta.dirname, "../../../..");
/** Where the engine of this file keeps what it writes. */
export const root = mkdtempSync(join(tmpdir(), "larder-ingest-"));
/** An engine for this file; the test closes it. */
export const engine: OfflineEngine = createDuckDbEngine({
  root,
  rootDir: ROOT_DIR,
  sourceRoots: [ROOT_DIR, root],
  processPath: join(import.meta.dirname, "process.ts"),
  threads: 2,
  maxProcesses: 1,
});

/** A shape with the key id and the time at. */
export const shapeOf = (features: Record<string, string> = {}, rest: Partial<Shape> = {}): Shape => ({
  keys: [{ name: "id", type: "INT64" }],
  eventTime: "at",
  createdTime: null,
  features: Object.entries(features).map(([name, type]) => ({ name, type })),
  ...rest,
});

type Given = Partial<Omit<IngestRequest, "upload" | "format" | "shape">>;

/** Ingests bytes; `given` says what is not as usual. */
export async function ingest(
  format: IngestRequest["format"],
  bytes: string | Uint8Array,
  shape: Shape,
  given: Given = {},
  by = engine,
): Promise<IngestResult> {
  async function* body(): AsyncGenerator<Uint8Array> {
    yield typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
  }
  const { path } = await by.saveUpload({ folder: "prj_a", format, body: body(), maxBytes: 1e9 });
  return by
    .ingest({
      upload: path,
      format,
      shape,
      rules: [],
      duplicates: "keep_last",
      existing: { shape, files: [] },
      badRows: "refuse",
      latest: "2026-01-15T12:05:00.000000Z",
      folder: "groups/a",
      quarantineFolder: "quarantine/a",
      ...given,
    })
    .finally(() => by.removeUpload(path));
}

/** JSON lines. */
export const lines = (rows: object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

/** A table of what ingests wrote, each a commit. */
export function tableOf(shape: Shape, ...results: IngestResult[]): Table {
  const files = results.flatMap(({ file }, i) =>
    file ? [{ ...file, commitSequence: i + 1, committedAt: "2026-01-15T12:00:00.000000Z" }] : [],
  );
  return { shape, files };
}

/** The rows that readers see. */
export async function rowsOf(shape: Shape, ...results: IngestResult[]): Promise<Value[][]> {
  return (await engine.read({ table: tableOf(shape, ...results), limit: 1000 })).rows;
}

export const AT = "2026-01-01T00:00:00Z";
/** The same instant as it is stored. */
export const STORED = "2026-01-01T00:00:00.000000Z";

/** A value as a test expects it: not a code. */
export const is = (stored: Value): Value => ({ stored });

/** A Parquet file of the rows of a SELECT. */
export async function parquetOf(sql: string, options = "", before: string[] = []): Promise<Buffer> {
  const path = join(mkdtempSync(join(tmpdir(), "larder-parquet-")), "f.parquet");
  const instance = await DuckDBInstance.create(":memory:", { threads: "2" });
  const connection = await instance.connect();
  for (const statement of before) await connection.run(statement);
  await connection.run(`COPY (${sql}) TO '${path}' (FORMAT parquet${options})`);
  connection.closeSync();
  instance.closeSync();
  return readFile(path);
}
