import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Role } from "@/lib/kernel/actor";
import { newId } from "@/lib/platform/ids";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { inNewProject } from "@/lib/testing/definitions";
import { person } from "@/lib/testing/people";
import { countAllRows } from "@/lib/testing/runs";
import { expectProblem, type Sent, testApp } from "./test-app";

// Members, users, service accounts, tokens, projects and the audit log through the API: each status with its code.

let base: TestContext;
let ctx: TestContext;
let ada: TestContext;
let bob: TestContext;
let root: TestContext;

beforeAll(async () => {
  base = await makeContext();
});
beforeEach(async () => {
  ctx = await inNewProject(base);
  ada = await person(ctx, "Ada", "admin");
  bob = await person(ctx, "Bob", "viewer");
  await base.db.user.updateMany({ data: { instanceAdmin: false } });
  await base.db.user.update({ where: { id: ada.actor.id }, data: { instanceAdmin: true } });
  root = { ...ada, actor: { ...ada.actor, instanceAdmin: true } };
});
afterAll(closeContexts);

const send = (who: TestContext, path: string, sent?: Sent) => testApp(who).send(path, sent);
const patch = (body: object): Sent => ({ method: "PATCH", body });
const DELETE: Sent = { method: "DELETE" };

describe("200 and 201", () => {
  test("members", async () => {
    expect((await send(bob, "/members")).json).toMatchObject({
      items: [{ name: "Ada" }, { name: "Bob" }],
      total: 2,
      nextCursor: null,
    });
    const path = `/members/${bob.actor.id}`;
    expect((await send(ada, path, patch({ role: "steward" }))).json).toMatchObject({ role: "steward" });
    expect((await send(ada, path, DELETE)).json).toEqual({ done: true });
  });

  test("invitations", async () => {
    const made = await send(ada, "/invitations", { body: { role: "viewer" } });
    expect([made.status, made.json]).toEqual([
      201,
      { id: expect.any(String), path: expect.any(String), expiresAt: "2026-01-22T12:00:00.000Z" },
    ]);
    expect((await send(ada, "/invitations")).json).toMatchObject({ items: [{ id: made.json.id, createdBy: "Ada" }] });
    expect((await send(ada, `/invitations/${made.json.id}`, DELETE)).status).toBe(200);
  });

  test("users", async () => {
    const { items, total } = (await send(root, "/users?limit=200")).json as { items: object[]; total: number };
    expect(items).toHaveLength(total);
    const path = `/users/${bob.actor.id}`;
    expect((await send(root, path, patch({ disabled: true }))).json).toMatchObject({ disabled: true });
    expect((await send(root, path, patch({ disabled: false, instanceAdmin: true }))).json).toMatchObject({
      disabled: false,
      instanceAdmin: true,
    });
    const link = await send(root, `${path}/reset-link`, { method: "POST" });
    expect([link.status, link.json.path]).toEqual([201, expect.stringMatching(/^\/reset#lin_/)]);
  });

  test("service accounts and their tokens", async () => {
    const made = await send(ada, "/service-accounts", { body: { name: "nightly", role: "engineer" } });
    expect(made.status).toBe(201);
    const serviceAccountId = made.json.id as string;
    const body = { name: "t", scopes: ["catalog:read"], serviceAccountId };
    expect((await send(ada, "/tokens", { body })).status).toBe(201);
    expect((await send(ada, "/service-accounts")).json).toMatchObject({ items: [{ name: "nightly", tokens: 1 }] });
    expect((await send(ada, "/tokens?all=true")).json).toMatchObject({ total: 1 });
    expect((await send(ada, "/tokens")).json).toMatchObject({ total: 0 });
  });

  test("projects, and the table of permissions", async () => {
    const name = `p_${newId("prj").slice(-8)}`;
    const made = await send(root, "/projects", { body: { name, title: "New" } });
    expect([made.status, made.headers.get("location")]).toEqual([201, `/api/v1/project?project=${name}`]);
    expect((await send(root, `/project?project=${name}`)).json).toMatchObject({ name, title: "New" });
    expect((await send(bob, "/projects")).json).toMatchObject({ total: 1, items: [{ name: ctx.project.name }] });
    expect((await send(ada, "/project", patch({ title: "T" }))).json).toMatchObject({ title: "T", role: "admin" });
    expect((await send(bob, "/permissions")).json).toMatchObject({ scopes: expect.arrayContaining(["admin"]) });
  });

  test("the audit log: a page, the whole of it as JSON Lines, and its chain", async () => {
    await send(ada, `/members/${bob.actor.id}`, patch({ role: "steward" }));
    const page = await send(ada, "/audit-events?action=member.&limit=1");
    expect(page.json).toMatchObject({ total: 1, items: [{ action: "member.update", project: ctx.project.name }] });
    const file = await send(ada, "/audit-events/export?action=member.");
    expect(file.headers.get("content-type")).toBe("application/x-ndjson");
    expect(file.headers.get("content-disposition")).toBe(
      `attachment; filename="audit-${ctx.project.name}-2026-01-15.jsonl"`,
    );
    expect(JSON.parse(file.text)).toMatchObject({ action: "member.update", after: { role: "steward" } });
    expect((await send(ada, "/audit-events/verify")).json).toMatchObject({ intact: true, broken: null });
  });
});

describe("403", () => {
  test.each<[Role, string, Sent?]>([
    ["steward", "/invitations"],
    ["steward", "/invitations", { body: { role: "viewer" } }],
    ["steward", "/members/usr_x", patch({ role: "admin" })],
    ["steward", "/members/usr_x", DELETE],
    ["steward", "/service-accounts"],
    ["steward", "/service-accounts", { body: { name: "n", role: "viewer" } }],
    ["steward", "/tokens?all=true"],
    ["steward", "/project", patch({ title: "T" })],
    ["engineer", "/audit-events"],
    ["engineer", "/audit-events/export"],
    ["engineer", "/audit-events/verify"],
    ["admin", "/audit-events?instance=true"],
    ["admin", "/projects", { body: { name: "n", title: "N" } }],
    ["admin", "/users"],
    ["admin", "/users/usr_x", patch({ disabled: true })],
    ["admin", "/users/usr_x/reset-link", { method: "POST" }],
    ["viewer", "/tokens", { body: { name: "n", scopes: ["admin"] } }],
  ])("a %s: %s %j", async (role, path, sent) => {
    const someone = await person(ctx, "Someone", role);
    const { '"AuditEvent"': events = 0, ...before } = await countAllRows(base.db);
    expectProblem(await send(someone, path, sent), 403, "forbidden");
    const { '"AuditEvent"': after = 0, ...rows } = await countAllRows(base.db);
    expect(rows).toEqual(before);
    expect(after).toBe(events + 1);
    const event = await base.db.auditEvent.findFirstOrThrow({ orderBy: { sequence: "desc" } });
    expect(event).toMatchObject({ outcome: "denied", actorId: someone.actor.id, projectId: ctx.project.id });
  });
});

describe("404", () => {
  test.each<[string, string, Sent]>([
    ["member_not_found", "/members/usr_nobody", patch({ role: "viewer" })],
    ["member_not_found", "/members/usr_nobody", DELETE],
    ["invitation_not_found", "/invitations/inv_none", DELETE],
    ["user_not_found", "/users/usr_nobody", patch({ disabled: true })],
    ["user_not_found", "/users/usr_nobody/reset-link", { method: "POST" }],
    ["service_account_not_found", "/service-accounts/svc_none", patch({ disabled: true })],
    ["service_account_not_found", "/tokens", { body: { name: "n", scopes: ["admin"], serviceAccountId: "svc_none" } }],
    ["token_not_found", "/tokens/tok_none", DELETE],
    ["token_not_found", "/tokens/tok_none/rotate", { body: {} }],
  ])("%s: %s %j", async (code, path, sent) => {
    expectProblem(await send(root, path, sent), 404, code);
  });

  test("what is of another project is answered as if it did not exist", async () => {
    const other = await inNewProject(base);
    const eve = await person(other, "Eve", "admin");
    const account = await send(eve, "/service-accounts", { body: { name: "theirs", role: "viewer" } });
    const token = await send(eve, "/tokens", { body: { name: "theirs", scopes: ["catalog:read"] } });
    const invitation = await send(eve, "/invitations", { body: { role: "viewer" } });
    const { id } = (token.json as { token: { id: string } }).token;
    const before = await countAllRows(base.db);
    const none: [string, Sent, string][] = [
      [`/members/${eve.actor.id}`, patch({ role: "viewer" }), "member_not_found"],
      [`/members/${eve.actor.id}`, DELETE, "member_not_found"],
      [`/invitations/${invitation.json.id}`, DELETE, "invitation_not_found"],
      [`/service-accounts/${account.json.id}`, patch({ disabled: true }), "service_account_not_found"],
      [`/tokens/${id}`, DELETE, "token_not_found"],
      [`/tokens/${id}/rotate`, { body: {} }, "token_not_found"],
    ];
    for (const [path, sent, code] of none) expectProblem(await send(ada, path, sent), 404, code);
    expect(await countAllRows(base.db)).toEqual(before);
    for (const path of ["/members", "/invitations", "/service-accounts", "/tokens?all=true", "/audit-events"])
      expect((await send(ada, path)).text).not.toMatch(/theirs|Eve/);
  });
});

describe("409", () => {
  test("last_admin, of a project and of the instance", async () => {
    const self = `/members/${ada.actor.id}`;
    expectProblem(await send(ada, self, patch({ role: "viewer" })), 409, "last_admin");
    expectProblem(await send(ada, self, DELETE), 409, "last_admin");
    expectProblem(await send(root, `/users/${ada.actor.id}`, patch({ instanceAdmin: false })), 409, "last_admin");
  });

  test("already_exists, once more or twenty at once", async () => {
    const body = { name: "nightly", role: "viewer" };
    expect((await send(ada, "/service-accounts", { body })).status).toBe(201);
    expectProblem(await send(ada, "/service-accounts", { body }), 409, "already_exists");
    const project = { name: `p_${newId("prj").slice(-8)}`, title: "P" };
    const app = testApp(root);
    const answers = await Promise.all(Array.from({ length: 20 }, () => app.send("/projects", { body: project })));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([201, ...Array.from({ length: 19 }, () => 409)]);
  });

  test("state_conflict", async () => {
    expectProblem(await send(root, `/users/${ada.actor.id}`, patch({ disabled: true })), 409, "state_conflict");
    const made = await send(ada, "/tokens", { body: { name: "n", scopes: ["admin"] } });
    const { id } = (made.json as { token: { id: string } }).token;
    await send(ada, `/tokens/${id}`, DELETE);
    expectProblem(await send(ada, `/tokens/${id}/rotate`, { body: {} }), 409, "state_conflict");
  });
});

describe("422", () => {
  test.each<[string, string, Sent]>([
    ["validation_failed", "/invitations", { body: { role: "owner" } }],
    ["validation_failed", "/invitations", { body: { role: "viewer", email: "not an address" } }],
    ["validation_failed", "/invitations", { body: { role: "viewer", days: 31 } }],
    ["unknown_field", "/invitations", { body: { role: "viewer", projectId: "prj_other" } }],
    ["validation_failed", "/members/usr_x", patch({ role: "root" })],
    ["unknown_field", "/members/usr_x", patch({ instanceAdmin: true })],
    ["invalid_type", "/members/usr_x", patch({ sensitive: "yes" })],
    ["invalid_parameter", "/members/usr%20x", DELETE],
    ["invalid_parameter", "/members/%00", DELETE],
    ["invalid_parameter", "/members?limit=0", {}],
    ["invalid_parameter", "/members?cursor=abc", {}],
    ["unknown_field", "/members?sort=password", {}],
    ["unknown_field", "/users/usr_x", patch({ passwordHash: "x" })],
    ["unknown_field", "/users/usr_x/reset-link", { body: { days: 900 } }],
    ["invalid_name", "/service-accounts", { body: { name: "Nightly Run", role: "viewer" } }],
    ["validation_failed", "/tokens", { body: { name: "n", scopes: [] } }],
    ["validation_failed", "/tokens", { body: { name: "n", scopes: ["root"] } }],
    ["validation_failed", "/tokens", { body: { name: "n", scopes: ["admin"], days: 366 } }],
    ["validation_failed", "/tokens", { body: { name: "  ", scopes: ["admin"] } }],
    ["unknown_field", "/tokens", { body: { name: "n", scopes: ["admin"], userId: "usr_x" } }],
    ["validation_failed", "/tokens/tok_x/rotate", { body: { overlapHours: 169 } }],
    ["invalid_type", "/tokens", { body: { name: { contains: "" }, scopes: ["admin"] } }],
    ["invalid_parameter", "/tokens?all=perhaps", {}],
    ["invalid_name", "/projects", { body: { name: "../etc", title: "T" } }],
    ["unknown_field", "/projects", { body: { name: "n", title: "T", id: "prj_x" } }],
    ["validation_failed", "/project", patch({ requiredApprovals: 0 })],
    ["unknown_field", "/project", patch({ name: "renamed" })],
    ["invalid_parameter", "/audit-events?since=yesterday", {}],
    ["invalid_parameter", "/audit-events?outcome=maybe", {}],
    ["invalid_parameter", "/audit-events?cursor=o:1", {}],
    ["invalid_parameter", "/audit-events?limit=1000000000", {}],
    ["unknown_field", "/audit-events/export?limit=5", {}],
    ["invalid_parameter", "/audit-events?actor=a&actor=b", {}],
    ["invalid_parameter", "/audit-events?actor=%00", {}],
  ])("%s: %s %j", async (code, path, sent) => {
    const before = await countAllRows(base.db);
    expectProblem(await send(root, path, sent), 422, code);
    expect(await countAllRows(base.db)).toEqual(before);
  });

  test("unknown scopes are each named by their place", async () => {
    const answer = await send(ada, "/tokens", { body: { name: "n", scopes: ["admin", "root", "*"] } });
    expect(answer.json.errors).toEqual([
      { code: "unknown_scope", pointer: "/scopes/1", detail: "root is not a scope" },
      { code: "unknown_scope", pointer: "/scopes/2", detail: "* is not a scope" },
    ]);
  });
});
