import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { type Tx, transaction } from "@/lib/platform/db";
import { audit } from "./audit";
import { authorize } from "./authorize";
import { lockUser, requireOtherAdmins, requireOtherInstanceAdmin } from "./last-admin";
import { endLinksMadeBy, endResetLinksOf } from "./lost-links";
import type { UpdateUser, UserSummary } from "./schema";
import { summarizeUser, WITH_PROJECTS } from "./user-summary";

/**
 * Makes somebody admin of the whole instance or not, disables or enables their account. Who is disabled is out at the next
 * request. Throws `user_not_found`, `last_admin`, and `state_conflict` for oneself and for users of the demonstration.
 */
export async function updateUser(ctx: Context, input: UpdateUser): Promise<UserSummary> {
  const { id } = input;
  authorize(ctx, "instance.manage", `user:${id}`);
  if (id === ctx.actor.id && input.disabled)
    throw new LarderError("state_conflict", "You cannot disable your own account; another admin can");
  return transaction(ctx.db, async (tx) => {
    await lockUser(tx, id);
    const user = await tx.user.findUnique({ where: { id }, include: WITH_PROJECTS });
    if (!user) throw new LarderError("user_not_found", `There is no user ${id}`);
    if (user.kind === "demo")
      throw new LarderError("state_conflict", `${user.name} belongs to the demonstration, and stays as it is`);
    const before = { instanceAdmin: user.instanceAdmin, disabled: user.disabledAt !== null };
    const after = {
      instanceAdmin: input.instanceAdmin ?? before.instanceAdmin,
      disabled: input.disabled ?? before.disabled,
    };
    const disabling = after.disabled && !before.disabled;
    const demoting = before.instanceAdmin && !after.instanceAdmin;
    if (after.instanceAdmin === before.instanceAdmin && after.disabled === before.disabled) return summarizeUser(user);
    if (before.instanceAdmin && !before.disabled && (disabling || demoting)) await requireOtherInstanceAdmin(tx, user);
    if (disabling) await requireOtherAdmins(tx, user);
    const disabledAt = after.disabled ? (user.disabledAt ?? ctx.clock.now()) : null;
    const data = { instanceAdmin: after.instanceAdmin, disabledAt };
    await tx.user.update({ where: { id }, data });
    if (disabling) await shutOut(ctx, tx, id);
    else if (demoting) await endLinksMadeBy(ctx, tx, id, notOfOwnProjects(user.members));
    await audit(ctx, tx, { action: "user.update", resource: `user:${id}`, before, after, projectId: null });
    return summarizeUser({ ...user, ...data });
  });
}

async function shutOut(ctx: Context, tx: Tx, id: string): Promise<void> {
  await tx.session.deleteMany({ where: { userId: id } });
  await endResetLinksOf(ctx, tx, id);
  await endLinksMadeBy(ctx, tx, id, {});
}

/** What an admin of the instance could make, and the admin of some projects cannot. */
function notOfOwnProjects(members: { projectId: string; role: string }[]): { OR: object[] } {
  const own = members.filter(({ role }) => role === "admin").map(({ projectId }) => projectId);
  return { OR: [{ kind: "reset" }, { projectId: { notIn: own } }] };
}
