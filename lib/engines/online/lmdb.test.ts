import { type ChildProcess, fork, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventTimeOf } from "@/lib/compute/online-row";
import { onlineConformance } from "./conformance";
import { LADDER, rowOf } from "./conformance-cases";
import { createLmdbStore } from "./lmdb";
import type { Report, Task } from "./lmdb-test-process";
import type { OnlineKey } from "./port";

let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "larder-lmdb-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const newPath = (): Promise<string> => mkdtemp(join(root, "store.v1-"));
const KEYS: OnlineKey[] = Array.from({ length: 500 }, (_, index) => [`k${index}`]);

onlineConformance("lmdb", async () => createLmdbStore({ path: await newPath() }));

const SCRIPT = fileURLToPath(new URL("lmdb-test-process.ts", import.meta.url));

function start(task: Task, runner?: string[]): ChildProcess {
  const [execPath = process.execPath, ...before] = runner ?? [];
  // lmdb-js writes every failed commit to stderr, which is what this one is about.
  const complaints = task.role === "fill" ? "ignore" : "inherit";
  const execArgv = [...before, "--import", "tsx"];
  return fork(SCRIPT, [JSON.stringify(task)], { execPath, execArgv, stdio: ["ignore", "ignore", complaints, "ipc"] });
}

async function next(child: ChildProcess): Promise<Report> {
  const answered = new AbortController();
  const gone = once(child, "exit", answered).then(([code, signal]) => {
    throw new Error(`the process ended: ${code ?? signal}`);
  });
  try {
    const [report] = (await Promise.race([once(child, "message", answered), gone])) as [Report];
    return report;
  } finally {
    answered.abort();
  }
}

describe("lmdb on the disk", () => {
  it("has every row after it was closed and opened again", async () => {
    const path = await newPath();
    const first = createLmdbStore({ path, mapSize: 1024 * 1024 });
    const rows = [...KEYS, ["long".repeat(2_000)], []].map((key) => ({
      key,
      row: rowOf(1, `${key}${"x".repeat(5_000)}`),
    }));
    await first.putMany("t", rows);
    await first.close();
    await first.close();
    await expect(first.getMany("t", [[1]])).rejects.toMatchObject({ code: "state_conflict" });
    await expect(first.putMany("t", rows)).rejects.toMatchObject({ code: "state_conflict" });
    const second = createLmdbStore({ path });
    expect(
      await second.getMany(
        "t",
        rows.map(({ key }) => key),
      ),
    ).toEqual(rows.map(({ row }) => row));
    expect(await second.putMany("t", rows)).toEqual({ written: 0 });
    await second.close();
  });

  it("opens at the first use and not before; a store never used closes", async () => {
    const path = join(await newPath(), "online");
    await writeFile(path, "a file where the folder should be");
    const store = createLmdbStore({ path });
    await expect(store.getMany("t", [[1]])).rejects.toThrow();
    await expect(store.putMany("t", [{ key: [1], row: rowOf(1, "x") }])).rejects.toThrow();
    await store.close();
  });

  it("read only: nothing to read before a writer came, everything after, no writing", async () => {
    const path = await newPath();
    const reader = createLmdbStore({ path, readOnly: true });
    expect(await reader.getMany("t", [[1]])).toEqual([null]);
    const writer = createLmdbStore({ path });
    await writer.putMany("t", [{ key: [1], row: rowOf(1, "x") }]);
    await writer.close();
    expect(await reader.getMany("t", [[1]])).toEqual([rowOf(1, "x")]);
    await expect(reader.putMany("t", [])).rejects.toMatchObject({ code: "state_conflict" });
    await expect(reader.drop("t")).rejects.toMatchObject({ code: "state_conflict" });
    await reader.flush();
    await reader.close();
  });

  it("two stores on one path in one process see each other, and closing one leaves the other open", async () => {
    const path = await newPath();
    const [a, b] = [createLmdbStore({ path }), createLmdbStore({ path })];
    await a.putMany("t", [{ key: [1], row: rowOf(2, "a") }]);
    await b.putMany("t", [{ key: [1], row: rowOf(1, "b") }]);
    expect(await b.getMany("t", [[1]])).toEqual([rowOf(2, "a")]);
    await a.close();
    await b.putMany("t", [{ key: [1], row: rowOf(3, "b") }]);
    expect(await b.getMany("t", [[1]])).toEqual([rowOf(3, "b")]);
    await b.close();
  });
});

describe("lmdb between processes", () => {
  it("writers against each other never put an older row over a newer one", async () => {
    const path = await newPath();
    const children = [1, 2, 3].map(() => start({ path, role: "shuffle", keys: KEYS.length, rounds: 40 }));
    const store = createLmdbStore({ path });
    await store.putMany(
      "t",
      KEYS.map((key) => ({ key, row: LADDER[3] ?? rowOf(1, "") })),
    );
    const greatest = KEYS.map(() => 3);
    const watch = async (): Promise<void> => {
      for (const [index, row] of (await store.getMany("t", KEYS)).entries()) {
        const rung = LADDER.indexOf(row ?? "");
        expect(rung, "a row went backwards").toBeGreaterThanOrEqual(greatest[index] ?? 0);
        greatest[index] = rung;
      }
    };
    let running = true;
    const done = Promise.all(children.map(next)).finally(() => {
      running = false;
    });
    while (running) await watch().then(() => new Promise((resolve) => setImmediate(resolve)));
    expect(await done).toEqual(children.map(() => ({ kind: "done" })));
    expect(await store.getMany("t", KEYS)).toEqual(KEYS.map(() => LADDER.at(-1)));
    await store.close();
  });

  it.each([true, false])(
    "a reader (read only: %s) sees each put as soon as it has resolved, while the file grows",
    async (readOnly) => {
      const path = await newPath();
      const store = createLmdbStore({ path });
      await store.putMany("t", [{ key: ["k0"], row: rowOf(1, 0) }]);
      const reader = start({ path, role: "follow", readOnly });
      await next(reader);
      for (let day = 2; day < 60; day += 1) {
        await store.putMany(
          "t",
          KEYS.map(([key]) => ({ key: [key ?? "", day], row: rowOf(1, "x".repeat(2_000)) })),
        );
        await store.putMany("t", [{ key: ["k0"], row: rowOf(day, day) }]);
        reader.send(["k0"]);
        expect(await next(reader)).toEqual({ kind: "read", mark: day });
      }
      reader.kill();
      await store.close();
    },
  );

  it("a read sees what another process put since the last read of the same turn of the event loop", async () => {
    const path = await newPath();
    const reader = createLmdbStore({ path });
    await reader.putMany("t", [{ key: ["k"], row: rowOf(1, 1) }]);
    for (const day of [2, 3]) {
      expect(await reader.getMany("t", [["k"]])).toEqual([rowOf(day - 1, day - 1)]);
      const task: Task = { path, role: "put", key: ["k"], day };
      expect(spawnSync(process.execPath, ["--import", "tsx", SCRIPT, JSON.stringify(task)]).status).toBe(0);
      expect(await reader.getMany("t", [["k"]])).toEqual([rowOf(day, day)]);
    }
    await reader.close();
  });
});

describe("lmdb when things go wrong", () => {
  it.each([1, 2, 3])(
    "kill -9 of a writer, time %i: every flushed row is there, no batch is there in part",
    async (time) => {
      const path = await newPath();
      const child = start({ path, role: "ascend", keys: 2_000 });
      let flushed = 0;
      child.on("message", (report: Report) => {
        if (report.kind === "flushed") flushed = report.day;
      });
      await next(child);
      await new Promise((resolve) => setTimeout(resolve, 300 + time * 37 + Math.random() * 30));
      child.kill("SIGKILL");
      await once(child, "exit");
      expect(flushed).toBeGreaterThan(0);

      const copy = `${path}-copy`;
      await cp(path, copy, { recursive: true });
      for (const survivor of [path, copy]) {
        const store = createLmdbStore({ path: survivor });
        const rows = await store.getMany(
          "t",
          Array.from({ length: 2_000 }, (_, index) => [`k${index}`]),
        );
        const times = new Set(rows.map((row) => row && eventTimeOf(row)));
        expect(times.size, "all keys of one batch have the same day").toBe(1);
        expect([...times][0] ?? "").toSatisfy((at: string) => at >= eventTimeOf(rowOf(flushed, "")));
        expect(await store.putMany("t", [{ key: ["k0"], row: rowOf(flushed + 100, "goes on") }])).toEqual({
          written: 1,
        });
        await store.close();
      }
    },
  );

  it("a reader that is in the middle of a read makes the file grow; killed there, it is forgotten at the next flush", async () => {
    const path = await newPath();
    const store = createLmdbStore({ path });
    let day = 0;
    const rounds = async (count: number): Promise<number> => {
      for (const end = day + count; day < end; day += 1) {
        await store.putMany(
          "t",
          KEYS.map((key) => ({ key, row: rowOf(1 + day, "x".repeat(300)) })),
        );
      }
      await store.flush();
      return (await store.figures()).bytes ?? 0;
    };
    const settled = await rounds(50);
    expect(await rounds(50), "space is used again").toBeLessThanOrEqual(settled * 1.2);
    const reader = start({ path, role: "hold" });
    await next(reader);
    const grown = await rounds(50);
    expect(grown).toBeGreaterThan(settled * 3);
    expect((await store.figures()).snapshotLag).toBeGreaterThanOrEqual(50);
    reader.kill("SIGKILL");
    await once(reader, "exit");
    await store.flush();
    expect((await store.figures()).snapshotLag).toBe(0);
    expect(await rounds(200), "space is used again").toBeLessThanOrEqual(grown * 1.05);
    await store.close();
  });

  it("a limit on the size of files: the call is refused as a whole, nothing is lost, room can be made", async () => {
    const path = await newPath();
    // In blocks of 512 bytes. A write that fits in part comes back as EIO, which on a disk with room means nothing clear.
    const child = start({ path, role: "fill" }, [
      "sh",
      "-c",
      `ulimit -f 4096 && exec ${process.execPath} "$@"`,
      "node",
    ]);
    const report = await next(child);
    expect(report).toMatchObject({ kind: "refused", after: 1 });
    if (report.kind !== "refused") return;
    expect(["insufficient_storage", 5]).toContain(report.code);
    expect(report.rows).toBeGreaterThan(0);
    expect(report.kept).toBe(report.rows);
  });

  // A file system of 2 MB in a mount namespace of its own; where that is not allowed, storage-errors.test.ts has to do.
  const namespace = ["unshare", "--mount", "--map-root-user", "sh", "-c"];
  const canMount =
    spawnSync(namespace[0] ?? "", [...namespace.slice(1), `mount -t tmpfs tmpfs ${tmpdir()}`]).status === 0;

  it.skipIf(!canMount)("a full disk: the call is refused as a whole, nothing is lost, room can be made", async () => {
    const path = await newPath();
    const shell = `mount -t tmpfs -o size=2m tmpfs ${path} && exec ${process.execPath} "$@"`;
    const child = start({ path, role: "fill" }, [...namespace, shell, "node"]);
    const report = await next(child);
    expect(report).toMatchObject({ kind: "refused", code: "insufficient_storage", after: 1 });
    if (report.kind !== "refused") return;
    expect(report.kept).toBe(report.rows);
    expect(report.closeMs).toBeLessThan(5_000);
  });
});
