import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Value } from "@/lib/kernel/values";
import { readFeatures } from "@/lib/serving/read-features";
import { ReadFeatures } from "@/lib/serving/schema";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, entity, group, inNewProject, type Written } from "@/lib/testing/definitions";
import { errorOf, execute } from "@/lib/testing/runs";
import { readRows } from "./read-rows";
import { jsonLines } from "./row-bodies";
import { ReadRows } from "./schema";
import { type RowsIn, writeRows } from "./write-rows";

let base: TestContext;
let ctx: TestContext;
beforeAll(async () => {
  base = await makeContext();
});
afterAll(closeContexts);

type About = Omit<Parameters<typeof group>[1], "entity" | "features"> & {
  features?: Parameters<typeof group>[1]["features"];
};
const clicks = (about: About = {}): Written =>
  group("clicks", { entity: "person", features: { n: "INT64", word: "STRING" }, ...about });

async function start(about: About = {}): Promise<void> {
  ctx = await inNewProject(base);
  await apply(ctx, entity("person", { person: "INT64" }), clicks(about));
}

const DAY = "2026-01-0";
type Row = Record<string, Value>;
const row = (person: number, day: number, n: Value): Row => ({ person, event_timestamp: `${DAY}${day}`, n });

type Rest = Partial<Omit<RowsIn, "body">>;
const write = (rows: Row[], rest: Rest = {}, who = ctx) =>
  writeRows(who, {
    name: "clicks",
    mode: "append",
    format: "json",
    body: jsonLines(rows.map((one) => JSON.stringify(one))),
    ...rest,
  });

async function held(input: object = {}): Promise<Value[][]> {
  const { rows } = await readRows(ctx, ReadRows.parse({ name: "clicks", order: "asc", limit: 1000, ...input }));
  return rows.map(([person = null, at, n = null]) => [person, Number(String(at).slice(8, 10)), n]);
}
const commits = () =>
  ctx.db.commit.findMany({ where: { group: { projectId: ctx.project.id } }, orderBy: { sequence: "asc" } });
const runs = () => ctx.db.run.findMany({ where: { projectId: ctx.project.id }, orderBy: { createdAt: "asc" } });
const filesBelow = (folder: string): string[] => {
  const path = join(ctx.folder, folder);
  return existsSync(path)
    ? (readdirSync(path, { recursive: true }) as string[]).filter((name) => name.includes("."))
    : [];
};
const groupFolder = async (): Promise<string> => {
  const { id } = await ctx.db.featureGroup.findFirstOrThrow({ where: { projectId: ctx.project.id, latest: true } });
  return `offline/groups/${id}`;
};

describe("append and overwrite", () => {
  test("rows add up, the answer says what was written, and nothing of the upload is left", async () => {
    await start();
    const { answer, replayed } = await write([row(1, 1, 5), row(2, 1, null)]);
    expect(replayed).toBe(false);
    expect(answer).toMatchObject({
      commit: { sequence: 1, mode: "append", rowCount: 2, committedAt: "2026-01-15T12:00:00.000Z" },
      accepted: 2,
      rejected: 0,
      duplicates: 0,
      warnings: [],
      quarantine: null,
      problems: [],
    });
    await write([row(1, 2, 6)]);
    expect(await held()).toEqual([
      [1, 1, 5],
      [2, 1, null],
      [1, 2, 6],
    ]);
    expect((await commits()).map((commit) => [commit.mode, Number(commit.liveRows), commit.createdBy])).toEqual([
      ["append", 2, "local-admin"],
      ["append", 3, "local-admin"],
    ]);
    expect(filesBelow(`uploads/${ctx.project.id}`)).toEqual([]);
  });

  test("a later commit of the same row wins; time travel shows the earlier one", async () => {
    await start();
    const rows = [row(1, 1, 5), row(2, 1, 6)];
    await write(rows);
    await write(rows);
    await write([row(1, 1, 7)]);
    expect(await held()).toEqual([
      [2, 1, 6],
      [1, 1, 7],
    ]);
    expect(await held({ commit: 2 })).toEqual([
      [1, 1, 5],
      [2, 1, 6],
    ]);
  });

  test("a later commit wins and keeps to the order of times, also after the clock was put back", async () => {
    await start();
    const first = await write([row(1, 1, 5)]);
    ctx.clock.advance(-30);
    const second = await write([row(1, 1, 7)]);
    ctx.clock.advance(60);
    const third = await write([row(2, 1, 8)]);
    ctx.clock.set("2026-01-15T12:00:00Z");
    const times = [first, second, third].map(({ answer }) => answer.commit.committedAt);
    expect(times).toEqual(["2026-01-15T12:00:00.000Z", "2026-01-15T12:00:00.000Z", "2026-01-15T12:00:30.000Z"]);
    expect((await commits()).map(({ committedAt }) => committedAt.toISOString())).toEqual(times);
    expect(await held()).toEqual([
      [1, 1, 7],
      [2, 1, 8],
    ]);
  });

  test("overwrite replaces everything, or exactly a range; what is outside stays", async () => {
    await start();
    await write([row(1, 1, 1), row(1, 2, 2), row(1, 3, 3), row(1, 4, 4)]);
    await write([row(1, 2, 20)], { mode: "overwrite", start: `${DAY}2`, end: `${DAY}4` });
    expect(await held()).toEqual([
      [1, 1, 1],
      [1, 2, 20],
      [1, 4, 4],
    ]);
    expect((await commits()).at(-1)).toMatchObject({ mode: "overwrite", rowCount: 1n, liveRows: 3n });
    await write([], { mode: "overwrite", start: `${DAY}4` });
    expect(await held()).toEqual([
      [1, 1, 1],
      [1, 2, 20],
    ]);
    expect((await commits()).at(-1)).toMatchObject({ rowCount: 0n, liveRows: 2n });
    await write([row(9, 9, 9)], { mode: "overwrite" });
    expect(await held()).toEqual([[9, 9, 9]]);
  });

  test.each<[string, string, Rest, Row[]]>([
    ["a row outside the range", "timestamp_out_of_range", { mode: "overwrite", end: `${DAY}2` }, [row(1, 2, 1)]],
    ["a range with append", "invalid_parameter", { start: `${DAY}2` }, [row(1, 2, 1)]],
    ["a range that is empty", "invalid_parameter", { mode: "overwrite", start: `${DAY}2`, end: `${DAY}2` }, []],
    ["a range that is none", "invalid_parameter", { mode: "overwrite", start: "yesterday" }, []],
    ["no rows", "unreadable_file", {}, []],
    ["an overwrite of everything with nothing", "unreadable_file", { mode: "overwrite" }, []],
    ["a group that is not there", "feature_group_not_found", { name: "nothing" }, [row(1, 1, 1)]],
    ["a key that is no text", "invalid_parameter", { key: "é" }, [row(1, 1, 1)]],
    ["too much", "payload_too_large", { maxBytes: 100 }, Array.from({ length: 9 }, () => row(1, 1, 1))],
    ["a row in the future", "timestamp_in_future", {}, [{ person: 1, event_timestamp: "2026-01-15T12:05:01Z" }]],
    ["a bad row", "null_key", {}, [row(1, 1, 1), { ...row(1, 1, 1), person: null }]],
  ])("%s is refused, and nothing is left", async (_, code, rest, rows) => {
    await start();
    await write([row(1, 1, 5)]);
    const before = filesBelow(await groupFolder());
    expect(await errorOf(write(rows, rest))).toMatchObject({ code });
    expect(await commits()).toHaveLength(1);
    expect(filesBelow(await groupFolder())).toEqual(before);
    expect(filesBelow(`uploads/${ctx.project.id}`)).toEqual([]);
    expect(filesBelow("offline/staging")).toEqual([]);
  });

  test("a computed group takes no rows, and a written one is not computed", async () => {
    await start();
    const sql = "SELECT person, event_timestamp, n FROM clicks";
    await apply(ctx, group("computed", { entity: "person", sql, features: { n: "INT64" } }));
    expect(await errorOf(write([row(1, 1, 1)], { name: "computed" }))).toMatchObject({ code: "state_conflict" });
  });

  test("who may not write is told so before a byte is read", async () => {
    await start();
    const scientist = { ...ctx, actor: { ...ctx.actor, role: "scientist" as const } };
    let read = false;
    const body = (async function* () {
      read = true;
      yield Buffer.from("x");
    })();
    const input = { name: "clicks", mode: "append" as const, format: "csv" as const, body };
    expect(await errorOf(writeRows(scientist, input))).toMatchObject({ code: "forbidden" });
    expect(read).toBe(false);
  });

  test("constraints are those of the definition", async () => {
    await start({ features: { n: { type: "INT64", constraints: { min: 0, notNull: true } } } });
    const error = await errorOf(write([row(1, 1, -1), row(1, 2, null), row(1, 3, 0)]));
    expect(error).toMatchObject({ code: "constraint_violated", issues: [{ row: 1 }, { row: 2 }] });
  });

  test("a sender that breaks off leaves nothing", async () => {
    await start();
    const body = (async function* () {
      yield Buffer.from('{"person":1,');
      throw new Error("connection reset");
    })();
    await expect(writeRows(ctx, { name: "clicks", mode: "append", format: "json", body })).rejects.toThrow("reset");
    expect(filesBelow(`uploads/${ctx.project.id}`)).toEqual([]);
    expect(await commits()).toEqual([]);
  });
});

describe("what follows", () => {
  test("one run for several commits, and it brings them online", async () => {
    await start();
    await write([row(1, 1, 5)]);
    await write([row(1, 2, 6), row(2, 1, 7)]);
    const [run, ...more] = await runs();
    expect(more).toEqual([]);
    const { state, progress } = await execute(ctx, run?.id ?? "");
    expect({ state, nodes: progress.nodes.map((node) => [node.id, node.state]) }).toEqual({
      state: "SUCCEEDED",
      nodes: [
        ["profile:clicks", "DONE"],
        ["materialize:clicks", "DONE"],
      ],
    });
    const online = await readFeatures(ctx, ReadFeatures.parse({ entity_ids: [1, 2], features: ["n"] }));
    const values = "results" in online ? online.results.map((one) => one.features.n?.value) : [];
    expect(values).toEqual([6, 7]);
    await write([row(1, 3, 8)]);
    expect(await runs()).toHaveLength(2);
  });
});

describe("idempotency", () => {
  test("the same key and payload: the first answer, for ever; another payload is refused", async () => {
    await start();
    const first = await write([row(1, 1, 5)], { key: "one" });
    await write([row(1, 2, 6)]);
    ctx.clock.advance(400 * 24 * 3600);
    const again = await write([row(1, 1, 5)], { key: "one" });
    ctx.clock.set("2026-01-15T12:00:00Z");
    expect(again).toEqual({ answer: first.answer, replayed: true });
    for (const [rows, rest] of [
      [[row(1, 1, 6)], {}],
      [[row(1, 1, 5)], { mode: "overwrite" }],
      [[row(1, 1, 5)], { mode: "overwrite", start: `${DAY}1` }],
    ] as [Row[], Rest][])
      expect(await errorOf(write(rows, { ...rest, key: "one" }))).toMatchObject({ code: "idempotency_key_reused" });
    expect(await commits()).toHaveLength(2);
    expect(await held()).toHaveLength(2);
  });

  test("a key that was refused is free", async () => {
    await start();
    const bad = [{ ...row(1, 1, 5), person: "x" }];
    expect(await errorOf(write(bad, { key: "one" }))).toMatchObject({ code: "invalid_type" });
    expect((await write([row(1, 1, 5)], { key: "one" })).replayed).toBe(false);
  });

  test("many at once with one key: one commit, the others replay", async () => {
    await start();
    const answers = await Promise.all(Array.from({ length: 12 }, () => write([row(1, 1, 5)], { key: "one" })));
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(new Set(answers.map(({ answer }) => answer.commit.id)).size).toBe(1);
    expect(await commits()).toHaveLength(1);
    expect(filesBelow(await groupFolder())).toHaveLength(1);
  });
});

describe("at the same time", () => {
  test("appends are all kept", async () => {
    await start();
    await Promise.all(Array.from({ length: 8 }, (_, i) => write([row(i, 1, i)])));
    expect(await held()).toHaveLength(8);
    expect((await commits()).map(({ sequence, liveRows }) => [sequence, Number(liveRows)])).toEqual(
      Array.from({ length: 8 }, (_, i) => [i + 1, i + 1]),
    );
  });

  test("with duplicates: reject, of many that write one row exactly one does", async () => {
    await start({ duplicates: "reject" });
    const done = await Promise.allSettled(Array.from({ length: 4 }, (_, i) => write([row(1, 1, i), row(2 + i, 1, i)])));
    const codes = done.map((one) => (one.status === "rejected" ? (one.reason as { code: string }).code : "written"));
    expect(codes.sort()).toEqual(["duplicate_rows", "duplicate_rows", "duplicate_rows", "written"]);
    expect(await held()).toHaveLength(2);
    expect(filesBelow(await groupFolder())).toHaveLength(1);
  });

  /** Does something else just after the rows were checked. */
  function meanwhile(action: () => Promise<unknown>): TestContext {
    const { offline } = ctx;
    const ingest: typeof offline.ingest = async (...given) => {
      const result = await offline.ingest(...given);
      await action();
      return result;
    };
    return {
      ...ctx,
      offline: new Proxy(offline, { get: (to, name) => (name === "ingest" ? ingest : bound(to, name)) }),
    };
  }
  const bound = (to: TestContext["offline"], name: string | symbol): unknown => {
    const value: unknown = Reflect.get(to, name);
    return typeof value === "function" ? value.bind(to) : value;
  };

  test("an overwrite that was overtaken is refused; an append goes on top", async () => {
    await start();
    const overtaken = meanwhile(() => write([row(1, 1, 5)]));
    expect(await errorOf(write([row(2, 1, 6)], { mode: "overwrite" }, overtaken))).toMatchObject({
      code: "commit_conflict",
      detail: expect.stringContaining("Somebody else"),
    });
    expect(await held()).toEqual([[1, 1, 5]]);
    expect(filesBelow(await groupFolder())).toHaveLength(1);
    await write([row(2, 1, 6)], {}, overtaken);
    expect(await held()).toEqual([
      [1, 1, 5],
      [2, 1, 6],
    ]);
  });

  test("rows that were checked against a definition that has changed are refused", async () => {
    await start();
    const more = clicks({ features: { n: "INT64", word: "STRING", more: "INT64" } });
    expect(
      await errorOf(
        write(
          [row(1, 1, 5)],
          {},
          meanwhile(() => apply(ctx, more)),
        ),
      ),
    ).toMatchObject({
      code: "commit_conflict",
      detail: expect.stringContaining("definition"),
    });
    expect(await held()).toEqual([]);
    expect(filesBelow(await groupFolder())).toEqual([]);
  });

  test("with duplicates: reject, rows are compared again with what came meanwhile, not for ever", async () => {
    await start({ duplicates: "reject" });
    let day = 2;
    const other = meanwhile(async () => day === 2 && write([row(1, day++, 5)]));
    await write([row(1, 1, 5)], {}, other);
    expect(await held()).toHaveLength(2);
    const always = meanwhile(() => write([row(1, day++, 5)]));
    expect(await errorOf(write([row(2, 1, 5)], {}, always))).toMatchObject({ code: "commit_conflict" });
    expect(await held()).toHaveLength(7);
    expect(filesBelow(await groupFolder())).toHaveLength(7);
  });
});

describe("duplicates: reject", () => {
  test("in the batch and against what the group shows", async () => {
    await start({ duplicates: "reject" });
    await write([row(1, 1, 5), row(1, 2, 5)]);
    const twice = await errorOf(write([row(2, 1, 1), row(2, 1, 2)]));
    expect(twice).toMatchObject({ code: "duplicate_rows", issues: [{ row: 2 }] });
    expect(await errorOf(write([row(3, 1, 1), row(1, 2, 9)]))).toMatchObject({
      code: "duplicate_rows",
      issues: [{ row: 2 }],
    });
    await write([row(1, 2, 9)], { mode: "overwrite", start: `${DAY}2` });
    const { answer } = await write([row(1, 1, 0), row(1, 3, 3)], { mode: "quarantine" });
    expect(answer).toMatchObject({ accepted: 1, rejected: 1 });
    expect(await held()).toEqual([
      [1, 1, 5],
      [1, 2, 9],
      [1, 3, 3],
    ]);
  });
});
