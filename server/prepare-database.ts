import { join } from "node:path";
import { Client } from "pg";
import type { Env } from "@/lib/platform/env";
import { newId } from "@/lib/platform/ids";
import { migrate } from "@/lib/platform/migrate";
import { prepareQueue } from "@/lib/platform/queue";

/** Brings the database to what this code needs: migrations, queue, one project. Answers the migrations it applied. */
export async function prepareDatabase(env: Env, databaseUrl: string): Promise<string[]> {
  const applied = await migrate(databaseUrl, join(env.rootDir, "prisma", "migrations"));
  await prepareQueue(databaseUrl);
  await ensureProject(databaseUrl, wantsDemonstration(env) ? ["flights", "Flights"] : ["default", "Default"]);
  return applied;
}

/** The demonstration belongs to the embedded database only: a database of one's own is left as it is. */
export function wantsDemonstration(env: Env): boolean {
  return env.demo && !env.databaseUrl;
}

/** Plain SQL: loading the whole Prisma client for one row would make every start slower. */
async function ensureProject(databaseUrl: string, [name, title]: [name: string, title: string]): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(
      `INSERT INTO "Project" ("id", "name", "title") SELECT $1, $2, $3 WHERE NOT EXISTS (SELECT FROM "Project") ON CONFLICT DO NOTHING`,
      [newId("prj"), name, title],
    );
  } finally {
    await client.end();
  }
}
