import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { type Tx, transaction } from "@/lib/platform/db";
import { audit } from "./audit";
import { authorize, may } from "./authorize";
import { auditedToken, newToken } from "./new-token";
import type { NewToken, RotateToken } from "./schema";
import { stateOf } from "./token-summary";

const HOUR_MS = 60 * 60_000;
const MAX_LIFETIME_MS = 365 * 24 * HOUR_MS;

/**
 * Gives a token a successor with the same name, scopes and lifetime; the old one still works for the overlap, never longer
 * than before. One's own, or with `service_account.manage` a service account's. Throws `token_not_found`, and
 * `state_conflict` for one that works no more.
 */
export async function rotateToken(ctx: Context, { id, overlapHours }: RotateToken): Promise<NewToken> {
  authorize(ctx, "token.manage", `token:${id}`);
  return transaction(ctx.db, async (tx) => {
    const old = await lockToken(ctx, tx, id);
    const now = ctx.clock.now();
    const state = stateOf(old, now);
    if (state !== "active")
      throw new LarderError("state_conflict", `The token ${old.name} is ${state}; make a new one instead`);
    const { name, scopes, userId, serviceAccountId } = old;
    const lifetimeMs = old.expiresAt ? old.expiresAt.getTime() - old.createdAt.getTime() : MAX_LIFETIME_MS;
    const owner = serviceAccountId === null ? { userId: userId ?? "" } : { serviceAccountId };
    const made = await newToken(ctx, tx, { owner, name, scopes, lifetimeMs: Math.min(lifetimeMs, MAX_LIFETIME_MS) });
    const overlapEnd = new Date(now.getTime() + overlapHours * HOUR_MS);
    const expiresAt = old.expiresAt && old.expiresAt < overlapEnd ? old.expiresAt : overlapEnd;
    await tx.apiToken.update({ where: { id }, data: { expiresAt } });
    await audit(ctx, tx, {
      action: "token.rotate",
      resource: `token:${name}`,
      before: { id, expiresAt: old.expiresAt?.toISOString() ?? null },
      after: { ...auditedToken(made), predecessor: { id, expiresAt: expiresAt.toISOString() } },
    });
    return made;
  });
}

/** Nobody rotates another person's token: its secret would let them act as that person. */
async function lockToken(ctx: Context, tx: Tx, id: string) {
  const projectId = ctx.project.id;
  await tx.$queryRaw`SELECT "id" FROM "ApiToken" WHERE "id" = ${id} AND "projectId" = ${projectId} FOR UPDATE`;
  const accounts = may(ctx.actor, "service_account.manage") ? [{ serviceAccountId: { not: null } }] : [];
  const old = await tx.apiToken.findFirst({
    where: { id, projectId, OR: [{ userId: ctx.actor.id }, ...accounts] },
    include: { serviceAccount: { select: { name: true, disabledAt: true } } },
  });
  if (!old) throw new LarderError("token_not_found", "There is no token with this id that you may rotate");
  if (old.serviceAccount?.disabledAt)
    throw new LarderError(
      "state_conflict",
      `The service account ${old.serviceAccount.name} is disabled; enable it first`,
    );
  return old;
}
