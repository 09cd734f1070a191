/**
 * Point-in-time join of 3.0 M flights with 2.4 M feature rows: our `engine.asOf` to a durable Parquet file against the
 * bare DuckDB statement on the same files, each repetition in fresh processes. Run: npx tsx bench/point-in-time.ts
 */
import { fork } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, cpus, tmpdir, totalmem } from "node:os";
import { join, resolve } from "node:path";
import { DuckDBInstance, version as duckDbVersion } from "@duckdb/node-api";
import { createDuckDbEngine } from "@/lib/engines/offline/duckdb/engine";
import type { AsOfRequest, OfflineEngine, Shape, Table } from "@/lib/engines/offline/port";

const ROOT_DIR = resolve(import.meta.dirname, "..");
const FLIGHTS = join(ROOT_DIR, "node_modules/vega-datasets/data/flights-3m.parquet");
const THREADS = 2;
const MEMORY_LIMIT = "1GB";
const REPETITIONS = Number(process.argv.find((arg) => arg.startsWith("--repetitions="))?.slice(14) ?? 5);

const SHAPE: Shape = {
  keys: [{ name: "origin", type: "STRING" }],
  eventTime: "event_time",
  createdTime: null,
  features: [
    { name: "flights", type: "INT64" },
    { name: "delay_mean", type: "FLOAT64" },
    { name: "delay_max", type: "INT64" },
  ],
};

// Per airport and minute: values over the last 51 minutes in which a flight left.
const FEATURES = `
  SELECT origin, event_time, sum(n) OVER w AS flights, sum(total) OVER w / sum(n) OVER w AS delay_mean, max(most) OVER w AS delay_max
  FROM (SELECT origin, date_trunc('minute', date) AS event_time, count(*) AS n, sum(delay)::DOUBLE AS total, max(delay) AS most FROM flights GROUP BY ALL)
  WINDOW w AS (PARTITION BY origin ORDER BY event_time ROWS BETWEEN 50 PRECEDING AND CURRENT ROW)`;

type Measure = { seconds: number; peakBytes: number; rows: number };

function engineAt(root: string): OfflineEngine {
  return createDuckDbEngine({
    root,
    rootDir: ROOT_DIR,
    sourceRoots: [ROOT_DIR, root],
    processPath: join(ROOT_DIR, "lib/engines/offline/duckdb/process.ts"),
    threads: THREADS,
    memoryLimit: MEMORY_LIMIT,
  });
}

/** Sum of the peak resident sizes of all descendants of this process. */
function peakOfChildren(pid = process.pid): number {
  let bytes = 0;
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    const children = readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").trim().split(" ").filter(Boolean);
    for (const child of children) {
      const status = readFileSync(`/proc/${child}/status`, "utf8");
      bytes += Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024 + peakOfChildren(Number(child));
    }
  }
  return bytes;
}

async function ours(root: string, table: Table, repetition: number): Promise<Measure> {
  const engine = engineAt(root);
  const query = {
    sql: "SELECT * FROM spine",
    inputs: [
      { name: "spine", kind: "files" as const, format: "parquet" as const, paths: [join(root, "spine.parquet")] },
    ],
  };
  await engine.query({ query: { sql: "SELECT 1", inputs: [] }, limit: 1 });
  const request: AsOfRequest = {
    spine: { kind: "query", query },
    timestampColumn: "ts",
    joins: [
      {
        table,
        keyColumns: { origin: "origin" },
        ttlSeconds: null,
        features: SHAPE.features.map(({ name }) => ({ name, as: name })),
      },
    ],
    knowledge: "event_time",
    nullKeys: "refuse",
    output: { kind: "file", path: `out/${repetition}.parquet` },
  };
  const start = performance.now();
  const result = await engine.asOf(request);
  const seconds = (performance.now() - start) / 1000;
  const peakBytes = peakOfChildren();
  await engine.close();
  rmSync(join(root, `out/${repetition}.parquet`));
  return { seconds, peakBytes, rows: result.rowCount };
}

async function bareHere(root: string, features: string): Promise<void> {
  const instance = await DuckDBInstance.create(":memory:", {
    threads: String(THREADS),
    memory_limit: MEMORY_LIMIT,
    temp_directory: join(root, "bare-tmp"),
  });
  const connection = await instance.connect();
  await connection.run("SELECT 1");
  const start = performance.now();
  const result = await connection.run(
    `COPY (SELECT s.*, f.flights, f.delay_mean, f.delay_max FROM '${root}/spine.parquet' s ASOF LEFT JOIN '${root}/${features}' f ` +
      `ON s.origin = f.origin AND s.ts >= f.event_time) TO '${root}/bare.parquet' (FORMAT parquet, COMPRESSION zstd)`,
  );
  process.send?.({ seconds: (performance.now() - start) / 1000, rows: result.rowsChanged });
}

function bare(root: string, features: string): Promise<Measure> {
  return new Promise((done, fail) => {
    const child = fork(import.meta.filename, ["--bare", root, features], {
      execArgv: ["--import", "tsx"],
      cwd: ROOT_DIR,
    });
    child.once("message", (message: { seconds: number; rows: number }) => {
      const peakBytes = peakOfChildren();
      child.disconnect();
      child.once("exit", () => {
        rmSync(join(root, "bare.parquet"));
        done({ ...message, peakBytes });
      });
    });
    child.once("error", fail);
  });
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function main(): Promise<void> {
  if (!existsSync(FLIGHTS)) throw new Error(`${FLIGHTS} is missing; run npm ci`);
  const root = mkdtempSync(join(tmpdir(), "larder-bench-"));
  try {
    const setup = await DuckDBInstance.create(":memory:", { threads: String(THREADS) });
    const connection = await setup.connect();
    await connection.run("SET TimeZone = 'UTC'");
    await connection.run(
      `COPY (SELECT row_number() OVER () AS id, origin, destination, make_timestamptz(epoch_us(date)) AS ts, delay FROM '${FLIGHTS}') ` +
        `TO '${root}/spine.parquet' (FORMAT parquet, COMPRESSION zstd)`,
    );
    setup.closeSync();
    const engine = engineAt(root);
    const started = performance.now();
    const inputs = [{ name: "flights", kind: "files" as const, format: "parquet" as const, paths: [FLIGHTS] }];
    const file = await engine.append({ query: { sql: FEATURES, inputs }, shape: SHAPE, folder: "data" });
    if (!file) throw new Error("the feature query gave no rows");
    const appendSeconds = (performance.now() - started) / 1000;
    const appendPeak = peakOfChildren();
    await engine.close();
    const table: Table = {
      shape: SHAPE,
      files: [{ ...file, commitSequence: 1, committedAt: "2001-07-02T00:00:00.000000Z" }],
    };

    const results: { ours: Measure; bare: Measure }[] = [];
    for (let i = 0; i < REPETITIONS; i++) {
      // Alternating, so that noise of a shared machine meets both.
      results.push({ bare: await bare(root, file.path), ours: await ours(root, table, i) });
    }
    report(results, file.rowCount, { seconds: appendSeconds, peakBytes: appendPeak, rows: file.rowCount });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function report(results: { ours: Measure; bare: Measure }[], features: number, append: Measure): void {
  const gigabytes = (bytes: number): string => (bytes / 1e9).toFixed(2);
  const lines = [
    ["run", "bare s", "larder s", "ratio", "bare GB", "larder GB", "bare rows", "our rows"],
    ...results.map(({ ours, bare }, i) => [
      String(i + 1),
      bare.seconds.toFixed(2),
      ours.seconds.toFixed(2),
      (ours.seconds / bare.seconds).toFixed(2),
      gigabytes(bare.peakBytes),
      gigabytes(ours.peakBytes),
      String(bare.rows),
      String(ours.rows),
    ]),
  ];
  const bareMedian = median(results.map(({ bare }) => bare.seconds));
  const oursMedian = median(results.map(({ ours }) => ours.seconds));
  const peak = (pick: (result: { ours: Measure; bare: Measure }) => Measure): string =>
    gigabytes(Math.max(...results.map((result) => pick(result).peakBytes)));
  lines.push([
    "median",
    bareMedian.toFixed(2),
    oursMedian.toFixed(2),
    (oursMedian / bareMedian).toFixed(2),
    peak((r) => r.bare),
    peak((r) => r.ours),
    "",
    "",
  ]);
  console.log(
    `point-in-time join: 3.0 M spine rows, ${features} feature rows, one group, three features; append of the features ${append.seconds.toFixed(2)} s, peak ${gigabytes(append.peakBytes)} GB`,
  );
  console.log(lines.map((line) => line.map((cell) => cell.padStart(10)).join("")).join("\n"));
  console.log(
    `target: ratio <= 1.5, peak < 2 GB; both use ${THREADS} threads and memory_limit ${MEMORY_LIMIT}; ours also keeps order, checks, counts nulls, syncs and hashes`,
  );
  console.log(
    `${cpus()[0]?.model ?? "unknown CPU"} x ${availableParallelism()}, ${(totalmem() / 1e9).toFixed(0)} GB, node ${process.version}, duckdb ${duckDbVersion()}`,
  );
}

if (process.argv[2] === "--bare") await bareHere(process.argv[3] ?? "", process.argv[4] ?? "");
else await main();
