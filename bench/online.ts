/**
 * Online reads: Larder's data plane against the limit, a bare Node server and Feast, in one run, equal answers first.
 *   npx tsx bench/online.ts [--store=lmdb|redis] [--seconds=1] [--shapes=1x10,10x50,…] [--concurrency=1,8,32]
 *     [--keys=10000] [--groups=25] [--during=1000000] [--feast=/path/to/venv [--only=feast]]   (a virtual environment with feast and, for redis, feast[redis])
 * Servers on core 0, generator on core 1; Feast's tuned server with two workers gets both.
 */
import { execFileSync, fork, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { type Feast, startFeast } from "./online/feast";
import type { Job, Load } from "./online/generator";
import { freePort, type Larder, settled, startLarder, writeGroup } from "./online/larder";
import type { ToPeer } from "./online/peers";

const option = (name: string, otherwise: string): string =>
  process.argv.find((argument) => argument.startsWith(`--${name}=`))?.slice(name.length + 3) ?? otherwise;

const STORE = option("store", "lmdb");
const SECONDS = Number(option("seconds", "1"));
const ROUNDS = 5;
const WARM_UP_SECONDS = 0.5;
const KEYS = Number(option("keys", "10000"));
const GROUPS = Number(option("groups", "25"));
const UNKNOWN = 0.05;
const BODIES = 200;
/** Rows that are materialized while reads go on; 0: none. */
const DURING = Number(option("during", "0"));
const FEAST = option("feast", "");
const SHAPES = option("shapes", "1x10,1x50,1x250,10x10,10x50,10x250,100x10,100x50,100x250")
  .split(",")
  .map((shape) => shape.split("x").map(Number) as [number, number]);
const CONCURRENCY = option("concurrency", "1,8,32").split(",").map(Number);
const HERE = import.meta.dirname;

const children: { kill(): unknown }[] = [];

/** Keys as a client asks for them: one in twenty is unknown. Seeded, so that every server gets the same. */
function keysOf(entities: number, seed: number): number[] {
  let state = seed * 2_654_435_761 + 1;
  const next = (): number => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
  return Array.from({ length: entities }, () => Math.floor(next() * KEYS) + (next() < UNKNOWN ? 10 * KEYS : 0));
}

const names = (features: number): string[] =>
  Array.from({ length: features }, (_, i) => `feature_view_${Math.floor(i / 10)}:feature_${i}`);
const nativeBody = (entities: number, features: number, seed: number): string =>
  JSON.stringify({ entity_ids: keysOf(entities, seed), features: names(features) });
const feastBody = (entities: number, features: number, seed: number): string =>
  JSON.stringify({ features: names(features), entities: { entity: keysOf(entities, seed) } });

function pinned(script: string, core: number): { process: ReturnType<typeof fork> } {
  const child = fork(join(HERE, "online", script), { execArgv: ["--import", "tsx"] });
  execFileSync("taskset", ["-acp", String(core), String(child.pid)], { stdio: "ignore" });
  children.push(child);
  return { process: child };
}

async function peer(message: ToPeer): Promise<{ port: number; stop(): void }> {
  const { process: child } = pinned("peers.ts", 0);
  child.send(message);
  const { port } = await new Promise<{ port: number }>((resolve) =>
    child.once("message", (m) => resolve(m as { port: number })),
  );
  return { port, stop: () => child.kill() };
}

const generator = pinned("generator.ts", 1).process;

function load(job: Job): Promise<Load> {
  return new Promise((resolve, reject) => {
    generator.once("message", (message: { load?: Load; error?: string }) =>
      message.load ? resolve(message.load) : reject(new Error(message.error)),
    );
    generator.send(job);
  });
}

async function ask(port: number, path: string, headers: Record<string, string>, body: string): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: "POST",
    body,
    headers: { "content-type": "application/json", ...headers },
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${path} answered ${response.status}: ${text.slice(0, 300)}`);
  return text;
}

/** Ages differ with the moment they were asked for. */
const ageless = (text: string): string => text.replace(/"age_seconds":[-\d.]+/g, '"age_seconds":0');

function requireEqual(what: string, one: string, other: string): void {
  if (one === other) return;
  const at = [...one].findIndex((character, i) => character !== other[i]);
  throw new Error(`${what} differ at ${at}: ${one.slice(at - 60, at + 60)} | ${other.slice(at - 60, at + 60)}`);
}

type Answer = { results: { values: unknown[]; statuses: string[] }[]; metadata: { feature_names: string[] } };

/** Values by name; Feast's own order of features is not stable, and it tells an unknown entity in its own way. */
function columnsOf(text: string): Record<string, unknown[]> {
  const { results, metadata } = JSON.parse(text) as Answer;
  return Object.fromEntries(metadata.feature_names.map((name, i) => [name, results[i]?.values ?? []]).sort());
}

async function main(): Promise<void> {
  console.info(
    `${cpus()[0]?.model.trim()}, ${availableParallelism()} threads, ${Math.round(totalmem() / 2 ** 30)} GB; Node ${process.version}; store ${STORE}; ${KEYS} keys, ${UNKNOWN * 100} % unknown; ${ROUNDS} rounds of ${SECONDS} s each, in turns: medians`,
  );
  const redis = STORE === "redis" ? await startRedis() : null;
  const larder = await startLarder({ keys: KEYS, groups: GROUPS, ...(redis ? { redisUrl: redis.url } : {}) });
  execFileSync("taskset", ["-acp", "0", String(larder.servingPid)], { stdio: "ignore" });
  const path = mkdtempSync(join(tmpdir(), "larder-bench-bare-"));
  const bare = STORE === "lmdb" ? await peer({ role: "bare", path, keys: KEYS, groups: GROUPS }) : null;
  try {
    if (option("only", "") !== "feast") await native(larder, bare);
    if (DURING > 0) await whileMaterializing(larder);
    if (FEAST) await againstFeast(larder, redis?.port ?? null);
  } finally {
    await larder.stop();
    rmSync(path, { recursive: true, force: true });
    for (const child of children) child.kill();
  }
}

async function native(larder: Larder, bare: { port: number } | null): Promise<void> {
  const headers = { authorization: `Bearer ${larder.token}` };
  const batch = "/api/v1/features/batch";
  console.info("\n| shape | connections | server | requests/s | p50 ms | p95 ms | p99 ms | bytes | of the limit |");
  console.info("| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |");
  for (const [entities, features] of SHAPES) {
    const bodies = Array.from({ length: BODIES }, (_, seed) => nativeBody(entities, features, seed));
    for (const body of bare ? bodies.slice(0, 20) : [])
      requireEqual(
        "answers of Larder and the bare server",
        ageless(await ask(larder.servingPort, batch, headers, body)),
        ageless(await ask(bare?.port ?? 0, "/", {}, body)),
      );
    const limit = await peer({ role: "limit", bytes: await ask(larder.servingPort, batch, headers, bodies[0] ?? "") });
    for (const concurrency of CONCURRENCY) {
      const rivals: [string, Job][] = [
        ["limit", { port: limit.port, path: "/", headers: {}, bodies, concurrency, seconds: SECONDS }],
        ["larder", { port: larder.servingPort, path: batch, headers, bodies, concurrency, seconds: SECONDS }],
        ...(bare
          ? ([["bare", { port: bare.port, path: "/", headers: {}, bodies, concurrency, seconds: SECONDS }]] as [
              string,
              Job,
            ][])
          : []),
      ];
      const medians = await inTurns(rivals);
      const most = medians.get("limit")?.requestsPerSecond ?? 1;
      for (const [name, result] of medians) print(`${entities} x ${features}`, concurrency, name, result, most);
    }
    limit.stop();
  }
}

/** Latency at 1 x 50, eight connections: before, and in each two seconds while rows are written and materialized. */
async function whileMaterializing(larder: Larder): Promise<void> {
  const bodies = Array.from({ length: BODIES }, (_, seed) => nativeBody(1, 50, seed));
  const headers = { authorization: `Bearer ${larder.token}` };
  const job = { port: larder.servingPort, path: "/api/v1/features/batch", headers, bodies, concurrency: 8, seconds: 2 };
  const before = await load(job);
  let going = true;
  const work = writeGroup(larder.api, GROUPS - 1, DURING)
    .then(() => settled(larder.api))
    .finally(() => {
      going = false;
    });
  const meanwhile: Load[] = [];
  while (going) meanwhile.push(await load(job));
  await work;
  const worst = meanwhile.reduce((a, b) => (b.p99 > a.p99 ? b : a));
  const median = meanwhile.map(({ p99 }) => p99).sort((a, b) => a - b)[Math.floor(meanwhile.length / 2)] ?? 0;
  console.info(
    `\n1 x 50, 8 connections: p99 ${before.p99.toFixed(3)} ms; while ${DURING.toLocaleString("en")} rows are written, profiled and materialized ` +
      `(${meanwhile.length * 2} s): median of p99 ${median.toFixed(3)} ms, worst ${worst.p99.toFixed(3)} ms`,
  );
}

/** The median round of each, by requests per second. They take turns, so that a noisy moment meets all; a short round warms up. */
async function inTurns(rivals: [string, Job][]): Promise<Map<string, Load>> {
  const rounds = new Map<string, Load[]>(rivals.map(([name]) => [name, []]));
  for (let round = 0; round <= ROUNDS; round++)
    for (const [name, job] of rivals) {
      const result = await load(round === 0 ? { ...job, seconds: Math.min(WARM_UP_SECONDS, job.seconds) } : job);
      if (round > 0) rounds.get(name)?.push(result);
    }
  return new Map(
    [...rounds].map(([name, loads]) => [
      name,
      loads.sort((a, b) => a.requestsPerSecond - b.requestsPerSecond)[Math.floor(loads.length / 2)] as Load,
    ]),
  );
}

async function againstFeast(larder: Larder, redisPort: number | null): Promise<void> {
  const headers = { authorization: `Bearer ${larder.token}` };
  const ours = "/get-online-features";
  console.info("\nFeast's protocol, the same bodies:\n");
  console.info("| shape | connections | server | requests/s | p50 ms | p95 ms | p99 ms | bytes | times Feast |");
  console.info("| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |");
  for (const [what, workers, both] of [
    ["Feast, as it comes", 1, false],
    ["Feast, tuned, 2 workers", 2, true],
  ] as const) {
    const feast: Feast = await startFeast({
      venv: FEAST,
      keys: KEYS,
      groups: GROUPS,
      redisPort,
      workers,
      tuned: workers > 1,
      cores: both ? "0,1" : "0",
    });
    try {
      for (const [entities, features] of SHAPES) {
        const bodies = Array.from({ length: BODIES }, (_, seed) => feastBody(entities, features, seed));
        for (const body of bodies.slice(0, 5))
          requireEqual(
            "answers of Larder and Feast",
            JSON.stringify(columnsOf(await ask(larder.servingPort, ours, headers, body))),
            JSON.stringify(columnsOf(await ask(feast.port, ours, {}, body))),
          );
        for (const concurrency of CONCURRENCY) {
          const seconds = SECONDS;
          const medians = await inTurns([
            [what, { port: feast.port, path: ours, headers: {}, bodies, concurrency, seconds }],
            ["larder", { port: larder.servingPort, path: ours, headers, bodies, concurrency, seconds }],
          ]);
          const theirs = medians.get(what)?.requestsPerSecond ?? Number.NaN;
          for (const [name, result] of medians)
            print(`${entities} x ${features}`, concurrency, name, result, theirs, "x");
        }
      }
    } finally {
      await feast.stop();
    }
  }
}

function print(
  shape: string,
  concurrency: number,
  name: string,
  load: Load,
  against: number,
  unit: "%" | "x" = "%",
): void {
  const ratio = load.requestsPerSecond / against;
  const cells = [
    shape,
    concurrency,
    `${name}${load.failed > 0 ? ` (${load.failed} FAILED)` : ""}`,
    Math.round(load.requestsPerSecond).toLocaleString("en"),
    load.p50.toFixed(3),
    load.p95.toFixed(3),
    load.p99.toFixed(3),
    load.bytes.toLocaleString("en"),
    unit === "%" ? `${(ratio * 100).toFixed(0)} %` : `${ratio.toFixed(1)} x`,
  ];
  console.info(`| ${cells.join(" | ")} |`);
}

async function startRedis(): Promise<{ url: string; port: number }> {
  const port = await freePort();
  const child = spawn(
    "taskset",
    ["-c", "0", "redis-server", "--port", String(port), "--save", "", "--appendonly", "no"],
    {
      stdio: "ignore",
    },
  );
  children.push(child);
  await new Promise((done) => setTimeout(done, 1000));
  return { url: `redis://127.0.0.1:${port}/0`, port };
}

main().catch((error: unknown) => {
  console.error(error);
  for (const child of children) child.kill();
  process.exitCode = 1;
});
