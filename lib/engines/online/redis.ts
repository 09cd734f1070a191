import type { OnlineRowText } from "@/lib/compute/online-row";
import { encodeKey, encodeTable } from "./key-encoding";
import { keyedRow, newestPerKey, rowOf } from "./newest";
import type { KeyedRow, OnlineKey, OnlineStore, StoreFigures, StoreStatus, TableKeys } from "./port";
import { nodesOf, type RedisRow, readKeys, removeKeys, scanKeys, writeRows } from "./redis-commands";
import { RedisConnection, type RedisOptionsOfStore, WRITE_LIMIT_MS } from "./redis-connection";
import { bytesOf, redisKey, tablePattern } from "./redis-key";
import { checkLosses, measure } from "./redis-losses";

const UP: StoreStatus = { state: "up", detail: null };
/** Keys that a read gets within the limit of one; each further one adds a little, for whoever reads thousands at once. */
const KEYS_WITHIN_LIMIT = 500;
const LIMIT_PER_KEY_MS = 0.2;
/** Rows and characters of one script: about a millisecond of the server, which does nothing else meanwhile. */
const BATCH_ROWS = 250;
const BATCH_LENGTH = 512 * 1024;
const BATCHES_AT_ONCE = 4;

/** A store in Redis or Valkey, one server or a cluster, shared by all processes that know its address. Connects at first use. */
export function createRedisStore(options: RedisOptionsOfStore): OnlineStore {
  return new RedisStore(options);
}

class RedisStore implements OnlineStore {
  readonly capabilities = { durable: false, sharedBetweenProcesses: true };
  private readonly redis: RedisConnection;
  private checked: StoreStatus = UP;

  constructor(options: RedisOptionsOfStore) {
    this.redis = new RedisConnection(options);
  }

  async getMany(table: string, keys: readonly OnlineKey[]): Promise<(OnlineRowText | null)[]> {
    const [rows = []] = await this.getAcross([{ table, keys }]);
    return rows;
  }

  async getAcross(wanted: readonly TableKeys[]): Promise<(OnlineRowText | null)[][]> {
    const encoded = wanted.map(({ table, keys }) => {
      const prefix = encodeTable(table);
      return keys.map((key) => encodeKey(prefix, key));
    });
    const names = encoded.flatMap((keys) => keys.map(({ bytes }) => redisKey(bytes)));
    const found = names.length === 0 ? [] : await this.read(names);
    let at = 0;
    return encoded.map((keys) =>
      keys.map(({ full }) => {
        const stored = found[at++] ?? null;
        return stored === null ? null : rowOf(stored, full);
      }),
    );
  }

  async putMany(table: string, rows: readonly KeyedRow[]): Promise<{ written: number }> {
    const candidates = newestPerKey(table, rows).map(({ key, row }): RedisRow => ({ key: redisKey(key), row }));
    let written = 0;
    await eachOf(batches(candidates), BATCHES_AT_ONCE, async (batch) => {
      // Added afterwards: `written += await …` would add to what it was before the wait.
      const count = await this.redis.run(WRITE_LIMIT_MS, (client) => writeRows(client, batch));
      written += count;
    });
    return { written };
  }

  async deleteMany(table: string, keys: readonly OnlineKey[]): Promise<void> {
    const prefix = encodeTable(table);
    const names = keys.map((key) => redisKey(encodeKey(prefix, key).bytes));
    if (names.length > 0) await this.redis.run(WRITE_LIMIT_MS, (client) => removeKeys(client, names));
  }

  async *scan(table: string): AsyncGenerator<KeyedRow[]> {
    const { length } = encodeTable(table);
    for await (const keys of this.keysOf(table)) {
      const rows = await this.read(keys);
      const chunk = keys.flatMap((key, index) => {
        const stored = rows[index];
        return typeof stored === "string" ? [keyedRow(bytesOf(key), length, stored)] : [];
      });
      if (chunk.length > 0) yield chunk;
    }
  }

  async drop(table: string): Promise<void> {
    for await (const keys of this.keysOf(table))
      await this.redis.run(WRITE_LIMIT_MS, (client) => removeKeys(client, keys));
  }

  async flush(): Promise<void> {}

  status(): StoreStatus {
    const trouble = this.redis.trouble;
    return trouble === null ? this.checked : { state: "down", detail: trouble };
  }

  async check(): Promise<StoreStatus> {
    try {
      this.checked = await this.redis.run(this.redis.limitMs, checkLosses);
    } catch (error) {
      return { state: "down", detail: error instanceof Error ? error.message : String(error) };
    }
    return this.status();
  }

  figures(): Promise<StoreFigures> {
    return this.redis.run(this.redis.limitMs, measure);
  }

  close(): Promise<void> {
    return this.redis.close();
  }

  private read(keys: readonly string[]): Promise<(string | null)[]> {
    const limit = this.redis.limitMs + Math.max(0, keys.length - KEYS_WITHIN_LIMIT) * LIMIT_PER_KEY_MS;
    return this.redis.run(limit, (client) => readKeys(client, keys));
  }

  /** The keys of a table, node by node. A walk over everything in Redis: it has no list of the keys of one table. */
  private async *keysOf(table: string): AsyncGenerator<string[]> {
    const pattern = tablePattern(table);
    const nodes = await this.redis.run(WRITE_LIMIT_MS, async (client) => nodesOf(client));
    for (const node of nodes) {
      let cursor = "0";
      do {
        const step = await this.redis.run(WRITE_LIMIT_MS, () => scanKeys(node, pattern, cursor));
        cursor = step.cursor;
        if (step.keys.length > 0) yield step.keys;
      } while (cursor !== "0");
    }
  }
}

function* batches(rows: readonly RedisRow[]): Generator<RedisRow[]> {
  let batch: RedisRow[] = [];
  let length = 0;
  for (const item of rows) {
    if (batch.length === BATCH_ROWS || (batch.length > 0 && length + item.row.length > BATCH_LENGTH)) {
      yield batch;
      batch = [];
      length = 0;
    }
    batch.push(item);
    length += item.row.length;
  }
  if (batch.length > 0) yield batch;
}

/** Does all items, some at a time. After a failure no further one is begun, and the failure waits for those under way. */
async function eachOf<T>(items: Iterable<T>, atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  const queue = items[Symbol.iterator]();
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    for (let next = queue.next(); !next.done && failures.length === 0; next = queue.next())
      await work(next.value).catch((error: unknown) => failures.push(error));
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  if (failures.length > 0) throw failures[0];
}
