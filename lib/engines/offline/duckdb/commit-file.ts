import { mkdir, open, rename, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { AppendStep } from "@/lib/engines/offline/port";
import { LarderError } from "@/lib/kernel/errors";
import type { Destination } from "./protocol";
import { fileHash } from "./table-files";

/** What the commit protocol asks of a file system, beside the writing itself. Tests put faults and power cuts in between. */
export type FileSystem = {
  /** Makes a folder and those above it; answers the uppermost that it made, or undefined. */
  makeFolder(path: string): Promise<string | undefined>;
  /** Makes the content of a file, or the entries of a folder, survive a power cut. */
  sync(path: string): Promise<void>;
  isThere(path: string): Promise<boolean>;
  rename(from: string, to: string): Promise<void>;
};

/** The file system of this machine. */
export const DISK: FileSystem = {
  makeFolder: (path) => mkdir(path, { recursive: true }),
  sync: async (path) => {
    const handle = await open(path, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
  isThere: (path) =>
    stat(path).then(
      () => true,
      () => false,
    ),
  rename,
};

// A new directory is only durable once its parent is, so every created level is synced upwards.
async function makeDurableDirectory(disk: FileSystem, path: string): Promise<void> {
  const first = await disk.makeFolder(path);
  if (first === undefined) return;
  for (let level = path; level.length >= first.length; level = dirname(level)) await disk.sync(dirname(level));
}

type Work = { write: () => Promise<void>; verify: () => Promise<void>; step: (step: AppendStep) => Promise<void> };

/** Puts a file under its final name, whole and durable, or not at all. Throws `already_exists`, and what the disk throws. */
export async function placeFile({ staging, target }: Destination, work: Work, disk: FileSystem = DISK): Promise<void> {
  await makeDurableDirectory(disk, dirname(staging));
  await makeDurableDirectory(disk, dirname(target));
  await work.write();
  await work.step("staged");
  await disk.sync(staging);
  await work.step("file-synced");
  // Names are never reused: rename would silently replace what a commit may already point to.
  if (await disk.isThere(target)) throw new LarderError("already_exists", "The output file exists already");
  await disk.rename(staging, target);
  await work.step("renamed");
  await disk.sync(dirname(target));
  await disk.sync(dirname(staging));
  await work.step("directory-synced");
  await work.verify();
}

/**
 * Writes one file so that it is either wholly there under its final name, durable and verified, or not there.
 * `write` fills the staging path, `verify` re-reads the final one; `step` hears of every step as it is done.
 */
export async function commitFile(destination: Destination, work: Work): Promise<{ byteCount: number; sha256: string }> {
  await placeFile(destination, work);
  const sha256 = await fileHash(destination.target);
  const byteCount = (await stat(destination.target)).size;
  await work.step("verified");
  return { byteCount, sha256 };
}
