import { readFileSync } from "node:fs";
import { Cluster, Redis, type RedisOptions } from "ioredis";
import { LarderError } from "@/lib/kernel/errors";
import { CircuitBreaker } from "./circuit-breaker";
import { parseRedisAddress, type RedisAddress } from "./redis-address";
import { isSelectRefused, problemOf, redisError, unavailable } from "./redis-errors";

/**
 * `url` as redis-address.ts reads it; `caFile` holds the certificate that signed the server's. `limitMs`: how long a reader
 * waits for a connection, and for an answer; only tests that are not about time have reason to set it.
 */
export type RedisOptionsOfStore = { url: string; caFile: string | null; limitMs?: number };

/** What both a server and a cluster understand. */
export type RedisClient = Redis | Cluster;

/**
 * How long somebody waits for Redis. A reader of features has a budget of milliseconds, and a server that takes longer than
 * this is in trouble: an error that says so is worth more than an answer that comes too late (trust.md R18 asks for 100–200 ms).
 */
const LIMIT_MS = 150;
/** A batch of writes may wait for its turn behind other batches, and nobody looks at a clock meanwhile. */
export const WRITE_LIMIT_MS = 2_000;
/** A connection that owes answers and is silent for longer is dead, whatever the operating system says. */
const SILENCE_LIMIT_MS = 2 * WRITE_LIMIT_MS;

const FAILURES_TO_OPEN = 5;
const OPEN_MS = 1_000;
const RETRY_AFTER_SECONDS = OPEN_MS / 1_000;
/** Calls at once. More than this only makes each of them later, and memory pays for the queue. */
const MAX_IN_FLIGHT = 2_000;
const RECONNECT_MAX_MS = 1_000;

/** One connection to Redis that never keeps a caller waiting: bounded in time and number, and turned away while it is down. */
export class RedisConnection {
  readonly address: RedisAddress;
  private readonly client: RedisClient;
  private readonly breaker = new CircuitBreaker({
    failures: FAILURES_TO_OPEN,
    openMs: OPEN_MS,
    now: () => performance.now(),
  });
  private connecting: Promise<void> | null = null;
  private inFlight = 0;
  private problem: string | null = null;
  private closed = false;

  /** For a connection, and for an answer to a read. */
  readonly limitMs: number;

  constructor({ url, caFile, limitMs = LIMIT_MS }: RedisOptionsOfStore) {
    this.limitMs = limitMs;
    this.address = parseRedisAddress(url);
    this.client = createClient(this.address, caFile, limitMs);
    let givenUp = false;
    const remember = (error: Error): void => {
      // What follows of a connection that was given up says nothing new.
      if (givenUp) return;
      // "node error" comes for single nodes of a cluster; both repeat themselves with every attempt to connect.
      this.problem = problemOf(error);
      if (!isSelectRefused(error)) return;
      // The driver would go on in database 0, where others may have their rows.
      this.problem = `database ${this.address.db} cannot be selected: ${this.problem}`;
      givenUp = true;
      this.client.disconnect(true);
    };
    this.client.on("close", () => {
      givenUp = false;
    });
    this.client.on("error", remember);
    this.client.on("node error", remember);
  }

  /** What keeps Redis from answering; null while it answers, or was not asked yet. */
  get trouble(): string | null {
    if (this.breaker.isOpen) return this.problem ?? "it did not answer in time";
    return this.client.status === "ready" || this.client.status === "wait" ? null : (this.problem ?? "not connected");
  }

  /** Runs `work`. Throws `dependency_unavailable` at once while Redis is known to be down, else after `limitMs` at the latest. */
  async run<T>(limitMs: number, work: (client: RedisClient) => Promise<T>): Promise<T> {
    if (this.closed) throw new LarderError("state_conflict", "the online store is closed");
    if (this.inFlight >= MAX_IN_FLIGHT)
      throw unavailable(
        `is asked too much: ${MAX_IN_FLIGHT} calls are waiting`,
        this.address.label,
        RETRY_AFTER_SECONDS,
      );
    const permit = this.breaker.enter();
    if (!permit) throw this.turnedAway();
    this.inFlight += 1;
    try {
      const result = await within(
        limitMs,
        this.client.status === "ready" ? work(this.client) : this.ready().then(() => work(this.client)),
      );
      permit.succeeded();
      return result;
    } catch (error) {
      const meaning = redisError(error, this.address.label, RETRY_AFTER_SECONDS);
      if (meaning.code !== "dependency_unavailable") permit.succeeded();
      else {
        if (!(error instanceof LarderError)) this.problem = problemOf(error);
        // What still waits for an answer there waits in vain, and must not pile up.
        if (permit.failed() && this.client.status === "ready") this.client.disconnect(true);
      }
      throw meaning;
    } finally {
      this.inFlight -= 1;
    }
  }

  /** Ends the connection; what is under way fails. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    const { status } = this.client;
    const ended = new Promise<void>((resolve) => this.client.once("end", () => resolve()));
    this.client.disconnect();
    // Between two attempts to connect there is nothing that could end, and nobody says so.
    if (status !== "end" && status !== "reconnecting") await within(WRITE_LIMIT_MS, ended).catch(() => {});
  }

  private turnedAway(): LarderError {
    const seconds = Math.max(RETRY_AFTER_SECONDS, Math.ceil(this.breaker.retryAfterMs / 1_000));
    return unavailable(`is down: ${this.trouble ?? "it did not answer"}`, this.address.label, seconds);
  }

  private ready(): Promise<void> {
    this.connecting ??= this.waitUntilReady().finally(() => {
      this.connecting = null;
    });
    return this.connecting;
  }

  private async waitUntilReady(): Promise<void> {
    const { client } = this;
    let seen = (): void => {};
    let ended = (): void => {};
    const ready = new Promise<void>((resolve, reject) => {
      seen = resolve;
      // An attempt that has failed is not waited for: a wrong password does not get better within the limit.
      ended = () => reject(new Error(this.problem ?? "the connection was closed"));
      client.once("ready", seen);
      client.once("close", ended);
    });
    // It connects again by itself; only the first time, and after a connection was given up, somebody has to ask for it.
    if (client.status === "wait" || client.status === "end") client.connect().catch(() => {});
    try {
      await within(this.limitMs, ready, () => new Error(this.problem ?? `no connection within ${this.limitMs} ms`));
      this.problem = null;
    } finally {
      client.off("ready", seen);
      client.off("close", ended);
    }
  }
}

function createClient(address: RedisAddress, caFile: string | null, limitMs: number): RedisClient {
  const { hosts, tls, username, password, db } = address;
  const common = {
    ...(username === null ? {} : { username }),
    ...(password === null ? {} : { password }),
    ...(tls ? { tls: caFile === null ? {} : { ca: readFileSync(caFile) } } : {}),
    connectionName: "larder",
    connectTimeout: limitMs,
    // How long a connection may take to say goodbye before it is cut: nothing that matters is on its way by then.
    disconnectTimeout: limitMs,
    socketTimeout: SILENCE_LIMIT_MS,
    // A command that was lost is the caller's to repeat: the caller may have been told already that it failed.
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    reconnectOnError: (error: Error) => error.message.startsWith("READONLY"),
  } satisfies RedisOptions;
  const pause = (times: number): number =>
    Math.min(RECONNECT_MAX_MS, 25 * 2 ** Math.min(times, 10)) * (0.5 + Math.random() / 2);
  if (!address.cluster)
    return new Redis({
      ...common,
      ...hosts[0],
      db,
      lazyConnect: true,
      enableOfflineQueue: false,
      retryStrategy: pause,
    });
  return new Cluster(hosts, {
    redisOptions: common,
    lazyConnect: true,
    enableOfflineQueue: false,
    clusterRetryStrategy: pause,
    slotsRefreshTimeout: WRITE_LIMIT_MS,
    maxRedirections: 5,
    // A certificate is for a name, so a name must stay one.
    ...(tls ? { dnsLookup: (host: string, done: (error: null, address: string) => void) => done(null, host) } : {}),
  });
}

/** What `work` gives, or an error after `limitMs`. */
async function within<T>(
  limitMs: number,
  work: Promise<T>,
  late: () => Error = () => new Error(`no answer within ${limitMs} ms`),
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    // After a pause of this process the timer comes first, though the answer lies in the socket: let that be read.
    timer = setTimeout(() => setImmediate(() => reject(late())), limitMs);
  });
  try {
    return await Promise.race([work, expired]);
  } finally {
    clearTimeout(timer);
  }
}
