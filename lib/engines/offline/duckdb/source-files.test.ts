import { mkdir, mkdtemp, realpath, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { errorOf } from "@/lib/testing/runs";
import { findSourceFiles } from "./source-files";

let connection: DuckDBConnection;
let root: string;
let outside: string;
const make = async (...parts: string[]): Promise<void> => {
  const path = join(...parts);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, "a\n1\n");
};

beforeAll(async () => {
  connection = await (await DuckDBInstance.create(":memory:")).connect();
  const home = await realpath(await mkdtemp(join(tmpdir(), "larder-source-files-")));
  // A dot above the root is nobody's concern.
  root = join(home, ".projects", "root");
  outside = join(home, "outside");
  for (const file of ["data/a.csv", "data/b.csv", "data/.hidden.csv", ".env", ".git/config", "data/.cache/c.csv"])
    await make(root, file);
  for (const file of ["offline/x.csv", "plain/secret.csv"]) await make(root, "store", file);
  await make(outside, "secret.csv");
  await symlink(join(outside, "secret.csv"), join(root, "data", "link.txt"));
  await symlink(outside, join(root, "away"));
  await symlink(join(root, ".env"), join(root, "environment"));
  await symlink(join(root, ".git"), join(root, "history"));
  await symlink(join(root, "data"), join(root, ".data"));
});
afterAll(() => connection.closeSync());

const find = (pattern: string): Promise<string[]> =>
  findSourceFiles(
    connection,
    { rootDir: root, sourceRoots: [root], privateDirs: [join(root, "store/offline")] },
    pattern,
  );
const refusal = async (pattern: string): Promise<string> => {
  const { code, detail } = await errorOf(find(pattern));
  return `${code}: ${detail}`.replace(pattern, "…").replace(pattern.split("/").at(-1) ?? "", "…");
};
const OUTSIDE = "unreadable_file: … lies outside the folders that sources may read (LARDER_SOURCE_ROOTS)";

describe("what a source may name", () => {
  test("files and patterns below the root, relative and absolute", async () => {
    expect(await find("data/a.csv")).toEqual([join(root, "data/a.csv")]);
    expect(await find("data/*.csv")).toEqual([join(root, "data/a.csv"), join(root, "data/b.csv")]);
    expect(await find(join(root, "dat?", "[ab].csv"))).toHaveLength(2);
    expect(await find("store/plain/../plain/secret.csv")).toHaveLength(1);
  });

  test.each([".env", ".git/config", "./.env", "data/../.env", "data/.cache/*.csv", "*/.cache/c.csv", ".data/a.csv"])(
    "%s has a dot in front: it is outside, whether it is there or not",
    async (path) => {
      expect(await refusal(path)).toBe(OUTSIDE);
      expect(await refusal(`${path}.missing`)).toBe(OUTSIDE);
      expect(await refusal(join(root, path))).toBe(OUTSIDE);
    },
  );

  test.each(["environment", "history/config", "histor?/config", "environmen*"])(
    "%s leads to such a name",
    async (path) => {
      expect(await refusal(path)).toBe(OUTSIDE);
    },
  );

  test.each(["?env", "[.]env", ".*", "[.]git/config", "data/[.]hidden.csv"])(
    "the pattern %s matches none",
    async (path) => {
      expect(await refusal(path)).toMatch(/^unreadable_file: (No file matches|… lies outside)/);
    },
  );

  test("the pattern ** passes them over", async () => {
    const found = await find("**/*.csv").catch(() => []);
    expect(found.filter((file) => /\/\.(?!projects)/.test(file))).toEqual([]);
    expect(await find("d*/**/*.csv")).toEqual([join(root, "data/a.csv"), join(root, "data/b.csv")]);
  });
});

describe("what lies outside", () => {
  test.each([
    "/etc/hostname",
    "/etc/there-is-no-such-file",
    "/etc/*",
    "/*/hostname",
    "/nowhere/at/all/*.csv",
    "../../outside/secret.csv",
    "../../outside/missing.csv",
    "../**",
    "/**",
    "*/../../../outside/secret.csv",
    "away/secret.csv",
    "away/missing.csv",
    "away/*.csv",
    "away/missing/**",
    "data/link.txt",
    "data/link.*",
  ])("%s gets the same answer, there or not", async (path) => {
    expect(await refusal(path)).toBe(OUTSIDE);
  });

  test("the siblings of a root that begin with its name are outside", async () => {
    await make(`${root}-other`, "a.csv");
    expect(await refusal(`${root}-other/a.csv`)).toBe(OUTSIDE);
  });
});

test("Larder's own data says what to do instead, whether it is there or not", async () => {
  for (const path of ["store/offline/x.csv", "store/offline/missing.csv", "store/offline/*.csv", "store/off*/x.csv"])
    expect(await refusal(path)).toContain("upload the file");
});
