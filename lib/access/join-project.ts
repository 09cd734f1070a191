import { ROLES, type Role } from "@/lib/kernel/actor";
import type { Context } from "@/lib/platform/context";
import type { Tx } from "@/lib/platform/db";
import { audit } from "./audit";
import { roleOf } from "./identify";
import { actingAs, type SessionUser } from "./start-session";

/** What an invitation gives. */
export type Joining = { projectId: string; role: Role; sensitive: boolean; link: string };

/** Makes a user a member, in this transaction. A role they have already is raised, never lowered. */
export async function joinProject(ctx: Context, tx: Tx, user: SessionUser, joining: Joining): Promise<void> {
  const { projectId, role, sensitive, link } = joining;
  const { count } = await tx.member.createMany({
    data: [{ projectId, userId: user.id, role, sensitive, createdAt: ctx.clock.now() }],
    skipDuplicates: true,
  });
  const record = { resource: `user:${user.id}`, projectId };
  const by = actingAs(ctx, user);
  if (count === 1) {
    await audit(by, tx, { ...record, action: "member.add", after: { role, sensitive, link } });
    return;
  }
  const [present] = await tx.$queryRaw<{ role: string; sensitive: boolean }[]>`
    SELECT "role", "sensitive" FROM "Member" WHERE "projectId" = ${projectId} AND "userId" = ${user.id} FOR UPDATE`;
  if (!present) throw new Error(`member ${user.id} of ${projectId} was removed at the same moment`);
  const after = { role: higher(roleOf(present.role), role), sensitive: present.sensitive || sensitive };
  if (after.role === present.role && after.sensitive === present.sensitive) return;
  await tx.member.update({ where: { projectId_userId: { projectId, userId: user.id } }, data: after });
  await audit(by, tx, { ...record, action: "member.update", before: present, after: { ...after, link } });
}

function higher(present: Role | null, offered: Role): Role {
  return present !== null && ROLES.indexOf(present) > ROLES.indexOf(offered) ? present : offered;
}
