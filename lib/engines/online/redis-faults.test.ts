import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { inspect } from "node:util";
import { afterEach, describe, expect, it, vi } from "vitest";
import { plainClient, redisServer, startRedis, type TestRedis } from "@/lib/testing/redis-server";
import { markOf, rowOf } from "./conformance-cases";
import type { KeyedRow, OnlineKey, OnlineStore } from "./port";
import { createRedisStore } from "./redis";
import { RECORD_KEY } from "./redis-losses";

/** A call may wait this long: the limit of 150 ms, and what a busy machine adds. */
const BOUNDED_MS = 1_000;
const PATIENT_MS = 5_000;
const KEY: OnlineKey = ["k"];

let server: TestRedis;
let store: OnlineStore;

const rowsOf = (count: number, day = 1, length = 1): KeyedRow[] =>
  Array.from({ length: count }, (_, index) => ({ key: [`k${index}`], row: rowOf(day, "x".repeat(length)) }));

/** `limitMs`: left out where the test is about how long somebody waits. */
async function begin(more: string[] = [], limitMs?: number): Promise<void> {
  server = await startRedis(more);
  store = createRedisStore({ url: server.url, caFile: null, ...(limitMs === undefined ? {} : { limitMs }) });
  await untilUp();
}

/** How a read ends, and after how long. */
async function attempt(): Promise<{ error: unknown; ms: number }> {
  const start = performance.now();
  const error = await store.getMany("t", [KEY]).then(
    () => null,
    (reason: unknown) => reason,
  );
  return { error, ms: performance.now() - start };
}

async function expectDown(): Promise<void> {
  for (let call = 0; call < 5; call += 1) {
    const { error, ms } = await attempt();
    expect(error).toMatchObject({ code: "dependency_unavailable", retryAfterSeconds: expect.any(Number) });
    expect(ms).toBeLessThan(BOUNDED_MS);
  }
  // It is known by now, so nobody waits any more: all have their answer before anything else happens, but one that may try.
  let answered = 0;
  const many = Array.from({ length: 500 }, () =>
    attempt().then(({ error }) => {
      expect(error).toMatchObject({ code: "dependency_unavailable" });
      answered += 1;
    }),
  );
  await new Promise((resolve) => setImmediate(resolve));
  expect(answered).toBeGreaterThanOrEqual(499);
  await Promise.all(many);
  expect(store.status()).toMatchObject({ state: "down", detail: expect.not.stringMatching(/Redis|dependency/) });
}

async function untilUp(): Promise<void> {
  const end = performance.now() + 10_000;
  while ((await store.check()).state === "down") {
    expect(performance.now(), `still down: ${store.status().detail}`).toBeLessThan(end);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe.skipIf(!redisServer)("redis when things go wrong", () => {
  afterEach(async () => {
    await store.close();
    await server.close();
  });

  it("killed and started again empty: bounded errors, then by itself up, and nothing there", async () => {
    await begin();
    await store.putMany("t", [{ key: KEY, row: rowOf(1, 1) }]);
    expect((await store.check()).state).toBe("up");
    await server.kill();
    await expectDown();
    await expect(store.putMany("t", rowsOf(5))).rejects.toMatchObject({ code: "dependency_unavailable" });
    expect((await store.check()).state).toBe("down");
    await server.restart();
    await untilUp();
    expect(await store.getMany("t", [KEY]), "what was in memory is lost").toEqual([null]);
    expect(await store.putMany("t", [{ key: KEY, row: rowOf(1, 1) }])).toEqual({ written: 1 });
  });

  it("not there from the start: a clear error, and up as soon as it is there", async () => {
    server = await startRedis();
    await server.kill();
    store = createRedisStore({ url: server.url, caFile: null });
    await expectDown();
    expect(store.status().detail).toContain("ECONNREFUSED");
    await server.restart();
    await untilUp();
  });

  it("slow: nobody waits for two seconds, nothing piles up, and it recovers", async () => {
    await begin(["--enable-debug-command", "local"]);
    await store.putMany("t", [{ key: KEY, row: rowOf(1, 1) }]);
    const plain = plainClient(server.url);
    await plain.ping();
    const sleeping = plain.call("DEBUG", "SLEEP", "2");
    await new Promise((resolve) => setTimeout(resolve, 50));
    const first = await Promise.all(Array.from({ length: 2_100 }, attempt));
    const refused = first.filter(({ error }) => String(error).includes("asked too much"));
    expect(refused, "2,000 calls wait at most").toHaveLength(100);
    for (const { error, ms } of first) {
      expect(error).toMatchObject({ code: "dependency_unavailable" });
      expect(ms).toBeLessThan(BOUNDED_MS);
    }
    await expectDown();
    await sleeping;
    await untilUp();
    expect((await store.getMany("t", [KEY])).map(markOf)).toEqual([1]);
    expect(await plain.client("LIST").then((list) => String(list).match(/name=larder/g)?.length)).toBe(1);
    plain.disconnect();
  });

  it("half-open: a connection that swallows everything is given up, and another one is made", async () => {
    await begin();
    const proxy = await startProxy(server.port);
    await store.close();
    store = createRedisStore({ url: `redis://127.0.0.1:${proxy.port}`, caFile: null });
    await untilUp();
    await store.putMany("t", [{ key: KEY, row: rowOf(1, 1) }]);
    for (let round = 0; round < 3; round += 1) {
      proxy.swallow();
      await expectDown();
      proxy.pass();
      await untilUp();
      expect((await store.getMany("t", [KEY])).map(markOf)).toEqual([1]);
    }
    await vi.waitFor(() => expect(proxy.open(), "connections that were given up are closed").toBe(1), {
      timeout: 5_000,
    });
    await store.close();
    await proxy.close();
  });

  it("killed in the middle of a load: the call fails as a whole, and the same call again completes it", async () => {
    await begin([], PATIENT_MS);
    const rows = rowsOf(40_000, 2, 50);
    await store.putMany("t", rowsOf(1));
    const load = store.putMany("t", rows).then(
      () => null,
      (error: unknown) => error,
    );
    await new Promise((resolve) => setTimeout(resolve, 40));
    await server.kill();
    expect(await load).toMatchObject({ code: "dependency_unavailable" });
    await server.restart();
    await untilUp();
    expect((await store.putMany("t", rows)).written).toBe(40_000);
    expect(await store.putMany("t", rows)).toEqual({ written: 0 });
  });

  it("evicting: what is missing proves nothing, for this process and for a new one, until somebody has seen to it", async () => {
    await begin(["--maxmemory", "3mb", "--maxmemory-policy", "allkeys-lru"], PATIENT_MS);
    expect(await store.check()).toMatchObject({ state: "up", detail: expect.stringContaining("noeviction") });
    await store.putMany("t", rowsOf(4_000, 1, 1_000));
    const kept = (
      await store.getMany(
        "t",
        rowsOf(4_000).map(({ key }) => key),
      )
    ).filter(Boolean).length;
    expect(kept).toBeLessThan(4_000);
    expect(await store.check()).toMatchObject({ state: "incomplete", detail: expect.stringContaining("allkeys-lru") });
    expect(store.status().state).toBe("incomplete");
    const other = createRedisStore({ url: server.url, caFile: null, limitMs: PATIENT_MS });
    expect((await other.check()).state).toBe("incomplete");

    const plain = plainClient(server.url);
    await plain.config("SET", "maxmemory-policy", "noeviction");
    await plain.config("SET", "maxmemory", "0");
    expect((await other.check()).state, "more memory brings no row back").toBe("incomplete");
    await plain.flushall();
    for (const each of [store, other]) expect(await each.check()).toEqual({ state: "up", detail: null });
    plain.disconnect();
    await other.close();
  });

  it("full, with nothing thrown away: insufficient_storage, reads go on, and what is there stays", async () => {
    await begin(["--maxmemory", "3mb", "--maxmemory-policy", "noeviction"], PATIENT_MS);
    await store.putMany("t", rowsOf(10));
    await expect(store.putMany("big", rowsOf(4_000, 1, 1_000))).rejects.toMatchObject({ code: "insufficient_storage" });
    expect(
      (
        await store.getMany(
          "t",
          rowsOf(10).map(({ key }) => key),
        )
      ).filter(Boolean),
    ).toHaveLength(10);
    expect((await store.check()).state).toBe("up");
    await store.drop("big");
    expect(await store.putMany("t", rowsOf(10, 2))).toEqual({ written: 10 });
  });

  it("evicted before a restart that kept the rest: that is not forgotten", async () => {
    const kept = ["--appendonly", "yes", "--appendfsync", "always"];
    await begin([...kept, "--maxmemory", "3mb", "--maxmemory-policy", "allkeys-lru"], PATIENT_MS);
    await store.putMany("t", rowsOf(4_000, 1, 1_000));
    expect((await store.check()).state).toBe("incomplete");
    const plain = plainClient(server.url);
    const record = await plain.hgetall(RECORD_KEY);
    expect(Number(record.evicted)).toBeGreaterThan(0);
    await server.restart();
    await untilUp();
    expect((await plain.info("stats")).match(/evicted_keys:(\d+)/)?.[1]).not.toBe(record.evicted);
    expect((await store.check()).state).toBe("incomplete");
    await plain.del(RECORD_KEY);
    plain.disconnect();
  });

  it("a wrong password: says so, and neither the error nor the status shows it", async () => {
    server = await startRedis(["--requirepass", "open-sesame"]);
    store = createRedisStore({ url: server.url, caFile: null });
    for (const user of ["", ":hunter2@", "ada:hunter2@"]) {
      const stranger = createRedisStore({
        url: server.url.replace("//", `//${user}`),
        caFile: null,
        limitMs: PATIENT_MS,
      });
      const error: unknown = await stranger.getMany("t", [KEY]).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: "dependency_unavailable" });
      const shown = inspect([error, stranger.status(), await stranger.check()], { depth: 10 });
      expect(shown).toMatch(/NOAUTH|WRONGPASS|ERR/);
      expect(shown).not.toContain("hunter2");
      await stranger.close();
    }
    const friend = createRedisStore({
      url: server.url.replace("//", "//:open-sesame@"),
      caFile: null,
      limitMs: PATIENT_MS,
    });
    expect(await friend.check()).toEqual({ state: "up", detail: null });
    await friend.close();
  });

  it("a user of Redis with the rights that the documentation lists can do everything", async () => {
    await begin([], PATIENT_MS);
    const text = readFileSync(new URL("../../../docs/online.md", import.meta.url), "utf8");
    const rights = /a user of Redis needs `(~\S+)` and ([^.]*)\./.exec(text.replace(/\s+/g, " "));
    const commands = [...(rights?.[2] ?? "").matchAll(/`([A-Z]+)`/g)].map((match) => `+${match[1]?.toLowerCase()}`);
    const plain = plainClient(server.url);
    await plain.acl("SETUSER", "ada", "on", ">secret", rights?.[1] ?? "", ...commands);
    plain.disconnect();
    const limited = createRedisStore({
      url: server.url.replace("//", "//ada:secret@").concat("/1"),
      caFile: null,
      limitMs: PATIENT_MS,
    });
    expect(await limited.putMany("t", rowsOf(600))).toEqual({ written: 600 });
    expect((await limited.getMany("t", [["k1"]])).map(markOf)).toEqual(["x"]);
    await limited.deleteMany("t", [["k1"]]);
    let left = 0;
    for await (const chunk of limited.scan("t")) left += chunk.length;
    expect(left).toBe(599);
    await limited.drop("t");
    expect(await limited.check()).toEqual({ state: "up", detail: null });
    expect((await limited.figures()).bytes).toBeGreaterThan(0);
    await limited.close();
  });

  it("100 times opened and closed leaves no socket; closed means closed", async () => {
    await begin([], PATIENT_MS);
    const sockets = (): number => process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;
    await store.check();
    const before = sockets();
    for (let time = 0; time < 100; time += 1) {
      const brief = createRedisStore({ url: server.url, caFile: null, limitMs: PATIENT_MS });
      await brief.getMany("t", [KEY]);
      await brief.close();
      await brief.close();
      await expect(brief.getMany("t", [KEY])).rejects.toMatchObject({ code: "state_conflict" });
    }
    expect(sockets()).toBe(before);
    const never = createRedisStore({ url: server.url, caFile: null, limitMs: PATIENT_MS });
    await never.close();
    const plain = plainClient(server.url);
    expect(String(await plain.client("LIST")).match(/name=larder/g)).toHaveLength(1);
    plain.disconnect();
  });
});

type Proxy = { port: number; swallow(): void; pass(): void; open(): number; close(): Promise<void> };

/** Between store and server: passes bytes on, or takes them and says nothing, also to who comes anew. `open`: not hung up yet. */
async function startProxy(target: number): Promise<Proxy> {
  const all = new Set<Socket>();
  const sockets = new Set<Socket>();
  let swallowing = false;
  const proxy: Server = createServer({ allowHalfOpen: true }, (inside) => {
    const outside = connect(target, "127.0.0.1");
    sockets.add(inside);
    all.add(inside);
    inside.on("data", (bytes) => swallowing || outside.write(bytes));
    outside.on("data", (bytes) => swallowing || inside.write(bytes));
    // While it swallows it does not say goodbye either.
    inside.on("end", () => {
      sockets.delete(inside);
      if (!swallowing) inside.end();
    });
    inside.on("close", () => {
      sockets.delete(inside);
      outside.destroy();
    });
    for (const socket of [inside, outside]) socket.on("error", () => {});
  }).listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const address = proxy.address();
  return {
    port: typeof address === "object" && address ? address.port : 0,
    swallow: () => {
      swallowing = true;
    },
    pass: () => {
      swallowing = false;
    },
    open: () => sockets.size,
    close: async () => {
      for (const socket of all) socket.destroy();
      proxy.close();
      await once(proxy, "close");
    },
  };
}
