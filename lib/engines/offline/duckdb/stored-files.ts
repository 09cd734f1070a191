import { readdir, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import type { ExpectedFile, StoredFile } from "@/lib/engines/offline/port";
import { instantOf } from "@/lib/kernel/time";
import type { Operation } from "./protocol";
import type { Session } from "./session";
import { fileHash, footerCounts } from "./table-files";

/** A stored file that is not as it was stored. */
export type Damage = { path: string; what: string };

/** Files below a folder of the root, at any depth, in no particular order; none where there is no such folder. */
export async function listFiles(root: string, folder: string): Promise<StoredFile[]> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch(() => []);
  const found = entries
    .filter((entry) => entry.isFile())
    .map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      const about = await stat(path).catch(() => null);
      return about && { path: relative(root, path), byteCount: about.size, modifiedAt: instantOf(about.mtime) };
    });
  return (await Promise.all(found)).flatMap((file) => file ?? []);
}

/** Uploads of one folder by the names that `saveUpload` answered; parts of unfinished ones are not among them. */
export async function listUploads(uploadsDir: string, folder: string): Promise<StoredFile[]> {
  const files = await listFiles(uploadsDir, folder);
  return files.flatMap((file) => (file.path.endsWith(".part") ? [] : [{ ...file, path: `upload:${file.path}` }]));
}

/** The files that are missing, of another size, unreadable, of other rows, or with `deep` of other bytes. */
export async function checkFiles(
  session: Session,
  { files, deep }: Extract<Operation, { kind: "checkFiles" }>,
): Promise<Damage[]> {
  const { root } = session.settings;
  const sound: ExpectedFile[] = [];
  const damage: Damage[] = [];
  for (const file of files) {
    const what = await outside(join(root, file.path), file);
    if (what) damage.push({ path: file.path, what });
    else sound.push(file);
  }
  const paths = sound.map((file) => join(root, file.path));
  // One unreadable footer fails the statement for all of them; then each is asked alone.
  const counts = paths.length > 0 ? await footerCounts(session, paths).catch(() => null) : null;
  for (const file of sound) {
    const what = await inside(session, file, { deep, counts });
    if (what) damage.push({ path: file.path, what });
  }
  return damage;
}

async function outside(path: string, file: ExpectedFile): Promise<string | null> {
  const found = await stat(path).catch(() => null);
  if (!found?.isFile()) return "is missing";
  if (file.byteCount === null || found.size === file.byteCount) return null;
  return `has ${found.size} bytes instead of ${file.byteCount}`;
}

async function inside(
  session: Session,
  file: ExpectedFile,
  { deep, counts }: { deep: boolean; counts: Map<string, number> | null },
): Promise<string | null> {
  const path = join(session.settings.root, file.path);
  const count = counts?.get(path) ?? (await footerCounts(session, [path]).catch(() => null))?.get(path);
  if (count === undefined) return "has an unreadable footer";
  if (file.rowCount !== null && count !== file.rowCount) return `has ${count} rows instead of ${file.rowCount}`;
  if (deep && file.sha256 !== null && (await fileHash(path)) !== file.sha256)
    return "has other bytes than were committed";
  return null;
}
