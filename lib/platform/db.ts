import { setTimeout as wait } from "node:timers/promises";
import { PrismaPg } from "@prisma/adapter-pg";
import { LarderError } from "@/lib/kernel/errors";
import { Prisma, PrismaClient } from "./generated/prisma/client";

/** The metadata database. */
export type Db = PrismaClient;

/** A transaction of it: what verbs write through. */
export type Tx = Prisma.TransactionClient;

const CONNECT_MS = 10_000;

/** Opens the metadata database; the pool connects on first use. `queryMs`: how long one statement may take. */
export function openDb(connectionString: string, queryMs?: number): Db {
  const limits = { connectionTimeoutMillis: CONNECT_MS, ...(queryMs === undefined ? {} : { query_timeout: queryMs }) };
  return new PrismaClient({
    adapter: new PrismaPg({ connectionString, max: 8, keepAlive: true, ...limits }),
    transactionOptions: { maxWait: 10_000, timeout: 30_000 },
  });
}

const lastSteps = new WeakMap<Tx, (() => Promise<void>)[]>();

/** Adds a step that runs at the end of this transaction, after everything else was written. Only inside `transaction`. */
export function beforeCommit(tx: Tx, step: () => Promise<void>): void {
  const steps = lastSteps.get(tx);
  if (!steps) throw new Error("beforeCommit takes the client that `transaction` handed out");
  steps.push(step);
}

const ATTEMPTS = 3;
const MAX_PAUSE_MS = 50;

/**
 * Runs `write` in one transaction, and again from the start when the database gave it up for another one: it writes through
 * `tx` alone. A lost connection becomes `dependency_unavailable`.
 */
export async function transaction<T>(db: Db, write: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.$transaction(async (tx) => {
        const steps: (() => Promise<void>)[] = [];
        lastSteps.set(tx, steps);
        const result = await write(tx);
        for (const step of steps) await step();
        return result;
      });
    } catch (error) {
      if (isUnavailable(error))
        throw new LarderError("dependency_unavailable", "The metadata database does not answer", [], { cause: error });
      if (attempt === ATTEMPTS || !isGivenUp(error)) throw error;
      // Of two that met, one should come first the next time.
      await wait(Math.random() * MAX_PAUSE_MS);
    }
  }
}

/** Whether PostgreSQL ended a transaction because of another one: a deadlock, or a write that came in between. */
function isGivenUp(error: unknown): boolean {
  if (["P2034", "40P01", "40001"].includes(codeOf(error))) return true;
  const { meta, cause } = (error ?? {}) as { meta?: { driverAdapterError?: unknown }; cause?: unknown };
  // Raw SQL and COMMIT say it in the adapter's words.
  const told = (meta?.driverAdapterError as { cause?: unknown } | undefined)?.cause ?? cause;
  const { kind, originalCode } = (told ?? {}) as { kind?: unknown; originalCode?: unknown };
  return kind === "TransactionWriteConflict" || originalCode === "40P01" || originalCode === "40001";
}

// By code, not by class: pages and the API are bundled apart and each bundle has its own classes.
function codeOf(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
}

/** Whether Prisma refused because a unique value exists already. */
export function isUniqueViolation(error: unknown): boolean {
  return codeOf(error) === "P2002";
}

/** Whether the database cannot be reached at the moment. */
export function isUnavailable(error: unknown): boolean {
  const code = codeOf(error);
  return ["P1001", "P1002", "P1017", "P2024", "P2028", "ECONNREFUSED", "ENOENT", "ECONNRESET"].includes(code);
}

/** Prisma's JSON null and input types, so that rooms need not know where the client is generated. */
export { Prisma };
