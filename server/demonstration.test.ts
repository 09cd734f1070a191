import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseEnv } from "@/lib/platform/env";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { testDatabase } from "@/lib/testing/database";
import { isPrivate, prepareDatabase } from "./prepare-database";
import { makeUser, startTestServer, type TestServer } from "./test-server-fixture";

describe("a demonstration, which signs everybody in", () => {
  test.each([
    [{}, true],
    [{ LARDER_HOST: "localhost" }, true],
    [{ LARDER_PUBLIC_URL: "http://localhost:3000" }, true],
    [{ LARDER_HOST: "0.0.0.0" }, false],
    [{ LARDER_HOST: "192.168.1.5" }, false],
    [{ LARDER_PUBLIC_URL: "https://larder.example.com" }, false],
    [{ LARDER_TRUST_PROXY: "1" }, false],
  ])("with %j may run: %s", (variables: Record<string, string>, expected) => {
    expect(isPrivate(parseEnv(variables))).toBe(expected);
  });
});

describe("the server of a demonstration", () => {
  let ctx: TestContext;
  let server: TestServer;

  beforeAll(async () => {
    ctx = await makeContext();
    await ctx.db.user.create({ data: { id: "usr_demo_admin", kind: "demo", name: "Demo admin", instanceAdmin: true } });
    server = await startTestServer(ctx, { demo: true });
  });
  afterAll(async () => {
    await server.close();
    await closeContexts();
  });

  test("answers who comes without credentials as its admin", async () => {
    const me = await server.send({ path: "/api/v1/me" });
    expect(me.status).toBe(200);
    expect(me.json).toMatchObject({ demo: "admin", user: { id: "usr_demo_admin" } });
  });

  test.each(["x-forwarded-for", "forwarded", "x-real-ip", "via"])(
    "refuses what came through a proxy: %s",
    async (name) => {
      expect((await server.send({ path: "/api/v1/me", headers: { [name]: "203.0.113.9" } })).status).toBe(403);
      expect((await server.send({ path: "/", headers: { [name]: "203.0.113.9" } })).status).toBe(403);
    },
  );

  test("refuses another Host for pages too", async () => {
    expect((await server.send({ path: "/", headers: { host: "evil.example" } })).status).toBe(403);
  });

  test("a start without it ends what its users made, and prints a setup link until there is an admin", async () => {
    const { connectionString } = await testDatabase();
    const env = (demo: "0" | "1") => parseEnv({ LARDER_ROOT: process.cwd(), LARDER_DEMO: demo });
    await prepareDatabase(env("1"), connectionString);
    const account = {
      id: "svc_1",
      projectId: ctx.project.id,
      name: "left_over",
      role: "admin",
      createdBy: "usr_demo_admin",
    };
    await ctx.db.serviceAccount.create({ data: account });
    const started = await prepareDatabase(env("0"), connectionString);
    expect(started).toMatchObject({ demo: false, setupLink: expect.stringMatching(/^\/setup#lin_/) });
    expect(await ctx.db.user.count({ where: { kind: "demo", disabledAt: null } })).toBe(0);
    expect(await ctx.db.serviceAccount.count({ where: { disabledAt: null } })).toBe(0);
    await makeUser(ctx, { role: "viewer" });
    expect((await prepareDatabase(env("0"), connectionString)).setupLink).not.toBeNull();
    await makeUser(ctx, { instanceAdmin: true });
    expect((await prepareDatabase(env("0"), connectionString)).setupLink).toBeNull();
    const again = await prepareDatabase(env("1"), connectionString);
    expect(again).toMatchObject({ demo: true, setupLink: null });
    expect(await ctx.db.user.count({ where: { kind: "demo", disabledAt: null } })).toBeGreaterThan(0);
  });
});
