import type { Context } from "@/lib/platform/context";
import { authorize } from "./authorize";
import type { Nothing, SessionSummary } from "./schema";
import { isSessionAlive } from "./session-policy";

/** One's own sessions that still hold, the one last used first. */
export async function listSessions(ctx: Context, _input: Nothing): Promise<{ items: SessionSummary[] }> {
  authorize(ctx, "account.manage", `user:${ctx.actor.id}`);
  const rows = await ctx.db.session.findMany({
    where: { userId: ctx.actor.id },
    orderBy: [{ lastSeenAt: "desc" }, { id: "desc" }],
  });
  const now = ctx.clock.now();
  return {
    items: rows
      .filter((row) => isSessionAlive(row, now))
      .map(({ id, ip, agent, createdAt, lastSeenAt, expiresAt }) => ({
        id,
        current: id === ctx.actor.from?.sessionId,
        ip,
        agent,
        createdAt: createdAt.toISOString(),
        lastSeenAt: lastSeenAt.toISOString(),
        expiresAt: expiresAt.toISOString(),
      })),
  };
}
