import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { countAllRows } from "@/lib/testing/runs";
import { expectProblem, type Received, testApp } from "./test-app";
import { TEST_FILES } from "./test-catalog";

let ctx: TestContext;
let app: ReturnType<typeof testApp>;

beforeAll(async () => {
  ctx = await makeContext();
  app = testApp(ctx);
  await app.send("/definitions/apply", { body: { files: TEST_FILES } });
});
afterAll(closeContexts);

const SQL = "SELECT 'ATL' AS airport, TIMESTAMPTZ '2026-01-01 00:00:00Z' AS event_timestamp, 1 AS n";
/** One body for each kind, that can be registered as it stands. */
const BODIES: [string, Record<string, unknown>][] = [
  ["entities", { name: "gate", joinKeys: [{ name: "gate", type: "STRING" }] }],
  ["sources", { name: "seven", sql: "SELECT 7 AS n" }],
  ["feature-groups", { name: "gates", entity: "airport", sql: SQL, features: [{ name: "n", type: "INT32" }] }],
  ["feature-views", { name: "look", joins: [{ group: "traffic", features: ["departures"] }] }],
  ["consumers", { name: "board", type: "dashboard", views: ["delay_v1"], features: ["traffic:departures"] }],
];
const put = (path: string, body: unknown, ifMatch?: string): Promise<Received> =>
  app.send(path, { method: "PUT", body, headers: ifMatch === undefined ? {} : { "if-match": ifMatch } });
const patch = (path: string, body: unknown, ifMatch?: string): Promise<Received> =>
  app.send(path, { method: "PATCH", body, headers: ifMatch === undefined ? {} : { "if-match": ifMatch } });
/** What GET answers as it can be sent back: without the kind, which the path says. */
const definitionOf = ({ json }: Received): Record<string, unknown> => {
  const { kind: _kind, ...rest } = json.definition as Record<string, unknown>;
  return rest;
};

describe.each(BODIES)("%s", (plural, body) => {
  const path = `/${plural}/${body.name}`;

  test("planned, registered once, read, changed, read back, and gone", async () => {
    const planned = await app.send(`/${plural}/plan`, { body });
    expect([planned.status, planned.json.action]).toEqual([200, "create"]);
    expect((await app.send(`${path}/definition`)).status).toBe(404);

    const created = await app.send(`/${plural}`, { body });
    expect(created.status).toBe(201);
    expect(created.headers.get("location")).toBe(`/api/v1${path}`);
    expect(created.headers.get("etag")).toBe('"1"');
    expectProblem(await app.send(`/${plural}`, { body }), 409, "already_exists");
    expect((await app.send(path)).json).toMatchObject({ name: body.name });

    const read = await app.send(`${path}/definition`);
    expect(read.headers.get("etag")).toBe('"1"');
    expect(read.json).toEqual(created.json);
    const better = { ...definitionOf(read), description: "Better." };
    const changed = await put(path, better, read.headers.get("etag") ?? "");
    expect([changed.status, changed.headers.get("etag")]).toEqual([200, '"2"']);
    expect(changed.json).toMatchObject({ revision: 2, version: 1, definition: { description: "Better." } });

    const stale = await put(path, { ...better, description: "Mine." }, '"1"');
    expectProblem(stale, 412, "version_mismatch");
    expect(stale.json.errors).toEqual([{ code: "current_revision", detail: "2" }]);
    expectProblem(await put(path, better), 428, "precondition_required");
    expectProblem(await put(path, better, "W/x"), 422, "invalid_parameter");

    const { items } = (await app.send(`${path}/revisions`)).json as { items: Record<string, unknown>[] };
    expect(items.map(({ revision, grade }) => [revision, grade])).toEqual([
      [2, "METADATA"],
      [1, null],
    ]);
    expect((await app.send(path, { method: "DELETE" })).json).toEqual({ done: true });
    const code = `${plural === "entities" ? "entity" : plural.slice(0, -1).replace("-", "_")}_not_found`;
    for (const gone of [path, `${path}/definition`, `${path}/revisions`])
      expectProblem(await app.send(gone), 404, code);
    expectProblem(await app.send(path, { method: "DELETE" }), 404, code);
    expectProblem(await put(path, better, '"2"'), 404, code);
  });

  test("what a body may not say is refused, and nothing is written", async () => {
    const before = await countAllRows(ctx.db);
    for (const field of ["kind", "status", "projectId", "expectedRevision", "isAdmin"]) {
      const wrong = { ...body, [field]: "x" };
      for (const to of [`/${plural}`, `/${plural}/plan`])
        expectProblem(await app.send(to, { body: wrong }), 422, "unknown_field");
      expectProblem(await put(path, wrong, '"1"'), 422, "unknown_field");
    }
    const { name: _name, ...nameless } = body;
    expectProblem(await put(path, { ...nameless, name: "other" }, '"1"'), 422, "unknown_field");
    expectProblem(await app.send(`/${plural}`, { body: nameless }), 422, "validation_failed");
    expectProblem(await app.send(`/${plural}`, { body: { ...body, name: { not: "" } } }), 422, "invalid_type");
    expectProblem(await app.send(`/${plural}`, { body: { ...body, tags: ["No Tag"] } }), 422, "validation_failed");
    expect(await countAllRows(ctx.db)).toEqual(before);
  });
});

describe("feature groups", () => {
  test("features begin as DRAFT; a status in the body is refused with its pointer", async () => {
    const features = [{ name: "n", type: "INT32", status: "ACTIVE" }];
    const body = { name: "bold", entity: "airport", sql: SQL, features };
    const answer = await app.send("/feature-groups", { body });
    expectProblem(answer, 422, "unknown_field");
    expect(answer.json.errors).toMatchObject([{ pointer: "/features/0/status" }]);
    await app.send("/feature-groups", { body: { ...body, features: [{ name: "n", type: "INT32" }] } });
    expect((await app.send("/features/bold:n")).json).toMatchObject({ status: "DRAFT" });
  });

  test("a wrong definition is 422 definition_invalid with JSON pointers", async () => {
    const body = { name: "wrong", entity: "nobody", sql: SQL, features: [{ name: "n", type: "INT32" }] };
    const unknown = await app.send("/feature-groups", { body });
    expectProblem(unknown, 422, "definition_invalid");
    expect(unknown.json.errors).toMatchObject([{ code: "entity_not_found", pointer: "/entity" }]);
    const typed = await app.send("/feature-groups", { body: { ...body, features: [{ name: "n", type: "INT99" }] } });
    expectProblem(typed, 422, "validation_failed");
    expect(typed.json.errors).toMatchObject([{ pointer: "/features/0/type" }]);
    for (const sql of ["DROP TABLE x", "SELECT 1; SELECT 2", "SELEC 1", "SELECT * FROM read_text('/etc/passwd')"]) {
      const answer = await app.send("/feature-groups", { body: { ...body, entity: "airport", sql } });
      expectProblem(answer, 422, "definition_invalid");
      expect(answer.json.errors).toMatchObject([{ pointer: "/sql" }]);
      expect(answer.text).not.toContain("root:");
    }
  });

  test("what something reads is not deleted: 409 in_use names it", async () => {
    const answer = await app.send("/feature-groups/traffic", { method: "DELETE" });
    expectProblem(answer, 409, "in_use");
    expect(answer.json.detail).toContain("feature view delay_v1");
    expect((await app.send("/feature-groups/traffic")).status).toBe(200);
  });

  test("a plan names what it hits", async () => {
    const read = await app.send("/feature-groups/traffic/definition");
    const { json } = await app.send("/feature-groups/plan", { body: { ...definitionOf(read), ttl: "7d" } });
    expect(json).toMatchObject({
      action: "change",
      grade: "NON_BREAKING",
      downstream: [{ id: "feature_view:delay_v1" }],
    });
  });
});

describe("PATCH /features/{reference}", () => {
  test("describes one feature under the ETag of its group", async () => {
    const before = await app.send("/feature-groups/traffic/definition");
    const etag = before.headers.get("etag") ?? "";
    const path = "/features/traffic:remark";
    const changed = await patch(path, { description: "What was noted.", owner: "ops", unit: null }, etag);
    expect(changed.status).toBe(200);
    expect(changed.json).toMatchObject({ kind: "feature_group", name: "traffic", revision: 2 });
    expect((await app.send(path)).json).toMatchObject({ description: "What was noted.", owner: "ops", unit: null });
    expectProblem(await patch(path, { description: "x" }, etag), 412, "version_mismatch");
    expectProblem(await patch(path, { description: "x" }), 428, "precondition_required");
    const now = changed.headers.get("etag") ?? "";
    expectProblem(await patch("/features/traffic:nope", { description: "x" }, now), 404, "feature_not_found");
    for (const field of ["status", "name", "type", "createdBy"])
      expectProblem(await patch(path, { [field]: "x" }, now), 422, "unknown_field");
    expectProblem(await patch(path, { sensitivity: "secret" }, now), 422, "validation_failed");
    expectProblem(await patch(path, { tags: "volume" }, now), 422, "invalid_type");
  });
});

test("twenty registrations of one name at once: one 201, the others 409", async () => {
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => app.send("/entities", { body: { name: "crowd", joinKeys: [] } })),
  );
  expect(answers.filter((answer) => answer.status === 201)).toHaveLength(1);
  for (const answer of answers.filter((item) => item.status !== 201)) expectProblem(answer, 409, "already_exists");
});

test("text that looks like HTML or like a formula is kept as it is", async () => {
  const description = `<img src=x onerror=alert(1)> [x](javascript:alert(1)) =HYPERLINK("x")`;
  await app.send("/entities", { body: { name: "texts", description, joinKeys: [] } });
  expect((await app.send("/entities/texts")).json).toMatchObject({ description });
  expectProblem(
    await app.send("/consumers", { body: { name: "evil", type: "model", url: "javascript:alert(1)" } }),
    422,
    "validation_failed",
  );
});

test("a viewer and a token without the scope write nothing", async () => {
  const before = await countAllRows(ctx.db);
  const actor = { kind: "user", id: "u1", name: "Vera", role: "viewer" } as const;
  const engineer = { ...actor, role: "engineer", scopes: ["catalog:read"] } as const;
  for (const [who, code] of [
    [actor, "forbidden"],
    [engineer, "insufficient_scope"],
  ] as const) {
    const denied = testApp({ ...ctx, actor: who });
    for (const [plural, body] of BODIES) {
      expectProblem(await denied.send(`/${plural}`, { body }), 403, code);
      expectProblem(await denied.send(`/${plural}/plan`, { body }), 403, code);
      expectProblem(await denied.send(`/${plural}/airport`, { method: "DELETE" }), 403, code);
    }
  }
  // Refusals are told in the audit log, and nowhere else.
  const { '"AuditEvent"': _events, ...rows } = await countAllRows(ctx.db);
  const { '"AuditEvent"': _before, ...expected } = before;
  expect(rows).toEqual(expected);
});
