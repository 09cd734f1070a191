import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, csvSource, entity, group, inNewProject } from "@/lib/testing/definitions";
import { type GoldenCase, readGoldenCase } from "@/lib/testing/golden-cases";
import { errorOf, refresh } from "@/lib/testing/runs";
import { getHistoricalFeatures } from "./get-historical-features";
import { type HistoricalAnswer, HistoricalFeatures } from "./schema";

const CASES = join(import.meta.dirname, "cases");
const folders = readdirSync(CASES).sort();
/** The cases of reference/feast.md §2 that need nothing but groups and a spine. */
const REQUIRED = [1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 18, 19, 20, 21, 22, 25, 26, 27, 32, 33, 34];

let ctx: TestContext;

beforeAll(async () => {
  ctx = await makeContext();
});
afterAll(closeContexts);

async function register(project: TestContext, golden: GoldenCase): Promise<void> {
  const definitions = Object.entries(golden.entities).map(([name, keys]) => entity(name, keys));
  for (const [name, about] of Object.entries(golden.groups)) {
    const source = `${name}_source`;
    definitions.push(await csvSource(project, source, golden.sources[name] ?? ""));
    const keys = Object.keys(golden.entities[about.entity] ?? {});
    const times = ["event_timestamp", ...(about.createdTime ? [about.createdTime] : [])];
    const sql = about.sql ?? `SELECT ${[...keys, ...times, ...Object.keys(about.features)].join(", ")} FROM ${source}`;
    definitions.push(group(name, { ...about, sql, online: false }));
  }
  await apply(project, ...definitions);
}

function ask(project: TestContext, golden: GoldenCase): Promise<HistoricalAnswer> {
  const all = Object.entries(golden.groups).flatMap(([name, about]) =>
    Object.keys(about.features).map((feature) => `${name}:${feature}`),
  );
  const request = { entity_df: golden.spine.rows, features: golden.features ?? all, ...golden.options };
  return getHistoricalFeatures(project, HistoricalFeatures.parse(request));
}

test("every required case has a folder", () => {
  const present = new Set(folders.map((folder) => Number(folder.slice(0, 2))));
  expect(REQUIRED.filter((number) => !present.has(number))).toEqual([]);
});

describe("point-in-time cases", () => {
  test.each(folders)("%s", async (folder) => {
    const golden = readGoldenCase(CASES, folder);
    const project = await inNewProject(ctx);
    await register(project, golden);
    await refresh(project);
    if (!golden.expected) {
      const error = await errorOf(ask(project, golden));
      expect(error.code, golden.title).toBe(golden.error);
      if (golden.errorRows) expect(error.issues.map((issue) => issue.row)).toEqual(golden.errorRows);
      return;
    }
    const answer = await ask(project, golden);
    expect(answer.columns, golden.title).toEqual(golden.expected.columns);
    expect(answer.rows, golden.title).toEqual(golden.expected.rows);
    expect(answer.metadata.row_count).toBe(golden.spine.rows.length);
  });
});
