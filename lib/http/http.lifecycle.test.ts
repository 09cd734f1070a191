import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, csvSource, entity, group, inNewProject } from "@/lib/testing/definitions";
import { refresh } from "@/lib/testing/runs";
import { expectProblem, testApp } from "./test-app";

let ctx: TestContext;

beforeAll(async () => {
  ctx = await inNewProject(await makeContext());
  const features = ["live", "aged", "old", "young"];
  await apply(
    ctx,
    entity("driver", { driver: "INT64" }),
    await csvSource(ctx, "rows", `driver,event_timestamp,${features.join()}\n1,2026-01-01,1,2,3,4\n`),
    group("stats", {
      entity: "driver",
      sql: `SELECT driver, event_timestamp, ${features.join()} FROM rows`,
      features: Object.fromEntries(features.map((name) => [name, "INT64"])),
    }),
  );
  await refresh(ctx);
  const deprecation = { note: "Wörter mit Ümlaut\n", retireOn: "2027-01-01", replacement: "stats:live" };
  const mine = { projectId: ctx.project.id };
  await ctx.db.feature.updateMany({ where: { ...mine, name: "aged" }, data: { status: "DEPRECATED", deprecation } });
  await ctx.db.feature.updateMany({ where: { ...mine, name: "old" }, data: { status: "RETIRED" } });
  await ctx.db.feature.updateMany({ where: { ...mine, name: "young" }, data: { status: "DRAFT" } });
  await ctx.db.project.update({ where: { id: ctx.project.id }, data: { revision: { increment: 1 } } });
});
afterAll(closeContexts);

const historical = (feature: string): object => ({
  entity_df: [{ driver: 1, event_timestamp: "2026-01-02" }],
  features: [feature],
});

describe("a DEPRECATED feature is served with a warning", () => {
  const warning = '299 larder "stats:aged is DEPRECATED and may be gone from 2027-01-01; use stats:live"';

  test.each([
    ["GET", "/features/aged/entity/1", undefined],
    ["POST", "/features/batch", { entity_id: 1, features: ["aged", "live"] }],
    ["POST", "/features/historical", historical("aged")],
  ])("%s %s", async (method, path, body) => {
    const answer = await testApp(ctx).send(path, { method, ...(body ? { body } : {}) });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("warning")).toBe(warning);
    expect(answer.text).toContain("stats:aged is DEPRECATED");
  });

  test("an ACTIVE one without", async () => {
    const answer = await testApp(ctx).send("/features/live/entity/1");
    expect(answer.headers.get("warning")).toBeNull();
    expect(answer.json.warnings).toEqual([]);
  });
});

describe("a RETIRED feature is refused", () => {
  test.each([
    ["/features/old/entity/1", undefined],
    ["/features/batch", { entity_id: 1, features: ["live", "old"] }],
    ["/features/historical", historical("old")],
    [
      "/training-sets",
      { name: "retired", features: ["old"], spine: { rows: [{ driver: 1, event_timestamp: "2026-01-02" }] } },
    ],
  ])("%s", async (path, body) => {
    expectProblem(await testApp(ctx).send(path, body ? { body } : {}), 410, "feature_retired");
  });
});

describe("a DRAFT feature takes the right, and of a token the scope", () => {
  const scopes = ["online:read", "data:read"];
  const user = { kind: "user", id: "u", name: "Vera" } as const;

  test.each([
    ["/features/young/entity/1", undefined],
    ["/features/batch", { entity_id: 1, features: ["young"] }],
    ["/features/historical", historical("young")],
  ])("%s", async (path, body) => {
    const as = (actor: TestContext["actor"]): ReturnType<ReturnType<typeof testApp>["send"]> =>
      testApp({ ...ctx, actor }).send(path, body ? { body } : {});
    expectProblem(await as({ ...user, role: "viewer" }), 403, "forbidden");
    expectProblem(await as({ ...user, role: "admin", scopes }), 403, "insufficient_scope");
    expect((await as({ ...user, role: "scientist", scopes: [...scopes, "drafts:read"] })).status).toBe(200);
    expect((await as({ ...user, role: "scientist" })).status).toBe(200);
  });
});
