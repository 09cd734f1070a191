import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newId } from "@/lib/platform/ids";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { inNewProject } from "@/lib/testing/definitions";
import { person } from "@/lib/testing/people";
import { countAllRows, errorOf } from "@/lib/testing/runs";
import { createProject } from "./create-project";
import { getPermissionTable } from "./get-permission-table";
import { getProject } from "./get-project";
import { listProjects } from "./list-projects";
import { CreateProject } from "./schema";
import { updateProject } from "./update-project";

let ctx: TestContext;
let root: TestContext;

beforeAll(async () => {
  ctx = await makeContext();
  const id = newId("usr");
  await ctx.db.user.create({ data: { id, name: "Root", instanceAdmin: true } });
  root = { ...ctx, actor: { kind: "user", id, name: "Root", role: "admin", instanceAdmin: true } };
});
afterAll(closeContexts);

const wish = (input: object = {}) => CreateProject.parse({ name: "churn", title: "Churn", ...input });
const lastEvent = () => ctx.db.auditEvent.findFirstOrThrow({ orderBy: { sequence: "desc" } });
const page = { limit: 200 };

describe("making a project", () => {
  test("makes who makes it its admin, and tells the project's own log", async () => {
    const made = await createProject(root, wish({ description: "who leaves" }));
    expect(made).toEqual({
      name: "churn",
      title: "Churn",
      description: "who leaves",
      requiredApprovals: 1,
      role: "admin",
      members: 1,
      createdAt: ctx.clock.now().toISOString(),
    });
    const project = await ctx.db.project.findUniqueOrThrow({ where: { name: "churn" }, include: { members: true } });
    expect(project.members).toMatchObject([{ userId: root.actor.id, role: "admin", sensitive: false }]);
    expect(await lastEvent()).toMatchObject({
      action: "project.create",
      resource: "project:churn",
      projectId: project.id,
      after: { name: "churn", title: "Churn" },
    });
  });

  test("of one name at once twenty times makes one; the others are already_exists and leave nothing", async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 20 }, () => createProject(root, wish({ name: "race" }))),
    );
    const lost = outcomes.filter((outcome) => outcome.status === "rejected");
    expect(lost).toHaveLength(19);
    for (const { reason } of lost) expect(reason).toMatchObject({ code: "already_exists" });
    expect(await ctx.db.auditEvent.count({ where: { resource: "project:race" } })).toBe(1);
    expect(await ctx.db.member.count({ where: { project: { name: "race" } } })).toBe(1);
  });

  test("is for admins of the instance", async () => {
    const ada = await person(ctx, "Ada", "admin");
    const before = await countAllRows(ctx.db);
    expect((await errorOf(createProject(ada, wish({ name: "sneaked" })))).code).toBe("forbidden");
    expect(await countAllRows(ctx.db)).toEqual(before);
  });
});

describe("reading projects", () => {
  test("one sees those one belongs to, an admin of the instance all, a token its own", async () => {
    const other = await inNewProject(ctx);
    const ada = await person(ctx, "Ada", "steward");
    const own = await listProjects(ada, page);
    expect(own.items).toMatchObject([{ name: ctx.project.name, role: "steward" }]);
    expect(own.total).toBe(1);
    const all = await listProjects(root, page);
    expect(all.total).toBe(await ctx.db.project.count());
    expect(all.items.find(({ name }) => name === other.project.name)).toMatchObject({ role: "admin", members: 0 });
    const from = { ip: null, agent: null, requestId: null, sessionId: null, tokenId: "tok_1" };
    const token = { ...root, actor: { ...root.actor, from, scopes: ["catalog:read"] } };
    expect((await listProjects(token, page)).items.map(({ name }) => name)).toEqual([ctx.project.name]);
    const first = await listProjects(root, { limit: 1 });
    const second = await listProjects(root, { limit: 1, cursor: first.nextCursor ?? "" });
    expect(second.items[0]?.name).not.toBe(first.items[0]?.name);
  });

  test("the present one, as a viewer or a service account sees it", async () => {
    const viewer = await person(ctx, "Vi", "viewer");
    expect(await getProject(viewer, {})).toMatchObject({ name: ctx.project.name, role: "viewer" });
    const robot: TestContext = { ...ctx, actor: { kind: "service", id: "svc_1", name: "r", role: "engineer" } };
    expect((await getProject(robot, {})).role).toBe("engineer");
    const nobody: TestContext = { ...ctx, actor: { kind: "user", id: "usr_1", name: "N", role: null } };
    expect((await errorOf(getProject(nobody, {}))).code).toBe("forbidden");
    expect((await getPermissionTable(nobody, {})).items.length).toBeGreaterThan(10);
  });
});

describe("changing the settings", () => {
  test("writes before and after, and moves the revision; of nothing, nothing", async () => {
    const ada = await person(ctx, "Ada", "admin");
    const revision = async () => (await ctx.db.project.findUniqueOrThrow({ where: { id: ctx.project.id } })).revision;
    const start = await revision();
    const changed = await updateProject(ada, { title: "Better", requiredApprovals: 2 });
    expect(changed).toMatchObject({ title: "Better", requiredApprovals: 2, description: "" });
    expect(await revision()).toBe(start + 1);
    expect(await lastEvent()).toMatchObject({
      action: "project.update",
      before: { title: ctx.project.name, requiredApprovals: 1 },
      after: { title: "Better", requiredApprovals: 2 },
    });
    const rows = await countAllRows(ctx.db);
    await updateProject(ada, {});
    await updateProject(ada, { title: "Better" });
    expect(await countAllRows(ctx.db)).toEqual(rows);
    expect(await revision()).toBe(start + 1);
  });

  test("is for admins", async () => {
    const sam = await person(ctx, "Sam", "steward");
    expect((await errorOf(updateProject(sam, { requiredApprovals: 1 }))).code).toBe("forbidden");
  });
});
