import { join } from "node:path";
import { createDuckDbEngine } from "@/lib/engines/offline/duckdb/engine";
import type { OfflineEngine } from "@/lib/engines/offline/port";
import { createLmdbStore } from "@/lib/engines/online/lmdb";
import type { OnlineStore } from "@/lib/engines/online/port";
import { createRedisStore } from "@/lib/engines/online/redis";
import type { Actor } from "@/lib/kernel/actor";
import type { Clock } from "@/lib/kernel/time";
import { type Db, openDb } from "./db";
import { type Env, env } from "./env";
import { type Log, openLog } from "./log";
import { type Enqueue, openQueue, type Queue } from "./queue";

/** What every verb gets first: who acts, where, and the doors to the outside. Eight fields at most. */
export type Context = {
  actor: Actor;
  project: { id: string; name: string };
  db: Db;
  offline: OfflineEngine;
  online: OnlineStore;
  clock: Clock;
  log: Log;
  enqueue: Enqueue;
};

/** What one operating-system process opens once and every context of it shares. */
export type ProcessContext = {
  name: ProcessName;
  env: Env;
  db: Db;
  offline: OfflineEngine;
  online: OnlineStore;
  clock: Clock;
  log: Log;
  queue: Queue;
  /** Closes everything; the process context cannot be used afterwards. */
  close(): Promise<void>;
};

const SERVING_QUERY_MS = 10_000;

export type ProcessName = "web" | "worker" | "serving" | "demo";

const MAX_DUCKDB_PROCESSES = 2;

/** The composition root: the only place where engines are chosen. Opened once per process, also across bundles. */
export function openProcess(name: ProcessName): ProcessContext {
  const memory = globalThis as { larderProcess?: ProcessContext };
  memory.larderProcess ??= open(name, env(), () => {
    memory.larderProcess = undefined;
  });
  return memory.larderProcess;
}

/** The environment as the open process has settled it; where none is open, as the variables say. */
export function currentEnv(): Env {
  return (globalThis as { larderProcess?: ProcessContext }).larderProcess?.env ?? env();
}

/** Everything of a context but who acts and where. */
export function baseOf({ db, offline, online, clock, log, queue }: ProcessContext): Omit<Context, "actor" | "project"> {
  return { db, offline, online, clock, log, enqueue: queue.enqueue };
}

/** The context of one actor in one project. */
export function contextFor(process: ProcessContext, who: { actor: Actor; project: Context["project"] }): Context {
  return { ...baseOf(process), ...who };
}

/** The online store of the environment: Redis where an address of one is given, else LMDB in the data folder. */
export function openOnline({ redis, dataDir }: Pick<Env, "redis" | "dataDir">): OnlineStore {
  return redis ? createRedisStore(redis) : createLmdbStore({ path: join(dataDir, "online") });
}

function open(name: ProcessName, settings: Env, forget: () => void): ProcessContext {
  if (!settings.databaseUrl)
    throw new Error("DATABASE_URL is not set. Run `npm start`, which starts the embedded Postgres.");
  const log = openLog({ level: settings.logLevel, process: name });
  // A read that needs the database after all must not wait for one that went away without a word.
  const db = openDb(settings.databaseUrl, name === "serving" ? SERVING_QUERY_MS : undefined);
  const queue = openQueue(settings.databaseUrl, log);
  const offline = createDuckDbEngine({
    root: join(settings.dataDir, "offline"),
    processPath: join(settings.rootDir, "lib/engines/offline/duckdb/process.ts"),
    rootDir: settings.rootDir,
    sourceRoots: settings.sourceRoots,
    privateDirs: [settings.dataDir],
    uploadsDir: join(settings.dataDir, "uploads"),
    memoryLimit: settings.duckdbMemory,
    threads: settings.duckdbThreads,
    maxProcesses: MAX_DUCKDB_PROCESSES,
    temporaryDirectory: join(settings.dataDir, "tmp"),
  });
  const online = openOnline(settings);
  return {
    name,
    env: settings,
    db,
    offline,
    online,
    clock: { now: () => new Date() },
    log,
    queue,
    close: async () => {
      forget();
      await queue.stop(0);
      await Promise.allSettled([offline.close(), online.close(), db.$disconnect()]);
    },
  };
}
