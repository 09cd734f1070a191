import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openOnline } from "./context";

it("the online store is Redis where an address is given, else LMDB; neither is touched before its first use", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "larder-online-"));
  const embedded = openOnline({ redis: null, dataDir });
  const elsewhere = openOnline({ redis: { url: "redis://127.0.0.1:1", caFile: null }, dataDir });
  expect([embedded.capabilities.durable, elsewhere.capabilities.durable]).toEqual([true, false]);
  expect(elsewhere.status().state).toBe("up");
  expect(await embedded.getMany("t", [[1]])).toEqual([null]);
  await expect(elsewhere.getMany("t", [[1]])).rejects.toMatchObject({ code: "dependency_unavailable" });
  expect(() => openOnline({ redis: { url: "redis://a,b", caFile: null }, dataDir })).toThrow("redis+cluster");
  await Promise.all([embedded.close(), elsewhere.close()]);
  await rm(dataDir, { recursive: true, force: true });
});
