import { Writable } from "node:stream";
import pino from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LarderError } from "@/lib/kernel/errors";
import { openDb } from "@/lib/platform/db";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { checkHealth } from "./health";
import { expectProblem, testApp } from "./test-app";

let ctx: TestContext;
const lines: Record<string, unknown>[] = [];
const log = pino(
  { level: "info" },
  new Writable({
    write: (chunk, _, done) => {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  }),
);

beforeAll(async () => {
  ctx = await makeContext();
});
afterAll(closeContexts);

describe("500", () => {
  test("an error nobody foresaw: logged with its stack under the request id, nothing of it in the answer", async () => {
    const contextFor = async (): Promise<never> => {
      throw new TypeError("canary of the inside");
    };
    const answer = await testApp(ctx, { contextFor, log }).send("/features?q=canary");
    expectProblem(answer, 500, "internal");
    expect(answer.text).not.toContain("canary");
    const logged = lines.find((line) => line.msg === "request failed");
    expect(logged).toMatchObject({
      requestId: answer.headers.get("x-request-id"),
      err: { message: "canary of the inside", stack: expect.stringContaining("http.503.test.ts") },
    });
    expect(lines.find((line) => line.msg === "request")).toMatchObject({
      method: "GET",
      path: "/api/v1/features",
      status: 500,
      ms: expect.any(Number),
    });
    expect(JSON.stringify(lines)).not.toContain("q=canary");
  });
});

describe("503", () => {
  test.each(["postgresql://u:canary@127.0.0.1:1/x", "postgresql://u:canary@localhost/x?host=/nowhere"])(
    "no database: %s",
    async (url) => {
      const db = openDb(url);
      const app = testApp({ ...ctx, db });
      for (const path of ["/features", "/runs", "/stats"]) {
        const answer = await app.send(path);
        expectProblem(answer, 503, "dependency_unavailable");
        expect(answer.headers.get("retry-after")).toBe("2");
        expect(answer.text).not.toContain("canary");
      }
      expectProblem(
        await app.send("/refresh", { body: {}, headers: { "idempotency-key": "k" } }),
        503,
        "dependency_unavailable",
      );
      expect((await app.send("/health/live")).status).toBe(200);
      const ready = await app.send("/health/ready");
      expect([ready.status, ready.json.status]).toEqual([503, "down"]);
      expect((ready.json.dependencies as { name: string; status: string }[])[0]).toMatchObject({
        name: "database",
        status: "down",
      });
      await db.$disconnect();
    },
  );

  test("data_corrupt names what is damaged and may be tried again", async () => {
    const contextFor = async (): Promise<never> => {
      throw new LarderError("data_corrupt", "File f1 of commit 3 is missing");
    };
    const answer = await testApp(ctx, { contextFor }).send("/features");
    expectProblem(answer, 503, "data_corrupt");
    expect(answer.json.detail).toBe("File f1 of commit 3 is missing");
  });
});

describe("health", () => {
  const up = { name: "a", needed: true, check: async () => 1 };
  const down = { name: "b", needed: false, check: async () => Promise.reject(new Error("x")) };
  const silent = { name: "c", needed: true, check: () => new Promise(() => undefined) };
  test.each([
    [[up], "up"],
    [[up, down], "degraded"],
    [[up, { ...down, needed: true }], "down"],
    [[up, silent], "down"],
  ])("%j is %s", async (probes, status) => {
    expect((await checkHealth(probes, 50)).status).toBe(status);
  });
});
