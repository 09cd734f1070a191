import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createToken } from "@/lib/access/create-token";
import { CreateToken } from "@/lib/access/schema";
import type { Value } from "@/lib/kernel/values";
import { pushRows } from "@/lib/streaming/push-rows";
import { PushRows } from "@/lib/streaming/schema";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, entity, group, inNewProject } from "@/lib/testing/definitions";
import { person } from "@/lib/testing/people";
import { startPlane, type TestPlane } from "./plane-fixture";

/** One key of each type, as it is stored. */
const STORED: Record<string, Value> = {
  INT64: 5,
  INT32: -7,
  STRING: "5",
  BOOL: true,
  DATE: "2026-01-02",
  TIMESTAMP: "2026-01-02T08:00:00.000001Z",
};
const LONG = "9007199254740993";
const AT = "2026-01-15T11:00:00Z";
const groupOf = (type: string): string => `by_${type.toLowerCase()}`;

let ctx: TestContext;
let plane: TestPlane;
let count = 1;

beforeAll(async () => {
  ctx = await inNewProject(await makeContext());
  for (const type of Object.keys(STORED))
    await apply(
      ctx,
      entity(type.toLowerCase(), { k: type }),
      group(groupOf(type), { entity: type.toLowerCase(), features: { n: "INT64" } }),
    );
  const more: [string, Value][] = [
    ["INT64", LONG],
    ["INT64", 0],
  ];
  await Promise.all(
    [...Object.entries(STORED), ...more].map(([type, k]) =>
      pushRows(ctx, PushRows.parse({ featureGroup: groupOf(type), rows: [{ k, event_timestamp: AT, n: 1 }] })),
    ),
  );
  const admin = await person(ctx, "Ada", "admin");
  const scopes = ["online:read", "online:write"];
  const { secret } = await createToken(admin, CreateToken.parse({ name: "test", scopes }));
  plane = await startPlane(ctx, { token: secret });
});
afterAll(async () => {
  await plane.stop();
  await closeContexts();
});

/** What becomes of a key at each door: the row of the stored key, none, or an error. */
async function doors(type: string, k: Value): Promise<Record<string, string>> {
  const name = groupOf(type);
  const feature = `${name}:n`;
  const batch = async (entity_id: Value): Promise<string> => {
    const { status, json } = await plane.send("/api/v1/features/batch", { body: { entity_id, features: [feature] } });
    if (status !== 200) return String(json.code ?? status);
    return (json.features as Record<string, { status: string }>)[feature]?.status ?? "";
  };
  const path = async (): Promise<string> => {
    const { status, json } = await plane.send(`/api/v1/features/${feature}/entity/${encodeURIComponent(String(k))}`);
    return status === 200 ? String(json.status) : String(json.code ?? status);
  };
  const feast = async (): Promise<string> => {
    const { status, json } = await plane.send("/get-online-features", {
      body: { features: [feature], entities: { k: [k] } },
    });
    return status === 200 ? ((json.results as { statuses: string[] }[])[1]?.statuses[0] ?? "") : "invalid_key";
  };
  /** What was pushed is found by the same form, so it went where the stored row lies. */
  const pushed = async (route: string, body: (n: number) => object): Promise<string> => {
    const n = ++count;
    const { status } = await plane.send(route, { body: body(n) });
    if (status !== 200) return "invalid_key";
    const { json } = await plane.send("/api/v1/features/batch", {
      body: { entity_id: { k }, features: [feature], answer: "values" },
    });
    return (json.features as Record<string, Value>)[feature] === n ? "PRESENT" : "NOT_FOUND";
  };
  return {
    object: await batch({ k }),
    ...(typeof k === "boolean" ? {} : { alone: await batch(k) }),
    path: await path(),
    feast: await feast(),
    push: await pushed("/api/v1/push", (n) => ({ featureGroup: name, rows: [{ k, n, event_timestamp: AT }] })),
    "feast push": await pushed("/push", (n) => ({
      push_source_name: name,
      df: { k: [k], n: [n], event_timestamp: [AT] },
    })),
  };
}

describe("a key has one form at every door, and any other is an error", () => {
  test.each<[string, Value, "PRESENT" | "invalid_key"]>([
    ["INT64", 5, "PRESENT"],
    ["INT64", "5", "PRESENT"],
    ["INT64", LONG, "PRESENT"],
    ["INT64", "0", "PRESENT"],
    ["INT64", "5.0", "invalid_key"],
    ["INT64", "05", "invalid_key"],
    ["INT64", "+5", "invalid_key"],
    ["INT64", "-0", "invalid_key"],
    ["INT64", " 5", "invalid_key"],
    ["INT64", `${LONG}.0`, "invalid_key"],
    ["INT64", `0${LONG}`, "invalid_key"],
    ["INT64", 5.5, "invalid_key"],
    ["INT32", -7, "PRESENT"],
    ["INT32", "-7", "PRESENT"],
    ["INT32", "-07", "invalid_key"],
    ["INT32", "2147483648", "invalid_key"],
    ["STRING", "5", "PRESENT"],
    ["BOOL", true, "PRESENT"],
    ["DATE", "2026-01-02", "PRESENT"],
    ["DATE", "2026-01-02T00:00:00Z", "PRESENT"],
    ["DATE", "2026-01-02T01:00:00+01:00", "PRESENT"],
    ["DATE", "2026-01-02T00:00:00.0000001Z", "invalid_key"],
    ["DATE", "2026-01-02T08:00:00Z", "invalid_key"],
    ["TIMESTAMP", "2026-01-02T08:00:00.000001Z", "PRESENT"],
    ["TIMESTAMP", "2026-01-02T09:00:00.000001+01:00", "PRESENT"],
    ["TIMESTAMP", "2026-01-02T08:00:00.000001000Z", "PRESENT"],
    ["TIMESTAMP", "2026-01-02T08:00:00.0000015Z", "invalid_key"],
    ["TIMESTAMP", "2026-01-02T08:00:00.0000010001Z", "invalid_key"],
  ])("%s %j: %s", async (type, k, expected) => {
    const found = await doors(type, k);
    expect(found).toEqual(Object.fromEntries(Object.keys(found).map((door) => [door, expected])));
  });

  test("a number is none of a text", async () => {
    // In a path everything is a text.
    expect(await doors("STRING", 5)).toMatchObject({
      object: "invalid_key",
      feast: "invalid_key",
      push: "invalid_key",
      "feast push": "invalid_key",
    });
  });
});
