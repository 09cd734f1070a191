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

/** What a file's footer says: the names of its columns, and one text that is equal for files of equal columns. */
export type Layout = { names: string[]; text: string };

const footersRead = new Map<string, { stamp: string; layout: Layout }>();
const REMEMBERED = 50_000;

/** Throws `data_corrupt` unless every file is there with the size and the number of rows its commit recorded. */
export async function requireWhole(session: Session, files: DataFile[]): Promise<void> {
  if (footersRead.size > REMEMBERED) footersRead.clear();
  const unread: { file: DataFile; path: string; stamp: string }[] = [];
  for (const file of files) {
    const path = join(session.settings.root, file.path);
    const found = await stat(path).catch(() => null);
    if (!found?.isFile()) throw damaged(file.path, "is missing");
    if (found.size !== file.byteCount) throw damaged(file.path, `has ${found.size} bytes instead of ${file.byteCount}`);
    const stamp = `${found.size}:${found.mtimeMs}:${found.ino}:${file.rowCount}`;
    if (footersRead.get(path)?.stamp !== stamp) unread.push({ file, path, stamp });
  }
  if (unread.length === 0) return;
  const footers = await readFooters(
    session,
    unread.map(({ path }) => path),
  ).catch(() => null);
  for (const { file, path, stamp } of unread) {
    const footer = footers?.get(path) ?? (await readFooters(session, [path]).catch(() => null))?.get(path);
    if (footer === undefined) throw damaged(file.path, "has an unreadable footer");
    if (footer.count !== file.rowCount)
      throw damaged(file.path, `has ${footer.count} rows instead of ${file.rowCount}`);
    footersRead.set(path, { stamp, layout: footer.layout });
  }
}

/** The columns of a file that `requireWhole` has seen. */
export function layoutOf(path: string): Layout {
  const footer = footersRead.get(path);
  if (!footer) throw new LarderError("internal", "A file is read that was not looked at");
  return footer.layout;
}

async function readFooters(session: Session, paths: string[]): Promise<Map<string, { count: number; layout: Layout }>> {
  const counts = await footerCounts(session, paths);
  const rows = await session.rows(
    `SELECT file_name, list({name: name, children: coalesce(num_children, 0), type: concat_ws(' ', type, converted_type, logical_type, scale, precision)} ORDER BY column_id)::JSON::VARCHAR ` +
      `FROM parquet_schema(${literals(paths)}) GROUP BY file_name`,
  );
  return new Map(
    rows.map(([path, text]) => {
      const columns = JSON.parse(String(text)) as SchemaElement[];
      return [
        String(path),
        { count: counts.get(String(path)) ?? -1, layout: { names: topNames(columns), text: String(text) } },
      ];
    }),
  );
}

type SchemaElement = { name: string; children: number; type: string };

// The schema of Parquet is a tree, written parents first; only the children of its root are columns.
function topNames([root, ...elements]: SchemaElement[]): string[] {
  const names: string[] = [];
  let inside = 0;
  for (const { name, children } of elements) {
    if (inside === 0) names.push(name);
    inside += children - (inside === 0 ? 0 : 1);
  }
  if (names.length !== root?.children) throw new Error("The schema of a Parquet file is not a tree");
  return names;
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
