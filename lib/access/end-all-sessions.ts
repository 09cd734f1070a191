import type { Context } from "@/lib/platform/context";
import { transaction } from "@/lib/platform/db";
import { audit } from "./audit";
import { authorize } from "./authorize";
import type { Done, Nothing } from "./schema";

/** Signs out everywhere: ends all of one's own sessions, this one too. API tokens stay. */
export async function endAllSessions(ctx: Context, _input: Nothing): Promise<Done> {
  authorize(ctx, "account.manage", `user:${ctx.actor.id}`);
  await transaction(ctx.db, async (tx) => {
    const { count } = await tx.session.deleteMany({ where: { userId: ctx.actor.id } });
    const record = { action: "session.end_all", resource: `user:${ctx.actor.id}`, before: { sessions: count } };
    await audit(ctx, tx, { ...record, projectId: null });
  });
  return { done: true };
}
