import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ROLES } from "@/lib/kernel/actor";
import { newId } from "@/lib/platform/ids";
import { closeContexts, makeContext, type TestContext } from "@/lib/testing/context";
import { inNewProject } from "@/lib/testing/definitions";
import { person } from "@/lib/testing/people";
import { countAllRows, errorOf } from "@/lib/testing/runs";
import { acceptLink } from "./accept-link";
import { createToken } from "./create-token";
import { inviteMember } from "./invite-member";
import { listInvitations } from "./list-invitations";
import { listMembers } from "./list-members";
import { readLink } from "./read-link";
import { removeMember } from "./remove-member";
import { revokeInvitation } from "./revoke-invitation";
import { Invite } from "./schema";
import { updateMember } from "./update-member";

let base: TestContext;
let ctx: TestContext;
/** The first admin of each test's own project. */
let ada: TestContext;

beforeAll(async () => {
  base = await makeContext();
});
beforeEach(async () => {
  ctx = await inNewProject(base);
  ada = await person(ctx, "Ada", "admin");
});
afterAll(closeContexts);

const invite = (input: object) => Invite.parse(input);
const lastEvent = () => base.db.auditEvent.findFirstOrThrow({ orderBy: { sequence: "desc" } });
const roleIn = async (where: TestContext, userId: string): Promise<string | undefined> =>
  (await base.db.member.findUnique({ where: { projectId_userId: { projectId: where.project.id, userId } } }))?.role;

describe("the list", () => {
  test("has admins first, then by name whatever the case, pages, and marks who is disabled", async () => {
    for (const [name, role] of [
      ["zoe", "viewer"],
      ["Bob", "steward"],
      ["alan", "viewer"],
      ["Carl", "engineer"],
      ["Eve", "scientist"],
    ] as const)
      await person(ctx, name, role);
    const zoe = await base.db.user.findFirstOrThrow({ where: { name: "zoe" } });
    await base.db.user.update({ where: { id: zoe.id }, data: { disabledAt: ctx.clock.now() } });
    await person(await inNewProject(base), "Stranger", "admin");
    const { items, total, nextCursor } = await listMembers(ada, { limit: 4 });
    expect(items.map(({ name }) => name)).toEqual(["Ada", "Bob", "Carl", "Eve"]);
    expect(total).toBe(6);
    const rest = await listMembers(ada, { limit: 4, cursor: nextCursor ?? "" });
    expect(rest.items.map(({ name, disabled }) => [name, disabled])).toEqual([
      ["alan", false],
      ["zoe", true],
    ]);
    expect(rest.nextCursor).toBeNull();
    expect(items[0]).toMatchObject({ role: "admin", sensitive: false, kind: "person", lastSignInAt: null });
    expect((await errorOf(listMembers(ada, { limit: 4, cursor: "bogus" }))).code).toBe("invalid_parameter");
  });
});

describe("changing a member", () => {
  test("writes what changed, before and after, and nothing when nothing does", async () => {
    const bob = await person(ctx, "Bob", "viewer");
    const changed = await updateMember(ada, { userId: bob.actor.id, role: "steward", sensitive: true });
    expect(changed).toMatchObject({ userId: bob.actor.id, name: "Bob", role: "steward", sensitive: true });
    expect(await lastEvent()).toMatchObject({
      action: "member.update",
      resource: `user:${bob.actor.id}`,
      projectId: ctx.project.id,
      actorId: ada.actor.id,
      before: { role: "viewer", sensitive: false },
      after: { role: "steward", sensitive: true },
    });
    const before = await countAllRows(base.db);
    expect((await updateMember(ada, { userId: bob.actor.id, role: "steward" })).sensitive).toBe(true);
    expect(await countAllRows(base.db)).toEqual(before);
  });

  test("of another project, or of none, is member_not_found", async () => {
    const stranger = await person(await inNewProject(base), "Stranger", "viewer");
    for (const userId of [stranger.actor.id, "usr_nobody"]) {
      expect((await errorOf(updateMember(ada, { userId, role: "admin" }))).code).toBe("member_not_found");
      expect((await errorOf(removeMember(ada, { userId }))).code).toBe("member_not_found");
    }
    expect(await base.db.member.count({ where: { userId: stranger.actor.id, role: "viewer" } })).toBe(1);
  });

  test.each(ROLES.filter((role) => role !== "admin"))("a %s may not", async (role) => {
    const someone = await person(ctx, "Someone", role);
    const before = await countAllRows(base.db);
    const acts = [
      updateMember(someone, { userId: someone.actor.id, role: "admin" }),
      removeMember(someone, { userId: ada.actor.id }),
      inviteMember(someone, invite({ role: "viewer" })),
      listInvitations(someone, {}),
      revokeInvitation(someone, { id: "inv_x" }),
    ];
    for (const act of acts) expect((await errorOf(act)).code).toBe("forbidden");
    expect(await countAllRows(base.db)).toEqual(before);
  });
});

describe("the last admin", () => {
  test("can neither step down nor leave, until there is another one who is enabled", async () => {
    const self = { userId: ada.actor.id };
    const refused = await errorOf(updateMember(ada, { ...self, role: "viewer" }));
    expect(refused).toMatchObject({ code: "last_admin", detail: expect.stringContaining("Ada is the only admin") });
    expect((await errorOf(removeMember(ada, self))).code).toBe("last_admin");
    const bob = await person(ctx, "Bob", "admin");
    await base.db.user.update({ where: { id: bob.actor.id }, data: { disabledAt: ctx.clock.now() } });
    expect((await errorOf(updateMember(ada, { ...self, role: "steward" }))).code).toBe("last_admin");
    await base.db.user.update({ where: { id: bob.actor.id }, data: { disabledAt: null } });
    expect((await updateMember(ada, { ...self, role: "steward" })).role).toBe("steward");
    expect((await errorOf(removeMember(bob, { userId: bob.actor.id }))).code).toBe("last_admin");
  });

  test("an admin of another project, or a user of the demonstration, does not stand in", async () => {
    await person(await inNewProject(base), "Stranger", "admin");
    const demo = await person(ctx, "Demo", "admin");
    await base.db.user.update({ where: { id: demo.actor.id }, data: { kind: "demo" } });
    expect((await errorOf(removeMember(ada, { userId: ada.actor.id }))).code).toBe("last_admin");
    expect(await removeMember(ada, { userId: demo.actor.id })).toEqual({ done: true });
  });

  test("a disabled admin can be taken out by the one who is left", async () => {
    const bob = await person(ctx, "Bob", "admin");
    await base.db.user.update({ where: { id: bob.actor.id }, data: { disabledAt: ctx.clock.now() } });
    expect(await removeMember(ada, { userId: bob.actor.id })).toEqual({ done: true });
  });

  test.each(["demote", "remove"])("two admins who %s each other at once: exactly one succeeds", async (how) => {
    const bob = await person(ctx, "Bob", "admin");
    const strike = (who: TestContext, whom: TestContext): Promise<unknown> => {
      const userId = whom.actor.id;
      return how === "demote" ? updateMember(who, { userId, role: "viewer" }) : removeMember(who, { userId });
    };
    const outcomes = await Promise.allSettled([strike(ada, bob), strike(bob, ada)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const [lost] = outcomes.filter((outcome) => outcome.status === "rejected");
    expect(lost?.reason).toMatchObject({ code: "last_admin" });
    expect(await base.db.member.count({ where: { projectId: ctx.project.id, role: "admin" } })).toBe(1);
  });

  test("ten admins who all step down at once leave one", async () => {
    const admins = [ada, ...(await Promise.all(Array.from({ length: 9 }, (_, at) => person(ctx, `A${at}`, "admin"))))];
    const outcomes = await Promise.allSettled(
      admins.map((who) => updateMember(who, { userId: who.actor.id, role: "viewer" })),
    );
    expect(outcomes.filter(({ status }) => status === "rejected")).toHaveLength(1);
    expect(await base.db.member.count({ where: { projectId: ctx.project.id, role: "admin" } })).toBe(1);
  });
});

describe("who is taken out", () => {
  test("loses their own tokens of this project, and nothing of another one", async () => {
    const bob = await person(ctx, "Bob", "engineer");
    const other = await inNewProject(base);
    await base.db.member.create({ data: { projectId: other.project.id, userId: bob.actor.id, role: "engineer" } });
    const make = (where: TestContext) => createToken(where, { name: "laptop", scopes: ["catalog:read"], days: 1 });
    const here = await make(bob);
    const there = await make({ ...other, actor: bob.actor });
    await removeMember(ada, { userId: bob.actor.id });
    const revokedAt = async (id: string): Promise<Date | null> =>
      (await base.db.apiToken.findUniqueOrThrow({ where: { id } })).revokedAt;
    expect(await revokedAt(here.token.id)).toEqual(ctx.clock.now());
    expect(await revokedAt(there.token.id)).toBeNull();
    expect(await roleIn(other, bob.actor.id)).toBe("engineer");
    expect(await lastEvent()).toMatchObject({
      action: "member.remove",
      before: { name: "Bob", role: "engineer" },
      after: { tokensRevoked: 1 },
    });
  });

  test.each(["demoted", "removed"])("cannot come back by an invitation made before: %s", async (how) => {
    const bob = await person(ctx, "Bob", "admin");
    const own = await inviteMember(bob, invite({ role: "admin" }));
    const adas = await inviteMember(ada, invite({ role: "viewer" }));
    if (how === "removed") await removeMember(ada, { userId: bob.actor.id });
    else await updateMember(ada, { userId: bob.actor.id, role: "steward" });
    expect((await listInvitations(ada, {})).items.map(({ id }) => id)).toEqual([adas.id]);
    const token = own.path.split("#")[1] ?? "";
    expect((await errorOf(acceptLink(bob, { token }))).code).toBe("link_not_valid");
  });
});

describe("an invitation", () => {
  test("answers a link that is kept as a hash only, lets one person in, and is gone from the list", async () => {
    const link = await inviteMember(ada, invite({ role: "steward", sensitive: true, email: " Grace@Example.org " }));
    expect(link.path).toMatch(/^\/invitation#lin_\w{38}$/);
    expect(link.expiresAt).toBe("2026-01-22T12:00:00.000Z");
    const [shown] = (await listInvitations(ada, {})).items;
    expect(shown).toMatchObject({ role: "steward", sensitive: true, email: "grace@example.org", createdBy: "Ada" });
    const token = link.path.split("#")[1] ?? "";
    const kept = JSON.stringify([await base.db.invitation.findMany(), (await lastEvent()).after]);
    expect(kept).not.toContain(token);
    expect(await lastEvent()).toMatchObject({ action: "member.invite", resource: `invitation:${link.id}` });
    const grace = await person(await inNewProject(base), "Grace", "viewer");
    await base.db.user.update({ where: { id: grace.actor.id }, data: { email: "grace@example.org" } });
    expect(await readLink(grace, { token })).toMatchObject({ kind: "join", role: "steward" });
    await acceptLink(grace, { token });
    expect(await roleIn(ctx, grace.actor.id)).toBe("steward");
    expect((await listInvitations(ada, {})).items).toEqual([]);
    const again = await errorOf(inviteMember(ada, invite({ role: "admin", email: "grace@example.org" })));
    expect(again).toMatchObject({ code: "already_exists", detail: expect.stringContaining("steward") });
  });

  test("that is taken back does not work, cannot be taken back twice, nor from another project", async () => {
    const link = await inviteMember(ada, invite({ role: "viewer" }));
    const stranger = await person(await inNewProject(base), "Stranger", "admin");
    expect((await errorOf(revokeInvitation(stranger, { id: link.id }))).code).toBe("invitation_not_found");
    expect((await listInvitations(stranger, {})).items).toEqual([]);
    expect(await revokeInvitation(ada, { id: link.id })).toEqual({ done: true });
    expect(await lastEvent()).toMatchObject({ action: "invitation.revoke", resource: `invitation:${link.id}` });
    expect((await errorOf(revokeInvitation(ada, { id: link.id }))).code).toBe("invitation_not_found");
    const token = link.path.split("#")[1] ?? "";
    expect((await errorOf(acceptLink(stranger, { token }))).code).toBe("link_not_valid");
  });

  test("is listed while it is open; the link that sets the server up never is", async () => {
    await inviteMember(ada, invite({ role: "viewer", days: 1 }));
    const setup = { id: newId("inv"), kind: "setup", hash: newId("inv"), projectId: ctx.project.id, role: "admin" };
    const times = { createdAt: ctx.clock.now(), expiresAt: new Date("2027-01-01T00:00:00Z") };
    await base.db.invitation.create({ data: { ...setup, ...times, createdBy: "system" } });
    expect((await listInvitations(ada, {})).items).toHaveLength(1);
    expect((await errorOf(revokeInvitation(ada, { id: setup.id }))).code).toBe("invitation_not_found");
    ctx.clock.advance(24 * 3600);
    expect((await listInvitations(ada, {})).items).toEqual([]);
    ctx.clock.set("2026-01-15T12:00:00Z");
  });
});
