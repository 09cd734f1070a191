import { randomUUID } from "node:crypto";
import { createReadStream, existsSync, mkdirSync, realpathSync } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join, relative, resolve, sep } from "node:path";
import { Readable } from "node:stream";
import {
  type AppendRequest,
  type AsOfRequest,
  type AsOfResult,
  type ColumnProfile,
  type DataFile,
  type LatestRow,
  type OfflineEngine,
  PREVIEW_LIMIT_MS,
  type Table,
  type WorkOptions,
} from "@/lib/engines/offline/port";
import { isLarderError, LarderError } from "@/lib/kernel/errors";
import type { Column, Value } from "@/lib/kernel/values";
import { Pool } from "./pool";
import type { Destination, Operation } from "./protocol";
import { rowsOf, Stream } from "./row-stream";
import { removeUpload, saveUpload } from "./uploads";

/** `processPath` is the file `process.ts`; it is an option because a bundler may have moved this module. */
export type DuckDbEngineOptions = {
  root: string;
  processPath: string;
  /** Paths of file inputs are relative to it. */
  rootDir: string;
  /** File inputs must lie below one of these folders; by default `rootDir`. */
  sourceRoots?: string[];
  /** No file input may name what is below these, also where `sourceRoots` hold them. */
  privateDirs?: string[];
  /** Where uploads are kept, one folder for each project; by default `uploads` below the root. */
  uploadsDir?: string;
  maxProcesses?: number;
  memoryLimit?: string;
  threads?: number;
  temporaryDirectory?: string;
  /** How long `describe` may work. */
  describeMs?: number;
};

/** The offline engine on Parquet files below `root`, with DuckDB in child processes. */
export function createDuckDbEngine(options: DuckDbEngineOptions): OfflineEngine {
  mkdirSync(options.root, { recursive: true });
  // Allowed paths are compared after links are resolved.
  const root = realpathSync(options.root);
  const uploadsDir = resolve(/*turbopackIgnore: true*/ options.uploadsDir ?? join(root, "uploads"));
  const pool = new Pool({
    root,
    processPath: options.processPath,
    rootDir: options.rootDir,
    sourceRoots: existing(options.sourceRoots ?? [options.rootDir]),
    // Links are resolved before they are compared, so these are made if need be.
    privateDirs: (options.privateDirs ?? []).map((folder) => {
      mkdirSync(folder, { recursive: true });
      return realpathSync(folder);
    }),
    uploadsDir,
    maxProcesses: options.maxProcesses ?? 2,
    memoryLimit: options.memoryLimit ?? "1GB",
    threads: options.threads ?? Math.min(4, availableParallelism()),
    temporaryDirectory: resolve(/*turbopackIgnore: true*/ options.temporaryDirectory ?? join(root, "tmp")),
  });
  return new DuckDbEngine(root, uploadsDir, pool, options.describeMs ?? PREVIEW_LIMIT_MS);
}

function existing(folders: string[]): string[] {
  return folders.flatMap((folder) => (existsSync(folder) ? realpathSync(folder) : []));
}

class DuckDbEngine implements OfflineEngine {
  constructor(
    private readonly root: string,
    private readonly uploadsDir: string,
    private readonly pool: Pool,
    private readonly describeMs: number,
  ) {}

  async describe(
    query: Parameters<OfflineEngine["describe"]>[0],
    options: WorkOptions = {},
  ): Promise<{ columns: Column[]; names: string[] }> {
    const limitMs = this.describeMs;
    const answer = await this.pool.run({ kind: "describe", query }, () => true, options.signal, limitMs);
    return answer as { columns: Column[]; names: string[] };
  }

  async append(request: AppendRequest, options: WorkOptions = {}): Promise<DataFile | null> {
    const { query, shape, folder, onStep } = request;
    const path = `${folder.replace(/\/+$/, "")}/${randomUUID()}.parquet`;
    return this.writing(path, async (destination) => {
      const written = (await this.pool.run(
        { kind: "append", query, shape, destination },
        (message) => {
          if (message.kind === "step") onStep?.(message.step);
          return true;
        },
        options.signal,
      )) as Omit<DataFile, "path"> | null;
      if (written) options.onRows?.(written.rowCount);
      return written && { path, ...written };
    });
  }

  async *latest(
    request: Parameters<OfflineEngine["latest"]>[0],
    options: WorkOptions = {},
  ): AsyncGenerator<LatestRow[]> {
    const { table, at = null, keys = null } = request;
    const width = table.shape.keys.length;
    let rows = 0;
    const stream = new Stream((listener) =>
      this.pool.run({ kind: "latest", table, at, keys }, listener, options.signal),
    );
    for await (const chunk of stream.chunks()) {
      rows += chunk.length;
      options.onRows?.(rows);
      yield chunk.map((row) => ({
        keys: row.slice(0, width),
        eventTime: String(row[width]),
        createdTime: row[width + 1] === null ? null : String(row[width + 1]),
        commitSequence: Number(row[width + 2]),
        rowNumber: Number(row[width + 3]),
        values: row.slice(width + 4),
      }));
    }
  }

  async read(
    request: Parameters<OfflineEngine["read"]>[0],
    options: WorkOptions = {},
  ): Promise<{ columns: Column[]; rows: Value[][] }> {
    const { table, start = null, end = null, descending = false, limit, offset = 0 } = request;
    const answer = await this.run({ kind: "read", table, start, end, descending, limit, offset }, options);
    return answer as { columns: Column[]; rows: Value[][] };
  }

  async asOf(request: AsOfRequest, options: WorkOptions = {}): Promise<AsOfResult> {
    const rows: Value[][] = [];
    type Answer = Omit<AsOfResult, "rows" | "file"> & { written: { byteCount: number; sha256: string } | null };
    const work = async (destination: Destination | null): Promise<Answer> =>
      (await this.pool.run(
        { kind: "asOf", request, destination },
        (message) => {
          if (message.kind !== "rows") return true;
          for (const row of rowsOf(message)) rows.push(row);
          options.onRows?.(rows.length);
          return true;
        },
        options.signal,
      )) as Answer;
    if (request.output.kind === "rows") {
      const { written: _, ...answer } = await work(null);
      return { ...answer, rows, file: null };
    }
    const { path } = request.output;
    return this.writing(path, async (destination) => {
      const { written, ...answer } = await work(destination);
      options.onRows?.(answer.rowCount);
      return { ...answer, rows: null, file: written && { path, ...written } };
    });
  }

  async profile(request: { table: Table; trendBuckets: number }, options: WorkOptions = {}): Promise<ColumnProfile[]> {
    return (await this.run({ kind: "profile", ...request }, options)) as ColumnProfile[];
  }

  async query(
    request: Parameters<OfflineEngine["query"]>[0],
    options: WorkOptions = {},
  ): ReturnType<OfflineEngine["query"]> {
    const { query, limit, count = false } = request;
    const answer = await this.run({ kind: "query", query, limit, count }, options);
    return answer as Awaited<ReturnType<OfflineEngine["query"]>>;
  }

  async contentHash(path: string): Promise<string> {
    this.absolute(path);
    return (await this.run({ kind: "contentHash", path })) as string;
  }

  async preview(path: string, limit: number): ReturnType<OfflineEngine["preview"]> {
    this.absolute(path);
    return (await this.run({ kind: "preview", path, limit })) as Awaited<ReturnType<OfflineEngine["preview"]>>;
  }

  async fingerprint(paths: string[]): Promise<string> {
    return (await this.run({ kind: "fingerprint", paths })) as string;
  }

  saveUpload(request: Parameters<OfflineEngine["saveUpload"]>[0]): Promise<{ path: string; byteCount: number }> {
    return saveUpload(this.uploadsDir, request);
  }

  removeUpload(path: string): Promise<void> {
    return removeUpload(this.uploadsDir, path);
  }

  async open(path: string): Promise<{ stream: ReadableStream<Uint8Array>; byteCount: number }> {
    const absolute = this.absolute(path);
    const found = await stat(absolute).catch(() => null);
    if (!found?.isFile())
      throw new LarderError("data_corrupt", `${path} is missing`, [
        { code: "data_corrupt", detail: "is missing", file: path },
      ]);
    return { stream: Readable.toWeb(createReadStream(absolute)) as ReadableStream<Uint8Array>, byteCount: found.size };
  }

  close(): Promise<void> {
    return this.pool.close();
  }

  private run(operation: Operation, options: WorkOptions = {}): Promise<unknown> {
    return this.pool.run(operation, () => true, options.signal);
  }

  private absolute(path: string): string {
    const absolute = resolve(this.root, path);
    if (relative(this.root, absolute).split(sep)[0] === ".." || absolute === this.root)
      throw new LarderError("invalid_parameter", `${path} is outside the data directory`);
    return absolute;
  }

  // A killed child cannot tidy up, so the parent chooses the names and removes what is left of a failed write.
  private async writing<T>(path: string, work: (destination: Destination) => Promise<T>): Promise<T> {
    const target = this.absolute(path);
    if (existsSync(target)) throw new LarderError("already_exists", `${path} exists already`);
    const destination = { staging: join(this.root, "staging", `${randomUUID()}.parquet`), target };
    try {
      return await work(destination);
    } catch (error) {
      await rm(destination.staging, { force: true });
      // A file that somebody else made under this name in the meantime is not ours to remove.
      if (!isLarderError(error) || error.code !== "already_exists") await rm(target, { force: true });
      throw error;
    }
  }
}
