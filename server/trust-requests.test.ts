import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { countAllRows } from "@/lib/testing/runs";
import {
  expectProblem,
  makeSession,
  makeUser,
  type Received,
  type Sent,
  startTestServer,
  type TestServer,
} from "./test-server-fixture";

// The acceptance list of bad requests (A1 to A13), through a real HTTP server, as a signed-in engineer.

let ctx: TestContext;
let server: TestServer;
let engineer: string;
let cookie: string;

beforeAll(async () => {
  ctx = await makeContext();
  server = await startTestServer(ctx);
  engineer = await makeUser(ctx, { role: "engineer" });
  cookie = await makeSession(ctx, engineer);
});
afterAll(async () => {
  await server.close();
  await closeContexts();
});

const send = (sent: Sent): Promise<Received> => server.send({ cookie, ...sent });
const entity = (name: unknown, rest: object = {}): object => ({
  name,
  joinKeys: [{ name: "id", type: "STRING" }],
  ...rest,
});
const create = (body: unknown, headers: Record<string, string> = {}): Promise<Received> =>
  send({ path: "/api/v1/entities", body, headers });

/** Sends what must be refused; nothing may be written, and the server must be well afterwards. */
async function refused(sent: Sent, status: number, code: string): Promise<Received> {
  const before = await countAllRows(ctx.db);
  const answer = await send(sent);
  expectProblem(answer, status, code);
  expect(await countAllRows(ctx.db)).toEqual(before);
  expect((await server.send({ path: "/api/v1/health/live" })).status).toBe(200);
  return answer;
}
const json = { "content-type": "application/json" };

describe("A1 JSON that cannot be read", () => {
  test.each([
    ["broken", '{"name":'],
    ["not UTF-8", Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d])],
    ["a token JSON does not have", '{"name": NaN}'],
  ])("%s is malformed_json and is not echoed", async (_name, raw) => {
    const answer = await refused({ path: "/api/v1/entities", raw, headers: json }, 400, "malformed_json");
    expect(answer.text).not.toContain('{"name":');
  });

  test("of two equal keys the last counts, as documented", async () => {
    const answer = await send({
      path: "/api/v1/entities",
      raw: '{"name":"first_key","name":"last_key","joinKeys":[]}',
      headers: json,
    });
    expect(answer.status).toBe(201);
    expect(answer.json.name).toBe("last_key");
  });
});

describe("A2 other content types", () => {
  test.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""])(
    "%j is unsupported_media_type",
    async (type) => {
      const headers: Record<string, string> = type ? { "content-type": type } : {};
      await refused(
        { path: "/api/v1/entities", raw: JSON.stringify(entity("plain")), headers },
        415,
        "unsupported_media_type",
      );
    },
  );
});

describe("A3 bodies beyond all bounds", () => {
  test("11 MB is payload_too_large", async () => {
    const raw = JSON.stringify(entity("big", { description: "x".repeat(11 * 1024 * 1024) }));
    await refused({ path: "/api/v1/entities", raw, headers: json }, 413, "payload_too_large");
  });

  test("10,000 levels are too_deep", async () => {
    const raw = `{"name":${"[".repeat(10_000)}${"]".repeat(10_000)}}`;
    await refused({ path: "/api/v1/entities", raw, headers: json }, 400, "too_deep");
  });

  test("a Content-Length that promises more than allowed is refused before the body comes", async () => {
    const answer = await raw(
      `POST /api/v1/entities HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nCookie: larder_session=${cookie}\r\nOrigin: ${server.origin}\r\nContent-Type: application/json\r\nContent-Length: 999999999\r\n\r\n{`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain('"payload_too_large"');
  });

  test("chunks without end are payload_too_large", async () => {
    const chunk = `${(1024 * 1024).toString(16)}\r\n${" ".repeat(1024 * 1024)}\r\n`;
    const answer = await raw(
      `POST /api/v1/entities HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nCookie: larder_session=${cookie}\r\nOrigin: ${server.origin}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(11)}`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });

  /** What comes back until the server closes, or says all it will. */
  async function raw(text: string): Promise<string> {
    const socket = connect(server.port, "127.0.0.1");
    let answer = "";
    socket.on("data", (chunk) => {
      answer += chunk.toString();
      if (answer.includes("request_id")) socket.destroy();
    });
    // The server may hang up while the rest is still on its way.
    socket.on("error", () => undefined);
    socket.write(text);
    await once(socket, "close");
    return answer;
  }
});

describe("bodies of strangers", () => {
  test("are read no further than 16 KiB, and an object has 10,000 fields at most", async () => {
    const raw = `{${Array.from({ length: 2000 }, (_, i) => `"k${i}":"x"`).join()}}`;
    const answer = await server.send({ path: "/api/v1/auth/sign-in", raw, headers: json });
    expectProblem(answer, 413, "payload_too_large");
    const fields = `{${Array.from({ length: 10_001 }, (_, i) => `"k${i}":1`).join()}}`;
    await refused({ path: "/api/v1/entities", raw: fields, headers: json }, 413, "payload_too_large");
  });
});

describe("A4 fields that are not the caller's to set", () => {
  test.each([
    ["is_admin", true],
    ["projectId", "other"],
    ["createdAt", "2020-01-01"],
    ["revision", 9],
    ["id", "ent_1"],
  ])("%s is unknown_field", async (field, value) => {
    const answer = await refused(
      { path: "/api/v1/entities", body: entity("extra", { [field]: value }) },
      422,
      "unknown_field",
    );
    expect(answer.json.errors).toMatchObject([{ pointer: `/${field}` }]);
  });
});

describe("A5 prototype pollution", () => {
  test.each(['{"__proto__":{"polluted":1}}', '{"constructor":{"prototype":{"polluted":1}}}'])("%s", async (raw) => {
    const answer = await send({ path: "/api/v1/entities", raw, headers: json });
    expect(answer.status).toBe(422);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test("something called toString is a name like any other that breaks the rule", async () => {
    await refused({ path: "/api/v1/entities", body: entity("toString") }, 422, "invalid_name");
  });
});

describe("A6 operator objects", () => {
  test.each([
    { path: "/api/v1/auth/sign-in", body: { email: { contains: "" }, password: { not: "" } }, headers: {} },
    { path: "/api/v1/entities", body: { name: { not: "" }, joinKeys: "x" }, headers: {} },
  ])("in the body of $path is invalid_type", async (sent) => {
    await refused(sent, 422, "invalid_type");
  });

  test.each(["/api/v1/features?q[not]=x", "/api/v1/features?id[not]=x"])("%s is unknown_field", async (path) => {
    await refused({ path }, 422, "unknown_field");
  });

  test("a parameter given twice is invalid_parameter", async () => {
    await refused({ path: "/api/v1/features?owner=a&owner=b" }, 422, "invalid_parameter");
  });
});

describe("A7 names", () => {
  test.each([
    "",
    "x".repeat(1000),
    "../../etc/passwd",
    "a;DROP TABLE x",
    '"quoted"',
    "SELECT",
    "nul\u0000l",
    "\u202Ertl",
    "\u0430irport",
    "trailing ",
    "e\u0301t\u00e9",
    "_start",
    "1st",
  ])("%j is invalid_name", async (name) => {
    await refused({ path: "/api/v1/entities", body: entity(name) }, 422, "invalid_name");
  });

  test.each(["select", "order", "table", "user"])("%s is a name like any other", async (name) => {
    expect((await create(entity(name))).status).toBe(201);
  });
});

test.each(["nul\u0000l", "half \ud800"])("text that no database keeps is refused: %j", async (description) => {
  await refused({ path: "/api/v1/entities", body: entity("texts", { description }) }, 422, "validation_failed");
  await refused({ path: "/api/v1/features?q=%00" }, 422, "invalid_parameter");
});

test("A8 markup in words is kept as text and answered as JSON that no browser runs", async () => {
  const description = "<img src=x onerror=alert(1)> [x](javascript:alert(1)) <script>alert(1)</script> <!channel>";
  const made = await create(entity("markup", { description }));
  expect(made.status).toBe(201);
  const answer = await send({ path: "/api/v1/entities/markup" });
  expect(answer.json.description).toBe(description);
  expect(answer.headers["content-type"]).toBe("application/json");
  expect(answer.headers["x-content-type-options"]).toBe("nosniff");
});

describe("A9 paging and sorting", () => {
  test.each([
    "limit=0",
    "limit=-1",
    "limit=1000000000",
    "limit=abc",
    "limit=1.5",
    "cursor=forged",
    `cursor=${Buffer.from("o:99999999999999999999").toString("base64url")}`,
    "sort=password",
    "order=sideways",
  ])("%s is invalid_parameter", async (query) => {
    await refused({ path: `/api/v1/features?${query}` }, 422, "invalid_parameter");
  });
});

describe("A10 methods", () => {
  test.each([
    ["PATCH", "/api/v1/features"],
    ["DELETE", "/api/v1/entities"],
    ["PUT", "/api/v1/health"],
  ])("%s %s is method_not_allowed with Allow", async (method, path) => {
    const answer = await refused({ method, path }, 405, "method_not_allowed");
    expect(answer.headers.allow).toContain("GET");
  });

  test("TRACE is refused before anything looks at it", async () => {
    const answer = await send({ method: "TRACE", path: "/api/v1/features" });
    expect(answer.status).toBe(405);
    expect(answer.headers.allow).toContain("GET");
    expect(answer.text).not.toContain(cookie);
  });

  test("X-HTTP-Method-Override is ignored", async () => {
    await create(entity("kept"));
    const headers = { "x-http-method-override": "DELETE" };
    await send({ path: "/api/v1/entities/kept", headers });
    expect((await send({ path: "/api/v1/entities/kept" })).status).toBe(200);
  });
});

describe("A11 names that are taken", () => {
  test("an existing name is already_exists", async () => {
    await create(entity("taken"));
    await refused({ path: "/api/v1/entities", body: entity("taken") }, 409, "already_exists");
  });

  test("of twenty creations of one name at once, one is made", async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => create(entity("contested"))));
    expect(answers.filter((answer) => answer.status === 201)).toHaveLength(1);
    for (const answer of answers.filter((each) => each.status !== 201)) expectProblem(answer, 409, "already_exists");
  });
});

describe("A12 changes of something that has changed", () => {
  test("a stale If-Match is version_mismatch with the current revision; none is precondition_required", async () => {
    await create(entity("moving"));
    const path = "/api/v1/entities/moving";
    const change = (description: string, headers: Record<string, string>): Sent => ({
      method: "PUT",
      path,
      body: entity("moving", { description }),
      headers,
    });
    const read = await send({ path: `${path}/definition` });
    const etag = String(read.headers.etag);
    expect(etag).toMatch(/^"\d+"$/);
    const changed = await send(change("first", { "if-match": etag }));
    expect(changed.status).toBe(200);
    expect(changed.headers.etag).not.toBe(etag);
    const stale = await refused(change("second", { "if-match": etag }), 412, "version_mismatch");
    expect(stale.text).toContain(String(changed.headers.etag).replaceAll('"', ""));
    await refused(change("third", {}), 428, "precondition_required");
    await refused(change("fourth", { "if-match": "*" }), 422, "invalid_parameter");
    expect((await send({ path })).json.description).toBe("first");
  });
});

describe("A13 idempotency keys", () => {
  const withKey = (key: string, body: object): Promise<Received> => create(body, { "idempotency-key": key });

  test("the same key and body get the first answer; another body is idempotency_key_reused", async () => {
    const first = await withKey("k1", entity("once"));
    expect(first.status).toBe(201);
    const again = await withKey("k1", entity("once"));
    expect(again.status).toBe(201);
    expect(again.json).toEqual(first.json);
    expect(again.headers["idempotent-replayed"]).toBe("true");
    expectProblem(await withKey("k1", entity("twice")), 422, "idempotency_key_reused");
  });

  test("two at once: one is made, the other waits its turn or gets the first answer", async () => {
    const answers = await Promise.all([withKey("k2", entity("parallel")), withKey("k2", entity("parallel"))]);
    for (const answer of answers) if (answer.status !== 201) expectProblem(answer, 409, "idempotency_in_progress");
    expect(answers.some((answer) => answer.status === 201)).toBe(true);
    expect(await ctx.db.entity.count({ where: { name: "parallel" } })).toBe(1);
  });

  test("a key of 1,000 characters is invalid_parameter", async () => {
    expectProblem(await withKey("k".repeat(1000), entity("long_key")), 422, "invalid_parameter");
  });

  test("after 24 hours a key is new", async () => {
    await withKey("k3", entity("daily"));
    ctx.clock.advance(24 * 3600 + 1);
    // So long after its last use the session is over too.
    expectProblem(await withKey("k3", entity("daily")), 401, "unauthenticated");
    cookie = await makeSession(ctx, engineer);
    expectProblem(await withKey("k3", entity("daily")), 409, "already_exists");
  });

  test("a key is its sender's own", async () => {
    const body = entity("mine");
    await withKey("k4", body);
    const other = await makeSession(ctx, await makeUser(ctx, { role: "engineer" }));
    const answer = await server.send({
      path: "/api/v1/entities",
      body,
      cookie: other,
      headers: { "idempotency-key": "k4" },
    });
    expectProblem(answer, 409, "already_exists");
  });
});
