import { authorize } from "@/lib/access/authorize";
import type { Context } from "@/lib/platform/context";
import { transaction } from "@/lib/platform/db";
import { newId } from "@/lib/platform/ids";
import { answerChangeRequest } from "./change-answer";
import type { ChangeRequestDetail, RejectChange } from "./change-schema";
import { requireDecider } from "./deciders";
import { auditChange, closeRequest, loadChangeRequest, takeOpenRequest } from "./load-change-request";

/** Rejects a request of somebody else, with the reason; one rejection ends it. Throws `forbidden`, `state_conflict`. */
export async function rejectChange(ctx: Context, input: RejectChange): Promise<ChangeRequestDetail> {
  authorize(ctx, "change.decide", `change_request:${input.id}`);
  const { id } = await loadChangeRequest(ctx, ctx.db, input.id);
  await transaction(ctx.db, async (tx) => {
    const request = await takeOpenRequest(ctx, tx, id);
    await requireDecider(ctx, tx, request, "reject");
    const at = ctx.clock.now();
    await tx.decision.create({
      data: {
        id: newId("dec", at.getTime()),
        requestId: id,
        verdict: "reject",
        comment: input.comment,
        decidedBy: ctx.actor.id,
        decidedByName: ctx.actor.name,
        decidedAt: at,
      },
    });
    await closeRequest(ctx, tx, request, "REJECTED");
    await auditChange(ctx, tx, "reject", request, { comment: input.comment });
  });
  return answerChangeRequest(ctx, await loadChangeRequest(ctx, ctx.db, id));
}
