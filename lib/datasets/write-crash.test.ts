import { fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { CrashPoint } from "@/lib/platform/crash";
import { closeContexts, makeContext, sourceFolder, type TestContext } from "@/lib/testing/context";
import { testDatabase } from "@/lib/testing/database";
import { apply, entity, group, inNewProject } from "@/lib/testing/definitions";
import { readRows } from "./read-rows";
import { jsonLines } from "./row-bodies";
import { ReadRows } from "./schema";
import { writeRows } from "./write-rows";

const ROOT = join(import.meta.dirname, "../..");

/** Whether the rows are there after a death at each point. */
const COMMITTED: Partial<Record<CrashPoint, boolean>> = {
  "ingest:received": false,
  "append:staged": false,
  "append:file-synced": false,
  "append:renamed": false,
  "append:directory-synced": false,
  "append:verified": false,
  "commit:before-transaction": false,
  "commit:in-transaction": false,
  "commit:after-transaction": true,
};

let base: TestContext;
beforeAll(async () => {
  base = await makeContext();
});
afterAll(closeContexts);

const OLD = '{"id":1,"event_timestamp":"2026-01-01","n":1}';
const NEW = ['{"id":2,"event_timestamp":"2026-01-01","n":2}', '{"id":null,"event_timestamp":"2026-01-01","n":3}'];

async function dieAt(point: string, ctx: TestContext): Promise<{ signal: string | null; stderr: string }> {
  const given = [ctx.project.id, "clicks", "quarantine", "one", ...NEW];
  const child = fork(join(import.meta.dirname, "write-rows.test-child.ts"), given, {
    execArgv: ["--import", "tsx"],
    cwd: ROOT,
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    env: {
      NODE_ENV: "test",
      PATH: process.env.PATH,
      DATABASE_URL: (await testDatabase()).connectionString,
      LARDER_ROOT: ROOT,
      LARDER_DATA_DIR: ctx.folder,
      LARDER_SOURCE_ROOTS: `${ROOT}:${sourceFolder(ctx.folder)}`,
      LARDER_LOG_LEVEL: "silent",
      LARDER_CRASH_AT: point,
    },
  });
  let stderr = "";
  child.stderr?.on("data", (text: Buffer) => {
    stderr += text.toString();
  });
  const [, signal] = (await once(child, "exit")) as [number | null, string | null];
  return { signal, stderr };
}

test.each(Object.entries(COMMITTED))(
  "a server that is killed at %s: all or nothing, and the same key makes exactly one commit",
  async (point, committed) => {
    const ctx = await inNewProject(base);
    await apply(
      ctx,
      entity("person", { id: "INT64" }),
      group("clicks", { entity: "person", features: { n: "INT64" } }),
    );
    const write = (key: string, mode: "append" | "quarantine", ...rows: string[]) =>
      writeRows(ctx, { name: "clicks", mode, format: "json", key, body: jsonLines(rows) });
    const held = async (): Promise<unknown[]> =>
      (await readRows(ctx, ReadRows.parse({ name: "clicks", order: "asc" }))).rows.map((row) => row[0]);
    await write("zero", "append", OLD);
    expect(await dieAt(point, ctx)).toEqual({ signal: "SIGKILL", stderr: "" });

    expect(await held()).toEqual(committed ? [1, 2] : [1]);
    const where = { group: { projectId: ctx.project.id } };
    expect(await ctx.db.quarantine.count({ where })).toBe(committed ? 1 : 0);
    const runs = await ctx.db.run.count({ where: { projectId: ctx.project.id } });
    expect(runs).toBe(1);

    const again = await write("one", "quarantine", ...NEW);
    expect(again).toMatchObject({ replayed: committed, answer: { accepted: 1, rejected: 1, commit: { sequence: 2 } } });
    expect(await held()).toEqual([1, 2]);
    expect(await ctx.db.commit.count({ where })).toBe(2);
    expect(await ctx.db.quarantine.count({ where })).toBe(1);
  },
);

test("a point that is never reached kills nobody", async () => {
  const ctx = await inNewProject(base);
  await apply(ctx, entity("person", { id: "INT64" }), group("clicks", { entity: "person", features: { n: "INT64" } }));
  expect(await dieAt("nowhere", ctx)).toEqual({ signal: null, stderr: "" });
  const uploads = join(ctx.folder, "uploads", ctx.project.id);
  expect(existsSync(uploads) ? readdirSync(uploads) : []).toEqual([]);
});
