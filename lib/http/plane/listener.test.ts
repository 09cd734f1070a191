import { connect } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { createToken } from "@/lib/access/create-token";
import { revokeToken } from "@/lib/access/revoke-token";
import { CreateToken } from "@/lib/access/schema";
import { encodeRow, rowSchema } from "@/lib/compute/online-row";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { apply, csvSource, entity, group, inNewProject, view } from "@/lib/testing/definitions";
import { person, serviceAccount } from "@/lib/testing/people";
import { refresh } from "@/lib/testing/runs";
import { testApp } from "../test-app";
import { slowStore, startPlane, type TestPlane } from "./plane-fixture";

const BATCH = "/api/v1/features/batch";
const ROWS = [
  "driver,event_timestamp,trips,rating,note",
  "1,2026-01-15 11:30:00,10,4.5,é\u{1F600}",
  "2,2026-01-15 11:00:00,20,,x",
  "3,2026-01-15 10:00:00,30,3.5,y",
].join("\n");

/** Features of a group that is too wide to be read for everybody at once. */
const WIDE = Array.from({ length: 60 }, (_, i) => `wide_${i}`);

let ctx: TestContext;
let admin: TestContext;
let token: string;
const planes: TestPlane[] = [];

async function plane(options: Parameters<typeof startPlane>[1] = {}): Promise<TestPlane> {
  const started = await startPlane(ctx, { token, ...options });
  planes.push(started);
  return started;
}

async function tokenOf(who: TestContext, scopes: string[] = ["online:read"]): Promise<{ id: string; secret: string }> {
  const made = await createToken(who, CreateToken.parse({ name: "test", scopes }));
  return { id: made.token.id, secret: made.secret };
}

beforeAll(async () => {
  ctx = await inNewProject(await makeContext());
  admin = await person(ctx, "Ada", "admin");
  await apply(
    ctx,
    entity("driver", { driver: "INT64" }),
    entity("route", { origin: "STRING", destination: "STRING" }),
    await csvSource(ctx, "rows", ROWS),
    await csvSource(ctx, "routes_rows", "origin,destination,event_timestamp,delay\nATL,LAX,2026-01-01,7\n"),
    group("stats", {
      entity: "driver",
      ttl: "1h",
      sql: "SELECT driver, event_timestamp, trips, rating, note FROM rows",
      features: { trips: "INT64", rating: "FLOAT64", note: { type: "STRING", default: "none", status: "ACTIVE" } },
    }),
    group("routes", {
      entity: "route",
      sql: "SELECT origin, destination, event_timestamp, delay FROM routes_rows",
      features: { delay: "INT64" },
    }),
    group("wide", {
      entity: "driver",
      sql: `SELECT driver, event_timestamp, ${WIDE.map((name) => `trips AS ${name}`).join(", ")} FROM rows`,
      features: Object.fromEntries(WIDE.map((name) => [name, "INT64"])),
    }),
    view("all_stats", [{ group: "stats", features: ["trips", "note"] }]),
  );
  await refresh(ctx, ["stats", "routes"]);
  token = (await tokenOf(admin)).secret;
});
afterEach(async () => {
  for (const started of planes.splice(0)) await started.stop();
});
afterAll(closeContexts);

describe("answers what the main port answers", () => {
  test.each<[string, unknown]>([
    ["one entity", { entity_id: 1, features: ["stats:trips", "rating", "note"] }],
    ["several, in order, twice, unknown", { entity_ids: [3, 1, 9, 3, "2"], features: ["note", "trips"] }],
    ["a view", { entity_ids: [1, 2], view: "all_stats" }],
    ["composite keys", { entity_ids: [{ origin: "ATL", destination: "LAX" }, "ATL|LAX"], features: ["delay"] }],
    ["values alone", { entity_ids: [1, 2, 9], features: ["trips", "rating"], answer: "values" }],
    ["no values", { entity_ids: [1, 2, 9], features: ["trips", "rating"], answer: "statuses" }],
    ["what is too old, too", { entity_ids: [1, 3], features: ["trips"], include_expired: true }],
    ["defaults", { entity_ids: [1, 3, 9], features: ["note", "trips"], fill_defaults: true }],
    ["an override for all", { entity_ids: [1, 9], features: ["trips", "note"], overrides: { trips: 5 } }],
    ["overrides one by one", { entity_ids: [1, 9], features: ["trips"], overrides: [{}, { trips: null }] }],
    ["too many overrides", { entity_ids: [1], features: ["trips"], overrides: [{}, {}] }],
    ["an override of another type", { entity_ids: [1], features: ["trips"], overrides: { trips: "many" } }],
    ["an override of what is not asked for", { entity_ids: [1], features: ["trips"], overrides: { note: "x" } }],
    ["no entities", { entity_ids: [], features: ["trips"] }],
    ["10,001 entities", { entity_ids: Array.from({ length: 10_001 }, () => 1), features: ["trips"] }],
    ["an unknown feature", { entity_id: 1, features: ["trips", "nothing"] }],
    ["an unknown view", { entity_id: 1, view: "nothing" }],
    ["a key of another type", { entity_ids: [1, "ATL"], features: ["trips"] }],
    ["a null key", { entity_id: { driver: null }, features: ["trips"] }],
    ["features and a view", { entity_id: 1, features: ["trips"], view: "all_stats" }],
    ["neither", { entity_id: 1 }],
    ["an unknown field", { entity_id: 1, features: ["trips"], more: 1 }],
    ["no object", []],
  ])("%s", async (_name, body) => {
    const { send } = await plane();
    const here = await send(BATCH, { body });
    const there = await testApp(ctx).send("/features/batch", { body });
    expect(here.status, here.text).toBe(there.status);
    expect(here.headers.get("content-type")).toBe(there.headers.get("content-type"));
    const { request_id: _one, ...answer } = here.json;
    const { request_id: _other, ...expected } = there.json;
    expect(answer).toEqual(expected);
  });

  test.each([
    ["/features/stats:note/entity/1"],
    ["/features/delay/entity/ATL|LAX"],
    ["/features/trips/entity/9"],
    ["/features/trips/entity/x"],
    ["/features/nothing/entity/1"],
  ])("%s", async (path) => {
    const { send } = await plane();
    const here = await send(`/api/v1${path}`);
    const there = await testApp(ctx).send(path);
    const { request_id: _one, ...answer } = here.json;
    const { request_id: _other, ...expected } = there.json;
    expect([here.status, answer]).toEqual([there.status, expected]);
  });

  test("100 entities with many features, as bytes", async () => {
    const { send } = await plane();
    const body = { entity_ids: Array.from({ length: 500 }, (_, id) => id % 5), features: ["note", "trips", "rating"] };
    const here = await send(BATCH, { body });
    expect(here.json).toEqual((await testApp(ctx).send("/features/batch", { body })).json);
    expect(Number(here.headers.get("content-length"))).toBe(here.text.length);
  });
});

describe("who asks", () => {
  const body = { entity_id: 1, features: ["trips"] };

  test("nobody, and somebody with a token that is none", async () => {
    const { send } = await plane({ token: "" });
    const other = token.slice(0, -1) + (token.endsWith("x") ? "y" : "x");
    for (const authorization of ["", "Basic eDp5", "Bearer", "Bearer nonsense", `Bearer ${other}`]) {
      const answer = await send(BATCH, { body, headers: authorization ? { authorization } : {} });
      expect([answer.status, answer.json.code]).toEqual([401, "unauthenticated"]);
      expect(answer.headers.get("www-authenticate")).toBe("Bearer");
    }
  });

  test("a token that was made a moment ago works at once; one that was revoked is out within half a second", async () => {
    const { send } = await plane();
    const fresh = await tokenOf(admin);
    const headers = { authorization: `Bearer ${fresh.secret}` };
    expect((await send(BATCH, { body, headers })).status).toBe(200);
    await revokeToken(admin, { id: fresh.id });
    await wait(500);
    expect((await send(BATCH, { body, headers })).status).toBe(401);
    const denied = await ctx.db.auditEvent.findFirst({ where: { tokenId: fresh.id, action: "token.use" } });
    expect(denied?.outcome).toBe("denied");
  });

  test("a token that expires is out by the clock, without any change", async () => {
    const { send } = await plane();
    const short = await tokenOf(admin);
    const headers = { authorization: `Bearer ${short.secret}` };
    expect((await send(BATCH, { body, headers })).status).toBe(200);
    const before = ctx.clock.now().toISOString();
    ctx.clock.advance(91 * 24 * 3600);
    expect((await send(BATCH, { body, headers })).status).toBe(401);
    ctx.clock.set(before);
  });

  test("a member who is removed takes their tokens along; a disabled service account too", async () => {
    const { send } = await plane();
    const leaver = await person(ctx, "Leo", "engineer");
    const robot = await serviceAccount(ctx, "viewer", admin);
    const made = await createToken(
      admin,
      CreateToken.parse({ name: "r", scopes: ["online:read"], serviceAccountId: robot.actor.id }),
    );
    const ofLeaver = { authorization: `Bearer ${(await tokenOf(leaver)).secret}` };
    const ofRobot = { authorization: `Bearer ${made.secret}` };
    expect((await send(BATCH, { body, headers: ofLeaver })).status).toBe(200);
    expect((await send(BATCH, { body, headers: ofRobot })).status).toBe(200);
    const { removeMember } = await import("@/lib/access/remove-member");
    const { updateServiceAccount } = await import("@/lib/access/update-service-account");
    await removeMember(admin, { userId: leaver.actor.id });
    await updateServiceAccount(admin, { id: robot.actor.id, disabled: true });
    await wait(500);
    expect((await send(BATCH, { body, headers: ofLeaver })).status).toBe(401);
    expect((await send(BATCH, { body, headers: ofRobot })).status).toBe(401);
  });

  test("a token without the scope is refused, and the audit log has it", async () => {
    const { send } = await plane();
    const narrow = await tokenOf(admin, ["catalog:read"]);
    const answer = await send(BATCH, { body, headers: { authorization: `Bearer ${narrow.secret}` } });
    expect([answer.status, answer.json.code]).toEqual([403, "insufficient_scope"]);
    const event = await ctx.db.auditEvent.findFirst({ where: { tokenId: narrow.id, action: "online.read" } });
    expect(event?.outcome).toBe("denied");
  });

  test("a token reaches its own project only", async () => {
    const { send } = await plane();
    const other = await inNewProject(ctx);
    const answer = await send(`${BATCH}?project=${other.project.name}`, { body });
    expect([answer.status, answer.json.code]).toEqual([404, "project_not_found"]);
    const own = await send(BATCH, { body, headers: { "x-larder-project": ctx.project.name } });
    expect(own.status).toBe(200);
  });

  test("a demonstration needs no token, and answers this machine only", async () => {
    const { send } = await plane({ demo: true, token: "" });
    const path = `${BATCH}?project=${ctx.project.name}`;
    expect((await send(path, { body })).status).toBe(200);
    expect((await send(path, { body, headers: { origin: "https://evil.example" } })).json.code).toBe("csrf_rejected");
    expect((await send(path, { body, headers: { "x-forwarded-for": "1.2.3.4" } })).json.code).toBe("csrf_rejected");
  });
});

describe("definitions", () => {
  test("a change is seen within a second, and no request sees half of it", async () => {
    const { send } = await plane();
    const shapes = new Set<string>();
    let going = true;
    const readers = Array.from({ length: 4 }, async () => {
      while (going) {
        const { json } = await send(BATCH, { body: { entity_ids: [1, 2], view: "all_stats" } });
        const { results } = json as { results: { features: object }[] };
        for (const { features } of results) shapes.add(Object.keys(features).join());
      }
    });
    for (const features of [["rating", "trips"], ["note"], ["trips", "note"]]) {
      await apply(ctx, view("all_stats", [{ group: "stats", features }]));
      const before = performance.now();
      let seen = "";
      while (seen !== features.join() && performance.now() - before < 3000) {
        const { json } = await send(BATCH, { body: { entity_id: 1, view: "all_stats" } });
        seen = Object.keys(json.features as object).join();
      }
      expect(seen).toBe(features.join());
    }
    going = false;
    await Promise.all(readers);
    expect([...shapes].sort()).toEqual(["note", "rating,trips", "trips,note"]);
  });

  test.each([
    ["ahead of history", 99, "online_ahead"],
    ["lost by the store", null, "dependency_unavailable"],
  ])("a table that is %s is not read", async (_name, mark, code) => {
    const { onlineTable } = await ctx.db.materialization.findFirstOrThrow({
      where: { group: { projectId: ctx.project.id, name: "stats" } },
    });
    const [before] = await ctx.online.getMany("larder.marks", [[onlineTable]]);
    const order = { eventTime: "1970-01-01T00:00:00.000000Z", createdTime: null, rowNumber: 0 };
    if (mark === null) await ctx.online.deleteMany("larder.marks", [[onlineTable]]);
    else
      await ctx.online.putMany("larder.marks", [
        { key: [onlineTable], row: encodeRow(rowSchema([]), { ...order, commitSequence: mark }, []) },
      ]);
    const { send } = await plane();
    const answer = await send(BATCH, { body: { entity_id: 1, features: ["trips"] } });
    expect([answer.status, answer.json.code]).toEqual([503, code]);
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    const route = await send(BATCH, { body: { entity_id: "ATL|LAX", features: ["delay"] } });
    expect(route.status, "other groups are read").toBe(200);
    await ctx.online.deleteMany("larder.marks", [[onlineTable]]);
    await ctx.online.putMany("larder.marks", [{ key: [onlineTable], row: before ?? "" }]);
  });
});

test("a table that is gone is no unknown key: whoever still reads there is told to come again", async () => {
  const { send } = await plane();
  const { onlineTable } = await ctx.db.materialization.findFirstOrThrow({
    where: { group: { projectId: ctx.project.id, name: "stats" } },
  });
  const [mark] = await ctx.online.getMany("larder.marks", [[onlineTable]]);
  const body = { entity_ids: [1, 99], features: ["trips"] };
  expect((await send(BATCH, { body })).status).toBe(200);
  await ctx.online.deleteMany("larder.marks", [[onlineTable]]);
  const answer = await send(BATCH, { body });
  expect([answer.status, answer.json.code]).toEqual([503, "dependency_unavailable"]);
  await ctx.online.putMany("larder.marks", [{ key: [onlineTable], row: mark ?? "" }]);
  expect((await send(BATCH, { body })).status).toBe(200);
});

describe("requests that are none", () => {
  test.each([
    [
      "native",
      BATCH,
      { entity_ids: Array.from({ length: 10_000 }, () => 1), features: WIDE.map((name) => `wide:${name}`) },
    ],
    [
      "Feast",
      "/get-online-features",
      { entities: { driver: Array.from({ length: 10_000 }, () => 1) }, features: WIDE.map((name) => `wide:${name}`) },
    ],
  ])("a product of entities and features that nobody can answer in one turn: %s", async (_name, path, body) => {
    const { send } = await plane();
    const answer = await send(path, { body });
    expect(answer.status, answer.text.slice(0, 200)).toBe(413);
  });

  test("senders that hang up while their token is looked for give their place back", async () => {
    const { send, url } = await plane({ maxInFlight: 4, online: slowStore(ctx.online, 20) });
    const port = Number(new URL(url).port);
    for (let i = 0; i < 12; i++) {
      const fresh = (await tokenOf(admin)).secret;
      const socket = connect(port, "127.0.0.1");
      await new Promise((done) => socket.once("connect", done));
      socket.write(
        `POST ${BATCH} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${fresh}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{`,
      );
      await wait(3);
      socket.destroy();
      await wait(20);
    }
    await wait(300);
    const body = { entity_id: 1, features: ["trips"] };
    const answers = await Promise.all(Array.from({ length: 4 }, () => send(BATCH, { body })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  });

  test.each([
    ["GET", BATCH, 405],
    ["DELETE", "/api/v1/features/trips/entity/1", 405],
    ["GET", "/", 404],
    ["GET", "/api/v1/projects", 404],
    ["POST", "/api/v1/features/batch/", 404],
    ["GET", "/api/v1/features/%ff/entity/1", 422],
  ])("%s %s", async (method, path, status) => {
    const { send } = await plane();
    const answer = await send(path, { method });
    expect(answer.status, answer.text).toBe(status);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    if (status === 405) expect(answer.headers.get("allow")).toBeTruthy();
  });

  test("clients that hang up, in the middle of a body and before the answer, harm nobody", async () => {
    const slow = slowStore(ctx.online, 50);
    const { send, url } = await plane({ online: slow });
    const port = Number(new URL(url).port);
    const text = JSON.stringify({ entity_id: 1, features: ["trips"] });
    const head = `POST ${BATCH} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: `;
    for (let i = 0; i < 50; i++) {
      const socket = connect(port, "127.0.0.1");
      await new Promise((done) => socket.once("connect", done));
      socket.write(i % 2 === 0 ? `${head}${text.length}\r\n\r\n${text}` : `${head}1000\r\n\r\n${text}`);
      await wait(5);
      socket.destroy();
    }
    await wait(100);
    const answer = await send(BATCH, { body: { entity_id: 1, features: ["trips"] } });
    expect(answer.status).toBe(200);
  });

  test("more at once than can be worked on: turned away at once, with when to come again", async () => {
    const { send } = await plane({ online: slowStore(ctx.online, 200), maxInFlight: 3 });
    const body = { entity_id: 1, features: ["trips"] };
    const answers = await Promise.all(Array.from({ length: 10 }, () => send(BATCH, { body })));
    const refused = answers.filter(({ status }) => status === 503);
    expect(refused).toHaveLength(7);
    for (const { json, headers } of refused) {
      expect(json.code).toBe("overloaded");
      expect(headers.get("retry-after")).toBe("1");
    }
    expect((await send(BATCH, { body })).status).toBe(200);
  });
});

describe("health", () => {
  test("alive and ready; a process that is about to end is alive, not ready, and closes its connections", async () => {
    const { send, end } = await plane({ token: "" });
    expect((await send("/api/v1/health/live")).status).toBe(200);
    expect((await send("/api/v1/health/ready")).json.status).toBe("up");
    expect((await send("/health")).status).toBe(200);
    end();
    expect((await send("/api/v1/health/live")).status).toBe(200);
    const ready = await send("/api/v1/health/ready");
    expect([ready.status, ready.headers.get("retry-after")]).toEqual([503, "2"]);
    expect((await send("/health")).status).toBe(503);
    expect(ready.headers.get("connection")).toBe("close");
  });
});
