import PgBoss from "pg-boss";
import type { Tx } from "./db";
import type { Log } from "./log";

/** A unit of background work: a run waiting to be executed. */
export type Job = { name: "run"; runId: string };

/** Puts a job on the queue inside the verb's transaction: it exists exactly when the write does. */
export type Enqueue = (tx: Tx, job: Job) => Promise<void>;

/** The job queue as one process sees it. */
export type Queue = {
  enqueue: Enqueue;
  /** Takes jobs, up to `concurrency` at a time. A job is delivered once; what a run needs to survive a crash is in its row. */
  work(handler: (job: Job) => Promise<void>, options: { concurrency: number }): Promise<void>;
  /** Takes no more jobs, waits up to `drainMs` for those that run, closes the connections. */
  stop(drainMs?: number): Promise<void>;
};

const SCHEMA = "pgboss";
const NAME: Job["name"] = "run";
/** Attempts and leases are kept by the Run table: the queue itself never retries, and gives up as late as it can. */
const DELIVERY = { retryLimit: 0, expireInHours: 23 } as const;

/** Creates the queue's tables, or brings them up to date. Part of every start, before anything enqueues. */
export async function prepareQueue(connectionString: string): Promise<void> {
  const boss = new PgBoss({ connectionString, schema: SCHEMA, max: 1, supervise: false, schedule: false });
  boss.on("error", () => undefined);
  try {
    await boss.start();
    await boss.createQueue(NAME, { name: NAME, policy: "standard", retryLimit: 0 });
  } finally {
    await boss.stop({ graceful: false });
  }
}

/** Opens the queue. Until `work` is called it holds no connection: enqueueing goes through the caller's transaction. */
export function openQueue(connectionString: string, log: Log): Queue {
  const boss = new PgBoss({
    connectionString,
    schema: SCHEMA,
    max: 2,
    migrate: false,
    schedule: false,
    supervise: true,
    maintenanceIntervalSeconds: 60,
    archiveCompletedAfterSeconds: 60,
    deleteAfterSeconds: 600,
  });
  boss.on("error", (error) => log.warn({ err: error }, "queue does not answer"));
  return {
    enqueue: async (tx, job) => {
      const id = await boss.send(NAME, { runId: job.runId }, { ...DELIVERY, db: throughTransaction(tx) });
      if (!id) throw new Error(`Queue "${NAME}" does not exist; server/start.ts creates it`);
    },
    work: async (handler, { concurrency }) => {
      await boss.start();
      const handle = async (jobs: PgBoss.Job<{ runId: string }>[]): Promise<void> => {
        for (const { data } of jobs) {
          try {
            await handler({ name: NAME, runId: data.runId });
          } catch (error) {
            log.error({ err: error, runId: data.runId }, "job failed");
            throw error;
          }
        }
      };
      for (let i = 0; i < concurrency; i++)
        await boss.work(NAME, { batchSize: 1, pollingIntervalSeconds: 0.5 }, handle);
    },
    stop: (drainMs = 10_000) => boss.stop({ graceful: true, timeout: drainMs }),
  };
}

function throughTransaction(tx: Tx): PgBoss.Db {
  return {
    executeSql: async (sql: string, values: unknown[]) => {
      const plain = values.map((value) =>
        value !== null && typeof value === "object" ? JSON.stringify(value) : value,
      );
      return { rows: await tx.$queryRawUnsafe<{ id: string }[]>(sql, ...plain) };
    },
  };
}
