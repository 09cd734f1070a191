import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AppendStep } from "@/lib/engines/offline/port";
import { isLarderError } from "@/lib/kernel/errors";
import { DISK, type FileSystem, placeFile } from "./commit-file";
import { engineError } from "./failure";

const STAGING = "/data/staging/a.parquet";
const TARGET = "/data/groups/g/a.parquet";
const CONTENT = "every byte of the file";

type Operation =
  | { kind: "folder"; path: string }
  | { kind: "write"; path: string }
  | { kind: "sync"; path: string }
  | { kind: "rename"; from: string; to: string };

/** What a disk may hold after the power was cut: path -> content, for files; folders are implied by what is in them. */
type State = Map<string, string>;

/** A file system in memory that writes down what it was asked to do. */
function recorder(): { disk: FileSystem; log: Operation[]; write: () => Promise<void> } {
  const log: Operation[] = [];
  const folders = new Set(["/", "/data"]);
  const files = new Set<string>();
  const disk: FileSystem = {
    makeFolder: async (path) => {
      const missing: string[] = [];
      for (let level = path; !folders.has(level); level = dirname(level)) missing.unshift(level);
      for (const level of missing) {
        folders.add(level);
        log.push({ kind: "folder", path: level });
      }
      return missing[0];
    },
    sync: async (path) => void log.push({ kind: "sync", path }),
    isThere: async (path) => files.has(path) || folders.has(path),
    rename: async (from, to) => {
      files.delete(from);
      files.add(to);
      log.push({ kind: "rename", from, to });
    },
  };
  const write = async (): Promise<void> => {
    files.add(STAGING);
    log.push({ kind: "write", path: STAGING });
  };
  return { disk, log, write };
}

/**
 * Every state that a journalling file system may show after a power cut that follows the operations: what was not synced
 * may be missing, empty or cut short; an entry of a folder that was not synced may be missing, a rename undone.
 */
function statesAfter(log: Operation[]): State[] {
  const isSynced = (folder: string, after: number): boolean =>
    log.some((one, i) => i > after && one.kind === "sync" && one.path === folder);
  let states: { files: State; folders: Set<string> }[] = [{ files: new Map(), folders: new Set(["/", "/data"]) }];
  const fork = (options: ((state: { files: State; folders: Set<string> }) => void)[]): void => {
    states = states.flatMap(({ files, folders }) =>
      options.map((change) => {
        const next = { files: new Map(files), folders: new Set(folders) };
        change(next);
        return next;
      }),
    );
  };
  log.forEach((operation, at) => {
    if (operation.kind === "folder") {
      const made = (state: { folders: Set<string> }): void => void state.folders.add(operation.path);
      fork(isSynced(dirname(operation.path), at) ? [made] : [made, () => {}]);
    }
    if (operation.kind === "write") {
      const holds = (text: string) => (state: { files: State }) => void state.files.set(operation.path, text);
      const contents = isSynced(operation.path, at) ? [CONTENT] : [CONTENT, "", CONTENT.slice(0, 5)];
      const durableEntry = isSynced(dirname(operation.path), at) || isSynced(operation.path, at);
      fork([...contents.map(holds), ...(durableEntry ? [] : [() => {}])]);
    }
    if (operation.kind === "rename") {
      const moved = ({ files }: { files: State }): void => {
        const text = files.get(operation.from);
        if (text === undefined) return;
        files.delete(operation.from);
        files.set(operation.to, text);
      };
      fork(isSynced(dirname(operation.to), at) ? [moved] : [moved, () => {}]);
    }
  });
  // A file whose folder did not survive did not survive.
  return states.map(({ files, folders }) => {
    const isReachable = (path: string): boolean => path === "/" || (folders.has(path) && isReachable(dirname(path)));
    return new Map([...files].filter(([path]) => isReachable(dirname(path))));
  });
}

async function record(): Promise<Operation[]> {
  const { disk, log, write } = recorder();
  await placeFile({ staging: STAGING, target: TARGET }, { write, verify: async () => {}, step: async () => {} }, disk);
  return log;
}

const isWhole = (state: State): boolean => state.get(TARGET) === CONTENT;

describe("a power cut", () => {
  test("once a file is placed, every state the disk may come back in has it whole", async () => {
    expect(statesAfter(await record()).every(isWhole)).toBe(true);
  });

  test("before that, its name never shows less than the whole file", async () => {
    const log = await record();
    for (let cut = 0; cut <= log.length; cut++)
      for (const state of statesAfter(log.slice(0, cut)))
        expect([undefined, CONTENT], `after ${cut} operations`).toContain(state.get(TARGET));
  });

  test("each sync is needed: without it some state loses the file, but for that of the staging folder's entries", async () => {
    const log = await record();
    const syncs = log.flatMap((one, i) => (one.kind === "sync" ? [{ i, path: one.path }] : []));
    const needless = syncs.filter(({ i }) => statesAfter(log.filter((_, at) => at !== i)).every(isWhole));
    expect(syncs.length).toBeGreaterThan(4);
    // These only make sure that no name of staging comes back; the file itself does not depend on them.
    expect([...new Set(needless.map(({ path }) => path))].sort()).toEqual(["/data", "/data/staging"]);
  });
});

describe("a fault of the disk", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "larder-faults-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const errorOf = (code: string): NodeJS.ErrnoException => Object.assign(new Error(`${code}: fault`), { code });

  /** The real disk, whose operation number `failing` fails. */
  function faulty(failing: number, code: string): { disk: FileSystem; done: string[] } {
    const done: string[] = [];
    const guard =
      <A extends unknown[], T>(name: string, work: (...given: A) => Promise<T>) =>
      async (...given: A): Promise<T> => {
        if (done.length + 1 === failing) {
          done.push(`${name} failed`);
          throw errorOf(code);
        }
        done.push(name);
        return work(...given);
      };
    return {
      done,
      disk: {
        makeFolder: guard("makeFolder", DISK.makeFolder),
        sync: guard("sync", DISK.sync),
        isThere: guard("isThere", DISK.isThere),
        rename: guard("rename", DISK.rename),
      },
    };
  }

  test.each([
    ["ENOSPC", "insufficient_storage"],
    ["EIO", "internal"],
  ])(
    "%s at the first, second … operation: an error, and the name is taken by the whole file or not at all",
    async (code, expected) => {
      for (let failing = 1; ; failing++) {
        const place = { staging: join(folder, `${failing}/staging/a`), target: join(folder, `${failing}/groups/g/a`) };
        const { disk, done } = faulty(failing, code);
        const steps: AppendStep[] = [];
        const outcome = await placeFile(
          place,
          {
            write: () => writeFile(place.staging, CONTENT),
            verify: async () => {},
            step: async (step) => void steps.push(step),
          },
          disk,
        ).then(
          () => null,
          (error: unknown) => engineError(error, (text) => text),
        );
        const text = await readFile(place.target, "utf8").catch(() => null);
        if (!outcome) {
          expect(text).toBe(CONTENT);
          expect(failing).toBe(done.length + 1);
          return;
        }
        expect(isLarderError(outcome) && outcome.code).toBe(expected);
        expect([null, CONTENT]).toContain(text);
        // A failed sync is never followed by anything that would trust it.
        expect(done.at(-1)).toMatch(/failed$/);
        if (done.at(-1) === "sync failed" && !steps.includes("file-synced")) expect(text).toBeNull();
      }
    },
  );
});
