import { createHash, randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Client } from "pg";

/** The lock `prisma migrate deploy` takes too, so that the two never run at once. */
const MIGRATION_LOCK = 72_707_369;

const HISTORY = `
CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" VARCHAR(36) PRIMARY KEY NOT NULL,
  "checksum" VARCHAR(64) NOT NULL,
  "finished_at" TIMESTAMPTZ,
  "migration_name" VARCHAR(255) NOT NULL,
  "logs" TEXT,
  "rolled_back_at" TIMESTAMPTZ,
  "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(),
  "applied_steps_count" INTEGER NOT NULL DEFAULT 0
)`;

/** One checked-in migration. */
export type Migration = { name: string; sql: string; checksum: string };

/** A row of the history table that was not rolled back. */
export type AppliedMigration = { name: string; checksum: string; finished: boolean };

/** The database and the code do not fit together; the message tells what to do. Nothing was changed. */
export class MigrationRefused extends Error {
  override readonly name = "MigrationRefused";
}

/** The checked-in migrations in the order they apply in. */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const sql = await readFile(join(folder, name, "migration.sql"), "utf8");
      return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
    }),
  );
}

/** The migrations still to apply; throws `MigrationRefused` when the history is not a part of the code's. */
export function pendingMigrations(migrations: Migration[], applied: AppliedMigration[]): Migration[] {
  const byName = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const { name, checksum, finished } of applied) {
    const migration = byName.get(name);
    if (!migration) {
      throw new MigrationRefused(
        `The database is newer than this version of Larder: it has migration ${name}, which this code does not know. Start the version that created it, or a later one.`,
      );
    }
    if (!finished)
      throw new MigrationRefused(
        `Migration ${name} failed half-way earlier. Mend the database, then mark it with "prisma migrate resolve".`,
      );
    if (migration.checksum !== checksum) {
      throw new MigrationRefused(
        `Migration ${name} was changed after it was applied to this database. Restore prisma/migrations/${name}/migration.sql and put the change into a new migration.`,
      );
    }
  }
  const done = new Set(applied.map(({ name }) => name));
  return migrations.filter(({ name }) => !done.has(name));
}

/**
 * Applies the checked-in migrations that the database lacks, each in a transaction of its own under an advisory lock.
 * Answers the names it applied. Safe to run at any time, also by several processes at once.
 */
export async function migrate(connectionString: string, migrationsDir: string): Promise<string[]> {
  const migrations = await readMigrations(migrationsDir);
  const client = new Client({ connectionString });
  await client.connect();
  const names: string[] = [];
  try {
    for (let more = true; more; ) {
      const name = await applyNext(client, migrations);
      if (name) names.push(name);
      more = name !== null;
    }
  } finally {
    await client.end();
  }
  return names;
}

async function applyNext(client: Client, migrations: Migration[]): Promise<string | null> {
  await client.query("BEGIN");
  try {
    await client.query("SELECT pg_advisory_xact_lock($1)", [MIGRATION_LOCK]);
    await client.query(HISTORY);
    const next = pendingMigrations(migrations, await readHistory(client))[0];
    if (next) {
      const startedAt = new Date();
      await client.query(next.sql);
      await client.query(
        `INSERT INTO "_prisma_migrations" ("id", "checksum", "migration_name", "started_at", "finished_at", "applied_steps_count")
         VALUES ($1, $2, $3, $4, clock_timestamp(), 1)`,
        [randomUUID(), next.checksum, next.name, startedAt],
      );
    }
    await client.query("COMMIT");
    return next?.name ?? null;
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined);
    throw error;
  }
}

async function readHistory(client: Client): Promise<AppliedMigration[]> {
  const { rows } = await client.query<AppliedMigration>(
    `SELECT "migration_name" AS name, "checksum", "finished_at" IS NOT NULL AS finished
     FROM "_prisma_migrations" WHERE "rolled_back_at" IS NULL ORDER BY "migration_name"`,
  );
  return rows;
}
