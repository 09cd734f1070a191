import { randomUUID } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { Readable } from "node:stream";
import {
  type AppendRequest,
  type AsOfRequest,
  type AsOfResult,
  type ColumnOrigin,
  type ColumnProfile,
  type DataFile,
  type ExpectedFile,
  type IngestRequest,
  type IngestResult,
  type LatestRow,
  type OfflineEngine,
  PREVIEW_LIMIT_MS,
  type Query,
  type Scanned,
  type StoredFile,
  type Table,
  type WorkOptions,
} from "@/lib/engines/offline/port";
import type { KeyedRow } from "@/lib/engines/online/port";
import { isLarderError, LarderError } from "@/lib/kernel/errors";
import type { Column, Value } from "@/lib/kernel/values";
import { type DuckDbEngineOptions, poolOptions } from "./engine-options";
import { bytesOf } from "./lock";
import { openOnce } from "./open-once";
import { type Listener, Pool, type PoolOptions } from "./pool";
import type { Destination, Operation } from "./protocol";
import { keyedTexts, rowsOf, Stream } from "./row-stream";
import { type Damage, listFiles, listUploads } from "./stored-files";
import { removeUpload, saveUpload } from "./uploads";
import { watchSize } from "./watch-size";

/** How much of what people try out runs at once. */
const MAX_APART = 2;

/** The offline engine on Parquet files below `root`, with DuckDB in child processes. */
export function createDuckDbEngine(options: DuckDbEngineOptions): OfflineEngine {
  return new DuckDbEngine(poolOptions(options), options.describeMs ?? PREVIEW_LIMIT_MS);
}

type Written = Omit<DataFile, "path">;
type Ingested = Omit<IngestResult, "file" | "quarantine"> & {
  file: Written | null;
  quarantine: { rowCount: number; byteCount: number } | null;
};

type Limited = WorkOptions & { limitMs?: number | undefined };

const newPath = (folder: string): string => `${folder.replace(/\/+$/, "")}/${randomUUID()}.parquet`;

function stepsOf(onStep: AppendRequest["onStep"]): Listener {
  return (message) => {
    if (message.kind === "step") onStep?.(message.step);
    return true;
  };
}

class DuckDbEngine implements OfflineEngine {
  private readonly root: string;
  private readonly uploadsDir: string;
  private readonly pool: Pool;
  private readonly apart: Pool;

  constructor(
    private readonly options: PoolOptions,
    private readonly describeMs: number,
  ) {
    this.root = options.root;
    this.uploadsDir = options.uploadsDir;
    this.pool = new Pool(options);
    this.apart = new Pool({ ...options, maxProcesses: MAX_APART, niceness: 10, spare: true });
  }

  async describe(
    query: Parameters<OfflineEngine["describe"]>[0],
    options: WorkOptions = {},
  ): ReturnType<OfflineEngine["describe"]> {
    const limitMs = this.describeMs;
    const answer = await this.work({ kind: "describe", query }, () => true, { ...options, limitMs });
    return answer as Awaited<ReturnType<OfflineEngine["describe"]>>;
  }

  async append(request: AppendRequest, options: WorkOptions = {}): Promise<DataFile | null> {
    const { query, shape, interval = null, folder, onStep } = request;
    const path = newPath(folder);
    return this.writing(path, async (destination) => {
      const operation: Operation = { kind: "append", query, shape, interval, destination };
      const written = (await this.work(operation, stepsOf(onStep), options)) as Written | null;
      if (written) options.onRows?.(written.rowCount);
      return written && { path, ...written };
    });
  }

  async ingest({ onStep, ...request }: IngestRequest, options: WorkOptions = {}): Promise<IngestResult> {
    const [path, asidePath] = [newPath(request.folder), newPath(request.quarantineFolder)];
    return this.writing(path, (destination) =>
      this.writing(asidePath, async (quarantine) => {
        const operation: Operation = { kind: "ingest", request, destination, quarantine };
        const answer = (await this.work(operation, stepsOf(onStep), options)) as Ingested;
        options.onRows?.(answer.accepted);
        return {
          ...answer,
          file: answer.file && { path, ...answer.file },
          quarantine: answer.quarantine && { path: asidePath, ...answer.quarantine },
        };
      }),
    );
  }

  async compact(
    { table, folder, onStep }: Parameters<OfflineEngine["compact"]>[0],
    options: WorkOptions = {},
  ): Promise<DataFile | null> {
    const path = newPath(folder);
    return this.writing(path, async (destination) => {
      const operation: Operation = { kind: "compact", table, destination };
      const written = (await this.work(operation, stepsOf(onStep), options)) as Written | null;
      return written && { path, ...written };
    });
  }

  async count(
    { table, range = null }: Parameters<OfflineEngine["count"]>[0],
    options: WorkOptions = {},
  ): Promise<number> {
    return (await this.run({ kind: "count", table, range }, options)) as number;
  }

  async columnOrigins(query: Query, options: WorkOptions = {}): Promise<ColumnOrigin[]> {
    const operation: Operation = { kind: "columnOrigins", query };
    return (await this.work(operation, () => true, { ...options, limitMs: this.describeMs })) as ColumnOrigin[];
  }

  async resultRows(path: string, options: WorkOptions = {}): ReturnType<OfflineEngine["resultRows"]> {
    this.absolute(path);
    const { columns } = await this.preview(path, 0);
    const start = (listener: Listener): Promise<unknown> => this.work({ kind: "resultRows", path }, listener, options);
    return { columns, chunks: new Stream(start).chunks() };
  }

  async *latest(
    request: Parameters<OfflineEngine["latest"]>[0],
    options: WorkOptions = {},
  ): AsyncGenerator<LatestRow[]> {
    const { table, at = null, keys = null, onScanned } = request;
    const width = table.shape.keys.length;
    let rows = 0;
    const stream = new Stream(async (listener) => {
      const scanned = await this.work({ kind: "latest", table, at, keys }, listener, options);
      onScanned?.(scanned as Scanned);
    });
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

  async *latestTexts(
    { table, range, after }: Parameters<OfflineEngine["latestTexts"]>[0],
    options: WorkOptions = {},
  ): AsyncGenerator<KeyedRow[]> {
    const operation: Operation = { kind: "latestTexts", table, range: range ?? null, after: after ? [...after] : null };
    let rows = 0;
    for await (const [line] of new Stream((listener) => this.work(operation, listener, options)).chunks()) {
      const chunk = keyedTexts(String(line?.[0]));
      rows += chunk.length;
      options.onRows?.(rows);
      yield chunk;
    }
  }

  async read(
    request: Parameters<OfflineEngine["read"]>[0],
    options: WorkOptions = {},
  ): Promise<{ columns: Column[]; rows: Value[][] }> {
    const { table, start = null, end = null, descending = false, limit, offset = 0, distinct = false } = request;
    const answer = await this.run({ kind: "read", table, start, end, descending, limit, offset, distinct }, options);
    return answer as { columns: Column[]; rows: Value[][] };
  }

  async asOf(request: AsOfRequest, options: WorkOptions = {}): Promise<AsOfResult> {
    const rows: Value[][] = [];
    type Answer = Omit<AsOfResult, "rows" | "file"> & { written: { byteCount: number; sha256: string } | null };
    const work = async (destination: Destination | null): Promise<Answer> =>
      (await this.work(
        { kind: "asOf", request, destination },
        (message) => {
          if (message.kind !== "rows") return true;
          for (const row of rowsOf(message)) rows.push(row);
          options.onRows?.(rows.length);
          return true;
        },
        options,
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
    const { query, limit, count = false, limitMs } = request;
    const operation: Operation = { kind: "query", query, limit, count };
    const answer = await this.work(operation, () => true, { ...options, limitMs });
    return answer as Awaited<ReturnType<OfflineEngine["query"]>>;
  }

  async exportRows(
    { limitMs, ...request }: Parameters<OfflineEngine["exportRows"]>[0],
    options: WorkOptions = {},
  ): ReturnType<OfflineEngine["exportRows"]> {
    const path = join(this.options.temporaryDirectory, `${randomUUID()}.${request.format}`);
    const operation: Operation = { kind: "export", ...request, path };
    const tooLarge = new AbortController();
    const signal = AbortSignal.any([tooLarge.signal, ...(options.signal ? [options.signal] : [])]);
    // The file lies on the disk until it has been read, however slowly.
    const unwatch = watchSize(path, bytesOf(this.options.temporaryLimit), () => tooLarge.abort());
    return openOnce(path, () => this.work(operation, () => true, { ...options, signal, limitMs }))
      .catch((error: unknown) => {
        if (!tooLarge.signal.aborted || options.signal?.aborted) throw error;
        const detail = `The file would have more than ${this.options.temporaryLimit}; add conditions, or a LIMIT`;
        throw new LarderError("temp_space_exhausted", detail, [], { cause: error });
      })
      .finally(unwatch);
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

  listFiles(folder: string): Promise<StoredFile[]> {
    return listFiles(this.root, folder);
  }

  listUploads(folder: string): Promise<StoredFile[]> {
    return listUploads(this.uploadsDir, folder);
  }

  async checkFiles(files: ExpectedFile[], deep: boolean, options: WorkOptions = {}): Promise<Damage[]> {
    for (const { path } of files) this.absolute(path);
    return (await this.run({ kind: "checkFiles", files, deep }, options)) as Damage[];
  }

  async removeFile(path: string): Promise<void> {
    await rm(this.absolute(path), { force: true });
  }

  async close(): Promise<void> {
    await Promise.all([this.pool.close(), this.apart.close()]);
  }

  private run(operation: Operation, options: WorkOptions = {}): Promise<unknown> {
    return this.work(operation, () => true, options);
  }

  private work(operation: Operation, listener: Listener, options: Limited): Promise<unknown> {
    const { signal, limitMs, apart } = options;
    return (apart === undefined ? this.pool : this.apart).run(operation, listener, { signal, limitMs, owner: apart });
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
