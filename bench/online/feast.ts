/** Feast's Python server with the same rows, for the bench. */
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeRows } from "./data";
import { freePort } from "./larder";

export type Feast = { port: number; stop(): Promise<void> };

/** `tuned`: what Feast's own post on tuning says: cached registry, no access log, workers that are not restarted. */
export async function startFeast(options: {
  venv: string;
  keys: number;
  groups: number;
  redisPort: number | null;
  workers: number;
  tuned: boolean;
  cores: string;
}): Promise<Feast> {
  const folder = mkdtempSync(join(tmpdir(), "larder-feast-"));
  const { keys, groups, redisPort } = options;
  const files = Array.from({ length: groups }, (_, group) => ({ path: join(folder, `f${group}.parquet`), group }));
  await writeRows(files, keys);
  const store =
    redisPort === null
      ? `{type: sqlite, path: ${folder}/online.db}`
      : `{type: redis, connection_string: "127.0.0.1:${redisPort},db=1"}`;
  writeFileSync(
    join(folder, "feature_store.yaml"),
    [
      "project: bench",
      "provider: local",
      `registry: {path: ${folder}/registry.db, cache_ttl_seconds: 3600}`,
      "offline_store: {type: duckdb}",
      `online_store: ${store}`,
      "entity_key_serialization_version: 3",
      "auth: {type: no_auth}",
    ].join("\n"),
  );
  writeFileSync(join(folder, "defs.py"), definitions(folder, groups));
  const bin = join(options.venv, "bin");
  const env = { ...process.env, FEAST_USAGE: "False", PATH: `${bin}:${process.env.PATH ?? ""}` };
  const run = (...args: string[]): unknown =>
    execFileSync(join(bin, "feast"), args, { cwd: folder, env, stdio: ["ignore", "ignore", "pipe"] });
  run("apply");
  run("materialize", "2020-01-01T00:00:00", "2026-06-01T00:00:00");
  const port = await freePort();
  const flags = options.tuned
    ? ["--workers", String(options.workers), "--no-access-log", "--registry_ttl_sec", "3600"]
    : ["--no-access-log"];
  // A worker that restarts every 1,000 requests would only measure its start.
  const steady = ["--max-requests", "100000000", "--max-requests-jitter", "0", "--keep-alive-timeout", "120"];
  const child = spawn(
    "taskset",
    ["-c", options.cores, join(bin, "feast"), "serve", "-h", "127.0.0.1", "-p", String(port), ...flags, ...steady],
    { cwd: folder, env, stdio: "ignore", detached: true },
  );
  for (const deadline = Date.now() + 60_000; ; ) {
    const answer = await fetch(`http://127.0.0.1:${port}/health`).catch(() => null);
    if (answer?.ok) break;
    if (Date.now() > deadline) throw new Error("Feast does not answer");
    await new Promise((done) => setTimeout(done, 500));
  }
  return {
    port,
    stop: async () => {
      // It has workers of its own, so the whole group goes.
      process.kill(-(child.pid ?? 0), "SIGTERM");
      await new Promise((done) => setTimeout(done, 1000));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function definitions(folder: string, groups: number): string {
  return `
from datetime import timedelta
from feast import Entity, FeatureView, Field, FileSource, ValueType
from feast.types import Int64
entity = Entity(name="entity", join_keys=["entity"], value_type=ValueType.INT64)
for i in range(${groups}):
    globals()[f"view_{i}"] = FeatureView(
        name=f"feature_view_{i}", entities=[entity], ttl=timedelta(days=3650), online=True,
        source=FileSource(path=f"${folder}/f{i}.parquet", timestamp_field="event_timestamp"),
        schema=[Field(name="entity", dtype=Int64)] + [Field(name=f"feature_{10*i+j}", dtype=Int64) for j in range(10)])
`;
}
