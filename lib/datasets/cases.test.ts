import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { inNewProject } from "@/lib/testing/definitions";
import { type GoldenCase, readGoldenCase, registerGoldenCase, requestOfCase } from "@/lib/testing/golden-cases";
import { errorOf, refresh } from "@/lib/testing/runs";
import { getHistoricalFeatures } from "./get-historical-features";
import { type HistoricalAnswer, HistoricalFeatures } from "./schema";

const CASES = join(import.meta.dirname, "cases");
const folders = readdirSync(CASES).sort();
/**
 * The cases of reference/feast.md §2, but for two: 28 is about transformations at the time of the request, which there are
 * none of; 30 is about what was kept, so training-sets.test.ts and rebuild.test.ts have it.
 */
const REQUIRED = Array.from({ length: 34 }, (_, i) => i + 1).filter((number) => number !== 28 && number !== 30);

let ctx: TestContext;

beforeAll(async () => {
  ctx = await makeContext();
});
afterAll(closeContexts);

function ask(project: TestContext, golden: GoldenCase): Promise<HistoricalAnswer> {
  return getHistoricalFeatures(project, HistoricalFeatures.parse(requestOfCase(golden)));
}

test("every required case has a folder", () => {
  const present = new Set(folders.map((folder) => Number(folder.slice(0, 2))));
  expect(REQUIRED.filter((number) => !present.has(number))).toEqual([]);
});

describe("point-in-time cases", () => {
  test.each(folders)("%s", async (folder) => {
    const golden = readGoldenCase(CASES, folder);
    const project = await inNewProject(ctx);
    await registerGoldenCase(project, golden);
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
