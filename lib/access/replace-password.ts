import type { Context } from "@/lib/platform/context";
import type { Tx } from "@/lib/platform/db";

/**
 * Puts a new password's hash in the place of `before`, ends every session, and makes links for a new password useless.
 * Answers false when `before` is not what is kept any more, or the user is disabled. `by`: the link that is being used.
 */
export async function replacePassword(
  ctx: Context,
  tx: Tx,
  change: { userId: string; before: string | null; after: string; by?: { linkId: string } },
): Promise<boolean> {
  const { userId, before, after, by } = change;
  const { count } = await tx.user.updateMany({
    where: { id: userId, kind: "person", passwordHash: before, disabledAt: null },
    data: { passwordHash: after },
  });
  if (count === 0) return false;
  await tx.session.deleteMany({ where: { userId } });
  await tx.invitation.updateMany({
    where: { kind: "reset", userId, usedAt: null, revokedAt: null, ...(by ? { id: { not: by.linkId } } : {}) },
    data: { revokedAt: ctx.clock.now() },
  });
  return true;
}
