import type { Context } from "@/lib/platform/context";
import { transaction } from "@/lib/platform/db";
import { audit } from "./audit";
import { authorize } from "./authorize";
import { lockMembers, requireOtherAdmin } from "./last-admin";
import { loadMember } from "./load-member";
import { endLinksMadeBy } from "./lost-links";
import { summarizeMember } from "./member-summary";
import type { MemberSummary, UpdateMember } from "./schema";

/** Changes a member's role, and whether they read personal features. Throws `member_not_found`, `last_admin`. */
export async function updateMember(ctx: Context, { userId, role, sensitive }: UpdateMember): Promise<MemberSummary> {
  authorize(ctx, "member.manage", `user:${userId}`);
  const projectId = ctx.project.id;
  return transaction(ctx.db, async (tx) => {
    await lockMembers(tx, projectId, userId);
    const member = await loadMember(ctx, tx, userId);
    const before = { role: member.role, sensitive: member.sensitive };
    const after = { role: role ?? before.role, sensitive: sensitive ?? before.sensitive };
    if (after.role === before.role && after.sensitive === before.sensitive) return summarizeMember(member);
    const demoted = before.role === "admin" && after.role !== "admin";
    if (demoted && !member.disabledAt) await requireOtherAdmin(tx, projectId, { ...member, id: userId });
    await tx.member.update({ where: { projectId_userId: { projectId, userId } }, data: after });
    if (demoted && !member.instanceAdmin) await endLinksMadeBy(ctx, tx, userId, { projectId });
    await audit(ctx, tx, { action: "member.update", resource: `user:${userId}`, before, after });
    return summarizeMember({ ...member, ...after });
  });
}
