import { describe, expect, test } from "vitest";
import { encodeRow, rowSchema } from "@/lib/compute/online-row";
import { createMemoryStore } from "@/lib/engines/online/memory";
import type { OnlineStore } from "@/lib/engines/online/port";
import type { Value } from "@/lib/kernel/values";
import { readRows } from "./found-rows";
import { servedValue } from "./served-value";
import type { ServedGroup } from "./serving-catalog";

const NOW = new Date("2001-06-01T12:00:00Z");
const SCHEMA = rowSchema([{ name: "f", type: "INT64" }]);
const MARK = { eventTime: "1970-01-01T00:00:00.000000Z", createdTime: null, commitSequence: 1, rowNumber: 0 };
const PLAIN = { includeExpired: false, fillDefaults: false };

/** What is served of one row with one value, `null` for no row. */
async function served(
  row: { eventTime: string; value: Value } | null,
  given: {
    ttlSeconds?: number | null;
    options?: typeof PLAIN;
    masked?: boolean;
    fallback?: Value;
    index?: number;
  } = {},
): Promise<unknown[]> {
  const online = createMemoryStore();
  await online.putMany("larder.marks", [{ key: ["t"], row: encodeRow(rowSchema([]), MARK, []) }]);
  const { ttlSeconds = null, options = PLAIN, masked = false, fallback, index = 0 } = given;
  if (row) {
    const order = { eventTime: row.eventTime, createdTime: null, commitSequence: 1, rowNumber: 0 };
    await online.putMany("t", [{ key: [1], row: encodeRow(SCHEMA, order, [row.value]) }]);
  }
  const [[found = null] = []] = await read(online, ttlSeconds);
  const { json, status, filled } = servedValue(found, { index, fallback }, options, masked);
  return [JSON.parse(json), status, found?.ageSeconds ?? null, ...(filled ? ["filled"] : [])];
}

function read(online: OnlineStore, ttlSeconds: number | null): ReturnType<typeof readRows> {
  const table = { name: "t", schema: SCHEMA, fault: null };
  const group = { table, ttlSeconds } as ServedGroup;
  return readRows(online, [{ group, keyColumns: [], keyNames: "" }], [[[1]]], NOW);
}

const at = (eventTime: string, value: Value): { eventTime: string; value: Value } => ({ eventTime, value });

describe("servedValue", () => {
  test.each([
    ["unknown key", null, null, [null, "NOT_FOUND", null]],
    ["present", at("2001-06-01T11:00:00.000000Z", 7), null, [7, "PRESENT", 3600]],
    ["zero is a value", at("2001-06-01T12:00:00.000000Z", 0), null, [0, "PRESENT", 0]],
    ["null value", at("2001-06-01T11:00:00.000000Z", null), null, [null, "NULL_VALUE", 3600]],
    ["exactly ttl old", at("2001-06-01T11:00:00.000000Z", 7), 3600, [7, "PRESENT", 3600]],
    ["a millisecond older", at("2001-06-01T10:59:59.999000Z", 7), 3600, [null, "OUTSIDE_MAX_AGE", 3600.001]],
    ["ttl 0 keeps for ever", at("1990-06-01T12:00:00.000000Z", 7), 0, [7, "PRESENT", 347_155_200]],
  ])("%s", async (_name, row, ttlSeconds, expected) => {
    expect(await served(row, { ttlSeconds })).toEqual(expected);
  });

  const old = at("2001-05-01T00:00:00.000000Z", 7);

  test("gives an expired value when asked to, and says so", async () => {
    const options = { ...PLAIN, includeExpired: true };
    expect(await served(old, { ttlSeconds: 60, options })).toEqual([7, "OUTSIDE_MAX_AGE", 2_721_600]);
  });

  test("a masked value is withheld, whatever is asked for; a row that is not there is no secret", async () => {
    const options = { includeExpired: true, fillDefaults: true };
    expect(await served(old, { masked: true, options, fallback: 1 })).toEqual([null, "MASKED", 2_721_600]);
    expect(await served(null, { masked: true })).toEqual([null, "NOT_FOUND", null]);
  });

  test.each([
    ["no row", null, [9, "NOT_FOUND", null, "filled"]],
    ["null", at("2001-06-01T12:00:00.000000Z", null), [9, "NULL_VALUE", 0, "filled"]],
    ["too old", at("2001-06-01T11:00:00.000000Z", 7), [9, "OUTSIDE_MAX_AGE", 3600, "filled"]],
    ["a value", at("2001-06-01T12:00:00.000000Z", 7), [7, "PRESENT", 0]],
  ])("a default stands for %s only when asked to, and keeps the status", async (_name, row, expected) => {
    const given = { ttlSeconds: 60, fallback: 9 };
    expect(await served(row, { ...given, options: { ...PLAIN, fillDefaults: true } })).toEqual(expected);
    expect(await served(row, given)).not.toContain("filled");
  });

  test("rows from before a feature was there have no value for it", async () => {
    expect(await served(old, { index: -1 })).toEqual([null, "NOT_FOUND", 2_721_600]);
  });
});
