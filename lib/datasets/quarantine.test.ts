import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Value } from "@/lib/kernel/values";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, entity, group, inNewProject, type Written } from "@/lib/testing/definitions";
import { errorOf } from "@/lib/testing/runs";
import { listQuarantines } from "./list-quarantines";
import { readQuarantine } from "./read-quarantine";
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
const _commits = () =>
  ctx.db.commit.findMany({ where: { group: { projectId: ctx.project.id } }, orderBy: { sequence: "asc" } });
const runs = () => ctx.db.run.findMany({ where: { projectId: ctx.project.id }, orderBy: { createdAt: "asc" } });
const filesBelow = (folder: string): string[] => {
  const path = join(ctx.folder, folder);
  return existsSync(path)
    ? (readdirSync(path, { recursive: true }) as string[]).filter((name) => name.includes("."))
    : [];
};
const _groupFolder = async (): Promise<string> => {
  const { id } = await ctx.db.featureGroup.findFirstOrThrow({ where: { projectId: ctx.project.id, latest: true } });
  return `offline/groups/${id}`;
};

describe("quarantine", () => {
  const bad = [row(1, 1, 5), { ...row(2, 1, 6), person: null }, row(3, 1, "x"), row(4, 1, 7)];

  test("good rows are committed, bad ones kept with their reasons, and the counts add up", async () => {
    await start();
    const { answer } = await write(bad, { mode: "quarantine", key: "q" });
    expect(answer).toMatchObject({
      accepted: 2,
      rejected: 2,
      commit: { rowCount: 2, mode: "append" },
      problems: [
        { row: 2, code: "null_key", pointer: "/person" },
        { row: 3, code: "invalid_type", pointer: "/n" },
      ],
    });
    expect(await held()).toEqual([
      [1, 1, 5],
      [4, 1, 7],
    ]);
    const { items, total } = await listQuarantines(ctx, { name: "clicks", limit: 10 });
    expect(total).toBe(1);
    expect(items[0]).toMatchObject({
      id: answer.quarantine,
      commit: 1,
      rowCount: 2,
      reasons: { null_key: 1, invalid_type: 1 },
    });
    const id = answer.quarantine ?? "";
    const { rows } = await readQuarantine(ctx, { name: "clicks", id, limit: 10 });
    expect(rows).toEqual([
      [2, "null_key person", JSON.stringify(bad[1])],
      [3, "invalid_type n", JSON.stringify(bad[2])],
    ]);
    expect(await write(bad, { mode: "quarantine", key: "q" })).toEqual({ answer, replayed: true });
    expect((await listQuarantines(ctx, { name: "clicks", limit: 10 })).total).toBe(1);
    expect(filesBelow("offline/quarantine").length).toBeGreaterThan(0);
  });

  test("all bad: a commit without rows, so that a repetition is known", async () => {
    await start();
    const { answer } = await write(bad.slice(1, 3), { mode: "quarantine", key: "q" });
    expect(answer).toMatchObject({ accepted: 0, rejected: 2, commit: { rowCount: 0 } });
    expect(await held()).toEqual([]);
    expect(await runs()).toEqual([]);
    expect((await listQuarantines(ctx, { name: "clicks", limit: 10 })).items[0]).toMatchObject({ commit: null });
    expect((await write(bad.slice(1, 3), { mode: "quarantine", key: "q" })).replayed).toBe(true);
  });

  test("what was sent to a group with personal or draft features is for those who may read them", async () => {
    for (const [n, refused, allowed] of [
      [
        { type: "INT64", status: "ACTIVE", sensitivity: "personal" },
        { role: "admin" },
        { role: "viewer", sensitive: true },
      ],
      [{ type: "INT64", status: "DRAFT" }, { role: "viewer" }, { role: "scientist" }],
    ] as const) {
      await start({ features: { n, word: "STRING" } });
      const { answer } = await write(bad, { mode: "quarantine" });
      const input = { name: "clicks", id: answer.quarantine ?? "", limit: 10 };
      const as = (rest: object) => ({ ...ctx, actor: { ...ctx.actor, ...rest } });
      expect(await errorOf(readQuarantine(as(refused), input))).toMatchObject({ code: "forbidden" });
      expect((await readQuarantine(as(allowed), input)).rows).toHaveLength(2);
    }
  });

  test("of another project or group, or none", async () => {
    await start();
    const { answer } = await write(bad, { mode: "quarantine" });
    const id = answer.quarantine ?? "";
    const other = await inNewProject(base);
    const code = "quarantine_not_found";
    expect(await errorOf(readQuarantine(other, { name: "clicks", id, limit: 1 }))).toMatchObject({ code });
    expect(await errorOf(readQuarantine(ctx, { name: "others", id, limit: 1 }))).toMatchObject({ code });
    expect(await errorOf(readQuarantine(ctx, { name: "clicks", id: "qtn_0", limit: 1 }))).toMatchObject({ code });
  });
});

describe("definitions", () => {
  const plan = async (...definitions: Written[]) => (await apply(ctx, ...definitions)).steps.at(-1);

  test("a group that begins or ceases to be written is another version: its rows stay where they are", async () => {
    await start();
    await write([row(1, 1, 5)]);
    const sql = "SELECT 1::BIGINT AS person, TIMESTAMPTZ '2026-01-01' AS event_timestamp, 2::BIGINT AS n, 'x' AS word";
    expect(await plan(clicks({ sql }))).toMatchObject({
      grade: "BREAKING",
      version: 2,
      changes: ["rows are computed, not written"],
    });
    expect(await held({ version: 1 })).toEqual([[1, 1, 5]]);
    expect(await plan(clicks())).toMatchObject({ version: 3, changes: ["rows are written, not computed"] });
    expect(await held()).toEqual([]);
  });

  test("a feature that is added is null in the rows that are there; a created time is another layout", async () => {
    await start();
    await write([row(1, 1, 5)]);
    const features = { n: "INT64", word: "STRING", more: "INT64" };
    expect(await plan(clicks({ features }))).toMatchObject({ grade: "NON_BREAKING", version: 1 });
    await write([{ ...row(1, 2, 6), more: 1 }]);
    const { rows } = await readRows(ctx, ReadRows.parse({ name: "clicks", order: "asc" }));
    expect(rows.map((one) => one[4])).toEqual([null, 1]);
    expect(await plan(clicks({ features, createdTime: "known" }))).toMatchObject({ grade: "BREAKING", version: 2 });
    expect(await plan(clicks({ features, createdTime: "known", description: "x" }))).toMatchObject({ version: 2 });
  });

  test("duplicates is for written rows", async () => {
    await start();
    const sql = "SELECT 1::BIGINT AS person, now() AS event_timestamp, 2::BIGINT AS n, 'x' AS word";
    const error = await errorOf(apply(ctx, clicks({ sql, duplicates: "reject" })));
    expect(error.detail).toContain("duplicates is for written rows");
  });
});
