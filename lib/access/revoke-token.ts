import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { transaction } from "@/lib/platform/db";
import { audit } from "./audit";
import { authorize, may } from "./authorize";
import type { ById, Done } from "./schema";

/**
 * Ends a token at once: one's own, or with `service_account.manage` anybody's. Doing it twice changes nothing. Throws
 * `token_not_found`.
 */
export async function revokeToken(ctx: Context, { id }: ById): Promise<Done> {
  const keepsAll = may(ctx.actor, "service_account.manage");
  authorize(ctx, keepsAll ? "service_account.manage" : "token.manage", `token:${id}`);
  await transaction(ctx.db, async (tx) => {
    const where = { id, projectId: ctx.project.id, ...(keepsAll ? {} : { userId: ctx.actor.id }) };
    const token = await tx.apiToken.findFirst({ where });
    if (!token) throw new LarderError("token_not_found", "There is no token with this id that you may revoke");
    const { count } = await tx.apiToken.updateMany({
      where: { ...where, revokedAt: null },
      data: { revokedAt: ctx.clock.now(), revokedBy: ctx.actor.id },
    });
    if (count === 0) return;
    const { name, hint, userId, serviceAccountId } = token;
    const before = { id, name, hint, owner: serviceAccountId ?? userId };
    await audit(ctx, tx, { action: "token.revoke", resource: `token:${name}`, before });
  });
  return { done: true };
}
