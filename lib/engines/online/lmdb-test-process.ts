import { open } from "lmdb";
import { LADDER, markOf, rowOf } from "./conformance-cases";
import { createLmdbStore } from "./lmdb";
import type { OnlineKey } from "./port";

/** What a process of lmdb.test.ts is told to do. */
export type Task = { path: string } & (
  | { role: "shuffle"; keys: number; rounds: number }
  | { role: "ascend"; keys: number }
  | { role: "put"; key: OnlineKey; day: number }
  | { role: "fill" }
  | { role: "hold" }
  | { role: "follow"; readOnly: boolean }
);

/** What it reports. */
export type Report =
  | { kind: "done" }
  | { kind: "flushed"; day: number }
  | { kind: "refused"; code: unknown; rows: number; kept: number; after: number; closeMs: number }
  | { kind: "read"; mark: unknown };

const task = JSON.parse(process.argv[2] ?? "null") as Task;
let store = createLmdbStore({ path: task.path, readOnly: task.role === "follow" && task.readOnly });

// A test that failed leaves nobody to kill this process.
process.on("disconnect", () => process.exit());

function report(message: Report): void {
  process.send?.(message);
}

function keysOf(count: number): OnlineKey[] {
  return Array.from({ length: count }, (_, index) => [`k${index}`]);
}

/** Puts the rungs of the ladder in a random order, again and again, against other processes doing the same. */
async function shuffle(keys: number, rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    const rows = keysOf(keys).map((key) => ({
      key,
      row: LADDER[Math.floor(Math.random() * LADDER.length)] ?? rowOf(1, ""),
    }));
    await store.putMany("t", rows);
  }
  await store.putMany(
    "t",
    keysOf(keys).map((key) => ({ key, row: LADDER.at(-2) ?? rowOf(1, "") })),
  );
  await store.close();
  report({ kind: "done" });
}

/** Puts a newer row into every key, batch after batch, until it is killed. */
async function ascend(keys: number): Promise<void> {
  for (let day = 1; ; day += 1) {
    await store.putMany(
      "t",
      keysOf(keys).map((key) => ({ key, row: rowOf(day, `day ${day} ${"x".repeat(200)}`) })),
    );
    await store.flush();
    report({ kind: "flushed", day });
  }
}

/** Puts batches until the disk is full, then makes room and goes on. */
async function fill(): Promise<void> {
  let rows = 0;
  let code: unknown = null;
  while (code === null && rows < 100_000) {
    const batch = keysOf(200).map(([key]) => ({ key: [key ?? "", rows], row: rowOf(1, "x".repeat(400)) }));
    await store.putMany("t", batch).then(
      () => {
        rows += batch.length;
      },
      (error: unknown) => {
        code = error instanceof Error && "code" in error ? error.code : error;
      },
    );
  }
  const start = performance.now();
  await store.flush();
  await store.close();
  const closeMs = performance.now() - start;
  store = createLmdbStore({ path: task.path });
  const keys = Array.from({ length: rows + 200 }, (_, index): OnlineKey => [`k${index % 200}`, index - (index % 200)]);
  const kept = (await store.getMany("t", keys)).filter(Boolean).length;
  await store.drop("t");
  const after = await store.putMany("t", [{ key: ["after"], row: rowOf(1, "x") }]);
  await store.flush();
  await store.close();
  report({ kind: "refused", code, rows, kept, after: after.written, closeMs });
}

/** Stays in the middle of a read. */
function hold(): void {
  const database = open({ path: task.path, noSubdir: false, encoding: "string", keyEncoding: "binary" });
  const rows = database.getRange({})[Symbol.iterator]();
  rows.next();
  setInterval(() => rows, 1_000);
  report({ kind: "done" });
}

/** Reads one key each time it is asked to. */
function follow(): void {
  process.on("message", async (key: OnlineKey) => {
    const [row] = await store.getMany("t", [key]);
    report({ kind: "read", mark: markOf(row) });
  });
  report({ kind: "done" });
}

if (task.role === "put") {
  await store.putMany("t", [{ key: task.key, row: rowOf(task.day, task.day) }]);
  await store.close();
}
if (task.role === "shuffle") await shuffle(task.keys, task.rounds);
if (task.role === "ascend") await ascend(task.keys);
if (task.role === "fill") await fill();
if (task.role === "follow") follow();
if (task.role === "hold") hold();
