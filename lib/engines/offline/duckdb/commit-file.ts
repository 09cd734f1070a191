import { mkdir, open, rename, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { AppendStep } from "@/lib/engines/offline/port";
import { LarderError } from "@/lib/kernel/errors";
import type { Destination } from "./protocol";
import { fileHash } from "./table-files";

async function sync(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

// A new directory is only durable once its parent is, so every created level is synced upwards.
async function makeDurableDirectory(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  for (let level = path; level.length >= first.length; level = dirname(level)) await sync(dirname(level));
}

/**
 * Writes one file so that it is either wholly there under its final name, durable and verified, or not there.
 * `write` fills the staging path, `verify` re-reads the final one; `step` hears of every step as it is done.
 */
export async function commitFile(
  { staging, target }: Destination,
  work: { write: () => Promise<void>; verify: () => Promise<void>; step: (step: AppendStep) => Promise<void> },
): Promise<{ byteCount: number; sha256: string }> {
  await makeDurableDirectory(dirname(staging));
  await makeDurableDirectory(dirname(target));
  await work.write();
  await work.step("staged");
  await sync(staging);
  await work.step("file-synced");
  // Names are never reused: rename would silently replace what a commit may already point to.
  const taken = await stat(target).then(
    () => true,
    () => false,
  );
  if (taken) throw new LarderError("already_exists", "The output file exists already");
  await rename(staging, target);
  await work.step("renamed");
  await sync(dirname(target));
  await sync(dirname(staging));
  await work.step("directory-synced");
  await work.verify();
  const sha256 = await fileHash(target);
  const byteCount = (await stat(target)).size;
  await work.step("verified");
  return { byteCount, sha256 };
}
