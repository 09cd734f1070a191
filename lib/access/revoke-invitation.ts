import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { transaction } from "@/lib/platform/db";
import { audit } from "./audit";
import { authorize } from "./authorize";
import type { ById, Done } from "./schema";

/** Takes an open invitation back; its link does not work any more. Throws `invitation_not_found`. */
export async function revokeInvitation(ctx: Context, { id }: ById): Promise<Done> {
  authorize(ctx, "member.manage", `invitation:${id}`);
  await transaction(ctx.db, async (tx) => {
    const where = { id, projectId: ctx.project.id, kind: "join", usedAt: null, revokedAt: null };
    const { count } = await tx.invitation.updateMany({ where, data: { revokedAt: ctx.clock.now() } });
    if (count === 0) throw new LarderError("invitation_not_found", "There is no open invitation with this id");
    await audit(ctx, tx, { action: "invitation.revoke", resource: `invitation:${id}` });
  });
  return { done: true };
}
