import { fork } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { offlineConformance } from "@/lib/engines/offline/conformance";
import {
  filesBelow,
  joinOf,
  requestOf,
  second,
  shapeOf,
  tableOf,
  valuesQuery,
} from "@/lib/engines/offline/conformance-data";
import { APPEND_STEPS, type OfflineEngine } from "@/lib/engines/offline/port";
import type { LarderError } from "@/lib/kernel/errors";
import { createDuckDbEngine } from "./engine";
import type { DuckDbEngineOptions } from "./engine-options";

const ROOT_DIR = resolve(import.meta.dirname, "../../../..");

function make(options: Partial<DuckDbEngineOptions> = {}): { root: string; engine: OfflineEngine } {
  const root = options.root ?? mkdtempSync(join(tmpdir(), "larder-offline-"));
  return {
    root,
    engine: createDuckDbEngine({
      root,
      rootDir: ROOT_DIR,
      sourceRoots: [ROOT_DIR, root],
      processPath: join(import.meta.dirname, "process.ts"),
      threads: 2,
      ...options,
    }),
  };
}

offlineConformance("duckdb", async () => make());

function rejection(work: Promise<unknown>): Promise<LarderError> {
  return work.then(
    () => Promise.reject(new Error("should have failed")),
    (error: LarderError) => error,
  );
}

/** Processes whose parent is this one. */
function children(): number[] {
  return readdirSync("/proc/self/task").flatMap((task) =>
    readFileSync(`/proc/self/task/${task}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number),
  );
}

describe("duckdb: what only this adapter promises", () => {
  const { root, engine } = make({ maxProcesses: 2 });
  afterAll(() => engine.close());
  const sql = (text: string, limit = 1) => engine.query({ query: { sql: text, inputs: [] }, limit });

  test.each(APPEND_STEPS)("death of the whole program at '%s' leaves at most one unreferenced file", async (step) => {
    const home = mkdtempSync(join(tmpdir(), "larder-crash-"));
    const child = fork(join(import.meta.dirname, "crash-fixture.ts"), [home, ROOT_DIR, step], {
      execArgv: ["--import", "tsx"],
      cwd: ROOT_DIR,
    });
    const signal = await new Promise((done) => child.once("exit", (_, by) => done(by)));
    expect(signal).toBe("SIGKILL");
    const files = (await filesBelow(home)).map((path) => path.slice(home.length + 1).replace(/[0-9a-f-]{36}/, "*"));
    expect(files).toEqual([["staged", "file-synced"].includes(step) ? "staging/*.parquet" : "data/crash/*.parquet"]);
    const next = make({ root: home });
    expect(
      await next.engine.append({
        query: valuesQuery(shapeOf(), [[1, second(0), 1]]),
        shape: shapeOf(),
        folder: "data/crash",
      }),
    ).toMatchObject({ rowCount: 1 });
    await next.engine.close();
  });

  test.skipIf(process.platform !== "linux").each(APPEND_STEPS)(
    "death of the DuckDB process at '%s' leaves nothing",
    async (step) => {
      const before = await filesBelow(root);
      const onStep = (at: string): void => {
        if (at === step) for (const pid of children()) process.kill(pid, "SIGKILL");
      };
      const error = await rejection(
        engine.append({
          query: valuesQuery(shapeOf(), [[1, second(0), 1]]),
          shape: shapeOf(),
          folder: "data/x",
          onStep,
        }),
      );
      expect(error.code).toBe("resource_exhausted");
      expect(await filesBelow(root)).toEqual(before);
      expect((await sql("SELECT 42 AS a")).rows).toEqual([[42]]);
    },
  );

  test("more work than processes waits its turn", async () => {
    const answers = await Promise.all(Array.from({ length: 7 }, (_, i) => sql(`SELECT ${i} AS a`)));
    expect(answers.map((answer) => answer.rows[0]?.[0])).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  test("a cancel ends running SQL at once, also in the queue, and the next work runs", async () => {
    const controller = new AbortController();
    const endless = "SELECT count(*) FROM range(1000000000) a, range(1000000000) b WHERE hash(a.range, b.range) = 0";
    const works = [1, 2, 3].map(() =>
      rejection(engine.query({ query: { sql: endless, inputs: [] }, limit: 1 }, { signal: controller.signal })),
    );
    await new Promise((done) => setTimeout(done, 500));
    const start = performance.now();
    controller.abort();
    for (const error of await Promise.all(works)) expect(error.code).toBe("cancelled");
    expect(performance.now() - start).toBeLessThan(2000);
    expect((await sql("SELECT 1 AS a")).rows).toEqual([[1]]);
  });

  test("SQL reaches no file, no setting and no network beyond its inputs", async () => {
    const table = await tableOf(engine, shapeOf(), [{ rows: [[1, second(0), 1]] }]);
    const stored = join(root, table.files[0]?.path ?? "");
    writeFileSync(join(root, "secret.csv"), "a\n1\n");
    for (const text of [
      "SELECT * FROM read_text('/etc/hostname')",
      `SELECT * FROM read_parquet('${stored}')`,
      `FROM '${join(root, "secret.csv")}'`,
      "SELECT * FROM glob('/etc/*')",
      "SELECT * FROM read_csv('https://example.org/a.csv')",
    ]) {
      const outcome = await sql(text, 5).then(
        (result) => result.rows,
        (error: LarderError) => error.code,
      );
      expect([text, outcome]).toEqual([text, "sandbox_violation"]);
    }
  });

  test("error texts keep the machine's paths to themselves", async () => {
    writeFileSync(join(root, "broken.csv"), "a,b\n1,2\n3\n4,5,6\n");
    writeFileSync(join(root, "whole.csv"), "a,b\n1,2\n");
    writeFileSync(join(root, "broken.parquet"), "not parquet at all");
    for (const [path, code] of [
      ["broken.csv", "unreadable_file"],
      ["broken.parquet", "unreadable_file"],
      ["whole.csv", "sql_invalid"],
    ] as const) {
      const inputs = [
        {
          name: "x",
          kind: "files" as const,
          format: path.endsWith("csv") ? ("csv" as const) : ("parquet" as const),
          paths: [join(root, path)],
        },
      ];
      const error = await rejection(engine.query({ query: { sql: "SELECT nonsense FROM x", inputs }, limit: 1 }));
      expect([path, error.code]).toEqual([path, code]);
      expect(error.detail).not.toContain(root);
    }
    const missing = await rejection(engine.fingerprint(["nowhere/*.parquet"]));
    expect(missing.code).toBe("unreadable_file");
  });

  test("files outside the source roots cannot be read, by path, by dots or by link", async () => {
    const outside = mkdtempSync(join(tmpdir(), "larder-outside-"));
    writeFileSync(join(outside, "secret.csv"), "a\n1\n");
    const { root, engine } = make();
    symlinkSync(join(outside, "secret.csv"), join(root, "link.csv"));
    const paths = [join(outside, "secret.csv"), join(root, "link.csv"), "../../../../../../etc/hostname"];
    for (const path of paths) {
      const inputs = [{ name: "x", kind: "files" as const, format: "csv" as const, paths: [path] }];
      const error = await rejection(engine.query({ query: { sql: "SELECT * FROM x", inputs }, limit: 1 }));
      expect(error.code).toBe("unreadable_file");
      expect(error.detail).not.toContain(outside);
    }
    await engine.close();
  });

  test("too little memory is resource_exhausted, and the engine lives on", async () => {
    const small = make({ memoryLimit: "60MB", threads: 1 }).engine;
    const text = "SELECT len(list(i)) FROM range(100000000) r(i)";
    expect((await rejection(small.query({ query: { sql: text, inputs: [] }, limit: 1 }))).code).toBe(
      "resource_exhausted",
    );
    expect((await small.query({ query: { sql: "SELECT 1 AS a", inputs: [] }, limit: 1 })).rows).toEqual([[1]]);
    await small.close();
  });

  test.each([
    ["footer", -40],
    ["data", 60],
  ])("bytes overwritten in the %s are data_corrupt", async (_, offset) => {
    const rows = Array.from({ length: 1500 }, (_, i) => [i, second((i * 7919) % 5000), i * i]);
    const table = await tableOf(engine, shapeOf(), [{ rows }]);
    const file = table.files[0];
    const handle = await open(join(root, file?.path ?? ""), "r+");
    await handle.write(Buffer.alloc(32, 0xa5), 0, 32, offset < 0 ? (file?.byteCount ?? 0) + offset : offset);
    await handle.close();
    const error = await rejection(engine.asOf(requestOf([joinOf(table)], [[1, second(9999)]])));
    expect([error.code, error.issues[0]?.file]).toEqual(["data_corrupt", file?.path]);
  });

  test("latest streams as fast as it is read, and may be left early", async () => {
    const query = {
      sql: "SELECT i AS k, TIMESTAMPTZ '2001-01-01' AS event_time, i AS v FROM range(200000) r(i)",
      inputs: [],
    };
    const file = await engine.append({ query, shape: shapeOf(), folder: "data/many" });
    const table = { shape: shapeOf(), files: file ? [{ ...file, commitSequence: 1, committedAt: second(0) }] : [] };
    let seen = 0;
    for await (const chunk of engine.latest({ table })) seen += chunk.length;
    expect(seen).toBe(200_000);
    for await (const chunk of engine.latest({ table })) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    expect((await sql("SELECT 1 AS a")).rows).toEqual([[1]]);
  });

  test("the content hash does not depend on threads or row groups", async () => {
    const table = await tableOf(engine, shapeOf(), [
      {
        rows: [
          [1, second(0), 1],
          [2, second(0), null],
        ],
      },
    ]);
    const rows = Array.from({ length: 20_000 }, (_, i) => [i % 3, second(i % 5)]);
    const one = make({ threads: 1 });
    const other = await tableOf(one.engine, shapeOf(), [
      {
        rows: [
          [1, second(0), 1],
          [2, second(0), null],
        ],
      },
    ]);
    await engine.asOf(requestOf([joinOf(table)], rows, { output: { kind: "file", path: "out/threads.parquet" } }));
    await one.engine.asOf(requestOf([joinOf(other)], rows, { output: { kind: "file", path: "out/threads.parquet" } }));
    expect(await engine.contentHash("out/threads.parquet")).toBe(await one.engine.contentHash("out/threads.parquet"));
    await one.engine.close();
  });

  test("paths outside the root are refused", async () => {
    expect((await rejection(engine.open("../../etc/hostname"))).code).toBe("invalid_parameter");
    expect((await rejection(engine.contentHash("/etc/hostname"))).code).toBe("invalid_parameter");
  });
});
