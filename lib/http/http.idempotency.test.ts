import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { expectProblem, testApp } from "./test-app";
import { TEST_FILES } from "./test-catalog";

let ctx: TestContext;
let app: ReturnType<typeof testApp>;

beforeAll(async () => {
  ctx = await makeContext();
  app = testApp(ctx);
  await app.send("/definitions/apply", { body: { files: TEST_FILES } });
});
beforeEach(async () => {
  await ctx.db.run.deleteMany();
});
afterAll(closeContexts);

const refresh = (key: string, body: unknown = {}) =>
  app.send("/refresh", { body, headers: { "idempotency-key": key } });

describe("Idempotency-Key", () => {
  test("the same key with the same body gets the first answer, whatever the order of its fields", async () => {
    const body = { files: TEST_FILES, dryRun: true };
    const headers = { "idempotency-key": "plan" };
    const first = await app.send("/definitions/apply", { body, headers });
    const second = await app.send("/definitions/apply", { body: { dryRun: true, files: TEST_FILES }, headers });
    expect([first.headers.get("idempotent-replayed"), second.headers.get("idempotent-replayed")]).toEqual([
      null,
      "true",
    ]);
    expect(second.json).toEqual(first.json);
  });

  test("a replay has status and Location, and starts nothing", async () => {
    const first = await refresh("k1");
    const second = await refresh("k1");
    expect([second.status, second.headers.get("location")]).toEqual([202, first.headers.get("location")]);
    expect(second.json).toEqual(first.json);
    expect(await ctx.db.run.count()).toBe(1);
  });

  test("another body: 422", async () => {
    await refresh("k2");
    expectProblem(await refresh("k2", { groups: ["traffic"] }), 422, "idempotency_key_reused");
    expect(await ctx.db.run.count()).toBe(1);
  });

  test("twenty at once: one works, the rest wait or replay", async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => refresh("k3")));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(
      new Set(answers.some((a) => a.status === 409) ? [202, 409] : [202]),
    );
    for (const answer of answers.filter((each) => each.status === 409))
      expectProblem(answer, 409, "idempotency_in_progress");
    expect(await ctx.db.run.count()).toBe(1);
  });

  test("a failure is not kept", async () => {
    expectProblem(await refresh("k4", { groups: ["nothing"] }), 404, "feature_group_not_found");
    expect((await refresh("k4")).status).toBe(202);
  });

  test.each(["", "x".repeat(256)])("a key of length %#", async (key) => {
    expectProblem(await refresh(key), 422, "invalid_parameter");
  });

  test("after 24 hours the key is new; after five minutes without an answer it is given up", async () => {
    await refresh("k5");
    ctx.clock.advance(24 * 3600 + 1);
    expect((await refresh("k5")).headers.get("idempotent-replayed")).toBeNull();
    const scope = `${ctx.project.id} ${ctx.actor.id} post /api/v1/refresh`;
    await ctx.db.idempotencyKey.update({
      where: { scope_key: { scope, key: "k5" } },
      data: { response: undefined, createdAt: ctx.clock.now() },
    });
    await ctx.db.$executeRaw`UPDATE "IdempotencyKey" SET response = NULL WHERE key = 'k5'`;
    expectProblem(await refresh("k5"), 409, "idempotency_in_progress");
    ctx.clock.advance(301);
    expect((await refresh("k5")).status).toBe(202);
  });

  test("projects and routes have keys of their own", async () => {
    await refresh("k6");
    const other = await makeContext();
    const answer = await app.send(`/refresh?project=${other.project.name}`, {
      body: {},
      headers: { "idempotency-key": "k6" },
    });
    expect(answer.headers.get("idempotent-replayed")).toBeNull();
  });
});

describe("409", () => {
  test("already_exists: twenty training sets of one name at once, one is made", async () => {
    const body = {
      name: "same",
      features: ["departures"],
      spine: { rows: [{ airport: "ATL", event_timestamp: "2026-01-02T00:00:00Z" }] },
    };
    const answers = await Promise.all(Array.from({ length: 20 }, () => app.send("/training-sets", { body })));
    expect(answers.filter((answer) => answer.status === 202)).toHaveLength(1);
    for (const answer of answers.filter((each) => each.status !== 202)) expectProblem(answer, 409, "already_exists");
  });
});
