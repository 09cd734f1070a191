import { join } from "node:path";
import { Client } from "pg";
import { DEMO_USERS, PERSONAS } from "@/lib/access/demo-users";
import { hashSecret, newSecret } from "@/lib/access/secret";
import { isLoopback } from "@/lib/http/guard";
import type { Env } from "@/lib/platform/env";
import { newId } from "@/lib/platform/ids";
import { migrate } from "@/lib/platform/migrate";
import { prepareQueue } from "@/lib/platform/queue";

/** Brings the database to what this code needs: migrations, queue, one project. Answers the migrations it applied. */
export async function prepareDatabase(env: Env, databaseUrl: string): Promise<Prepared> {
  const applied = await migrate(databaseUrl, join(env.rootDir, "prisma", "migrations"));
  await prepareQueue(databaseUrl);
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    // Plain SQL: loading the whole Prisma client for a few rows would make every start slower.
    const people = await client.query<{ admin: boolean }>(
      `SELECT ("instanceAdmin" AND "disabledAt" IS NULL) AS admin FROM "User" WHERE "kind" = 'person'`,
    );
    const hasAccounts = people.rows.length > 0;
    const hasAdmin = people.rows.some((row) => row.admin);
    const demo = wantsDemonstration(env, hasAccounts);
    const [name, title] = demo ? ["flights", "Flights"] : ["default", "Default"];
    const made = await client.query(
      `INSERT INTO "Project" ("id", "name", "title") SELECT $1, $2, $3 WHERE NOT EXISTS (SELECT FROM "Project") ON CONFLICT DO NOTHING`,
      [newId("prj"), name, title],
    );
    if (demo) await ensureDemoUsers(client);
    else await endDemonstration(client);
    const setupLink = demo || hasAdmin ? null : await newSetupLink(client);
    return { applied, demo, loadDemo: demo && (made.rowCount ?? 0) > 0, setupLink };
  } finally {
    await client.end();
  }
}

/** `setupLink`: where the first account is made, a path with its secret behind the #; null when there is one. */
export type Prepared = { applied: string[]; demo: boolean; loadDemo: boolean; setupLink: string | null };

/** A demonstration needs no sign-in, so it ends with the first account, and is for this machine only. */
function wantsDemonstration(env: Env, hasAccounts: boolean): boolean {
  if (env.demo !== "auto") return env.demo === "on";
  return !env.databaseUrl && !hasAccounts && isPrivate(env);
}

/** Whether nobody but people at this machine can reach the server: it says so of its address, and of no proxy. */
export function isPrivate({ host, publicUrl, trustProxy }: Env): boolean {
  return isLoopback(host) && !trustProxy && (publicUrl === null || isLoopback(new URL(publicUrl).hostname));
}

/** With a demonstration ends what its users made for getting in; nobody is left who could be asked about it. */
async function endDemonstration(client: Client): Promise<void> {
  const theirs = `IN (SELECT "id" FROM "User" WHERE "kind" = 'demo')`;
  await client.query(`UPDATE "User" SET "disabledAt" = now() WHERE "kind" = 'demo' AND "disabledAt" IS NULL`);
  await client.query(
    `UPDATE "Invitation" SET "revokedAt" = now() WHERE "usedAt" IS NULL AND "revokedAt" IS NULL AND "createdBy" ${theirs}`,
  );
  await client.query(
    `UPDATE "ServiceAccount" SET "disabledAt" = now() WHERE "disabledAt" IS NULL AND "createdBy" ${theirs}`,
  );
}

async function ensureDemoUsers(client: Client): Promise<void> {
  for (const persona of PERSONAS) {
    const { id, name, instanceAdmin } = DEMO_USERS[persona];
    await client.query(
      `INSERT INTO "User" ("id", "kind", "name", "instanceAdmin") VALUES ($1, 'demo', $2, $3) ON CONFLICT ("id") DO UPDATE SET "disabledAt" = NULL`,
      [id, name, instanceAdmin],
    );
    await client.query(
      `INSERT INTO "Member" ("projectId", "userId", "role", "sensitive") SELECT "id", $1, $2, $3 FROM "Project" WHERE "name" = 'flights' ON CONFLICT DO NOTHING`,
      [id, persona, persona === "admin"],
    );
  }
}

/** The link of the start before this one no longer works. */
async function newSetupLink(client: Client): Promise<string> {
  const secret = newSecret("lin");
  await client.query(`UPDATE "Invitation" SET "revokedAt" = now() WHERE "kind" = 'setup' AND "usedAt" IS NULL`);
  await client.query(
    `INSERT INTO "Invitation" ("id", "kind", "hash", "projectId", "role", "createdBy", "createdAt", "expiresAt")
     SELECT $1, 'setup', $2, "id", 'admin', 'system', now(), now() + interval '7 days' FROM "Project" ORDER BY "createdAt", "id" LIMIT 1`,
    [newId("inv"), hashSecret(secret)],
  );
  return `/setup#${secret}`;
}
