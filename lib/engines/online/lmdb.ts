import { existsSync } from "node:fs";
import { stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import type { RootDatabase } from "lmdb";
import { compareRows, type OnlineRowText } from "@/lib/compute/online-row";
import { LarderError } from "@/lib/kernel/errors";
import { encodeKey, encodeTable, endOfTable } from "./key-encoding";
import { keyedRow, newestPerKey, rowOf } from "./newest";
import type { KeyedRow, OnlineKey, OnlineStore, StoreFigures, StoreStatus, TableKeys } from "./port";
import { storageError } from "./storage-errors";

/** `path` is a folder; `mapSize` is the address space reserved at the start, which grows by itself. */
export type LmdbOptions = { path: string; mapSize?: number; readOnly?: boolean };

type Database = RootDatabase<string, Buffer>;

/** One transaction blocks other writers and this process's event loop, so a drop takes many short ones. */
const DROP_CHUNK = 5_000;
const SCAN_CHUNK = 1_000;
const UP: StoreStatus = { state: "up", detail: null };
const FLUSH_TIMEOUT_MS = 60_000;
const CLOSE_TIMEOUT_MS = 10_000;
const CAUSE_TIMEOUT_MS = 1_000;

/** A store in one folder of the local disk, shared by all processes of this machine. Opens at first use. */
export function createLmdbStore(options: LmdbOptions): OnlineStore {
  return new LmdbStore(options);
}

class LmdbStore implements OnlineStore {
  readonly capabilities = { durable: true, sharedBetweenProcesses: true };
  private database: Database | null = null;
  private opening: Promise<Database> | null = null;
  private closed = false;
  private known: StoreStatus = UP;
  /** One promise per write that is not on the disk yet; never rejects. */
  private readonly unflushed = new Set<Promise<void>>();

  constructor(private readonly options: LmdbOptions) {}

  async getMany(table: string, keys: readonly OnlineKey[]): Promise<(OnlineRowText | null)[]> {
    const [rows = []] = await this.getAcross([{ table, keys }]);
    return rows;
  }

  async getAcross(wanted: readonly TableKeys[]): Promise<(OnlineRowText | null)[][]> {
    const encoded = wanted.map(({ table, keys }) => {
      const prefix = encodeTable(table);
      return keys.map((key) => encodeKey(prefix, key));
    });
    const db = this.database ?? (await this.openForReading());
    if (!db) return encoded.map((keys) => keys.map(() => null));
    // lmdb-js keeps a snapshot for the rest of the event loop's turn; what another process has put since must be seen.
    db.resetReadTxn();
    return encoded.map((keys) =>
      keys.map(({ bytes, full }) => {
        const stored = db.get(bytes);
        return stored === undefined ? null : rowOf(stored, full);
      }),
    );
  }

  async putMany(table: string, rows: readonly KeyedRow[]): Promise<{ written: number }> {
    const candidates = newestPerKey(table, rows);
    const written = await this.write((db) => {
      let count = 0;
      for (const { key, row } of candidates) {
        const present = db.get(key);
        if (present !== undefined && compareRows(row, present) <= 0) continue;
        db.put(key, row);
        count += 1;
      }
      return count;
    });
    return { written };
  }

  async deleteMany(table: string, keys: readonly OnlineKey[]): Promise<void> {
    const prefix = encodeTable(table);
    const encoded = keys.map((key) => encodeKey(prefix, key).bytes);
    await this.write((db) => {
      for (const key of encoded) db.remove(key);
    });
  }

  async *scan(table: string): AsyncGenerator<KeyedRow[]> {
    const prefix = encodeTable(table);
    const db = this.database ?? (await this.openForReading());
    let start: Buffer | null = db ? prefix : null;
    while (db && start) {
      // One read transaction per chunk: one that stays open keeps LMDB from using its free pages again.
      db.resetReadTxn();
      const found: { key: Buffer; value: string }[] = [
        ...db.getRange({ start, end: endOfTable(prefix), limit: SCAN_CHUNK }),
      ].map(({ key, value }) => ({ key: Buffer.from(key), value }));
      const last = found.at(-1);
      start = last && found.length === SCAN_CHUNK ? Buffer.concat([last.key, Buffer.of(0)]) : null;
      if (found.length > 0) yield found.map(({ key, value }) => keyedRow(key, prefix.length, value));
    }
  }

  async drop(table: string): Promise<void> {
    const start = encodeTable(table);
    const range = { start, end: endOfTable(start), limit: DROP_CHUNK };
    const removeChunk = (db: Database): number => {
      const keys = [...db.getKeys(range)];
      for (const key of keys) db.remove(key);
      return keys.length;
    };
    // A table that is not there costs a look, not a transaction.
    if (!this.options.readOnly && !(await this.holdsAny(range))) return;
    while ((await this.write(removeChunk)) === DROP_CHUNK);
  }

  private async holdsAny(range: { start: Buffer; end: Buffer }): Promise<boolean> {
    const db = await this.open();
    db.resetReadTxn();
    return [...db.getKeys({ ...range, limit: 1 })].length > 0;
  }

  status(): StoreStatus {
    return this.known;
  }

  async check(): Promise<StoreStatus> {
    try {
      await this.getMany("check", [[0]]);
      this.forgetDeadReaders();
      this.known = UP;
    } catch (error) {
      this.known = { state: "down", detail: error instanceof Error ? error.message : String(error) };
    }
    return this.known;
  }

  async figures(): Promise<StoreFigures> {
    const file = await stat(this.file).catch(() => null);
    const db = file ? (this.database ?? (await this.openForReading())) : null;
    if (!file || !db) return { bytes: 0, snapshotLag: 0 };
    const { lastTxnId } = db.getStats() as { lastTxnId: number };
    // Lines of process, thread and transaction, which is "-" for a reader that holds no snapshot.
    const held = [...db.readerList().matchAll(/^\s*\d+\s+\S+\s+(\d+)\s*$/gm)].map((line) => Number(line[1]));
    return { bytes: file.size, snapshotLag: Math.max(0, lastTxnId - Math.min(lastTxnId, ...held)) };
  }

  async flush(): Promise<void> {
    this.forgetDeadReaders();
    const done = Promise.all(this.unflushed);
    if (!(await settlesWithin(done, FLUSH_TIMEOUT_MS))) {
      // After a failed fsync the kernel forgets the error, and a second fsync would wrongly succeed.
      throw new LarderError("dependency_unavailable", "the disk did not confirm the online store's writes");
    }
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    const db = await this.opening?.catch(() => null);
    this.database = null;
    if (db) await settlesWithin(db.close(), CLOSE_TIMEOUT_MS);
  }

  /** A reader that was killed in the middle of a read leaves its snapshot behind, and the file grows with every write. */
  private forgetDeadReaders(): void {
    this.database?.readerCheck();
  }

  private get file(): string {
    return join(this.options.path, "data.mdb");
  }

  /** Runs `body` in one transaction that is kept or undone as a whole; resolves when its effect is visible. */
  private async write<T>(body: (db: Database) => T): Promise<T> {
    if (this.options.readOnly) throw new LarderError("state_conflict", "the online store was opened for reading only");
    try {
      const db = await this.open();
      const visible = db.childTransaction(() => body(db));
      // Asked for now, because a later write replaces what `flushed` stands for.
      const durable = db.flushed.then(
        () => {},
        () => {},
      );
      this.remember(
        visible.then(
          () => durable,
          () => {},
        ),
      );
      return await visible;
    } catch (error) {
      throw await this.explain(error);
    }
  }

  private remember(durable: Promise<void>): void {
    this.unflushed.add(durable);
    void durable.then(() => this.unflushed.delete(durable));
  }

  private async explain(error: unknown): Promise<unknown> {
    const commitError = error instanceof Error && "commitError" in error ? error.commitError : null;
    if (!(commitError instanceof Promise)) return storageError(error, await this.freeBytes());
    let cause = error;
    await settlesWithin(
      commitError.catch((inner: unknown) => {
        cause = inner;
      }),
      CAUSE_TIMEOUT_MS,
    );
    // A failed commit leaves lmdb-js waiting for its flush for ever, and so `flush` and `close`; an empty one ends that.
    await this.database?.transaction(() => {}).catch(() => {});
    return storageError(cause, await this.freeBytes());
  }

  private async freeBytes(): Promise<number> {
    const disk = await statfs(this.options.path).catch(() => null);
    return disk ? disk.bavail * disk.bsize : Number.POSITIVE_INFINITY;
  }

  /** Null while there is nothing to read yet, because no writer has made the file. */
  private async openForReading(): Promise<Database | null> {
    if (this.options.readOnly && !this.opening && !existsSync(this.file)) {
      this.assertNotClosed();
      return null;
    }
    return this.open();
  }

  private open(): Promise<Database> {
    this.assertNotClosed();
    this.opening ??= this.openDatabase().catch((error: unknown) => {
      this.opening = null;
      throw error;
    });
    return this.opening;
  }

  private async openDatabase(): Promise<Database> {
    const { open } = await import("lmdb");
    const { path, mapSize, readOnly = false } = this.options;
    this.database = open<string, Buffer>({
      path,
      readOnly,
      noSubdir: false,
      encoding: "string",
      keyEncoding: "binary",
      // With it, a failed commit also rejects a promise that nobody can catch, and the process dies.
      eventTurnBatching: false,
      ...(mapSize === undefined ? {} : { mapSize }),
    });
    return this.database;
  }

  private assertNotClosed(): void {
    if (this.closed) throw new LarderError("state_conflict", "the online store is closed");
  }
}

async function settlesWithin(work: Promise<unknown>, timeoutMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, false);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
