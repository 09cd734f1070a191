import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { newId } from "@/lib/platform/ids";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { inNewProject } from "@/lib/testing/definitions";
import { person } from "@/lib/testing/people";
import { countAllRows, errorOf } from "@/lib/testing/runs";
import { acceptLink } from "./accept-link";
import { createResetLink } from "./create-reset-link";
import { NO_PROJECT } from "./identify";
import { inviteMember } from "./invite-member";
import { listUsers } from "./list-users";
import { Invite } from "./schema";
import { updateUser } from "./update-user";

let ctx: TestContext;
/** The admins of the instance, the only ones; Ada is in no project of the tests. */
let ada: TestContext;

beforeAll(async () => {
  ctx = await makeContext();
});
beforeEach(async () => {
  ada = await instanceAdmin("Ada");
});
afterEach(async () => {
  await ctx.db.user.updateMany({ where: {}, data: { instanceAdmin: false } });
  await ctx.db.member.deleteMany({});
});
afterAll(closeContexts);

async function instanceAdmin(name: string): Promise<TestContext> {
  const id = newId("usr");
  await ctx.db.user.create({ data: { id, name, instanceAdmin: true } });
  return { ...ctx, project: NO_PROJECT, actor: { kind: "user", id, name, role: null, instanceAdmin: true } };
}

async function addSession(userId: string): Promise<void> {
  const now = ctx.clock.now();
  const times = { createdAt: now, lastSeenAt: now, expiresAt: new Date(now.getTime() + 3_600_000) };
  await ctx.db.session.create({ data: { id: newId("ses"), userId, hash: newId("ses"), ...times } });
}

const userOf = (id: string) => ctx.db.user.findUniqueOrThrow({ where: { id } });
const lastEvent = () => ctx.db.auditEvent.findFirstOrThrow({ orderBy: { sequence: "desc" } });

describe("the list", () => {
  test("has everybody by name with their projects, a page at a time, for admins of the instance only", async () => {
    const bob = await person(ctx, "Bob", "admin");
    const { items, total } = await listUsers(ada, { limit: 200 });
    expect(total).toBe(await ctx.db.user.count());
    expect(items.find(({ id }) => id === bob.actor.id)).toMatchObject({
      name: "Bob",
      instanceAdmin: false,
      disabled: false,
      projects: [{ name: ctx.project.name, role: "admin" }],
    });
    const first = await listUsers(ada, { limit: 1 });
    const second = await listUsers(ada, { limit: 1, cursor: first.nextCursor ?? "" });
    expect(second.items[0]?.id).not.toBe(first.items[0]?.id);
    for (const act of [
      listUsers(bob, { limit: 1 }),
      updateUser(bob, { id: bob.actor.id, instanceAdmin: true }),
      createResetLink(bob, { id: ada.actor.id }),
    ])
      expect((await errorOf(act)).code).toBe("forbidden");
  });
});

describe("disabling", () => {
  test("ends the sessions, and links for a new password and ones they made; enabling brings none of it back", async () => {
    await person(ctx, "Keeper", "admin");
    const bob = await person(ctx, "Bob", "admin");
    await addSession(bob.actor.id);
    const reset = await createResetLink(ada, { id: bob.actor.id });
    const made = await inviteMember(bob, Invite.parse({ role: "admin" }));
    const off = await updateUser(ada, { id: bob.actor.id, disabled: true });
    expect(off).toMatchObject({ disabled: true, instanceAdmin: false });
    expect(await lastEvent()).toMatchObject({
      action: "user.update",
      resource: `user:${bob.actor.id}`,
      projectId: null,
      before: { disabled: false, instanceAdmin: false },
      after: { disabled: true, instanceAdmin: false },
    });
    expect(await ctx.db.session.count({ where: { userId: bob.actor.id } })).toBe(0);
    expect((await updateUser(ada, { id: bob.actor.id, disabled: false })).disabled).toBe(false);
    for (const link of [reset, made]) {
      const use = acceptLink(ada, { token: link.path.split("#")[1] ?? "", password: "correct horse battery staple" });
      expect((await errorOf(use)).code).toBe("link_not_valid");
    }
  });

  test("twice changes nothing, and keeps the first time", async () => {
    await person(ctx, "Keeper", "admin");
    const bob = await person(ctx, "Bob", "viewer");
    await updateUser(ada, { id: bob.actor.id, disabled: true });
    const since = (await userOf(bob.actor.id)).disabledAt;
    const before = await countAllRows(ctx.db);
    ctx.clock.advance(60);
    expect((await updateUser(ada, { id: bob.actor.id, disabled: true })).disabled).toBe(true);
    await updateUser(ada, { id: bob.actor.id });
    expect((await userOf(bob.actor.id)).disabledAt).toEqual(since);
    expect(await countAllRows(ctx.db)).toEqual(before);
  });

  test("oneself, a user of the demonstration, or nobody is refused", async () => {
    const demo = await person(ctx, "Demo", "viewer");
    await ctx.db.user.update({ where: { id: demo.actor.id }, data: { kind: "demo" } });
    const codes = [];
    for (const id of [ada.actor.id, demo.actor.id, "usr_nobody"])
      codes.push((await errorOf(updateUser(ada, { id, disabled: true }))).code);
    expect(codes).toEqual(["state_conflict", "state_conflict", "user_not_found"]);
    expect((await errorOf(updateUser(ada, { id: demo.actor.id, instanceAdmin: true }))).code).toBe("state_conflict");
  });

  test("the only admin of projects is last_admin, and names them all", async () => {
    const bob = await person(ctx, "Bob", "admin");
    const other = await inNewProject(ctx);
    await ctx.db.member.create({ data: { projectId: other.project.id, userId: bob.actor.id, role: "admin" } });
    const third = await inNewProject(ctx);
    await person(third, "Keeper", "admin");
    await ctx.db.member.create({ data: { projectId: third.project.id, userId: bob.actor.id, role: "admin" } });
    const refused = await errorOf(updateUser(ada, { id: bob.actor.id, disabled: true }));
    expect(refused.code).toBe("last_admin");
    expect(refused.detail).toContain(ctx.project.name);
    expect(refused.detail).toContain(other.project.name);
    expect(refused.detail).not.toContain(third.project.name);
    expect((await userOf(bob.actor.id)).disabledAt).toBeNull();
  });

  test("two admins of a project at once: one stays", async () => {
    const bob = await person(ctx, "Bob", "admin");
    const carl = await person(ctx, "Carl", "admin");
    const outcomes = await Promise.allSettled(
      [bob, carl].map(({ actor }) => updateUser(ada, { id: actor.id, disabled: true })),
    );
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const left = await ctx.db.member.count({
      where: { projectId: ctx.project.id, role: "admin", user: { disabledAt: null } },
    });
    expect(left).toBe(1);
  });
});

describe("the last admin of the instance", () => {
  test("cannot step down, nor can a disabled or a demonstration's one stand in", async () => {
    const eve = await instanceAdmin("Eve");
    await ctx.db.user.update({ where: { id: eve.actor.id }, data: { disabledAt: ctx.clock.now() } });
    const demo = await instanceAdmin("Demo");
    await ctx.db.user.update({ where: { id: demo.actor.id }, data: { kind: "demo" } });
    const refused = await errorOf(updateUser(ada, { id: ada.actor.id, instanceAdmin: false }));
    expect(refused).toMatchObject({ code: "last_admin", detail: expect.stringContaining("Ada") });
    await ctx.db.user.update({ where: { id: eve.actor.id }, data: { disabledAt: null } });
    expect((await updateUser(ada, { id: ada.actor.id, instanceAdmin: false })).instanceAdmin).toBe(false);
  });

  test.each([{ instanceAdmin: false }, { disabled: true }])(
    "two who strike each other at once with %j: exactly one succeeds",
    async (change) => {
      const eve = await instanceAdmin("Eve");
      const outcomes = await Promise.allSettled([
        updateUser(ada, { id: eve.actor.id, ...change }),
        updateUser(eve, { id: ada.actor.id, ...change }),
      ]);
      expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
      expect(outcomes.find(({ status }) => status === "rejected")).toMatchObject({ reason: { code: "last_admin" } });
      expect(await ctx.db.user.count({ where: { instanceAdmin: true, disabledAt: null } })).toBe(1);
    },
  );

  test("who is one no more cannot use what only one could make", async () => {
    const eve = await instanceAdmin("Eve");
    const bob = await person(ctx, "Bob", "admin");
    await ctx.db.member.create({ data: { projectId: ctx.project.id, userId: eve.actor.id, role: "admin" } });
    const reset = await createResetLink(eve, { id: bob.actor.id });
    const own = await inviteMember({ ...eve, project: ctx.project, actor: { ...eve.actor, role: "admin" } }, JOIN);
    const other = await inNewProject(ctx);
    const foreign = await inviteMember({ ...other, actor: { ...eve.actor, role: "admin" } }, JOIN);
    await updateUser(ada, { id: eve.actor.id, instanceAdmin: false });
    const open = await ctx.db.invitation.findMany({ where: { revokedAt: null }, select: { id: true } });
    expect(open.map(({ id }) => id)).toContain(own.id);
    expect(open.map(({ id }) => id)).not.toContain(reset.id);
    expect(open.map(({ id }) => id)).not.toContain(foreign.id);
  });
});

const JOIN = Invite.parse({ role: "viewer" });

describe("a link for a new password", () => {
  test("is kept as a hash, holds a day, and the one before it ends", async () => {
    const bob = await person(ctx, "Bob", "viewer");
    const first = await createResetLink(ada, { id: bob.actor.id });
    const second = await createResetLink(ada, { id: bob.actor.id });
    expect(second.path).toMatch(/^\/reset#lin_\w{38}$/);
    expect(Date.parse(second.expiresAt) - ctx.clock.now().getTime()).toBe(24 * 3_600_000);
    const event = await lastEvent();
    expect(event).toMatchObject({ action: "link.create", resource: `user:${bob.actor.id}`, projectId: null });
    expect(JSON.stringify(event.after)).not.toContain(second.path.split("#")[1]);
    const use = (link: { path: string }) =>
      acceptLink(ada, { token: link.path.split("#")[1] ?? "", password: "correct horse battery staple" });
    expect((await errorOf(use(first))).code).toBe("link_not_valid");
    expect((await use(second)).user).toEqual({ id: bob.actor.id, name: "Bob" });
    expect((await userOf(bob.actor.id)).passwordHash).toMatch(/^\$argon2id\$/);
  });

  test("is not made for who is disabled, for a demonstration's user, or for nobody", async () => {
    await person(ctx, "Keeper", "admin");
    const bob = await person(ctx, "Bob", "viewer");
    await updateUser(ada, { id: bob.actor.id, disabled: true });
    const demo = await person(ctx, "Demo", "viewer");
    await ctx.db.user.update({ where: { id: demo.actor.id }, data: { kind: "demo" } });
    const codes = [];
    for (const id of [bob.actor.id, demo.actor.id, "usr_nobody"])
      codes.push((await errorOf(createResetLink(ada, { id }))).code);
    expect(codes).toEqual(["state_conflict", "state_conflict", "user_not_found"]);
  });
});
