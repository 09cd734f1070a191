import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { expectProblem, testApp } from "./test-app";

let ctx: TestContext;
let app: ReturnType<typeof testApp>;

beforeAll(async () => {
  ctx = await makeContext();
  app = testApp(ctx);
});
afterAll(closeContexts);

describe("404", () => {
  test.each(["/nothing", "/api/v2/features", "/api", "/features/", "/docs/../../package.json", "/docs/package.json"])(
    "no such path: %s",
    async (path) => {
      expectProblem(await app.send(path), 404, "not_found");
    },
  );

  test.each([
    ["/features/nothing", "feature_not_found"],
    ["/features/nothing/entity/ATL", "feature_not_found"],
    ["/metadata/features/nothing", "feature_not_found"],
    ["/metadata/features/nothing/lineage", "feature_not_found"],
    ["/feature-groups/nothing", "feature_group_not_found"],
    ["/feature-groups/nothing/rows", "feature_group_not_found"],
    ["/feature-views/nothing", "feature_view_not_found"],
    ["/entities/nothing", "entity_not_found"],
    ["/entities/nothing/lookup?key=x", "entity_not_found"],
    ["/entities/nothing/examples", "entity_not_found"],
    ["/sources/nothing", "source_not_found"],
    ["/training-sets/nothing", "training_set_not_found"],
    ["/training-sets/nothing/preview", "training_set_not_found"],
    ["/training-sets/nothing/data", "training_set_not_found"],
    ["/runs/nothing", "run_not_found"],
    ["/features?project=nothing", "project_not_found"],
  ])("GET %s: %s", async (path, code) => {
    expectProblem(await app.send(path), 404, code);
  });

  test("the run of another project", async () => {
    const other = await makeContext();
    const run = await other.db.run.create({
      data: {
        id: "run_other",
        projectId: other.project.id,
        kind: "refresh",
        title: "x",
        input: {},
        progress: { done: 0, total: 0, nodes: [] },
        requestedBy: "x",
      },
    });
    expectProblem(await app.send(`/runs/${run.id}`), 404, "run_not_found");
    expectProblem(await app.send(`/runs/${run.id}/cancel`, { method: "POST" }), 404, "run_not_found");
  });
});

describe("405", () => {
  test.each([
    ["DELETE", "/features", "GET, HEAD, OPTIONS"],
    ["PUT", "/features/batch", "GET, HEAD, OPTIONS, PATCH, POST"],
    ["PUT", "/training-sets", "GET, HEAD, OPTIONS, POST"],
    ["GET", "/refresh", "OPTIONS, POST"],
    ["POST", "/health", "GET, HEAD, OPTIONS"],
    ["POST", "/openapi.json", "GET, HEAD, OPTIONS"],
  ])("%s %s", async (method, path, allow) => {
    const answer = await app.send(path, { method });
    expectProblem(answer, 405, "method_not_allowed");
    expect(answer.headers.get("allow")).toBe(allow);
  });

  test("X-HTTP-Method-Override is ignored", async () => {
    expect((await app.send("/features", { headers: { "x-http-method-override": "DELETE" } })).status).toBe(200);
  });

  test("OPTIONS tells what a path takes, and lets nobody in", async () => {
    const answer = await app.send("/refresh", { method: "OPTIONS", headers: { origin: "https://evil.example" } });
    expect([answer.status, answer.headers.get("allow"), answer.headers.get("access-control-allow-origin")]).toEqual([
      204,
      "OPTIONS, POST",
      null,
    ]);
    expectProblem(await app.send("/nothing", { method: "OPTIONS" }), 404, "not_found");
  });

  test("HEAD is GET without a body", async () => {
    const answer = await app.send("/features", { method: "HEAD" });
    expect([answer.status, answer.text, answer.headers.get("content-type")]).toEqual([200, "", "application/json"]);
  });
});

describe("406", () => {
  test.each([
    ["/features", "text/html"],
    ["/features", "application/json;q=0"],
    ["/training-sets/x/data", "text/html"],
    ["/feature-groups/x/rows", "application/vnd.apache.arrow.stream"],
  ])("%s as %s", async (path, accept) => {
    expectProblem(await app.send(path, { headers: { accept } }), 406, "not_acceptable");
  });

  test("a browser gets JSON", async () => {
    expect(
      (await app.send("/features", { headers: { accept: "text/html,application/xhtml+xml,*/*;q=0.8" } })).status,
    ).toBe(200);
  });
});
