import type { Context } from "@/lib/platform/context";
import { transaction } from "@/lib/platform/db";
import { audit } from "./audit";
import { authorize } from "./authorize";
import type { Done, Nothing } from "./schema";

/** Ends the session that the request came with. Without one there is nothing to end, which is no error. */
export async function signOut(ctx: Context, _input: Nothing): Promise<Done> {
  const sessionId = ctx.actor.from?.sessionId ?? null;
  authorize(ctx, "session.start", `session:${sessionId ?? "none"}`);
  if (sessionId === null) return { done: true };
  await transaction(ctx.db, async (tx) => {
    const { count } = await tx.session.deleteMany({ where: { id: sessionId, userId: ctx.actor.id } });
    if (count === 0) return;
    const record = { action: "session.end", resource: `user:${ctx.actor.id}`, before: { session: sessionId } };
    await audit(ctx, tx, { ...record, projectId: null });
  });
  return { done: true };
}
