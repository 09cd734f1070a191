import { PrismaPg } from "@prisma/adapter-pg";
import { LarderError } from "@/lib/kernel/errors";
import { Prisma, PrismaClient } from "./generated/prisma/client";

/** The metadata database. */
export type Db = PrismaClient;

/** A transaction of it: what verbs write through. */
export type Tx = Prisma.TransactionClient;

/** Opens the metadata database; the pool connects on first use. */
export function openDb(connectionString: string): Db {
  return new PrismaClient({
    adapter: new PrismaPg({ connectionString, max: 8 }),
    transactionOptions: { maxWait: 10_000, timeout: 30_000 },
  });
}

/** Runs `write` in one transaction. A lost connection becomes `dependency_unavailable`. */
export async function transaction<T>(db: Db, write: (tx: Tx) => Promise<T>): Promise<T> {
  try {
    return await db.$transaction(write);
  } catch (error) {
    if (isUnavailable(error))
      throw new LarderError("dependency_unavailable", "The metadata database does not answer", [], { cause: error });
    throw error;
  }
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
