/**
 * Rows per second that go online, and the memory that takes: the code of `materializeGroup` that moves rows, with the engine
 * in its child process and the store in this one. Run: npx tsx bench/materialize.ts [--keys=1000000] [--features=20]
 * [--store=lmdb|redis] [--redis=redis://127.0.0.1:6379] [--repetitions=1]
 */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createDuckDbEngine } from "@/lib/engines/offline/duckdb/engine";
import type { CommittedFile, OfflineEngine, Shape } from "@/lib/engines/offline/port";
import { createLmdbStore } from "@/lib/engines/online/lmdb";
import type { OnlineStore } from "@/lib/engines/online/port";
import { createRedisStore } from "@/lib/engines/online/redis";
import { putRows } from "@/lib/materialization/put-rows";
import { buildTable } from "@/lib/materialization/table-build";
import { usedByChildren } from "./children";

const ROOT = resolve(import.meta.dirname, "..");
const option = (name: string, fallback: string): string =>
  process.argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3) ?? fallback;
const KEYS = Number(option("keys", "1000000"));
const FEATURES = Number(option("features", "20"));
const STORE = option("store", "lmdb");
const REPETITIONS = Number(option("repetitions", "1"));
const SAMPLE_MS = 100;

/** Two fifths whole numbers, two fifths fractions, one fifth short texts. */
const KINDS = [
  { type: "INT64", sql: (i: number): string => `(hash(n + ${i}) % 100000)::BIGINT` },
  { type: "INT64", sql: (i: number): string => `(hash(n + ${i}) % 1000000000)::BIGINT` },
  { type: "FLOAT64", sql: (i: number): string => `(hash(n + ${i}) % 100000000) / 7.0::DOUBLE` },
  { type: "FLOAT64", sql: (i: number): string => `(hash(n + ${i}) % 10000)::DOUBLE / 10000` },
  { type: "STRING", sql: (i: number): string => `'name ' || (hash(n + ${i}) % 1000)` },
];
const columns = Array.from({ length: FEATURES }, (_, i) => ({ name: `f${i}`, kind: KINDS[i % KINDS.length] }));
const SHAPE: Shape = {
  keys: [{ name: "k", type: "INT64" }],
  eventTime: "event_timestamp",
  createdTime: null,
  features: columns.map(({ name, kind }) => ({ name, type: kind?.type ?? "INT64" })),
};

/** Rows of some keys, in an order that has nothing to do with the keys. */
async function commit(engine: OfflineEngine, sequence: number, rows: number, day: string): Promise<CommittedFile> {
  const list = columns.map(({ name, kind }, i) => `${kind?.sql(1000 * i + sequence)} AS ${name}`);
  const sql =
    `SELECT (n * 2654435761) % 100000000003 AS k, TIMESTAMPTZ '${day}' + to_seconds(n % 86400) AS event_timestamp, ` +
    `${list.join(", ")} FROM (SELECT range::BIGINT * ${Math.floor(KEYS / rows)} AS n FROM range(${rows}))`;
  const file = await engine.append({ query: { sql, inputs: [] }, shape: SHAPE, folder: "data" });
  if (!file) throw new Error("no rows");
  return { ...file, commitSequence: sequence, committedAt: "2026-01-02T00:00:00.000000Z" };
}

/** Runs work and says how long it took, and the greatest resident sizes meanwhile, of this process and of its children. */
async function measured<T>(
  work: () => Promise<T>,
): Promise<{ result: T; seconds: number; cpu: { here: number; engine: number }; memory: string }> {
  let own = 0;
  const cpuBefore = process.cpuUsage();
  const engineBefore = usedByChildren().cpuSeconds;
  const look = (): void => {
    own = Math.max(own, process.memoryUsage().rss);
  };
  const timer = setInterval(look, SAMPLE_MS);
  const start = performance.now();
  const result = await work();
  const seconds = (performance.now() - start) / 1000;
  look();
  clearInterval(timer);
  const memory = `${Math.round(own / 1e6)} MB here, ${Math.round(usedByChildren().peakBytes / 1e6)} MB DuckDB`;
  const { user, system } = process.cpuUsage(cpuBefore);
  const cpu = { here: (user + system) / 1e6, engine: usedByChildren().cpuSeconds - engineBefore };
  return { result, seconds, cpu, memory };
}

const folder = mkdtempSync(join(tmpdir(), "larder-bench-materialize-"));
const engine = createDuckDbEngine({
  root: join(folder, "offline"),
  rootDir: ROOT,
  processPath: join(ROOT, "lib/engines/offline/duckdb/process.ts"),
  memoryLimit: "1GB",
  threads: 2,
  maxProcesses: 1,
});
const online: OnlineStore =
  STORE === "redis"
    ? createRedisStore({ url: option("redis", "redis://127.0.0.1:6379"), caFile: null })
    : createLmdbStore({ path: join(folder, "online") });
console.log(
  `${KEYS} keys × ${FEATURES} features into ${STORE}, ${cpus().length} × ${cpus()[0]?.model}, node ${process.version}`,
);
try {
  const first = await commit(engine, 1, KEYS, "2026-01-01");
  const later = await commit(engine, 2, Math.ceil(KEYS / 100), "2026-01-03");
  const rate = (rows: number, seconds: number): string => `${Math.round(rows / seconds).toLocaleString("en")} rows/s`;
  for (let round = 1; round <= REPETITIONS; round++) {
    const groupId = `bench${process.pid}r${round}`;
    const given = {
      groupId,
      sequence: 1,
      build: "b",
      commitId: null,
      table: { shape: SHAPE, files: [first] },
      inUse: null,
    };
    const built = await measured(() => buildTable({ offline: engine, online }, given, {}));
    console.log(
      `build: ${rate(built.result.rows, built.seconds)} (${built.seconds.toFixed(2)} s), peak ${built.memory}`,
    );
    const { here, engine: there } = built.cpu;
    const micros = (seconds: number): string => ((seconds * 1e6) / built.result.rows).toFixed(2);
    console.log(`CPU per row: ${micros(here)} µs here, ${micros(there)} µs DuckDB`);
    console.log(`bytes per key: ${Math.round(built.result.bytes / built.result.rows)} of key and row`);
    const added = await measured(() =>
      putRows({ offline: engine, online }, built.result.name, { shape: SHAPE, files: [later] }, {}),
    );
    await online.flush();
    console.log(`1 % new rows: ${rate(added.result.rows, added.seconds)} (${added.seconds.toFixed(2)} s)`);
    if (round < REPETITIONS || STORE === "redis") await online.drop(built.result.name);
  }
  if (STORE === "lmdb")
    console.log(
      `on the disk: ${Math.round((statSync(join(folder, "online", "data.mdb")).blocks * 512) / KEYS)} bytes per key`,
    );
} finally {
  await Promise.all([engine.close(), online.close()]);
  rmSync(folder, { recursive: true, force: true });
}
