import type { Context } from "@/lib/platform/context";
import type { Tx } from "@/lib/platform/db";
import { newId } from "@/lib/platform/ids";
import { audit } from "./audit";
import type { Signed } from "./schema";
import { hashSecret, newSecret } from "./secret";
import { IDLE_MS, SESSION_MS } from "./session-policy";

/** Whom a session is for. */
export type SessionUser = { id: string; name: string };

/**
 * Starts a session in this transaction, always with a new token; the one that this browser had ends. `how` is for the audit
 * log. Part of the verbs that have checked who it is.
 */
export async function startSession(ctx: Context, tx: Tx, user: SessionUser, how: string): Promise<Signed> {
  const now = ctx.clock.now();
  const token = newSecret("lse");
  const { from } = ctx.actor;
  // The user's row first, as everywhere that sessions change: two transactions must not wait for each other.
  await tx.user.update({ where: { id: user.id }, data: { lastSignInAt: now } });
  const dead = [{ expiresAt: { lte: now } }, { lastSeenAt: { lte: new Date(now.getTime() - IDLE_MS) } }];
  const replaced = from?.sessionId ? [{ id: from.sessionId }] : [];
  await tx.session.deleteMany({
    where: { OR: [...replaced, ...dead.map((ended) => ({ ...ended, userId: user.id }))] },
  });
  const id = newId("ses", now.getTime());
  await tx.session.create({
    data: {
      id,
      userId: user.id,
      hash: hashSecret(token),
      ip: from?.ip ?? null,
      agent: from?.agent ?? null,
      createdAt: now,
      lastSeenAt: now,
      expiresAt: new Date(now.getTime() + SESSION_MS),
    },
  });
  const record = { action: "session.start", resource: `user:${user.id}`, after: { how, session: id }, projectId: null };
  await audit(actingAs(ctx, user), tx, record);
  return { user: { id: user.id, name: user.name }, sessionToken: token };
}

/** The same context with a user as the actor, for the audit log of what they do before they are signed in. */
export function actingAs(ctx: Context, user: SessionUser): Context {
  const { from } = ctx.actor;
  return { ...ctx, actor: { kind: "user", id: user.id, name: user.name, role: null, ...(from ? { from } : {}) } };
}
