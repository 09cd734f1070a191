import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { testDatabase } from "@/lib/testing/database";
import { type Db, openDb, transaction } from "./db";
import { openLog } from "./log";
import { openQueue, prepareQueue, type Queue } from "./queue";

let connectionString: string;
let db: Db;
let web: Queue;

beforeAll(async () => {
  ({ connectionString } = await testDatabase());
  db = openDb(connectionString);
  web = openQueue(connectionString, openLog({ level: "silent", process: "web" }));
});

afterAll(async () => {
  await db.$disconnect();
  await (await testDatabase()).close();
});

async function jobs(state?: string): Promise<string[]> {
  const rows = await db.$queryRawUnsafe<{ run: string; state: string }[]>(
    `SELECT data->>'runId' AS run, state::text AS state FROM pgboss.job ORDER BY created_on`,
  );
  return rows.filter((row) => !state || row.state === state).map((row) => row.run);
}

it("a job exists exactly when the transaction committed", async () => {
  await transaction(db, (tx) => web.enqueue(tx, { name: "run", runId: "run_kept" }));
  const failing = transaction(db, async (tx) => {
    await web.enqueue(tx, { name: "run", runId: "run_lost" });
    throw new Error("rolled back");
  });
  await expect(failing).rejects.toThrow("rolled back");
  expect(await jobs()).toEqual(["run_kept"]);
});

it("a worker gets what was enqueued before it started, each job once, and survives a handler that throws", async () => {
  const worker = openQueue(connectionString, openLog({ level: "silent", process: "worker" }));
  const seen: string[] = [];
  await worker.work(
    async (job) => {
      seen.push(job.runId);
      if (job.runId === "run_bad") throw new Error("boom");
    },
    { concurrency: 2 },
  );
  for (const runId of ["run_bad", "run_good"]) await transaction(db, (tx) => web.enqueue(tx, { name: "run", runId }));
  await vi.waitFor(async () => expect(await jobs("completed")).toEqual(["run_kept", "run_good"]), { timeout: 10_000 });
  expect(await jobs("failed")).toEqual(["run_bad"]);
  await worker.stop();
  await transaction(db, (tx) => web.enqueue(tx, { name: "run", runId: "run_after_stop" }));
  expect(await jobs("created")).toEqual(["run_after_stop"]);
  expect(seen.sort()).toEqual(["run_bad", "run_good", "run_kept"]);
});

it("preparing an existing queue changes nothing", async () => {
  const before = await jobs();
  await prepareQueue(connectionString);
  expect(await jobs()).toEqual(before);
});
