/**
 * Rows per second that an ingest checks and writes, and the memory that takes: `npx tsx bench/ingest.ts [rows]`, a million
 * by default, of eight columns, as JSON lines, CSV and Parquet.
 */
import { createReadStream } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { createDuckDbEngine } from "@/lib/engines/offline/duckdb/engine";
import type { IngestRequest, Shape } from "@/lib/engines/offline/port";

const ROWS = Number(process.argv[2] ?? 1_000_000);
const ROOT = resolve(import.meta.dirname, "..");
const SHAPE: Shape = {
  keys: [{ name: "user_id", type: "STRING" }],
  eventTime: "event_timestamp",
  createdTime: null,
  features: [
    { name: "clicks", type: "INT64" },
    { name: "score", type: "FLOAT64" },
    { name: "category", type: "STRING" },
    { name: "active", type: "BOOL" },
    { name: "amount", type: "DECIMAL(12,2)" },
    { name: "maybe", type: "INT32" },
  ],
};
const SELECT = (time: string): string =>
  `SELECT 'user_' || (range % 100000) AS user_id, ${time} AS event_timestamp, range AS clicks, ` +
  "hash(range) / 1.8446744073709552e19 AS score, 'cat' || (range % 20) AS category, range % 2 = 0 AS active, " +
  `(range / 100.0)::DECIMAL(12,2) AS amount, CASE WHEN range % 10 > 0 THEN (range % 7)::INTEGER END AS maybe FROM range(${ROWS})`;
const AT = "make_timestamptz(1700000000000000 + range * 1000000)";
const TEXT = `strftime(${AT}, '%Y-%m-%dT%H:%M:%SZ')`;

const folder = await mkdtemp(join(tmpdir(), "larder-bench-ingest-"));
const instance = await DuckDBInstance.create(":memory:", { threads: "2" });
const connection = await instance.connect();
await connection.run("SET TimeZone = 'UTC'");
const made: Record<IngestRequest["format"], [sql: string, options: string]> = {
  json: [SELECT(TEXT), "FORMAT json"],
  csv: [SELECT(TEXT), "FORMAT csv, HEADER"],
  parquet: [SELECT(AT), "FORMAT parquet"],
};
const engine = createDuckDbEngine({
  root: join(folder, "offline"),
  rootDir: ROOT,
  processPath: join(ROOT, "lib/engines/offline/duckdb/process.ts"),
  memoryLimit: "1GB",
  maxProcesses: 1,
});
console.log(`${ROWS} rows, ${cpus().length} × ${cpus()[0]?.model}, node ${process.version}`);
try {
  for (const format of ["json", "csv", "parquet"] as const) {
    const path = join(folder, `rows.${format}`);
    const [sql, options] = made[format];
    await connection.run(`COPY (${sql}) TO '${path}' (${options})`);
    const megabytes = (await stat(path)).size / 1e6;
    let started = performance.now();
    const upload = await engine.saveUpload({ folder: "bench", format, body: createReadStream(path), maxBytes: 1e10 });
    const saved = performance.now() - started;
    for (const duplicates of ["keep_last", "reject"] as const) {
      started = performance.now();
      const result = await engine.ingest({
        upload: upload.path,
        format,
        shape: SHAPE,
        rules: [{ column: "clicks", min: 0 }],
        duplicates,
        existing: { shape: SHAPE, files: [] },
        badRows: "refuse",
        latest: "2100-01-01T00:00:00.000000Z",
        folder: "groups/bench",
        quarantineFolder: "quarantine/bench",
      });
      const seconds = (performance.now() - started) / 1000;
      const rate = Math.round(result.accepted / seconds).toLocaleString("en-GB");
      console.log(
        `${format.padEnd(7)} ${duplicates.padEnd(9)} ${megabytes.toFixed(0).padStart(4)} MB  received ${(saved / 1000).toFixed(2)} s  checked and written ${seconds.toFixed(2)} s  ${rate} rows/s`,
      );
    }
  }
  console.log(`memory of this process: ${Math.round(process.memoryUsage().rss / 1e6)} MB`);
} finally {
  await engine.close();
  instance.closeSync();
  await rm(folder, { recursive: true, force: true });
}
