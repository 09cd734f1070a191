import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { LockHeld, takeLock } from "./lock";

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "larder-lock-"));
  path = join(folder, "data", "start.lock");
});

afterEach(() => rm(folder, { recursive: true }));

it("is held once, tells by whom, and can be taken again after it was let go", async () => {
  const unlock = await takeLock(path, "http://localhost:3000");
  const second = takeLock(path, "second");
  await expect(second).rejects.toThrow(LockHeld);
  await expect(second).rejects.toMatchObject({ holder: { pid: process.pid, about: "http://localhost:3000" } });
  await unlock();
  await (await takeLock(path, "third"))();
});

it("waits for a holder that is ending", async () => {
  const unlock = await takeLock(path, "first");
  setTimeout(unlock, 200);
  await (await takeLock(path, "second", 5000))();
});

it("is taken over from a process that died, also when its number was given to another", async () => {
  const child = spawn(process.execPath, ["-e", ""]);
  await once(child, "exit");
  await (await takeLock(path, "make the folder"))();
  await writeFile(path, JSON.stringify({ pid: child.pid, born: "", about: "dead" }));
  await (await takeLock(path, "second"))();
  await writeFile(path, JSON.stringify({ pid: process.ppid, born: "another boot/1", about: "reused number" }));
  await (await takeLock(path, "third"))();
  await writeFile(path, "torn");
  await (await takeLock(path, "fourth"))();
});

it("of many that try at once exactly one gets it", async () => {
  const tries = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => takeLock(path, String(i))));
  expect(tries.filter((attempt) => attempt.status === "fulfilled")).toHaveLength(1);
});
