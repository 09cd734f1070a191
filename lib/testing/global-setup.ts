import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import type { TestProject } from "vitest/node";
import { openEmbeddedPostgres } from "@/lib/platform/embedded-postgres";
import { migrate } from "@/lib/platform/migrate";
import { prepareQueue } from "@/lib/platform/queue";

declare module "vitest" {
  interface ProvidedContext {
    /** A dump of an embedded Postgres, or a template database on a server. */
    postgresTemplate: { kind: "embedded"; file: string } | { kind: "server"; url: string; database: string };
  }
}

const MIGRATIONS = join(import.meta.dirname, "../../prisma/migrations");

/** Makes one migrated database that every test file starts from a copy of. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const url = process.env.LARDER_TEST_POSTGRES_URL;
  return url ? onServer(project, url) : embedded(project);
}

async function embedded(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "larder-template-"));
  const postgres = await openEmbeddedPostgres({
    folder: null,
    socketDir: folder,
    onFatal: (error) => {
      throw error;
    },
  });
  await prepare(postgres.connectionString);
  const file = join(folder, "template.tar");
  await writeFile(file, Buffer.from(await (await postgres.dump()).arrayBuffer()));
  await postgres.close();
  project.provide("postgresTemplate", { kind: "embedded", file });
  return () => rm(folder, { recursive: true, force: true });
}

async function onServer(project: TestProject, url: string): Promise<() => Promise<void>> {
  const database = `larder_template_${process.pid}`;
  await execute(url, `CREATE DATABASE ${database}`);
  const target = new URL(url);
  target.pathname = `/${database}`;
  await prepare(target.toString());
  project.provide("postgresTemplate", { kind: "server", url, database });
  return () => execute(url, `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
}

async function prepare(connectionString: string): Promise<void> {
  await migrate(connectionString, MIGRATIONS);
  await prepareQueue(connectionString);
}

async function execute(connectionString: string, sql: string): Promise<void> {
  const client = new Client({ connectionString });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}
