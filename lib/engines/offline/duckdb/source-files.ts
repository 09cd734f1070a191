import { realpathSync } from "node:fs";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { LarderError } from "@/lib/kernel/errors";
import type { Settings } from "./protocol";
import { literal } from "./sql";

/**
 * The files that a path or pattern of a file input means. Throws `unreadable_file`, and for what lies outside the source
 * roots always the same way: nothing there is looked for, so nobody learns what exists.
 */
export async function findSourceFiles(
  connection: DuckDBConnection,
  settings: Pick<Settings, "rootDir" | "sourceRoots" | "privateDirs">,
  pattern: string,
): Promise<string[]> {
  // Absolute paths say something about this machine; relative ones are what the author wrote.
  const shown = isAbsolute(pattern) ? (pattern.split("/").at(-1) ?? pattern) : pattern;
  if (/^[a-z][a-z0-9+]*:\/\//i.test(pattern))
    throw new LarderError("unreadable_file", `Only local files can be read, not ${shown}`);
  const path = resolve(settings.rootDir, pattern);
  const folder = literalFolder(path);
  const require = (target: string): void => {
    if (!rootsAbove(settings.sourceRoots, target).some((root) => isVisible(root, target))) throw outside(shown);
  };
  const target = join(whereItLeads(folder), path.slice(folder.length));
  refusePrivate(settings, target, shown);
  require(target);
  if (rootsAbove(settings.sourceRoots, path).length > 0) require(path);
  const reader = await connection.runAndReadAll(`SELECT file FROM glob(${literal(path)}) ORDER BY file`);
  const files = reader
    .getRowsJson()
    .map((row) => String(row[0]))
    .filter((file) => isVisible(folder, file));
  if (files.length === 0) throw unreadable(`No file matches ${shown}`, "No such file", shown);
  for (const file of files) {
    const real = realpathSync(file);
    refusePrivate(settings, real, shown);
    require(real);
  }
  return files;
}

/** The folders of a path before the first one that is a pattern. */
function literalFolder(path: string): string {
  const segments = path.split("/");
  const wild = segments.findIndex((segment) => /[*?[\\]/.test(segment));
  return segments.slice(0, wild < 0 ? -1 : wild).join("/") || "/";
}

/** A path with its links followed, as far as it exists. */
function whereItLeads(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(whereItLeads(parent), basename(path));
  }
}

const rootsAbove = (roots: string[], path: string): string[] => roots.filter((root) => isBelow(root, path));

const isBelow = (folder: string, path: string): boolean => path.startsWith(folder === "/" ? "/" : `${folder}/`);

/** Names with a dot in front are settings, secrets and histories of programs, never data. */
const isVisible = (folder: string, path: string): boolean => !path.slice(folder.length).split("/").some(isHidden);

const isHidden = (segment: string): boolean => segment.startsWith(".");

function refusePrivate({ privateDirs }: Pick<Settings, "privateDirs">, path: string, shown: string): void {
  if (!privateDirs.some((folder) => isBelow(folder, path))) return;
  const detail = `${shown} lies in Larder's own data directory, which no source may name; upload the file and name it as upload:…`;
  throw unreadable(detail, "Inside Larder's own data directory", shown);
}

function outside(shown: string): LarderError {
  const detail = `${shown} lies outside the folders that sources may read (LARDER_SOURCE_ROOTS)`;
  return unreadable(detail, "Outside the folders that sources may read", shown);
}

function unreadable(detail: string, why: string, shown: string): LarderError {
  return new LarderError("unreadable_file", detail, [{ code: "unreadable_file", detail: why, file: shown }]);
}
