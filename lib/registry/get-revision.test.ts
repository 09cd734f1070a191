import { afterAll, expect, test } from "vitest";
import { closeContexts, makeContext } from "@/lib/testing/context";
import { inNewProject } from "@/lib/testing/definitions";
import { applyDefinitions } from "./apply-definitions";
import { getRevision } from "./get-revision";

afterAll(closeContexts);

test("grows with a change of the project, and with that of no other", async () => {
  const ctx = await makeContext();
  const other = await inNewProject(ctx);
  const text = "kind: entity\nname: airport\njoinKeys: [{ name: airport, type: STRING }]\n";
  const files = [{ path: "airport.yaml", text }];
  const [before, elsewhere] = [await getRevision(ctx), await getRevision(other)];
  expect(before.project).toBe(ctx.project.name);
  await applyDefinitions(ctx, { files, dryRun: true });
  expect(await getRevision(ctx)).toEqual(before);
  await applyDefinitions(ctx, { files, dryRun: false });
  expect((await getRevision(ctx)).revision).toBeGreaterThan(before.revision);
  expect(await getRevision(other)).toEqual(elsewhere);
});
