import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { Cluster, Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it, test, vi } from "vitest";
import {
  givenRedis,
  plainClient,
  plainCluster,
  redisServer,
  startRedis,
  type TestRedis,
} from "@/lib/testing/redis-server";
import { onlineConformance } from "./conformance";
import { rowOf } from "./conformance-cases";
import { encodeKey, encodeTable } from "./key-encoding";
import type { KeyedRow, OnlineKey, OnlineStore } from "./port";
import { createRedisStore } from "./redis";
import { bytesOf, redisKey, tablePattern } from "./redis-key";
import { slotOf } from "./redis-slot";

/** What these tests look at does not depend on time, and other tests may keep the machine busy. */
const PATIENT_MS = 5_000;

/** Servers to hold to the promises. One alone is started here, when there is a program to start. */
const SERVERS: { name: string; url: string | null; caFile: string | null }[] = [
  { name: "redis", url: givenRedis.single, caFile: null },
  { name: "redis over TLS", url: givenRedis.tls, caFile: givenRedis.caFile },
  { name: "redis cluster", url: givenRedis.cluster, caFile: null },
].filter(({ name, url }) => url !== null || (name === "redis" && redisServer !== null));

if (SERVERS.length === 0) {
  console.warn("redis-server is not installed (Debian: apt-get install redis-server): the Redis store is not tested");
  test.skipIf(true)("redis-server is not installed, so the Redis store was not tested", () => {});
}

describe.each(SERVERS)("$name", ({ name, url: given, caFile }) => {
  let own: TestRedis | null = null;
  let url = given ?? "";
  let plain: Redis | Cluster;
  const make = (): OnlineStore => createRedisStore({ url, caFile, limitMs: PATIENT_MS });
  const nodes = (): Redis[] => (plain instanceof Cluster ? plain.nodes("master") : [plain]);

  beforeAll(async () => {
    if (!given) own = await startRedis();
    url = own?.url ?? url;
    if (url.startsWith("redis+cluster:")) plain = plainCluster(url);
    else plain = url.startsWith("rediss:") ? plainTls(url, caFile) : plainClient(url);
    await plain.ping();
  });
  afterAll(async () => {
    plain.disconnect();
    await own?.close();
  });

  onlineConformance(name, async () => {
    await Promise.all(nodes().map((node) => node.flushall()));
    return make();
  });

  it("1,000 puts of one key at the same time, from three processes' worth of connections, end in the greatest", async () => {
    const stores = [make(), make(), make()];
    const days = Array.from({ length: 1_000 }, (_, day) => day + 1).sort(() => Math.random() - 0.5);
    await Promise.all(
      days.map((day, index) => stores[index % 3]?.putMany("race", [{ key: ["k"], row: rowOf(day, day) }])),
    );
    for (const store of stores) expect(await store.getMany("race", [["k"]])).toEqual([rowOf(1_000, 1_000)]);
    await Promise.all(stores.map((store) => store.close()));
  });

  it("goes on when the server has forgotten the script", async () => {
    const store = make();
    expect(await store.putMany("t", [{ key: ["f"], row: rowOf(1, 1) }])).toEqual({ written: 1 });
    await Promise.all(nodes().map((node) => node.script("FLUSH")));
    const rows = Array.from({ length: 600 }, (_, index) => ({ key: ["f", index], row: rowOf(1, index) }));
    expect(await store.putMany("t", [...rows, { key: ["f"], row: rowOf(2, 2) }])).toEqual({ written: 601 });
    expect(await store.getMany("t", [["f"], ["f", 599]])).toEqual([rowOf(2, 2), rowOf(1, 599)]);
    await store.close();
  });

  it("leaves what is not its own alone, and says so when a key is not what it should be", async () => {
    const store = make();
    await plain.set("larder", "mine");
    await plain.set("t*", "mine");
    await store.putMany("t", [{ key: ["x"], row: rowOf(1, 1) }]);
    await store.drop("t");
    expect(await Promise.all([plain.get("larder"), plain.get("t*")])).toEqual(["mine", "mine"]);
    const key = redisKey(encodeKey(encodeTable("t"), ["x"]).bytes);
    expect(await plain.exists(key)).toBe(0);
    await plain.lpush(key, "no row");
    await expect(store.putMany("t", [{ key: ["x"], row: rowOf(1, 1) }])).rejects.toMatchObject({
      code: "data_corrupt",
    });
    await plain.del(key);
    await store.close();
  });

  it("spreads the keys of a table over all nodes, braces or not", async () => {
    const store = make();
    await Promise.all(nodes().map((node) => node.flushall()));
    const rows: KeyedRow[] = Array.from({ length: 3_000 }, (_, index) => ({
      key: [`{same}${index}`],
      row: rowOf(1, index),
    }));
    await store.putMany("{table}", rows);
    const sizes = await Promise.all(nodes().map((node) => node.dbsize()));
    expect(Math.min(...sizes)).toBeGreaterThan((3_000 / sizes.length) * 0.8);
    const found = [];
    for await (const chunk of store.scan("{table}")) found.push(...chunk);
    expect(found).toHaveLength(3_000);
    await store.drop("{table}");
    expect(await Promise.all(nodes().map((node) => node.dbsize()))).toEqual(sizes.map(() => 0));
    await store.close();
  });
});

describe.skipIf(!givenRedis.cluster)("redis cluster", () => {
  const url = givenRedis.cluster ?? "";

  it("computes slots as the servers do", async () => {
    const cluster = plainCluster(url);
    const keys = [
      "",
      "a",
      "larder:\u0001tü",
      "123456789",
      "😀\u0100",
      ...Array.from({ length: 50 }, () => `k${Math.random()}`),
    ];
    await cluster.ping();
    for (const key of keys.slice(1))
      expect(await cluster.nodes("master")[0]?.cluster("KEYSLOT", key), key).toBe(slotOf(key));
    cluster.disconnect();
  });

  it("one node that does not answer: its keys fail in time, those of the others are read, and it recovers", async () => {
    const store = createRedisStore({ url, caFile: null });
    const cluster = plainCluster(url);
    await cluster.ping();
    const keys = Array.from({ length: 60 }, (_, index): OnlineKey => [`k${index}`]);
    await vi.waitFor(async () => expect((await store.check()).state).toBe("up"), { timeout: 10_000 });
    await store.putMany(
      "hang",
      keys.map((key, index) => ({ key, row: rowOf(1, index) })),
    );
    const [hanging] = cluster.nodes("master");
    await hanging?.client("PAUSE", 1_500, "ALL");
    const outcomes = await Promise.all(
      keys.map(async (key) => {
        const start = performance.now();
        const ok = await store.getMany("hang", [key]).then(
          () => true,
          (error: unknown) => expect(error).toMatchObject({ code: "dependency_unavailable" }),
        );
        return { ok: ok === true, ms: performance.now() - start };
      }),
    );
    expect(outcomes.filter(({ ok }) => ok).length).toBeGreaterThan(20);
    expect(outcomes.filter(({ ok }) => !ok).length).toBeGreaterThan(5);
    expect(Math.max(...outcomes.map(({ ms }) => ms))).toBeLessThan(600);
    const end = performance.now() + 10_000;
    while ((await store.check()).state !== "up") {
      expect(performance.now()).toBeLessThan(end);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(await store.getMany("hang", keys)).toEqual(keys.map((_, index) => rowOf(1, index)));
    cluster.disconnect();
    await store.close();
  });

  it("one node that comes back empty: what is missing proves nothing, though the other nodes kept everything", async () => {
    const stores = [
      createRedisStore({ url, caFile: null, limitMs: PATIENT_MS }),
      createRedisStore({ url, caFile: null, limitMs: PATIENT_MS }),
    ];
    const cluster = plainCluster(url);
    await cluster.ping();
    for (const empty of [0, 1, 2]) {
      for (const store of stores) expect(await store.check()).toEqual({ state: "up", detail: null });
      await cluster.nodes("master")[empty]?.flushall();
      for (const store of stores)
        expect(await store.check()).toMatchObject({
          state: "incomplete",
          detail: expect.stringContaining("1 node that"),
        });
      await Promise.all(cluster.nodes("master").map((node) => node.flushall()));
    }
    cluster.disconnect();
    for (const store of stores) await store.close();
  });

  it("answers rightly while slots move from node to node", async () => {
    const store = createRedisStore({ url, caFile: null, limitMs: PATIENT_MS });
    const keys = Array.from({ length: 2_000 }, (_, index): OnlineKey => [`k${index}`]);
    await store.check();
    await store.putMany(
      "moving",
      keys.map((key, index) => ({ key, row: rowOf(1, index) })),
    );
    const cluster = plainCluster(url);
    await cluster.ping();
    const [from, to] = await Promise.all(cluster.nodes("master").map((node) => node.cluster("MYID")));
    const [node = ""] = url.replace(/^.*\/\//, "").split(",");
    const ids = ["--cluster-from", `${from}`, "--cluster-to", `${to}`, "--cluster-slots", "400", "--cluster-yes"];
    let moved = false;
    // A process of its own, so that reads go on meanwhile.
    const move = promisify(execFile)("redis-cli", ["--cluster", "reshard", node, ...ids], {
      maxBuffer: 2 ** 26,
    }).finally(() => {
      moved = true;
    });
    let rounds = 0;
    for (; !moved || rounds < 3; rounds += 1) {
      expect(await store.getMany("moving", keys)).toEqual(keys.map((_, index) => rowOf(1 + rounds, index)));
      await store.putMany(
        "moving",
        keys.map((key, index) => ({ key, row: rowOf(2 + rounds, index) })),
      );
    }
    await move;
    expect(await store.check(), "a record that moved is not lost").toEqual({ state: "up", detail: null });
    expect(await store.getMany("moving", keys)).toEqual(keys.map((_, index) => rowOf(1 + rounds, index)));
    cluster.disconnect();
    await store.close();
  });
});

describe.skipIf(!givenRedis.tls)("redis over TLS", () => {
  it("is refused when nobody we know signed its certificate, or it is for another name", async () => {
    const url = givenRedis.tls ?? "";
    for (const [address, caFile] of [
      [url, null],
      [url.replace("localhost", "[::ffff:127.0.0.1]"), givenRedis.caFile],
    ] as const) {
      const store = createRedisStore({ url: address, caFile, limitMs: PATIENT_MS });
      await expect(store.getMany("t", [[1]])).rejects.toMatchObject({ code: "dependency_unavailable" });
      await vi.waitFor(() => expect(store.status().detail).toMatch(/self-signed|altnames/));
      await store.close();
    }
    expect(() => createRedisStore({ url, caFile: "/nowhere/ca.pem" })).toThrow("/nowhere/ca.pem");
  });
});

describe("a key in Redis", () => {
  const KEYS: OnlineKey[] = [["{a}b"], [1.5, -7, true], ["Zürich 😀"], ["a*b?[c]\\"], ["x".repeat(900)]];

  it("is the bytes of the key, without braces, and reads back", () => {
    for (const key of KEYS) {
      const { bytes } = encodeKey(encodeTable("{t}"), key);
      const name = redisKey(bytes);
      expect(name).toMatch(/^larder:[^{]+$/);
      expect(bytesOf(Buffer.from(name).toString()).equals(bytes)).toBe(true);
    }
  });

  it("of one table is found by the pattern of that table", () => {
    expect(tablePattern("a*")).toBe("larder:\u0002a\\**");
    expect(tablePattern("x".repeat(42)).startsWith("larder:\\*xxx")).toBe(true);
  });
});

function plainTls(url: string, caFile: string | null): Redis {
  const { port } = new URL(url);
  return new Redis({ port: Number(port), host: "localhost", tls: { ca: readFileSync(caFile ?? "") } });
}
