import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createToken } from "@/lib/access/create-token";
import { CreateToken } from "@/lib/access/schema";
import type { Value } from "@/lib/kernel/values";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, entity, group, inNewProject } from "@/lib/testing/definitions";
import { person } from "@/lib/testing/people";
import { testApp } from "../test-app";
import { type PlaneReply, startPlane, type TestPlane } from "./plane-fixture";

let ctx: TestContext;
let plane: TestPlane;
/** While it is set, whoever asks the database gets an error. */
let isDatabaseGone = false;

beforeAll(async () => {
  const made = await inNewProject(await makeContext());
  ctx = {
    ...made,
    db: new Proxy(made.db, {
      get: (db, name) => {
        if (isDatabaseGone) throw new Error(`the database was asked: ${String(name)}`);
        return Reflect.get(db, name);
      },
    }),
  };
  await apply(
    ctx,
    entity("person", { person: "INT64" }),
    group("clicks", { entity: "person", features: { n: "INT64", word: "STRING" } }),
  );
  const admin = await person(ctx, "Ada", "admin");
  const scopes = ["online:read", "online:write", "rows:write"];
  const { secret } = await createToken(admin, CreateToken.parse({ name: "test", scopes }));
  plane = await startPlane(ctx, { token: secret });
  // The first push makes the table.
  expect((await push([row(0, 0)])).status).toBe(200);
  await plane.plane.refresh();
});
afterAll(async () => {
  isDatabaseGone = false;
  await plane.stop();
  await closeContexts();
});

const row = (person: Value, n: Value, second = 1) => ({
  person,
  event_timestamp: `2026-01-10T00:00:${String(second).padStart(2, "0")}Z`,
  n,
});
const push = (rows: unknown, more: object = {}, headers: Record<string, string> = {}): Promise<PlaneReply> =>
  plane.send("/api/v1/push", { body: { featureGroup: "clicks", rows, ...more }, headers });
const servedOf = async (person: number): Promise<unknown> => {
  const body = { entity_id: person, features: ["clicks:n"], answer: "values" };
  return (await plane.send("/api/v1/features/batch", { body })).json.features;
};

describe("push on the data plane", () => {
  test("online, it asks the online store and nothing else", async () => {
    isDatabaseGone = true;
    try {
      const reply = await push([row(1, 1), row(2, "9007199254740993")]);
      expect([reply.status, reply.json]).toEqual([200, { accepted: 2, written: 2, warnings: [] }]);
      expect(await servedOf(2)).toEqual({ "clicks:n": "9007199254740993" });
      expect((await push([row(1, "x")])).status).toBe(422);
    } finally {
      isDatabaseGone = false;
    }
  });

  test("both: a commit whose rows are readable at once", async () => {
    const reply = await push([row(3, 3)], { to: "online_and_offline" });
    expect(reply.json).toMatchObject({ accepted: 1, written: 1, commit: { sequence: 1 } });
    expect(await servedOf(3)).toEqual({ "clicks:n": 3 });
  });

  test("a key: the first answer again, on either port, and nothing is put twice", async () => {
    const app = testApp(ctx);
    const headers = { "idempotency-key": "k1" };
    const first = await push([row(4, 1)], {}, headers);
    await push([row(4, 2)]);
    const again = await push([row(4, 1)], {}, headers);
    expect([again.text, again.headers.get("idempotent-replayed")]).toEqual([first.text, "true"]);
    expect(await servedOf(4)).toEqual({ "clicks:n": 2 });
    const other = await push([row(4, 5)], {}, headers);
    expect([other.status, other.json.code]).toEqual([422, "idempotency_key_reused"]);

    const body = { featureGroup: "clicks", rows: [row(5, 1)], to: "online_and_offline" };
    const sent = { body, headers: { "idempotency-key": "k2" } };
    const made = await app.send("/push", sent);
    expect([made.status, made.json]).toMatchObject([200, { accepted: 1, written: 1, commit: { rowCount: 1 } }]);
    const replayed = await app.send("/push", sent);
    expect([replayed.json, replayed.headers.get("idempotent-replayed")]).toEqual([made.json, "true"]);
    expect(await servedOf(5)).toEqual({ "clicks:n": 1 });
  });

  test("a commit whose answer was lost is not made again", async () => {
    const app = testApp(ctx);
    const body = { featureGroup: "clicks", rows: [row(6, 1)], to: "offline" };
    const made = await app.send("/push", { body, headers: { "idempotency-key": "k3" } });
    // As when the process died between the commit and its answer.
    await ctx.db.idempotencyKey.deleteMany({ where: { key: "k3" } });
    const again = await app.send("/push", { body, headers: { "idempotency-key": "k3" } });
    expect(again.json.commit).toEqual(made.json.commit);
  });

  test.each<[string, unknown, number, string]>([
    ["no body", undefined, 422, "validation_failed"],
    ["no rows", { featureGroup: "clicks", rows: [] }, 422, "validation_failed"],
    ["rows that are none", { featureGroup: "clicks", rows: [1] }, 422, "invalid_type"],
    ["an unknown field", { featureGroup: "clicks", rows: [row(1, 1)], more: 1 }, 422, "unknown_field"],
    ["another mode", { featureGroup: "clicks", rows: [row(1, 1)], to: "nowhere" }, 422, "validation_failed"],
    ["an unknown group", { featureGroup: "nobody", rows: [row(1, 1)] }, 404, "feature_group_not_found"],
    ["an unknown column", { featureGroup: "clicks", rows: [{ ...row(1, 1), more: 1 }] }, 422, "schema_mismatch"],
    ["a bad row", { featureGroup: "clicks", rows: [row(1, 1), row(null, 1)] }, 422, "null_key"],
    [
      "too many rows",
      { featureGroup: "clicks", rows: Array.from({ length: 10_001 }, () => row(1, 1)) },
      422,
      "row_limit_exceeded",
    ],
  ])("%s is refused on both ports alike", async (_, body, status, code) => {
    const app = testApp(ctx);
    const ours = await plane.send("/api/v1/push", { method: "POST", body });
    const theirs = await app.send("/push", { method: "POST", body });
    expect([ours.status, ours.json.code]).toEqual([status, code]);
    expect([theirs.status, theirs.json.code]).toEqual([status, code]);
    if (body !== undefined) expect(ours.json.errors).toEqual(theirs.json.errors);
  });
});
