import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isLoopback } from "@/lib/http/guard";
import { embeddedUrl, socketDirectory } from "@/lib/platform/embedded-address";
import { type Env, env } from "@/lib/platform/env";
import { openLog } from "@/lib/platform/log";
import { MigrationRefused } from "@/lib/platform/migrate";
import { ExpectedFailure } from "./child";
import { LockHeld, takeLock } from "./lock";
import { prepareDatabase, wantsDemonstration } from "./prepare-database";
import { runOnce } from "./run-once";
import { ChildFailed, Supervisor } from "./supervisor";

// Everything on one machine: the embedded Postgres, the worker and the web server, each in its own process.

const settings = env();
const log = openLog({ level: settings.logLevel, process: "start" });
const children: Supervisor[] = [];
let unlock: (() => Promise<void>) | undefined;
let stopping = false;

async function main(): Promise<void> {
  const { dataDir } = settings;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  unlock = await takeLock(join(dataDir, "start.lock"), `http://${settings.host}:${settings.port}`);
  const databaseUrl = settings.databaseUrl ?? embeddedUrl(socketDirectory(settings.temporaryDir, dataDir));
  const variables = { DATABASE_URL: databaseUrl };

  // The web server takes as long to load as the database; until that is prepared it answers 503.
  const began = Date.now();
  const web = supervise("web", variables);
  const [{ address = "" }] = await Promise.all([
    web.start(),
    prepare(databaseUrl).then(() => {
      web.open();
      return supervise("worker", variables).start();
    }),
  ]);
  await healthy(address);
  say("web server and worker", began);
  if (wantsDemonstration(settings)) await loadDemonstration(settings, variables);
  console.log(`\nLarder is ready at ${address}   (Ctrl-C stops it)`);
  if (!isLoopback(settings.host))
    console.log(
      `Careful: LARDER_HOST is ${settings.host}, and everybody who can reach it is admin. There is no sign-in yet.`,
    );
}

async function prepare(databaseUrl: string): Promise<void> {
  let began = Date.now();
  if (!settings.databaseUrl) {
    await supervise("postgres", {}).start();
    say("embedded Postgres", began);
    began = Date.now();
  }
  const applied = await prepareDatabase(settings, databaseUrl);
  say(applied.length > 0 ? `database: ${applied.length} migration(s) applied` : "database up to date", began);
}

function supervise(name: string, variables: Record<string, string>): Supervisor {
  if (stopping) throw new Error("stopped while it started");
  const supervisor = new Supervisor(name, variables, log, (gaveUp) => {
    console.error(`The ${gaveUp} process keeps crashing; see the log above.`);
    void stop(1);
  });
  children.push(supervisor);
  return supervisor;
}

/** Listening is not yet answering: the first request loads what the later ones use. */
async function healthy(address: string): Promise<void> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline && !stopping; ) {
    const answer = await fetch(`${address}/api/v1/health/ready`, { signal: AbortSignal.timeout(15_000) }).catch(
      () => null,
    );
    await answer?.text().catch(() => "");
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  if (!stopping) throw new ExpectedFailure(`${address}/api/v1/health/ready does not answer with 200.`);
}

/** Once per data directory; a load that was interrupted begins again, and repeats nothing that is done. */
async function loadDemonstration({ dataDir }: Env, variables: Record<string, string>): Promise<void> {
  const marker = join(dataDir, "demonstration.json");
  if (existsSync(marker)) return;
  const began = Date.now();
  console.log("- demonstration: loading (once)");
  await runOnce("demo", variables, (kill) => {
    stopDemonstration = kill;
  });
  await writeFile(marker, `${JSON.stringify({ loadedAt: new Date().toISOString() })}\n`);
  say("demonstration", began);
}

let stopDemonstration: (() => void) | undefined;

function say(phase: string, began: number): void {
  console.log(`- ${phase}: ${((Date.now() - began) / 1000).toFixed(1)} s`);
}

async function stop(exitCode: number): Promise<void> {
  if (stopping) return;
  stopping = true;
  stopDemonstration?.();
  // The servers first and together, then the database that they use.
  const database = children.filter((supervisor) => supervisor.name === "postgres");
  await Promise.all(
    children.filter((supervisor) => !database.includes(supervisor)).map((supervisor) => supervisor.stop()),
  );
  await Promise.all(database.map((supervisor) => supervisor.stop()));
  await unlock?.();
  process.exit(exitCode);
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => void stop(0));
// `server/start.mjs` is the parent: when it is killed, nobody else would end us.
process.on("disconnect", () => void stop(0));

main().catch((error: unknown) => {
  if (stopping) return;
  const line = explain(error);
  if (line) console.error(line);
  void stop(1);
});

function explain(error: unknown): unknown {
  if (error instanceof LockHeld) {
    return `Larder runs already on ${settings.dataDir}: ${error.holder.about}, process ${error.holder.pid}. Stop it, or set LARDER_DATA_DIR.`;
  }
  if (error instanceof MigrationRefused || error instanceof ExpectedFailure) return error.message;
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ECONNREFUSED" || code === "ENOTFOUND")
    return "DATABASE_URL does not answer. Is PostgreSQL running there?";
  if (error instanceof ChildFailed) return error.explained ? null : `Larder did not start: ${error.message}`;
  return error;
}
