import { authorize } from "@/lib/access/authorize";
import type { Context } from "@/lib/platform/context";
import { answerChangeRequest } from "./change-answer";
import type { ChangeRequestDetail, GetChangeRequest } from "./change-schema";
import { loadChangeRequest } from "./load-change-request";

/** One change request by id or number, with checks, impact, differences and decisions. Throws `change_request_not_found`. */
export async function getChangeRequest(ctx: Context, input: GetChangeRequest): Promise<ChangeRequestDetail> {
  authorize(ctx, "catalog.read", `change_request:${input.id}`);
  return answerChangeRequest(ctx, await loadChangeRequest(ctx, ctx.db, input.id));
}
