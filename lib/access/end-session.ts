import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { transaction } from "@/lib/platform/db";
import { audit } from "./audit";
import { authorize } from "./authorize";
import type { ById, Done } from "./schema";

/** Ends one of one's own sessions; whoever uses it is out at the next request. Throws `session_not_found`. */
export async function endSession(ctx: Context, { id }: ById): Promise<Done> {
  authorize(ctx, "account.manage", `session:${id}`);
  await transaction(ctx.db, async (tx) => {
    const { count } = await tx.session.deleteMany({ where: { id, userId: ctx.actor.id } });
    if (count === 0) throw new LarderError("session_not_found", "You have no session with this id");
    const record = { action: "session.end", resource: `user:${ctx.actor.id}`, before: { session: id } };
    await audit(ctx, tx, { ...record, projectId: null });
  });
  return { done: true };
}
