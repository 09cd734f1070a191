import { randomBytes } from "node:crypto";
import { lstatSync, realpathSync } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LarderError } from "@/lib/kernel/errors";
import { resourceError } from "./failure";

const PREFIX = "upload:";
/** A file that the server named, in the folder of one project. Nothing else is ever opened. */
const UPLOAD = /^upload:([A-Za-z0-9_]{1,80})\/(upl_[0-9a-f]{32}\.(?:csv|parquet|json))$/;

/** What is left of an upload whose process died is nobody's after this time. */
const ABANDONED_MS = 24 * 60 * 60_000;

/** Whether a path of a file input means an upload. */
export function isUpload(path: string): boolean {
  return path.startsWith(PREFIX);
}

/** An upload as its project names it, without the folder; any other path as it is. */
export function shownUpload(path: string): string {
  return isUpload(path) ? `${PREFIX}${path.slice(path.indexOf("/") + 1)}` : path;
}

/** The absolute path of an upload that is there. Throws `unreadable_file` for names that no upload has. */
export function findUpload(uploadsDir: string, path: string): string {
  const shown = shownUpload(path);
  const parts = UPLOAD.exec(path);
  const absolute = parts ? join(uploadsDir, parts[1] ?? "", parts[2] ?? "") : null;
  // A link would lead out of the folder, so only the file itself counts, in a folder that is no link either.
  const whole =
    absolute !== null &&
    lstatSync(absolute, { throwIfNoEntry: false })?.isFile() === true &&
    realpathSync(absolute) === join(realpathSync(uploadsDir), absolute.slice(uploadsDir.length + 1));
  if (whole) return realpathSync(absolute);
  throw new LarderError("unreadable_file", `This project has no upload ${shown}`, [
    { code: "unreadable_file", detail: "No such upload", file: shown },
  ]);
}

/** Writes an upload under a name of our own: first aside, then durable, then under its name. */
export async function saveUpload(
  uploadsDir: string,
  request: { folder: string; format: "csv" | "parquet" | "json"; body: AsyncIterable<Uint8Array>; maxBytes: number },
): Promise<{ path: string; byteCount: number }> {
  const { folder, format, body, maxBytes } = request;
  const directory = join(uploadsDir, folder);
  const path = `${PREFIX}${folder}/upl_${randomBytes(16).toString("hex")}.${format}`;
  if (!UPLOAD.test(path)) throw new LarderError("internal", "An upload folder has letters, digits and _ only");
  const target = join(uploadsDir, path.slice(PREFIX.length));
  const staging = `${target}.part`;
  await mkdir(directory, { recursive: true });
  await removeAbandoned(directory);
  try {
    const byteCount = await write(staging, body, maxBytes);
    if (byteCount === 0) throw new LarderError("unreadable_file", "The file is empty");
    await rename(staging, target);
    for (const level of [directory, uploadsDir]) await sync(level);
    return { path, byteCount };
  } catch (error) {
    await rm(staging, { force: true });
    throw resourceError(error) ?? error;
  }
}

/** Removes an upload by the path that `saveUpload` answered. */
export async function removeUpload(uploadsDir: string, path: string): Promise<void> {
  if (UPLOAD.test(path)) await rm(join(uploadsDir, path.slice(PREFIX.length)), { force: true });
}

/** The file is open before its first byte is asked for and closed before this ends, so who removes it removes all of it. */
async function write(path: string, body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<number> {
  let byteCount = 0;
  const counted = (async function* () {
    for await (const chunk of body) {
      byteCount += chunk.length;
      if (byteCount > maxBytes)
        throw new LarderError("payload_too_large", `A file may have at most ${maxBytes / 1024 / 1024} MB`);
      yield chunk;
    }
  })();
  const handle = await open(path, "wx", 0o600);
  try {
    await writeFile(handle, counted);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return byteCount;
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function removeAbandoned(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (!name.endsWith(".part")) continue;
    const found = await stat(join(directory, name)).catch(() => null);
    if (found && Date.now() - found.mtimeMs > ABANDONED_MS) await rm(join(directory, name), { force: true });
  }
}
