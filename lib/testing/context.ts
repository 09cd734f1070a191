import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDuckDbEngine } from "@/lib/engines/offline/duckdb/engine";
import { createLmdbStore } from "@/lib/engines/online/lmdb";
import { createRedisStore } from "@/lib/engines/online/redis";
import type { Actor } from "@/lib/kernel/actor";
import type { Clock } from "@/lib/kernel/time";
import type { Context } from "@/lib/platform/context";
import { type Db, openDb } from "@/lib/platform/db";
import { newId } from "@/lib/platform/ids";
import { openLog } from "@/lib/platform/log";
import { openQueue, type Queue } from "@/lib/platform/queue";
import { testDatabase } from "./database";
import { givenRedis } from "./redis-server";

/** A clock that stands still until it is moved. */
export type TestClock = Clock & { set(instant: string): void; advance(seconds: number): void };

/** A real context whose clock the test moves; `folder` holds its offline and online data. */
export type TestContext = Context & { clock: TestClock; queue: Queue; folder: string };

const ROOT = join(import.meta.dirname, "../..");
const NOW = "2026-01-15T12:00:00Z";

let shared: Promise<Db> | undefined;
const contexts: TestContext[] = [];

/** A fresh project in this file's database, with engines in a folder of its own. Call `closeContexts` in `afterAll`. */
export async function makeContext(options: { now?: string; actor?: Actor } = {}): Promise<TestContext> {
  const { connectionString } = await testDatabase();
  shared ??= Promise.resolve(openDb(connectionString));
  const db = await shared;
  const folder = await mkdtemp(join(tmpdir(), "larder-context-"));
  await mkdir(sourceFolder(folder));
  const clock = testClock(options.now ?? NOW);
  const id = newId("prj");
  const name = `test_${id.slice(-12)}`;
  await db.project.create({ data: { id, name, title: name } });
  const log = openLog({ level: "silent", process: "test" });
  const queue = openQueue(connectionString, log);
  const context: TestContext = {
    actor: options.actor ?? { kind: "user", id: "local-admin", name: "Local admin", role: "admin" },
    project: { id, name },
    db,
    offline: createDuckDbEngine({
      root: join(folder, "offline"),
      processPath: join(ROOT, "lib/engines/offline/duckdb/process.ts"),
      rootDir: ROOT,
      sourceRoots: [ROOT, sourceFolder(folder)],
      privateDirs: ["offline", "online", "uploads"].map((part) => join(folder, part)),
      uploadsDir: join(folder, "uploads"),
      memoryLimit: "1GB",
      threads: 2,
      maxProcesses: 1,
      temporaryDirectory: join(folder, "tmp"),
    }),
    online: givenRedis.contexts
      ? createRedisStore({ url: givenRedis.contexts, caFile: null, limitMs: 10_000 })
      : createLmdbStore({ path: join(folder, "online") }),
    clock,
    log,
    enqueue: queue.enqueue,
    queue,
    folder,
  };
  contexts.push(context);
  return context;
}

/** Closes everything `makeContext` opened in this file, the database included. */
export async function closeContexts(): Promise<void> {
  for (const context of contexts.splice(0)) {
    await context.queue.stop(0);
    await context.offline.close();
    await context.online.close();
    await rm(context.folder, { recursive: true, force: true });
    await rm(sourceFolder(context.folder), { recursive: true, force: true });
  }
  if (!shared) return;
  await (await shared).$disconnect();
  shared = undefined;
  await (await testDatabase()).close();
}

/** Where the source files of a test lie: beside its data folder, which no source may read from. */
export function sourceFolder(folder: string): string {
  return `${folder}-sources`;
}

function testClock(now: string): TestClock {
  let current = new Date(now).getTime();
  return {
    now: () => new Date(current),
    set: (instant) => {
      current = new Date(instant).getTime();
    },
    advance: (seconds) => {
      current += seconds * 1000;
    },
  };
}
