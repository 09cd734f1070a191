import { authorize, Denied } from "@/lib/access/authorize";
import type { Context } from "@/lib/platform/context";
import { transaction } from "@/lib/platform/db";
import { answerChangeRequest } from "./change-answer";
import type { ChangeRequestDetail, GetChangeRequest } from "./change-schema";
import { auditChange, closeRequest, loadChangeRequest, takeOpenRequest } from "./load-change-request";

/** Takes an open request back; only who made it can. Throws `forbidden`, `state_conflict`. */
export async function withdrawChange(ctx: Context, input: GetChangeRequest): Promise<ChangeRequestDetail> {
  authorize(ctx, "change.request", `change_request:${input.id}`);
  const { id, number, requestedBy, requestedByName } = await loadChangeRequest(ctx, ctx.db, input.id);
  if (requestedBy !== ctx.actor.id) {
    const detail = `Only ${requestedByName}, who made change request ${number}, can withdraw it`;
    throw new Denied("forbidden", detail, "change.request", `change_request:${number}`);
  }
  await transaction(ctx.db, async (tx) => {
    const request = await takeOpenRequest(ctx, tx, id);
    await closeRequest(ctx, tx, request, "WITHDRAWN");
    await auditChange(ctx, tx, "withdraw", request);
  });
  return answerChangeRequest(ctx, await loadChangeRequest(ctx, ctx.db, id));
}
