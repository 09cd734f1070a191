/**
 * Point-in-time joins: our `engine.asOf` to a durable Parquet file against the bare DuckDB statement on the same files, in
 * turns, each repetition in fresh processes. Run: npx tsx bench/point-in-time.ts [--repetitions=3] [--only=flights,1x1 …]
 */
import { fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, cpus, tmpdir, totalmem } from "node:os";
import { join, resolve } from "node:path";
import { DuckDBInstance, version as duckDbVersion } from "@duckdb/node-api";
import { createDuckDbEngine } from "@/lib/engines/offline/duckdb/engine";
import type { AsOfRequest, OfflineEngine, Shape, Table } from "@/lib/engines/offline/port";
import { usedByChildren } from "./children";

const ROOT_DIR = resolve(import.meta.dirname, "..");
const FLIGHTS = join(ROOT_DIR, "node_modules/vega-datasets/data/flights-3m.parquet");
const THREADS = 2;
const option = (name: string): string | undefined =>
  process.argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
const REPETITIONS = Number(option("repetitions") ?? 3);
const ONLY = option("only")?.split(",");
const ENTITIES = 100_000;

/** One comparison. `features` makes the SQL of group number g. */
type Case = {
  name: string;
  title: string;
  spine: string;
  key: { name: string; type: string };
  groups: number;
  features: (g: number) => string;
  memoryLimit: string;
};

// Per airport and minute: values over the last 51 minutes in which a flight left.
const FLIGHT_FEATURES = `
  SELECT origin, event_time, sum(n) OVER w AS a, sum(total) OVER w / sum(n) OVER w AS b, max(most) OVER w AS c
  FROM (SELECT origin, date_trunc('minute', date) AS event_time, count(*) AS n, sum(delay)::DOUBLE AS total, max(delay) AS most FROM flights GROUP BY ALL)
  WINDOW w AS (PARTITION BY origin ORDER BY event_time ROWS BETWEEN 50 PRECEDING AND CURRENT ROW)`;

const instant = (x: string): string =>
  `TIMESTAMPTZ '2001-01-01' + to_microseconds((hash(${x}) % 8640000000000)::BIGINT)`;

function synthetic(groups: number, millions: number, memoryLimit = "1GB"): Case {
  return {
    name: `${groups}x${millions}${memoryLimit === "1GB" ? "" : `@${memoryLimit}`}`,
    title: `1 M rows, ${groups} × ${millions} M`,
    spine: `SELECT i AS id, (hash(i) % ${ENTITIES})::BIGINT AS k, ${instant("i + 3")} AS ts, 'label' || (i % 7) AS label FROM range(1000000) r(i)`,
    key: { name: "k", type: "INT64" },
    groups,
    features: (g) =>
      `SELECT (hash(i * 20 + ${g}) % ${ENTITIES})::BIGINT AS k, ${instant(`i + ${7 * (g + 1)}`)} AS event_time, ` +
      `(hash(i + 1) % 1000)::BIGINT AS a, (hash(i + 2) % 100000000) / 7.0::DOUBLE AS b, (hash(i + 5) % 100000)::BIGINT AS c FROM range(${millions * 1e6}) r(i)`,
    memoryLimit,
  };
}

const CASES: Case[] = [
  {
    name: "flights",
    title: "3 M flights, 1 × 2.4 M",
    spine: `SELECT row_number() OVER () AS id, origin, destination, make_timestamptz(epoch_us(date)) AS ts, delay FROM '${FLIGHTS}'`,
    key: { name: "origin", type: "STRING" },
    groups: 1,
    features: () => FLIGHT_FEATURES,
    memoryLimit: "1GB",
  },
  synthetic(1, 1),
  synthetic(5, 1),
  synthetic(1, 10),
  synthetic(5, 10),
  synthetic(5, 10, "512MB"),
];

const FEATURES = [
  { name: "a", type: "INT64" },
  { name: "b", type: "FLOAT64" },
  { name: "c", type: "INT64" },
];

type Measure = { seconds: number; cpuSeconds: number; peakBytes: number; rows: number };

function engineAt(root: string, memoryLimit = "1GB"): OfflineEngine {
  return createDuckDbEngine({
    root,
    rootDir: ROOT_DIR,
    sourceRoots: [ROOT_DIR, root],
    processPath: join(ROOT_DIR, "lib/engines/offline/duckdb/process.ts"),
    threads: THREADS,
    memoryLimit,
  });
}

async function ours(root: string, given: Case, tables: Table[]): Promise<Measure> {
  const engine = engineAt(root, given.memoryLimit);
  const paths = [join(root, "spine.parquet")];
  const inputs = [{ name: "spine", kind: "files" as const, format: "parquet" as const, paths }];
  await engine.query({ query: { sql: "SELECT 1", inputs: [] }, limit: 1 });
  const request: AsOfRequest = {
    spine: { kind: "query", query: { sql: "SELECT * FROM spine", inputs } },
    timestampColumn: "ts",
    joins: tables.map((table, g) => ({
      table,
      keyColumns: { [given.key.name]: given.key.name },
      ttlSeconds: null,
      features: FEATURES.map(({ name }) => ({ name, as: `${name}${g}` })),
    })),
    knowledge: "event_time",
    nullKeys: "refuse",
    output: { kind: "file", path: "out/result.parquet" },
  };
  const before = usedByChildren().cpuSeconds;
  const start = performance.now();
  const result = await engine.asOf(request);
  const seconds = (performance.now() - start) / 1000;
  const { cpuSeconds, peakBytes } = usedByChildren();
  await engine.close();
  rmSync(join(root, "out/result.parquet"));
  return { seconds, cpuSeconds: cpuSeconds - before, peakBytes, rows: result.rowCount };
}

async function bareHere(root: string, memoryLimit: string, key: string, files: string[]): Promise<void> {
  const instance = await DuckDBInstance.create(":memory:", {
    threads: String(THREADS),
    memory_limit: memoryLimit,
    temp_directory: join(root, "bare-tmp"),
  });
  const connection = await instance.connect();
  await connection.run("SELECT 1");
  const before = process.cpuUsage();
  const start = performance.now();
  const list = files.flatMap((_, g) => FEATURES.map(({ name }) => `j${g}.${name} AS ${name}${g}`));
  const joins = files.map(
    (path, g) => `ASOF LEFT JOIN '${root}/${path}' j${g} ON s.${key} = j${g}.${key} AND s.ts >= j${g}.event_time`,
  );
  const result = await connection.run(
    `COPY (SELECT s.*, ${list.join(", ")} FROM '${root}/spine.parquet' s ${joins.join(" ")}) TO '${root}/bare.parquet' (FORMAT parquet, COMPRESSION zstd)`,
  );
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(before);
  process.send?.({ seconds, cpuSeconds: (user + system) / 1e6, rows: result.rowsChanged });
}

function bare(root: string, { key, memoryLimit }: Case, tables: Table[]): Promise<Measure> {
  const files = tables.flatMap((table) => table.files.map((file) => file.path));
  return new Promise((done, fail) => {
    const child = fork(import.meta.filename, ["--bare", root, memoryLimit, key.name, ...files], {
      execArgv: ["--import", "tsx"],
      cwd: ROOT_DIR,
    });
    child.once("message", (message: Omit<Measure, "peakBytes">) => {
      const { peakBytes } = usedByChildren();
      child.disconnect();
      child.once("exit", () => {
        rmSync(join(root, "bare.parquet"));
        done({ ...message, peakBytes });
      });
    });
    child.once("error", fail);
  });
}

async function build(root: string, given: Case): Promise<Table[]> {
  const setup = await DuckDBInstance.create(":memory:", { threads: String(THREADS) });
  const connection = await setup.connect();
  await connection.run("SET TimeZone = 'UTC'");
  await connection.run(`COPY (${given.spine}) TO '${root}/spine.parquet' (FORMAT parquet, COMPRESSION zstd)`);
  setup.closeSync();
  const shape: Shape = { keys: [given.key], eventTime: "event_time", createdTime: null, features: FEATURES };
  const inputs = [{ name: "flights", kind: "files" as const, format: "parquet" as const, paths: [FLIGHTS] }];
  const engine = engineAt(root);
  const tables: Table[] = [];
  for (let g = 0; g < given.groups; g++) {
    const query = { sql: given.features(g), inputs: given.name === "flights" ? inputs : [] };
    const file = await engine.append({ query, shape, folder: "data" });
    if (!file) throw new Error("the feature query gave no rows");
    tables.push({ shape, files: [{ ...file, commitSequence: 1, committedAt: "2001-07-02T00:00:00.000000Z" }] });
  }
  await engine.close();
  return tables;
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const WIDTHS = [26, 9, 9, 7, 9, 9, 7, 9, 9, 6];
const line = (cells: string[]): string => cells.map((cell, i) => cell.padEnd(WIDTHS[i] ?? 9)).join("");

async function measure(given: Case): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "larder-bench-"));
  try {
    const tables = await build(root, given);
    const results: { ours: Measure; bare: Measure }[] = [];
    for (let i = 0; i < REPETITIONS; i++)
      // In turns, so that the noise of a shared machine meets both.
      results.push({ bare: await bare(root, given, tables), ours: await ours(root, given, tables) });
    const of = (who: "ours" | "bare", what: keyof Measure): number =>
      median(results.map((result) => result[who][what]));
    const peak = (who: "ours" | "bare"): string =>
      (Math.max(...results.map((result) => result[who].peakBytes)) / 1e9).toFixed(2);
    const same = results.every((result) => result.ours.rows === result.bare.rows);
    const pair = (what: keyof Measure): string[] => {
      const [one, other] = [of("bare", what), of("ours", what)];
      return [one.toFixed(2), other.toFixed(2), (other / one).toFixed(2)];
    };
    const limited = given.memoryLimit === "1GB" ? "" : `, ${given.memoryLimit}`;
    const cells = [...pair("seconds"), ...pair("cpuSeconds"), peak("bare"), peak("ours"), same ? "yes" : "NO"];
    console.log(line([given.title + limited, ...cells]));
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  console.log(
    line(["spine, groups × rows", "bare s", "ours s", "ratio", "cpu s", "cpu s", "ratio", "GB", "GB", "rows"]),
  );
  for (const given of CASES) if (!ONLY || ONLY.includes(given.name)) await measure(given);
  console.log(
    `medians of ${REPETITIONS}; target: ratio <= 1.3, peak < 2 GB; ${THREADS} threads and memory_limit 1GB for both; three features a group; ours also keeps order, checks, counts nulls, syncs and hashes`,
  );
  console.log(
    `${cpus()[0]?.model ?? "unknown CPU"} x ${availableParallelism()}, ${(totalmem() / 1e9).toFixed(0)} GB, node ${process.version}, duckdb ${duckDbVersion()}`,
  );
}

const [, , mode, root = "", memoryLimit = "", key = "", ...files] = process.argv;
if (mode === "--bare") await bareHere(root, memoryLimit, key, files);
else await main();
