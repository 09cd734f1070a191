import { existsSync, mkdirSync, realpathSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import type { PoolOptions } from "./pool";

/** `processPath` is the file `process.ts`; it is an option because a bundler may have moved this module. */
export type DuckDbEngineOptions = {
  root: string;
  processPath: string;
  /** Paths of file inputs are relative to it. */
  rootDir: string;
  /** File inputs must lie below one of these folders; by default `rootDir`. */
  sourceRoots?: string[];
  /** No file input may name what is below these, also where `sourceRoots` hold them. */
  privateDirs?: string[];
  /** Where uploads are kept, one folder for each project; by default `uploads` below the root. */
  uploadsDir?: string;
  maxProcesses?: number;
  memoryLimit?: string;
  /** Most that one process may put on disk of what does not fit into its memory. */
  temporaryLimit?: string;
  threads?: number;
  temporaryDirectory?: string;
  /** How long `describe` may work. */
  describeMs?: number;
};

/** What the processes of an engine are started with; folders are made, and links resolved. */
export function poolOptions(options: DuckDbEngineOptions): PoolOptions {
  mkdirSync(options.root, { recursive: true });
  // Allowed paths are compared after links are resolved.
  const root = realpathSync(options.root);
  return {
    root,
    processPath: options.processPath,
    rootDir: options.rootDir,
    sourceRoots: existing(options.sourceRoots ?? [options.rootDir]),
    // Links are resolved before they are compared, so these are made if need be.
    privateDirs: (options.privateDirs ?? []).map((folder) => {
      mkdirSync(folder, { recursive: true });
      return realpathSync(folder);
    }),
    uploadsDir: resolve(/*turbopackIgnore: true*/ options.uploadsDir ?? join(root, "uploads")),
    maxProcesses: options.maxProcesses ?? 2,
    memoryLimit: options.memoryLimit ?? "1GB",
    temporaryLimit: options.temporaryLimit ?? "8GB",
    threads: options.threads ?? Math.min(4, availableParallelism()),
    temporaryDirectory: resolve(/*turbopackIgnore: true*/ options.temporaryDirectory ?? join(root, "tmp")),
  };
}

function existing(folders: string[]): string[] {
  return folders.flatMap((folder) => (existsSync(folder) ? realpathSync(folder) : []));
}
