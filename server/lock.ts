import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

/** Who holds a lock: `born` tells a process from a later one with the same number, where the system can. */
export type Holder = { pid: number; born: string; about: string };

/** Somebody else who is alive holds the lock. */
export class LockHeld extends Error {
  override readonly name = "LockHeld";
  constructor(readonly holder: Holder) {
    super(`held by process ${holder.pid}`);
  }
}

/**
 * Takes a lock file for this process, waiting up to `waitMs` for a holder that is ending. A holder that died without
 * letting go is no holder. Throws `LockHeld`. Answers how to let go.
 */
export async function takeLock(path: string, about: string, waitMs = 0): Promise<() => Promise<void>> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const mine = JSON.stringify({ pid: process.pid, born: born(process.pid), about } satisfies Holder);
  const staged = `${path}.${randomBytes(4).toString("hex")}`;
  await writeFile(staged, mine, { mode: 0o600 });
  try {
    for (const deadline = Date.now() + waitMs; ; await sleep(100)) {
      const taken = await link(staged, path).then(
        () => true,
        (error: NodeJS.ErrnoException) => {
          if (error.code === "EEXIST") return false;
          throw error;
        },
      );
      if (taken) break;
      const holder = await readHolder(path);
      if (!holder || !isAlive(holder)) await rm(path, { force: true });
      else if (Date.now() >= deadline) throw new LockHeld(holder);
    }
  } finally {
    await rm(staged, { force: true });
  }
  return async () => {
    if ((await readFile(path, "utf8").catch(() => "")) === mine) await rm(path, { force: true });
  };
}

async function readHolder(path: string): Promise<Holder | null> {
  try {
    return JSON.parse(await readFile(path, "utf8")) as Holder;
  } catch {
    return null;
  }
}

function isAlive(holder: Holder): boolean {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  return born(holder.pid) === holder.born;
}

/** When a process was started, in ticks since this boot; empty where the system does not tell. */
function born(pid: number): string {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return `${boot}/${stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]}`;
  } catch {
    return "";
  }
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
