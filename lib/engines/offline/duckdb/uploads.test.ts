import { fork } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { errorOf } from "@/lib/testing/runs";
import { findUpload, removeUpload, saveUpload, shownUpload } from "./uploads";

let uploads: string;
beforeEach(async () => {
  uploads = await mkdtemp(join(tmpdir(), "larder-uploads-"));
});

async function* bytes(...chunks: string[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield new TextEncoder().encode(chunk);
}

const save = (body: AsyncIterable<Uint8Array>, maxBytes = 1000): ReturnType<typeof saveUpload> =>
  saveUpload(uploads, { folder: "prj_a", format: "csv", body, maxBytes });

describe("keeping", () => {
  test("what arrives in pieces is one file under a name of our own", async () => {
    const { path, byteCount } = await save(bytes("a,b\n", "1,2\n"));
    expect(path).toMatch(/^upload:prj_a\/upl_[0-9a-f]{32}\.csv$/);
    expect(byteCount).toBe(8);
    expect(await readFile(findUpload(uploads, path), "utf8")).toBe("a,b\n1,2\n");
    expect((await save(bytes("x"))).path).not.toBe(path);
    await removeUpload(uploads, path);
    await removeUpload(uploads, path);
    expect(() => findUpload(uploads, path)).toThrow("no upload");
  });

  test("nothing is left of what is empty, too large, or breaks off", async () => {
    expect(await errorOf(save(bytes()))).toMatchObject({ code: "unreadable_file" });
    expect(await errorOf(save(bytes("12345", "67890", "!"), 10))).toMatchObject({ code: "payload_too_large" });
    const broken = (async function* () {
      yield* bytes("a,b\n");
      throw new Error("the sender went away");
    })();
    await expect(save(broken)).rejects.toThrow("the sender went away");
    expect(await readdir(join(uploads, "prj_a"))).toEqual([]);
    expect((await save(bytes("1234567890"), 10)).byteCount).toBe(10);
  });

  test("a process that is killed half-way leaves nothing that can be named, and its rest is cleared later", async () => {
    const child = fork(join(import.meta.dirname, "upload-fixture.ts"), [uploads], {
      execArgv: ["--import", "tsx"],
      cwd: resolve(import.meta.dirname, "../../../.."),
    });
    await new Promise((done) => child.once("message", done));
    const ended = new Promise((done) => child.once("exit", (_, by) => done(by)));
    child.kill("SIGKILL");
    expect(await ended).toBe("SIGKILL");
    const left = await readdir(join(uploads, "prj_a"));
    expect(left).toEqual([expect.stringMatching(/\.csv\.part$/)]);
    const name = left[0] ?? "";
    for (const path of [`upload:prj_a/${name}`, `upload:prj_a/${name.replace(".part", "")}`])
      expect(() => findUpload(uploads, path)).toThrow("no upload");
    await save(bytes("a\n1\n"));
    expect(await readdir(join(uploads, "prj_a"))).toContain(name);
    const before = new Date(Date.now() - 25 * 3600_000);
    await utimes(join(uploads, "prj_a", name), before, before);
    await save(bytes("a\n1\n"));
    expect(await readdir(join(uploads, "prj_a"))).not.toContain(name);
  });
});

describe("finding", () => {
  const file = `upl_${"0".repeat(32)}.csv`;

  test.each([
    "upload:../prj_a/x.csv",
    "upload:prj_a/../prj_b/x.csv",
    "upload:prj_a/../../etc/passwd",
    "upload:/etc/passwd",
    "upload:prj_a//etc/passwd",
    "upload:prj_a/*.csv",
    "upload:prj_a/upl_*.csv",
    `upload:prj_b/${file}`,
    `upload:prj_a/prj_a/${file}`,
    `upload:${file}`,
    `upload:prj_a/${file}\n`,
    `upload:prj_a/${file}\0`,
    "upload:",
  ])("%j is no upload", async (path) => {
    await mkdir(join(uploads, "prj_a"), { recursive: true });
    await writeFile(join(uploads, "prj_a", file), "a\n1\n");
    expect(findUpload(uploads, `upload:prj_a/${file}`)).toContain(file);
    expect(() => findUpload(uploads, path)).toThrow("This project has no upload");
  });

  test("a link is no upload, nor is what lies in a folder that is one", async () => {
    const outside = await mkdtemp(join(tmpdir(), "larder-outside-"));
    await writeFile(join(outside, file), "secret");
    await mkdir(join(uploads, "prj_a"), { recursive: true });
    await symlink(join(outside, file), join(uploads, "prj_a", file));
    await symlink(outside, join(uploads, "prj_b"));
    for (const folder of ["prj_a", "prj_b"])
      expect(() => findUpload(uploads, `upload:${folder}/${file}`)).toThrow("no upload");
  });

  test("the folder, which is the project's id, is not shown", () => {
    expect(shownUpload(`upload:prj_a/${file}`)).toBe(`upload:${file}`);
    expect(shownUpload("data/prj_a/x.csv")).toBe("data/prj_a/x.csv");
  });
});
