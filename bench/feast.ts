/**
 * Point-in-time retrieval against Feast on the same Parquet files and cores: seconds, peak memory, rows in and out, and
 * whether the values are equal. Needs a virtual environment with feast[duckdb]:
 *   python3 -m venv /tmp/feast && /tmp/feast/bin/pip install 'feast[duckdb]'
 *   FEAST_PYTHON=/tmp/feast/bin/python npx tsx bench/feast.ts [--features=1000000] [--spines=10000,100000,1000000]
 */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { DuckDBInstance, version as duckDbVersion } from "@duckdb/node-api";
import { createDuckDbEngine } from "@/lib/engines/offline/duckdb/engine";
import type { OfflineEngine, Shape, Table } from "@/lib/engines/offline/port";

const ROOT_DIR = resolve(import.meta.dirname, "..");
const PYTHON = process.env.FEAST_PYTHON ?? "python3";
const VIEWS = 5;
const KEYS = 10_000;
const LIMIT_MS = 600_000;
const FEATURE_ROWS = Number(option("features") ?? 1_000_000);
const SPINES = (option("spines") ?? "10000,100000,1000000").split(",").map(Number);
const ENGINES = ["duckdb", "dask"] as const;

type Measure = { seconds: number; peakBytes: number; rowsIn: number; rowsOut: number };

function option(name: string): string | undefined {
  return process.argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
}

const shapeOf = (view: number): Shape => ({
  keys: [{ name: "entity", type: "INT64" }],
  eventTime: "event_timestamp",
  createdTime: null,
  features: Array.from({ length: 10 }, (_, j) => ({ name: `x${view}_${j}`, type: "INT64" })),
});

async function sql(statement: string): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(":memory:", { threads: "2" });
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
  const rows = (await connection.runAndReadAll(statement)).getRowsJson();
  connection.closeSync();
  instance.closeSync();
  return rows;
}

/** Event times are distinct within a key, so that Feast's duckdb engine has no ties to fan out. */
async function generate(folder: string, spineRows: number): Promise<void> {
  for (let view = 0; view < VIEWS; view++) {
    const values = Array.from(
      { length: 10 },
      (_, j) => `(hash(i * ${view + 1} + ${j}) % 1000)::BIGINT AS x${view}_${j}`,
    );
    await sql(
      `COPY (SELECT (i % ${KEYS})::BIGINT AS entity, TIMESTAMPTZ '2026-01-01' + to_microseconds((i // ${KEYS}) * 60000000 + (hash(i) % 50000000)::BIGINT) AS event_timestamp, ${values.join(", ")} ` +
        `FROM range(${FEATURE_ROWS}) t(i)) TO '${folder}/f${view}.parquet' (FORMAT parquet, COMPRESSION zstd)`,
    );
  }
  const minutes = Math.ceil(FEATURE_ROWS / KEYS);
  await sql(
    `COPY (SELECT i AS row, (hash(i * 7) % ${KEYS + 500})::BIGINT AS entity, TIMESTAMPTZ '2026-01-01' + to_microseconds((hash(i * 13) % ${minutes * 60_000_000})::BIGINT) AS event_timestamp ` +
      `FROM range(${spineRows}) t(i)) TO '${folder}/spine.parquet' (FORMAT parquet, COMPRESSION zstd)`,
  );
}

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

function engineAt(root: string, folder: string): OfflineEngine {
  return createDuckDbEngine({
    root,
    rootDir: ROOT_DIR,
    sourceRoots: [folder],
    processPath: join(ROOT_DIR, "lib/engines/offline/duckdb/process.ts"),
    threads: 2,
    memoryLimit: "1GB",
    maxProcesses: 1,
  });
}

const fileInput = (name: string, path: string) => ({
  name,
  kind: "files" as const,
  format: "parquet" as const,
  paths: [path],
});

async function ingest(root: string, folder: string): Promise<Table[]> {
  const engine = engineAt(root, folder);
  const tables: Table[] = [];
  for (let view = 0; view < VIEWS; view++) {
    const shape = shapeOf(view);
    const query = { sql: "SELECT * FROM raw", inputs: [fileInput("raw", join(folder, `f${view}.parquet`))] };
    const file = await engine.append({ query, shape, folder: `groups/g${view}` });
    if (!file) throw new Error("no rows");
    tables.push({ shape, files: [{ ...file, commitSequence: 1, committedAt: "2026-06-01T00:00:00.000000Z" }] });
  }
  await engine.close();
  return tables;
}

async function ours(root: string, folder: string, tables: Table[], rowsIn: number): Promise<Measure> {
  const engine = engineAt(root, folder);
  await engine.query({ query: { sql: "SELECT 1", inputs: [] }, limit: 1 });
  const path = `results/${rowsIn}.parquet`;
  rmSync(join(root, path), { force: true });
  const started = performance.now();
  const result = await engine.asOf({
    spine: {
      kind: "query",
      query: { sql: "SELECT * FROM spine", inputs: [fileInput("spine", join(folder, "spine.parquet"))] },
    },
    timestampColumn: "event_timestamp",
    joins: tables.map((table) => ({
      table,
      keyColumns: { entity: "entity" },
      ttlSeconds: 3650 * 86_400,
      features: table.shape.features.map(({ name }) => ({ name, as: name })),
    })),
    knowledge: "event_time",
    nullKeys: "refuse",
    output: { kind: "file", path },
  });
  const seconds = (performance.now() - started) / 1000;
  const peakBytes = peakOfChildren();
  await engine.close();
  return { seconds, peakBytes, rowsIn, rowsOut: result.rowCount };
}

async function theirs(folder: string, engine: string, out: string): Promise<Measure | string> {
  try {
    const script = join(import.meta.dirname, "feast/historical.py");
    const { stdout } = await promisify(execFile)(PYTHON, [script, folder, engine, String(VIEWS), out], {
      timeout: LIMIT_MS,
      maxBuffer: 1 << 26,
    });
    return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Measure;
  } catch (error) {
    const { killed, signal, stderr = "" } = error as { killed?: boolean; signal?: string; stderr?: string };
    return killed
      ? `more than ${LIMIT_MS / 1000} s`
      : `failed: ${signal ?? stderr.trim().split("\n").at(-1)?.slice(0, 60)}`;
  }
}

/** Rows of ours whose values are not those of Feast's row of the same number. */
async function differences(mine: string, other: string): Promise<number> {
  const names = tablesFeatures();
  const differs = names.map((name) => `a.${name} IS DISTINCT FROM CAST(b.${name} AS BIGINT)`).join(" OR ");
  const [row] = await sql(
    `SELECT count(*) FROM read_parquet('${mine}') a FULL JOIN read_parquet('${other}') b ON a.row = b.row WHERE a.row IS NULL OR b.row IS NULL OR ${differs}`,
  );
  return Number(row?.[0]);
}

const tablesFeatures = (): string[] =>
  Array.from({ length: VIEWS }, (_, view) => shapeOf(view).features.map(({ name }) => name)).flat();

const mega = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;

const folder = mkdtempSync(join(tmpdir(), "larder-feast-"));
try {
  console.log(`DuckDB ${duckDbVersion()}, ${VIEWS} groups × 10 features × ${FEATURE_ROWS} rows, ${KEYS} keys`);
  console.log("| spine rows | engine | seconds | peak memory | rows out | rows that differ | Larder is faster by |");
  console.log("| --- | --- | --- | --- | --- | --- | --- |");
  let tables: Table[] | null = null;
  for (const rows of SPINES) {
    await generate(folder, rows);
    const root = join(folder, "larder");
    mkdirSync(root, { recursive: true });
    tables ??= await ingest(root, folder);
    const mine = await ours(root, folder, tables, rows);
    console.log(
      `| ${rows} | Larder | ${mine.seconds.toFixed(2)} | ${mega(mine.peakBytes)} | ${mine.rowsOut} | – | 1 |`,
    );
    for (const engine of ENGINES) {
      const out = join(folder, `feast-${engine}-${rows}.parquet`);
      const their = await theirs(folder, engine, out);
      if (typeof their === "string") {
        console.log(`| ${rows} | Feast ${engine} | ${their} | – | – | – | – |`);
        continue;
      }
      const differ = await differences(join(root, `results/${rows}.parquet`), out);
      const faster = (their.seconds / mine.seconds).toFixed(1);
      console.log(
        `| ${rows} | Feast ${engine} | ${their.seconds.toFixed(2)} | ${mega(their.peakBytes)} | ${their.rowsOut} | ${differ} | ${faster} × |`,
      );
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
