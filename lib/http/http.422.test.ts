import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { expectProblem, testApp } from "./test-app";

let ctx: TestContext;
let app: ReturnType<typeof testApp>;

beforeAll(async () => {
  ctx = await makeContext();
  app = testApp(ctx);
});
afterEach(async () => {
  expect((await app.send("/health/ready")).status).toBe(200);
  expect(await ctx.db.run.count()).toBe(0);
});
afterAll(closeContexts);

const pointers = (json: Record<string, unknown>): string[] =>
  (json.errors as { pointer: string }[]).map((issue) => issue.pointer);

describe("422 unknown_field", () => {
  test.each([
    ["/refresh", { is_admin: true }, "/is_admin"],
    ["/training-sets", { name: "a", projectId: "other" }, "/projectId"],
    ["/training-sets", { name: "a", spine: { sql: "SELECT 1", "a/b~c": 1 } }, "/spine/a~1b~0c"],
    ["/runs/run_1/cancel", { id: "run_2" }, "/id"],
  ])("POST %s %j", async (path, body, pointer) => {
    const answer = await app.send(path, { body });
    expectProblem(answer, 422, "unknown_field");
    expect(pointers(answer.json)).toEqual([pointer]);
  });

  test.each([
    ["/features?nonsense=1", "/nonsense"],
    ["/features?id[not]=x", "/id[not]"],
    ["/features?__proto__=1", "/__proto__"],
    ["/features?constructor=1", "/constructor"],
    ["/feature-groups/a?name=b", "/name"],
    ["/stats?toString=1", "/toString"],
  ])("GET %s", async (path, pointer) => {
    const answer = await app.send(path);
    expectProblem(answer, 422, "unknown_field");
    expect(pointers(answer.json)).toEqual([pointer]);
  });

  test("query parameters on a route that takes a body", async () => {
    expectProblem(await app.send("/refresh?dryRun=1", { body: {} }), 422, "unknown_field");
  });

  test.each([
    '{"__proto__":{"polluted":1}}',
    '{"entity_df":[{"a":{"__proto__":{"polluted":1}}}]}',
    '{"constructor":{"prototype":{"polluted":1}}}',
    '{"\\u005f_proto__":{"polluted":1}}',
  ])("prototypes stay clean: %s", async (raw) => {
    expectProblem(
      await app.send("/features/historical", { raw, headers: { "content-type": "application/json" } }),
      422,
      "unknown_field",
    );
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

describe("422 invalid_parameter", () => {
  test.each([
    "limit=0",
    "limit=-1",
    "limit=1e9",
    "limit=abc",
    "limit=",
    "limit=1.5",
    "limit=1&limit=2",
    "cursor=forged",
    "cursor=bzotMQ",
    `cursor=${Buffer.from("o:99999999999").toString("base64url")}`,
    "sort=password",
    "group=../../etc/passwd",
    "status=NONE",
  ])("GET /features?%s", async (query) => {
    expectProblem(await app.send(`/features?${query}`), 422, "invalid_parameter");
  });

  test.each([
    "/feature-groups/Bad",
    "/feature-groups/..%2F..%2Fetc%2Fpasswd",
    "/feature-groups/a%00",
    "/feature-groups/%E0%A4%A",
    `/runs/${"x".repeat(65)}`,
    "/lineage?depth=51",
    "/entities/airport/lookup",
  ])("GET %s", async (path) => {
    expectProblem(await app.send(path), 422, "invalid_parameter");
  });
});

describe("422 validation_failed and invalid_type", () => {
  test.each<[string, string, unknown, string[]]>([
    ["invalid_type", "/refresh", { groups: "all" }, ["/groups"]],
    ["invalid_type", "/features/batch", { entity_id: { contains: "" }, features: { not: "" } }, ["/features"]],
    ["invalid_type", "/features/batch", { entity_id: ["a"], features: ["a"] }, ["/entity_id"]],
    ["validation_failed", "/training-sets", {}, ["/name"]],
    [
      "validation_failed",
      "/training-sets",
      { name: 1, rowLimit: 0, asKnown: "never" },
      ["/name", "/rowLimit", "/asKnown"],
    ],
    ["invalid_type", "/refresh", [], [""]],
    ["invalid_type", "/refresh", "text", [""]],
  ])("%s: POST %s %j", async (code, path, body, expected) => {
    const answer = await app.send(path, { body });
    expectProblem(answer, 422, code);
    expect(pointers(answer.json)).toEqual(expected);
  });

  test("required and chosen values are named", async () => {
    const { json } = await app.send("/training-sets", { body: { asKnown: "never" } });
    expect(json.errors).toEqual([
      { pointer: "/name", code: "required", detail: "is required" },
      { pointer: "/asKnown", code: "invalid_enum", detail: "must be one of event_time, created_time" },
    ]);
  });

  test.each(['{"entity_id": 9007199254740993, "features": ["a"]}', '{"entity_id": 1e400, "features": ["a"]}'])(
    "numbers that would lose digits: %s",
    async (raw) => {
      expectProblem(
        await app.send("/features/batch", { raw, headers: { "content-type": "application/json" } }),
        422,
        "validation_failed",
      );
    },
  );

  test.each([
    "",
    "x".repeat(1000),
    "../../etc/passwd",
    "a;DROP TABLE x",
    '"quoted"',
    "SELECT",
    "a\u0000",
    "\u202Ea",
    "\u0430",
    "a ",
    "e\u0301",
    "1a",
    "toString",
  ])("invalid_name: %j", async (name) => {
    const before = await ctx.db.definition.count();
    expectProblem(await app.send("/training-sets", { body: { name } }), 422, "invalid_name");
    const answer = await app.send("/entities", { body: { name, joinKeys: [{ name: "id", type: "INT64" }] } });
    expectProblem(answer, 422, "invalid_name");
    expect(answer.json.errors).toMatchObject([{ pointer: "/name", detail: expect.stringContaining("a-z, 0-9 and _") }]);
    expect(await ctx.db.definition.count()).toBe(before);
  });
});
