/**
 * One online read over HTTP: Larder against the bare limit, a `node:http` server that does nothing but one LMDB get and
 * one JSON.stringify. Run: npx tsx bench/online-read.ts [--feature=traffic:departures] [--entity=ATL] [--requests=20000]
 * Larder is looked for at LARDER_URL (http://127.0.0.1:3000).
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { Agent, createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { availableParallelism, cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { open } from "lmdb";

const HOST = "127.0.0.1";
const ENTITIES = 10_000;
const CONCURRENCIES = [1, 8] as const;
const ROUNDS = 3;

/** What a load of `requests` gave; times in milliseconds. */
export type Load = { requestsPerSecond: number; p50Ms: number; p99Ms: number; failed: number };

/** Closed loop: each of `concurrency` connections sends its next request when the answer to the last one is complete. */
export async function load(url: string, concurrency: number, requests: number): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  const times: number[] = [];
  let failed = 0;
  let sent = 0;
  const connection = async (): Promise<void> => {
    while (sent < requests) {
      sent += 1;
      const start = performance.now();
      const status = await statusOf(url, agent).catch(() => 0);
      times.push(performance.now() - start);
      if (status !== 200) failed += 1;
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: concurrency }, connection));
  const seconds = (performance.now() - start) / 1000;
  agent.destroy();
  times.sort((a, b) => a - b);
  const quantile = (share: number): number =>
    times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
  return { requestsPerSecond: requests / seconds, p50Ms: quantile(0.5), p99Ms: quantile(0.99), failed };
}

/** Starts the bare server in a process of its own; `stop` ends it. */
export async function startBareLimit(): Promise<{ url: string; stop: () => void }> {
  const child = fork(fileURLToPath(import.meta.url), ["--serve"], { execArgv: ["--import", "tsx"] });
  const gone = once(child, "exit").then(([code]) => {
    throw new Error(`the bare server ended with ${code}`);
  });
  const [port] = (await Promise.race([once(child, "message"), gone])) as [number];
  gone.catch(() => {});
  return { url: `http://${HOST}:${port}/customer-4711`, stop: () => child.kill() };
}

/** The bare limit itself: no routing, no checks, no statuses, no log. Nothing that answers over node:http can be faster. */
export async function bareLimit(concurrency: number, requests: number): Promise<Load> {
  const server = await startBareLimit();
  try {
    await load(server.url, concurrency, Math.ceil(requests / 10));
    return await load(server.url, concurrency, requests);
  } finally {
    server.stop();
  }
}

function statusOf(url: string, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      response.on("end", () => resolve(response.statusCode ?? 0));
      response.on("error", reject);
      response.resume();
    }).on("error", reject);
  });
}

async function serveBare(): Promise<void> {
  const path = mkdtempSync(join(tmpdir(), "larder-bench-"));
  process.on("SIGTERM", () => {
    rmSync(path, { recursive: true, force: true });
    process.exit(0);
  });
  const db = open<Record<string, unknown>, string>({ path, noSubdir: false });
  await db.transaction(() => {
    for (let entity = 0; entity < ENTITIES; entity += 1) db.put(`customer-${entity}`, featuresOf(entity));
  });
  const server = createServer((request, response) => {
    const body = JSON.stringify(db.get((request.url ?? "/").slice(1)));
    response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
    response.end(body);
  });
  server.listen(0, HOST, () => process.send?.((server.address() as AddressInfo).port));
}

function featuresOf(entity: number): Record<string, unknown> {
  return {
    departures_7d: entity,
    departures_30d: entity * 4,
    delay_mean_7d: entity / 7,
    delay_max_7d: entity % 300,
    carrier: `C${entity % 20}`,
    is_hub: entity % 10 === 0,
    last_seen: "2001-06-30T12:00:00.000000Z",
  };
}

function option(name: string, otherwise: string): string {
  return process.argv.find((argument) => argument.startsWith(`--${name}=`))?.slice(name.length + 3) ?? otherwise;
}

function versionOf(name: string): string {
  const manifest = fileURLToPath(new URL(`../node_modules/${name}/package.json`, import.meta.url));
  return (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
}

function best(loads: Load[]): Load {
  return loads.reduce((a, b) => (b.requestsPerSecond > a.requestsPerSecond ? b : a));
}

async function main(): Promise<void> {
  const requests = Number(option("requests", "20000"));
  const base = process.env.LARDER_URL ?? "http://127.0.0.1:3000";
  const path = `features/${encodeURIComponent(option("feature", "traffic:departures"))}/entity/${encodeURIComponent(option("entity", "ATL"))}`;
  const url = `${base}/api/v1/${path}`;
  const larder = await statusOf(url, new Agent()).catch(() => 0);

  console.info(
    `${cpus()[0]?.model.trim()}, ${availableParallelism()} threads, ${Math.round(totalmem() / 2 ** 30)} GB; Node ${process.version}, lmdb ${versionOf("lmdb")}`,
  );
  console.info(`${requests} requests, best of ${ROUNDS}, generator and server on the same machine\n`);
  console.info(
    "| | connections | requests/s | p50 ms | p99 ms | of the limit |\n| --- | ---: | ---: | ---: | ---: | ---: |",
  );
  const server = await startBareLimit();
  try {
    for (const concurrency of CONCURRENCIES) {
      const bare: Load[] = [];
      const ours: Load[] = [];
      // In turns, so that a noisy minute meets both; the first round of each warms up.
      for (let round = 0; round <= ROUNDS; round += 1) {
        const count = round === 0 ? Math.ceil(requests / 10) : requests;
        const limit = await load(server.url, concurrency, count);
        const own = larder === 200 ? await load(url, concurrency, count) : null;
        if (round === 0) continue;
        bare.push(limit);
        if (own) ours.push(own);
      }
      print("bare node:http + LMDB", concurrency, best(bare), 1);
      if (ours.length > 0)
        print("Larder", concurrency, best(ours), best(ours).requestsPerSecond / best(bare).requestsPerSecond);
    }
  } finally {
    server.stop();
  }
  if (larder !== 200) console.info(`\nLarder was not measured: ${url} answered ${larder || "nothing"}.`);
}

function print(what: string, concurrency: number, result: Load, ratio: number): void {
  const failed = result.failed > 0 ? ` (${result.failed} FAILED)` : "";
  const cells = [
    `${what}${failed}`,
    concurrency,
    Math.round(result.requestsPerSecond),
    result.p50Ms.toFixed(3),
    result.p99Ms.toFixed(3),
  ];
  console.info(`| ${[...cells, `${(ratio * 100).toFixed(0)} %`].join(" | ")} |`);
}

if (process.argv.includes("--serve")) await serveBare();
else if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
