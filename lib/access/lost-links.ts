import type { Context } from "@/lib/platform/context";
import type { Prisma, Tx } from "@/lib/platform/db";

/**
 * Ends the open links that somebody made and may make no more: with one of them they could let themselves in again.
 * `within` narrows which.
 */
export async function endLinksMadeBy(
  ctx: Context,
  tx: Tx,
  userId: string,
  within: Prisma.InvitationWhereInput,
): Promise<void> {
  await endLinks(ctx, tx, { ...within, createdBy: userId, kind: { in: ["join", "reset"] } });
}

/** Ends the open links for a new password of somebody. */
export async function endResetLinksOf(ctx: Context, tx: Tx, userId: string): Promise<void> {
  await endLinks(ctx, tx, { kind: "reset", userId });
}

async function endLinks(ctx: Context, tx: Tx, where: Prisma.InvitationWhereInput): Promise<void> {
  await tx.invitation.updateMany({
    where: { ...where, usedAt: null, revokedAt: null },
    data: { revokedAt: ctx.clock.now() },
  });
}
