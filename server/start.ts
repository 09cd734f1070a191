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
import { isPrivate, type Prepared, prepareDatabase } from "./prepare-database";
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
  refuseUnsafe();
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  unlock = await takeLock(join(dataDir, "start.lock"), `http://${settings.host}:${settings.port}`);
  const databaseUrl = settings.databaseUrl ?? embeddedUrl(socketDirectory(settings.temporaryDir, dataDir));

  // The web server takes as long to load as the database; until that is prepared it answers 503.
  const began = Date.now();
  const web = supervise("web", { DATABASE_URL: databaseUrl });
  const [{ address = "" }, { prepared, online }] = await Promise.all([
    web.start(),
    prepare(databaseUrl).then(async (done) => {
      web.open({ demo: done.demo });
      const variables = variablesFor(databaseUrl, done);
      const [, serving] = await Promise.all([
        supervise("worker", variables).start(),
        supervise("serving", variables).start(),
      ]);
      return { prepared: done, online: serving.address };
    }),
  ]);
  await healthy(address);
  say("web server, worker and data plane", began);
  if (prepared.demo) await loadDemonstration(settings, variablesFor(databaseUrl, prepared));
  const publicAddress = settings.publicUrl ?? address;
  console.log(`\nLarder is ready at ${publicAddress}   (Ctrl-C stops it)`);
  console.log(`Online reads, push and Feast clients: ${online}`);
  if (prepared.demo)
    console.log("Demonstration: everybody on this machine is signed in. LARDER_DEMO=0 npm start makes real accounts.");
  if (prepared.setupLink)
    console.log(
      `\nNobody has an account yet. Make the first, an admin, within 7 days:\n  ${publicAddress}${prepared.setupLink}`,
    );
}

const variablesFor = (databaseUrl: string, { demo }: Prepared): Record<string, string> => ({
  DATABASE_URL: databaseUrl,
  LARDER_DEMO: demo ? "1" : "0",
});

/** What must not be reached from elsewhere, or would not know its own name there. */
function refuseUnsafe(): void {
  if (settings.demo === "on" && !isPrivate(settings))
    throw new ExpectedFailure(
      "LARDER_DEMO=1 signs everybody in, so it runs on this machine only. LARDER_HOST, LARDER_PUBLIC_URL or LARDER_TRUST_PROXY says that others reach it; unset one of them.",
    );
  if (!isLoopback(settings.host) && !settings.publicUrl)
    throw new ExpectedFailure(
      `LARDER_HOST is ${settings.host}; set LARDER_PUBLIC_URL to the address that people use, such as https://larder.example.com.`,
    );
}

async function prepare(databaseUrl: string): Promise<Prepared> {
  let began = Date.now();
  if (!settings.databaseUrl) {
    await supervise("postgres", {}).start();
    say("embedded Postgres", began);
    began = Date.now();
  }
  const prepared = await prepareDatabase(settings, databaseUrl);
  const { applied } = prepared;
  say(applied.length > 0 ? `database: ${applied.length} migration(s) applied` : "database up to date", began);
  return prepared;
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
