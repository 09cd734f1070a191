import { inspect } from "node:util";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { plainClient, redisServer, startRedis, type TestRedis } from "@/lib/testing/redis-server";
import { createRedisStore } from "./redis";
import { problemOf, redisError } from "./redis-errors";

/** An answer of a server as the driver throws it. */
function answer(message: string): Error {
  const error = new Error(message);
  error.name = "ReplyError";
  return Object.assign(error, { command: { name: "set", args: ["key", "hunter2"] } });
}

test.each<[message: string, code: string, detail: RegExp]>([
  [
    "ERR unknown command 'hunter2', with args beginning with: 'hunter2'",
    "dependency_unavailable",
    /refused a command: ERR: INFO/,
  ],
  ["ERR Error running script: user_script:3: hunter2", "dependency_unavailable", /refused a command: ERR: INFO/],
  [
    "NOPERM No permissions to access the 'hunter2' key",
    "dependency_unavailable",
    /let Larder in: NOPERM: its user lacks/,
  ],
  ["WRONGPASS hunter2", "dependency_unavailable", /let Larder in: WRONGPASS: user or password/],
  ["NOAUTH hunter2", "dependency_unavailable", /let Larder in: NOAUTH: it asks/],
  ["MISCONF hunter2", "dependency_unavailable", /cannot be used: MISCONF: it cannot save/],
  ["LOADING hunter2", "dependency_unavailable", /cannot be used: LOADING: it is still/],
  ["CROSSSLOT hunter2", "dependency_unavailable", /refused a command: CROSSSLOT: INFO/],
  ["hunter2 is a row", "dependency_unavailable", /refused a command: ERR: INFO/],
  ["HUNTER2 is a row", "dependency_unavailable", /refused a command: ERR: INFO/],
  ["OOM command not allowed: hunter2", "insufficient_storage", /is full/],
  ["WRONGTYPE hunter2", "data_corrupt", /something else/],
])("%s: its first word, and nothing that a server may quote", (message, code, detail) => {
  const error = redisError(answer(message), "r:6379", 1);
  expect(error).toMatchObject({ code, detail: expect.stringMatching(detail) });
  expect(inspect([error, problemOf(answer(message))], { depth: 10 })).not.toMatch(/hunter2/i);
});

test("what the driver itself says is told", () => {
  expect(redisError(new Error("connect ECONNREFUSED 127.0.0.1:6379"), "r:6379", 1).detail).toBe(
    "Redis (r:6379) cannot be used: connect ECONNREFUSED 127.0.0.1:6379",
  );
});

describe.skipIf(!redisServer)("a server that quotes what it was sent", () => {
  let server: TestRedis;
  beforeAll(async () => {
    server = await startRedis(["--rename-command", "MGET", '""']);
  });
  afterAll(() => server.close());

  it("is not quoted in turn, neither in the error nor in the status", async () => {
    const plain = plainClient(server.url);
    expect(plain).toBeInstanceOf(Redis);
    const quoted: unknown = await plain.mget("hunter2").catch((reason: unknown) => reason);
    expect(String(quoted), "the server does quote").toContain("hunter2");
    plain.disconnect();
    const store = createRedisStore({ url: server.url, caFile: null, limitMs: 5_000 });
    const errors: unknown[] = [];
    for (let call = 0; call < 8; call += 1)
      errors.push(await store.getMany("t", [["hunter2"]]).catch((reason: unknown) => reason));
    expect(errors[0]).toMatchObject({ code: "dependency_unavailable", detail: expect.stringContaining("ERR: INFO") });
    expect(errors.at(-1), "turned away").toMatchObject({ detail: expect.stringContaining("is down: ERR: INFO") });
    const shown = inspect([errors, store.status(), await store.check()], { depth: 10 });
    expect(shown).not.toMatch(/hunter2|with args/);
    await store.close();
  });
});
