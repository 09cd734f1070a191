import { randomBytes } from "node:crypto";
import { openAsBlob } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { inject } from "vitest";
import { openEmbeddedPostgres } from "@/lib/platform/embedded-postgres";

/** A database of one test file's own. */
export type TestDatabase = { connectionString: string; close(): Promise<void> };

let opened: Promise<TestDatabase> | undefined;

/** A migrated, empty database for this test file: the same one at every call. Close it in `afterAll`. */
export function testDatabase(): Promise<TestDatabase> {
  opened ??= open().then(({ connectionString, close }) => ({
    connectionString,
    close: () => {
      opened = undefined;
      return close();
    },
  }));
  return opened;
}

/** A database that knows nothing yet, not even the migrations. The caller closes it. */
export async function emptyDatabase(): Promise<TestDatabase> {
  const database = await open();
  // Emptying a copy of the template is several times faster than making a new embedded Postgres.
  await execute(database.connectionString, "DROP SCHEMA public, pgboss CASCADE; CREATE SCHEMA public");
  return database;
}

async function open(): Promise<TestDatabase> {
  const template = inject("postgresTemplate");
  return template.kind === "server"
    ? onServer(template.url, template.database)
    : embedded(await openAsBlob(template.file));
}

async function embedded(template: Blob): Promise<TestDatabase> {
  const socketDir = await mkdtemp(join(tmpdir(), "larder-test-"));
  const postgres = await openEmbeddedPostgres({
    folder: null,
    socketDir,
    template,
    onFatal: (error) => {
      throw error;
    },
  });
  return {
    connectionString: postgres.connectionString,
    close: async () => {
      await postgres.close();
      await rm(socketDir, { recursive: true, force: true });
    },
  };
}

async function onServer(url: string, template: string): Promise<TestDatabase> {
  const name = `larder_test_${randomBytes(6).toString("hex")}`;
  await execute(url, `CREATE DATABASE ${name} TEMPLATE ${template}`);
  const target = new URL(url);
  target.pathname = `/${name}`;
  return {
    connectionString: target.toString(),
    close: () => execute(url, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

async function execute(connectionString: string, sql: string): Promise<void> {
  const client = new Client({ connectionString });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}
