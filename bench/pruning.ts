/**
 * Reads of few keys from a large group: 20 commits, each a day later, 100 M rows of 1 M entities (--rows=100, in millions).
 * Builds the group in a temporary folder and says for each read what of it was looked at. Run: npx tsx bench/pruning.ts
 */
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, cpus, tmpdir, totalmem } from "node:os";
import { join, resolve } from "node:path";
import { createDuckDbEngine } from "@/lib/engines/offline/duckdb/engine";
import type { AsOfRequest, CommittedFile, OfflineEngine, Scanned, Shape, Table } from "@/lib/engines/offline/port";
import type { Value } from "@/lib/kernel/values";
import { usedByChildren } from "./children";

const ROOT_DIR = resolve(import.meta.dirname, "..");
const COMMITS = 20;
const MILLIONS = Number(process.argv.find((arg) => arg.startsWith("--rows="))?.slice(7) ?? 100);
const ENTITIES = 1_000_000;
const SHAPE: Shape = {
  keys: [{ name: "entity", type: "INT64" }],
  eventTime: "event_time",
  createdTime: null,
  features: [
    { name: "amount", type: "FLOAT64" },
    { name: "visits", type: "INT64" },
    { name: "score", type: "FLOAT64" },
  ],
};

const day = (n: number): string => new Date(Date.UTC(2001, 0, 1 + n)).toISOString().replace("Z", "000Z");

/** One day of rows: entities at random, instants at random. */
function dayOfRows(n: number): string {
  const rows = Math.round((MILLIONS * 1e6) / COMMITS);
  return (
    `SELECT (hash(i * ${COMMITS} + ${n}) % ${ENTITIES})::BIGINT AS entity, ` +
    `TIMESTAMPTZ '${day(n)}' + to_microseconds((hash(i + 7) % 86400000000)::BIGINT) AS event_time, ` +
    `(hash(i + 1) % 100000) / 7.0::DOUBLE AS amount, (hash(i + 2) % 1000)::BIGINT AS visits, (hash(i + 3) % 4096) / 3.0::DOUBLE AS score ` +
    `FROM range(${rows}) r(i)`
  );
}

async function build(engine: OfflineEngine): Promise<Table> {
  const files: CommittedFile[] = [];
  for (let n = 0; n < COMMITS; n++) {
    const file = await engine.append({ query: { sql: dayOfRows(n), inputs: [] }, shape: SHAPE, folder: "data" });
    if (file) files.push({ ...file, commitSequence: n + 1, committedAt: day(n + 1) });
  }
  return { shape: SHAPE, files };
}

/** Entities spread over all there are. */
const some = (count: number): number[] =>
  Array.from({ length: count }, (_, i) => (i * Math.floor(ENTITIES / count) + 17 * i) % ENTITIES);

type Outcome = { rows: number; scanned: Scanned | null };

async function latest(engine: OfflineEngine, table: Table, keys: Value[][], at?: string): Promise<Outcome> {
  const outcome: Outcome = { rows: 0, scanned: null };
  const onScanned = (scanned: Scanned): void => {
    outcome.scanned = scanned;
  };
  for await (const chunk of engine.latest({ table, keys, onScanned, ...(at ? { at } : {}) }))
    outcome.rows += chunk.length;
  return outcome;
}

async function asOf(engine: OfflineEngine, table: Table, ttlSeconds: number | null): Promise<Outcome> {
  const rows = some(10_000).map((entity, i): Value[] => [entity, day(5 + (i % (COMMITS - 5)))]);
  const request: AsOfRequest = {
    spine: { kind: "rows", columns: [...SHAPE.keys, { name: "ts", type: "TIMESTAMP" }], rows },
    timestampColumn: "ts",
    joins: [
      {
        table,
        keyColumns: { entity: "entity" },
        ttlSeconds,
        features: SHAPE.features.map(({ name }) => ({ name, as: name })),
      },
    ],
    knowledge: "event_time",
    nullKeys: "refuse",
    output: { kind: "rows" },
  };
  const result = await engine.asOf(request);
  return { rows: result.rowCount, scanned: result.scanned ?? null };
}

async function main(): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "larder-bench-"));
  const engine = createDuckDbEngine({
    root,
    rootDir: ROOT_DIR,
    processPath: join(ROOT_DIR, "lib/engines/offline/duckdb/process.ts"),
    threads: 2,
    memoryLimit: "1GB",
  });
  try {
    const started = performance.now();
    const table = await build(engine);
    const bytes = table.files.reduce((sum, file) => sum + file.byteCount, 0);
    console.log(
      `${MILLIONS} M rows of ${ENTITIES} entities in ${COMMITS} commits, ${(bytes / 1e9).toFixed(2)} GB, built in ${((performance.now() - started) / 1000).toFixed(0)} s`,
    );
    const keys = some(1000).map((entity): Value[] => [entity]);
    const cases: [string, () => Promise<Outcome>][] = [
      ["latest of 1,000 keys", () => latest(engine, table, keys)],
      ["latest of 1,000 keys, midway", () => latest(engine, table, keys, day(10))],
      ["latest of keys that are not there", () => latest(engine, table, [[-5], [ENTITIES + 5]])],
      ["10,000-row spine, no ttl", () => asOf(engine, table, null)],
      ["10,000-row spine, ttl 2 days", () => asOf(engine, table, 2 * 86_400)],
      [
        "100 rows of one day",
        async () => {
          const { rows } = await engine.read({ table, start: day(3), end: day(4), limit: 100 });
          return { rows: rows.length, scanned: null };
        },
      ],
    ];
    console.log(["read", "s", "cpu s", "rows", "files", "MB"].map((cell, i) => cell.padEnd(i === 0 ? 36 : 9)).join(""));
    for (const [name, work] of cases) {
      const cpu = usedByChildren().cpuSeconds;
      const start = performance.now();
      const { rows, scanned } = await work();
      const cells = [
        ((performance.now() - start) / 1000).toFixed(2),
        (usedByChildren().cpuSeconds - cpu).toFixed(2),
        String(rows),
        scanned ? `${scanned.files}/${scanned.filesTotal}` : "",
        scanned ? (scanned.bytes / 1e6).toFixed(0) : "",
      ];
      console.log(name.padEnd(36) + cells.map((cell) => cell.padEnd(9)).join(""));
    }
    console.log(`peak ${(usedByChildren().peakBytes / 1e9).toFixed(2)} GB, 2 threads, memory_limit 1GB`);
    console.log(`${cpus()[0]?.model} x ${availableParallelism()}, ${(totalmem() / 1e9).toFixed(0)} GB`);
  } finally {
    await engine.close();
    rmSync(root, { recursive: true, force: true });
  }
}

await main();
