import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ERRORS, type ErrorCode } from "@/lib/kernel/errors";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { inNewProject } from "@/lib/testing/definitions";
import { readGoldenCase, registerGoldenCase, requestOfCase } from "@/lib/testing/golden-cases";
import { refresh } from "@/lib/testing/runs";
import { expectProblem, testApp } from "./test-app";

const CASES = join(import.meta.dirname, "../datasets/cases");

let ctx: TestContext;
let app: ReturnType<typeof testApp>;
beforeAll(async () => {
  ctx = await makeContext();
  app = testApp(ctx);
});
afterAll(closeContexts);

describe("the point-in-time cases, through the API", () => {
  test.each(readdirSync(CASES).sort())("%s", async (folder) => {
    const golden = readGoldenCase(CASES, folder);
    const project = await inNewProject(ctx);
    await registerGoldenCase(project, golden);
    await refresh(project);
    const body = requestOfCase(golden);
    const answer = await app.send(`/features/historical?project=${project.project.name}`, { body });
    if (!golden.expected) {
      const code = golden.error as ErrorCode;
      expectProblem(answer, ERRORS[code].status, code);
      const rows = ((answer.json.errors ?? []) as { row?: number }[]).map((issue) => issue.row);
      if (golden.errorRows) expect(rows).toEqual(golden.errorRows);
      return;
    }
    expect(answer.json, golden.title).toMatchObject({
      columns: golden.expected.columns,
      rows: golden.expected.rows,
      metadata: { row_count: golden.spine.rows.length },
    });
  });
});
