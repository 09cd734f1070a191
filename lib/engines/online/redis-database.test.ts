import { describe, expect, it, onTestFinished, vi } from "vitest";
import { plainClient, redisServer, startRedis } from "@/lib/testing/redis-server";
import { rowOf } from "./conformance-cases";
import type { KeyedRow } from "./port";
import { createRedisStore } from "./redis";

const PATIENT_MS = 5_000;

const rowsOf = (count: number): KeyedRow[] =>
  Array.from({ length: count }, (_, index) => ({ key: [`k${index}`], row: rowOf(1, index) }));

describe.skipIf(!redisServer)("the database that an address of redis names", () => {
  it("a database that cannot be selected is an error that says so, never database 0, until it can be", async () => {
    const server = await startRedis(["--databases", "4"]);
    onTestFinished(() => server.close());
    const plain = plainClient(server.url);
    await plain.acl("SETUSER", "ada", "on", ">secret", "~*", "+@all", "-select");
    const before = await plain.dbsize();
    for (const [user, db, said] of [
      ["ada:secret@", 1, "NOPERM"],
      ["", 7, "ERR"],
    ] as const) {
      const lost = createRedisStore({
        url: `${server.url.replace("//", `//${user}`)}/${db}`,
        caFile: null,
        limitMs: PATIENT_MS,
      });
      const detail = expect.stringMatching(`database ${db} cannot be selected: .*${said}`);
      for (let time = 0; time < 4; time += 1) {
        const error: unknown = await lost.putMany("t", rowsOf(5)).catch((reason: unknown) => reason);
        expect(error).toMatchObject({ code: "dependency_unavailable", detail });
        expect(await lost.check()).toMatchObject({ state: "down" });
        expect(lost.status()).toEqual({ state: "down", detail });
      }
      expect(await plain.dbsize()).toBe(before);
      if (user !== "") {
        await plain.acl("SETUSER", "ada", "+select");
        await vi.waitFor(async () => expect(await lost.putMany("t", rowsOf(5))).toEqual({ written: 5 }), 10_000);
        expect(lost.status()).toEqual({ state: "up", detail: null });
        expect(await plain.dbsize()).toBe(before);
        await plain.select(1);
        expect(await plain.dbsize()).toBe(5);
        await plain.select(0);
      }
      await lost.close();
    }
    plain.disconnect();
  });
});
