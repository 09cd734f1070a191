import type { Context } from "@/lib/platform/context";
import { transaction } from "@/lib/platform/db";
import { audit } from "./audit";
import { authorize } from "./authorize";
import { lockMembers, requireOtherAdmin } from "./last-admin";
import { loadMember } from "./load-member";
import { endLinksMadeBy } from "./lost-links";
import type { Done, RemoveMember } from "./schema";

/**
 * Takes a member out of the project. Their own tokens for it end, and the open invitations they made, so that neither
 * lets them in again. Throws `member_not_found`, `last_admin`.
 */
export async function removeMember(ctx: Context, { userId }: RemoveMember): Promise<Done> {
  authorize(ctx, "member.manage", `user:${userId}`);
  const projectId = ctx.project.id;
  await transaction(ctx.db, async (tx) => {
    await lockMembers(tx, projectId, userId);
    const member = await loadMember(ctx, tx, userId);
    const { name, role, sensitive } = member;
    if (role === "admin" && !member.disabledAt) await requireOtherAdmin(tx, projectId, { ...member, id: userId });
    await tx.member.delete({ where: { projectId_userId: { projectId, userId } } });
    const tokens = await tx.apiToken.updateMany({
      where: { projectId, userId, revokedAt: null },
      data: { revokedAt: ctx.clock.now(), revokedBy: ctx.actor.id },
    });
    await endLinksMadeBy(ctx, tx, userId, { projectId });
    await audit(ctx, tx, {
      action: "member.remove",
      resource: `user:${userId}`,
      before: { name, role, sensitive },
      after: { tokensRevoked: tokens.count },
    });
  });
  return { done: true };
}
