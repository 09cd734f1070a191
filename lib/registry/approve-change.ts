import { audit } from "@/lib/access/audit";
import { authorize } from "@/lib/access/authorize";
import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { Prisma, type Tx, transaction } from "@/lib/platform/db";
import { newId } from "@/lib/platform/ids";
import { answerChangeRequest } from "./change-answer";
import type { ChangeRequestDetail, DecideChange } from "./change-schema";
import { requireDecider } from "./deciders";
import { type GroupVersion, loadGroupOf, loadRefusalsOf, referenceOf } from "./load-change";
import {
  auditChange,
  type ChangeRequestRow,
  closeRequest,
  loadChangeRequest,
  takeOpenRequest,
} from "./load-change-request";

/**
 * Approves a request of somebody else; the last approval it needs applies it in the same transaction.
 * Throws `forbidden` to the requester, `lifecycle_refused` while a rule stands against it (it stays open), and
 * `state_conflict` when it is closed, was decided by the actor before, or its definition has moved (it ends CONFLICTED).
 */
export async function approveChange(ctx: Context, input: DecideChange): Promise<ChangeRequestDetail> {
  authorize(ctx, "change.decide", `change_request:${input.id}`);
  const { id } = await loadChangeRequest(ctx, ctx.db, input.id);
  const conflict = await transaction(ctx.db, async (tx) => {
    const request = await takeOpenRequest(ctx, tx, id);
    const { selfApproved } = await requireDecider(ctx, tx, request, "approve");
    const group = await loadGroupOf(tx, request);
    if (!group || group.revision !== request.baseRevision) return endInConflict(ctx, tx, request, group);
    const issues = await loadRefusalsOf(ctx, tx, request, group);
    if (issues.length > 0) {
      const detail = `Change request ${request.number} cannot be applied: ${issues[0]?.detail}`;
      throw new LarderError("lifecycle_refused", detail, issues);
    }
    await decide(ctx, tx, request, { selfApproved, comment: input.comment });
    const approvals = request.decisions.length + 1;
    const applied = approvals >= request.requiredApprovals;
    const { requiredApprovals } = request;
    const said = { comment: input.comment, selfApproved, approvals, requiredApprovals, applied };
    await auditChange(ctx, tx, "approve", request, said);
    if (applied) await applyChange(ctx, tx, request, group);
    return null;
  });
  // The conflict is kept: throwing inside would have rolled it back.
  if (conflict) throw new LarderError("state_conflict", conflict);
  return answerChangeRequest(ctx, await loadChangeRequest(ctx, ctx.db, id));
}

async function endInConflict(
  ctx: Context,
  tx: Tx,
  request: ChangeRequestRow,
  group: GroupVersion | null,
): Promise<string> {
  const { groupName, groupVersion, baseRevision, number } = request;
  const why = group
    ? `The definition of ${groupName} moved from revision ${baseRevision} to ${group.revision}`
    : `Version ${groupVersion} of ${groupName} no longer exists`;
  await closeRequest(ctx, tx, request, "CONFLICTED", why);
  await auditChange(ctx, tx, "conflict", request, { why });
  return `${why} since change request ${number} was made; ask again`;
}

async function decide(
  ctx: Context,
  tx: Tx,
  request: ChangeRequestRow,
  said: { selfApproved: boolean; comment: string },
): Promise<void> {
  const at = ctx.clock.now();
  await tx.decision.create({
    data: {
      id: newId("dec", at.getTime()),
      requestId: request.id,
      verdict: "approve",
      ...said,
      decidedBy: ctx.actor.id,
      decidedByName: ctx.actor.name,
      decidedAt: at,
    },
  });
}

/** Moves the features. A deprecation ends when a feature is ACTIVE again, and is kept when it is retired. */
async function applyChange(ctx: Context, tx: Tx, request: ChangeRequestRow, group: GroupVersion): Promise<void> {
  const { targetStatus } = request;
  const asked = request.features as { id: string; name: string; from: string }[];
  const updatedAt = ctx.clock.now();
  const before = new Map(group.features.map((feature) => [feature.id, feature.deprecation]));
  const retired = targetStatus === "RETIRED";
  await closeRequest(ctx, tx, request, "APPROVED");
  for (const from of new Set(asked.map((feature) => feature.from))) {
    const ids = asked.filter((feature) => feature.from === from).map(({ id }) => id);
    // The write itself compares the status again, so that nothing moves where no arrow leads.
    const { count } = await tx.feature.updateMany({
      where: { id: { in: ids }, status: from },
      data: {
        status: targetStatus,
        updatedAt,
        ...(retired ? {} : { deprecation: request.deprecation ?? Prisma.DbNull }),
      },
    });
    if (count !== ids.length)
      throw new LarderError("state_conflict", `Features of ${group.name} that were ${from} are no longer`);
  }
  for (const { id, name, from } of asked) {
    const deprecation = before.get(id) ?? null;
    await audit(ctx, tx, {
      action: "feature.status",
      resource: `feature:${referenceOf(group, name)}`,
      before: { status: from, deprecation },
      after: {
        status: targetStatus,
        deprecation: retired ? deprecation : request.deprecation,
        changeRequest: request.number,
      },
    });
  }
}
