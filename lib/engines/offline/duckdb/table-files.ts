import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { DataFile } from "@/lib/engines/offline/port";
import { LarderError } from "@/lib/kernel/errors";
import type { Session } from "./session";
import { literal, literals } from "./sql";

/** The SHA-256 of a file's bytes in hexadecimal. */
export async function fileHash(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
  return hash.digest("hex");
}

/** The error that says which stored file is damaged, and how. */
export function damaged(path: string, what: string): LarderError {
  return new LarderError("data_corrupt", `${path} ${what}`, [{ code: "data_corrupt", detail: what, file: path }]);
}

const footersRead = new Map<string, string>();
const REMEMBERED = 50_000;

/** Throws `data_corrupt` unless every file is there with the size and the number of rows its commit recorded. */
export async function requireWhole(session: Session, files: DataFile[]): Promise<void> {
  const unread: { file: DataFile; path: string; stamp: string }[] = [];
  for (const file of files) {
    const path = join(session.settings.root, file.path);
    const found = await stat(path).catch(() => null);
    if (!found?.isFile()) throw damaged(file.path, "is missing");
    if (found.size !== file.byteCount) throw damaged(file.path, `has ${found.size} bytes instead of ${file.byteCount}`);
    const stamp = `${found.size}:${found.mtimeMs}:${found.ino}:${file.rowCount}`;
    if (footersRead.get(path) !== stamp) unread.push({ file, path, stamp });
  }
  if (unread.length === 0) return;
  const counts = await footerCounts(
    session,
    unread.map(({ path }) => path),
  ).catch(() => null);
  for (const { file, path, stamp } of unread) {
    const count = counts?.get(path) ?? (await footerCounts(session, [path]).catch(() => null))?.get(path);
    if (count === undefined) throw damaged(file.path, "has an unreadable footer");
    if (count !== file.rowCount) throw damaged(file.path, `has ${count} rows instead of ${file.rowCount}`);
    if (footersRead.size > REMEMBERED) footersRead.clear();
    footersRead.set(path, stamp);
  }
}

/** Rows of each Parquet file by its footer. */
export async function footerCounts(session: Session, paths: string[]): Promise<Map<string, number>> {
  const rows = await session.rows(
    `SELECT file_name, num_rows FROM parquet_file_metadata(${paths.length === 1 ? literal(paths[0] ?? "") : literals(paths)})`,
  );
  return new Map(rows.map(([path, count]) => [String(path), Number(count)]));
}

/** After a failed read: the first file whose bytes are not those that were committed, as `data_corrupt`; else null. */
export async function findDamage(root: string, files: DataFile[]): Promise<LarderError | null> {
  for (const file of files) {
    const hash = await fileHash(join(root, file.path)).catch(() => null);
    if (hash === null) return damaged(file.path, "is missing");
    if (hash !== file.sha256) return damaged(file.path, "has other bytes than were committed");
  }
  return null;
}
