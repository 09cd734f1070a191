/** A whole Larder for the bench: `npm start` on free ports with an empty data directory, its groups written through the API. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, openAsBlob, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Client } from "pg";
import { embeddedUrl, socketDirectory } from "@/lib/platform/embedded-address";
import { FEATURES, writeRows } from "./data";

const ROOT = resolve(import.meta.dirname, "../..");

export type Larder = {
  servingPort: number;
  servingPid: number;
  token: string;
  api(method: string, path: string, body?: unknown): Promise<Record<string, unknown>>;
  stop(): Promise<void>;
};

/** Starts it with `groups` groups of ten INT64 features and a view over each first 1, 5, 25 of them. */
export async function startLarder(options: { keys: number; groups: number; redisUrl?: string }): Promise<Larder> {
  const dataDir = mkdtempSync(join(tmpdir(), "larder-bench-"));
  const [port, servingPort] = [await freePort(), await freePort()];
  const variables = {
    PORT: String(port),
    LARDER_SERVING_PORT: String(servingPort),
    LARDER_DATA_DIR: dataDir,
    LARDER_DEMO: "1",
    LARDER_LOG_LEVEL: "warn",
    ...(options.redisUrl ? { LARDER_REDIS_URL: options.redisUrl } : {}),
  };
  // Everything but the data plane works beside the generator.
  const child = spawn("taskset", ["-c", "1", process.execPath, "server/start.mjs"], {
    cwd: ROOT,
    env: { ...process.env, ...variables },
    stdio: ["ignore", "pipe", "inherit"],
  });
  await printed(child, /Larder is ready/);
  const api: Larder["api"] = async (method, path, body) => {
    const isFile = body instanceof Blob;
    const response = await fetch(`http://localhost:${port}/api/v1${path}`, {
      method,
      headers: {
        origin: `http://localhost:${port}`,
        ...(body === undefined
          ? {}
          : { "content-type": isFile ? "application/vnd.apache.parquet" : "application/json" }),
      },
      ...(body === undefined ? {} : { body: isFile ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 500)}`);
    return (text ? JSON.parse(text) : {}) as Record<string, unknown>;
  };
  await define(api, options);
  await activate(dataDir);
  const token = await tokenFrom(api);
  const servingPid = childNamed(child.pid ?? 0, "serving.ts");
  return {
    servingPort,
    servingPid,
    token,
    api,
    stop: async () => {
      const gone = new Promise((done) => child.once("exit", done));
      child.kill("SIGTERM");
      await gone;
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function define(api: Larder["api"], { keys, groups }: { keys: number; groups: number }): Promise<void> {
  const create = (path: string, definition: object): Promise<unknown> => api("POST", path, definition);
  await create("/entities", { name: "bench", joinKeys: [{ name: "entity", type: "INT64" }] });
  for (let group = 0; group < groups; group++) {
    const names = Array.from({ length: FEATURES }, (_, i) => `feature_${group * FEATURES + i}`);
    await create("/feature-groups", {
      name: `feature_view_${group}`,
      entity: "bench",
      ttl: "3650d",
      features: names.map((name) => ({ name, type: "INT64" })),
    });
    await writeGroup(api, group, keys);
  }
  for (const count of [1, 5, 25].filter((count) => count <= groups))
    await create("/feature-views", {
      name: `feature_service_${count * FEATURES}`,
      joins: Array.from({ length: count }, (_, group) => ({
        group: `feature_view_${group}`,
        features: Array.from({ length: FEATURES }, (_, i) => `feature_${group * FEATURES + i}`),
      })),
    });
  await settled(api);
}

/** Writes the rows of a group as one Parquet file. */
export async function writeGroup(api: Larder["api"], group: number, keys: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "larder-bench-rows-"));
  const path = join(folder, "rows.parquet");
  await writeRows([{ path, group }], keys);
  await api("POST", `/feature-groups/feature_view_${group}/rows`, await openAsBlob(path));
  rmSync(folder, { recursive: true, force: true });
}

/** Waits until no run is left; throws when one failed. */
export async function settled(api: Larder["api"]): Promise<void> {
  for (;;) {
    const { items } = (await api("GET", "/runs?limit=200")) as { items: { state: string }[] };
    const failed = items.find(({ state }) => state === "FAILED");
    if (failed) throw new Error(`a run failed: ${JSON.stringify(failed).slice(0, 1000)}`);
    if (items.every(({ state }) => state === "SUCCEEDED")) return;
    await new Promise((done) => setTimeout(done, 1000));
  }
}

/** Approval is not what is measured: the features are made ACTIVE where they stand. */
async function activate(dataDir: string): Promise<void> {
  const client = new Client({ connectionString: embeddedUrl(socketDirectory(tmpdir(), dataDir)) });
  await client.connect();
  await client.query(`UPDATE "Feature" SET "status" = 'ACTIVE' WHERE "name" LIKE 'feature\\_%'`);
  await client.query(`UPDATE "Project" SET "revision" = "revision" + 1`);
  await client.end();
}

async function tokenFrom(api: Larder["api"]): Promise<string> {
  const account = (await api("POST", "/service-accounts", { name: "bench", role: "engineer" })) as { id: string };
  const { secret } = (await api("POST", "/tokens", {
    name: "bench",
    scopes: ["online:read", "online:write", "rows:write", "runs:write"],
    serviceAccountId: account.id,
  })) as { secret: string };
  return secret;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((done) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => done(typeof address === "object" && address ? address.port : 0));
    });
  });
}

function printed(child: ChildProcess, pattern: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    let seen = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      seen += chunk;
      if (pattern.test(seen)) resolve();
    });
    child.once("exit", (code) => reject(new Error(`Larder ended with ${code}: ${seen.slice(-1000)}`)));
  });
}

/** The process below `pid` whose command line has `name`. */
export function childNamed(pid: number, name: string): number {
  for (const task of [pid]) {
    const children = readFileSync(`/proc/${task}/task/${task}/children`, "utf8").trim().split(" ").filter(Boolean);
    for (const child of children.map(Number)) {
      if (readFileSync(`/proc/${child}/cmdline`, "utf8").includes(name)) return child;
      const found = childNamed(child, name);
      if (found) return found;
    }
  }
  return 0;
}
