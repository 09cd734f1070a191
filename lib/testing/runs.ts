import { expect } from "vitest";
import { refreshFeatures } from "@/lib/datasets/refresh-features";
import { executeRun, type WorkerContext } from "@/lib/jobs/execute-run";
import { getRun } from "@/lib/jobs/get-run";
import { isLarderError, type LarderError } from "@/lib/kernel/errors";
import type { Run } from "@/lib/kernel/run";
import type { Db } from "@/lib/platform/db";
import type { TestContext } from "./context";

/** What a worker of this test has: everything but who and where. */
export function workerOf(ctx: TestContext): WorkerContext {
  const { db, offline, online, clock, log, enqueue } = ctx;
  return { db, offline, online, clock, log, enqueue };
}

/** Executes a queued run as a worker does, and answers how it ended. */
export async function execute(
  ctx: TestContext,
  runId: string,
  options: { owner?: string; stopping?: AbortSignal } = {},
): Promise<Run> {
  const stopping = options.stopping ?? new AbortController().signal;
  await executeRun(workerOf(ctx), { runId, owner: options.owner ?? "test-worker", stopping });
  return getRun(ctx, { id: runId });
}

/** Brings groups (all by default) up to date through the real run. Fails the test unless it succeeds. */
export async function refresh(ctx: TestContext, groups?: string[]): Promise<Run> {
  const { run } = await refreshFeatures(ctx, groups ? { groups } : {});
  const done = await execute(ctx, run.id);
  expect({ state: done.state, error: done.error }).toEqual({ state: "SUCCEEDED", error: null });
  return done;
}

/** The LarderError that the work ends with. Fails the test when there is none. */
export async function errorOf(work: Promise<unknown>): Promise<LarderError> {
  const outcome = await work.then(
    (value: unknown) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ("value" in outcome) throw new Error(`expected an error, got ${JSON.stringify(outcome.value)}`);
  if (!isLarderError(outcome.error)) throw outcome.error;
  return outcome.error;
}

/** How many rows every table of the metadata database holds, the queue's jobs included. */
export async function countAllRows(db: Db): Promise<Record<string, number>> {
  const tables = await db.$queryRawUnsafe<{ name: string }[]>(
    `SELECT '"' || tablename || '"' AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`,
  );
  const counts = [...tables.map((table) => table.name), "pgboss.job"].map(
    (name) => `SELECT '${name}' AS name, count(*)::int AS n FROM ${name}`,
  );
  const rows = await db.$queryRawUnsafe<{ name: string; n: number }[]>(counts.join(" UNION ALL "));
  return Object.fromEntries(rows.map((row) => [row.name, row.n]));
}
