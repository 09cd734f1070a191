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

describe("403", () => {
  test.each<[string, Record<string, string>]>([
    ["a foreign Origin", { origin: "https://evil.example" }],
    ["Origin null", { origin: "null" }],
    ["our name on another port", { origin: "http://localhost:9999" }],
    ["a foreign site", { "sec-fetch-site": "cross-site" }],
    ["a sibling site", { "sec-fetch-site": "same-site" }],
    ["cookies from nobody knows where", { cookie: "session=1" }],
    ["a foreign origin that claims to be ours", { origin: "https://evil.example", "sec-fetch-site": "same-origin" }],
  ])("csrf_rejected: %s", async (_, headers) => {
    expectProblem(await app.send("/refresh", { body: {}, headers }), 403, "csrf_rejected");
    expect(await ctx.db.run.count()).toBe(0);
  });

  test.each<[string, Record<string, string>]>([
    ["our own Origin", { origin: "http://localhost", "sec-fetch-site": "same-origin", cookie: "session=1" }],
    ["typed by hand", { "sec-fetch-site": "none" }],
    ["no browser at all", {}],
  ])("accepted: %s", async (_, headers) => {
    expect((await app.send("/features/batch", { body: { entity_id: "x", features: ["f"] }, headers })).status).toBe(
      404,
    );
  });

  test("reads may come from anywhere; the answer is not readable there", async () => {
    const answer = await app.send("/features", {
      headers: { origin: "https://evil.example", "sec-fetch-site": "cross-site" },
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
  });

  test("bound to loopback, a foreign Host is refused for reads too; forwarded hosts are ignored", async () => {
    expectProblem(await app.send("/features", { headers: { host: "rebound.example" } }), 403, "csrf_rejected");
    expectProblem(
      await app.send("/features", {
        headers: { host: "localhost.evil.example:3000", "x-forwarded-host": "localhost" },
      }),
      403,
      "csrf_rejected",
    );
    for (const host of ["localhost:3000", "127.0.0.1:3000", "[::1]:3000", "LOCALHOST"]) {
      expect((await app.send("/features", { headers: { host } })).status).toBe(200);
    }
    expect(
      (await testApp(ctx, { hosts: ["larder.example"] }).send("/features", { headers: { host: "larder.example" } }))
        .status,
    ).toBe(200);
  });

  test("forbidden: a viewer who writes", async () => {
    const viewer = testApp({ ...ctx, actor: { kind: "user", id: "u1", name: "Vera", role: "viewer" } });
    expectProblem(await viewer.send("/refresh", { body: {} }), 403, "forbidden");
    expect(await ctx.db.run.count()).toBe(0);
  });
});
