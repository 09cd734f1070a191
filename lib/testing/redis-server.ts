import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { Cluster, Redis } from "ioredis";

/** A Redis that a test started for itself: in memory only, on a port of this machine. */
export type TestRedis = {
  url: string;
  port: number;
  /** Ends the server at once; what it held is lost. */
  kill(): Promise<void>;
  /** Starts it again, empty, on the same port. */
  restart(): Promise<void>;
  close(): Promise<void>;
};

/** Redis servers that somebody else started for the tests (server/test-redis.mjs), by kind. */
export const givenRedis = {
  single: process.env.LARDER_TEST_REDIS_URL ?? null,
  tls: process.env.LARDER_TEST_REDIS_TLS_URL ?? null,
  caFile: process.env.LARDER_TEST_REDIS_CA ?? null,
  cluster: process.env.LARDER_TEST_REDIS_CLUSTER_URL ?? null,
  /** Where every test's context keeps its online rows; null: in LMDB. */
  contexts: process.env.LARDER_TEST_ONLINE_URL ?? null,
};

/** Where redis-server is; null: not installed. */
export const redisServer: string | null =
  (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, "redis-server"))
    .find((path) => existsSync(path)) ?? null;

/** Starts a server with more lines of configuration, such as `["--maxmemory", "2mb"]`. */
export async function startRedis(more: string[] = []): Promise<TestRedis> {
  if (!redisServer) throw new Error("redis-server is not installed (Debian: apt-get install redis-server)");
  const folder = await mkdtemp(join(tmpdir(), "larder-redis-"));
  const port = await freePort();
  const given = ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder];
  let child = await start(redisServer, [...given, ...more]);
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    kill,
    restart: async () => {
      await kill();
      child = await start(redisServer ?? "", [...given, ...more]);
    },
    close: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** A plain connection of a test's own to look behind the store; the caller disconnects it. */
export function plainClient(url: string): Redis {
  return new Redis(url, { maxRetriesPerRequest: 3 }).on("error", () => {});
}

/** The same for a cluster on this machine, from its address as Larder takes it. */
export function plainCluster(url: string): Cluster {
  const nodes = url.replace(/^.*\/\//, "").split(",");
  return new Cluster(nodes.map((node) => ({ host: node.split(":")[0], port: Number(node.split(":")[1]) })));
}

/** A port that nobody listens at just now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address ? address.port : 0;
}

async function start(program: string, args: string[]): Promise<ChildProcess> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  await new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", () => reject(new Error(`redis-server ended: ${said}`)));
    child.stdout.on("data", (chunk) => {
      said += chunk;
      if (said.includes("Ready to accept connections")) resolve();
    });
  });
  child.stdout.removeAllListeners("data").resume();
  return child;
}
