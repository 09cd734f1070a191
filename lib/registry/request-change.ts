import { authorize } from "@/lib/access/authorize";
import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { Prisma, type Tx, transaction } from "@/lib/platform/db";
import { newId } from "@/lib/platform/ids";
import { answerChangeRequest } from "./change-answer";
import type { ChangeRequestDetail, RequestChange } from "./change-schema";
import { type Change, loadChange, loadOverlaps } from "./load-change";
import { auditChange, closeRequest, loadChangeRequest, lockProject } from "./load-change-request";
import { loadDiff } from "./load-diff";
import { loadFindings } from "./load-findings";

/**
 * Asks for another status, and keeps what was known when it was asked: checks, impact, the difference to what was approved
 * last. An older open request of the same person for one of the features is superseded.
 * Throws `lifecycle_refused` naming everything that stands against it, `state_conflict` for a feature in somebody else's.
 */
export async function requestChange(ctx: Context, input: RequestChange): Promise<ChangeRequestDetail> {
  authorize(ctx, "change.request", `feature_group:${input.group}`);
  requireDeprecation(ctx, input);
  const { group, features } = requireNoIssues(await loadChange(ctx, ctx.db, input), input);
  const { checks, impact, statistics } = await loadFindings(ctx, group, features);
  const diff = await loadDiff(ctx, group, features, statistics);

  const write = async (tx: Tx): Promise<string> => {
    const requiredApprovals = await lockProject(ctx, tx);
    const asked = { ...input, version: group.version, features: features.map(({ name }) => name) };
    const now = requireNoIssues(await loadChange(ctx, tx, asked), input);
    if (now.group.id !== group.id || now.group.revision !== group.revision)
      throw new LarderError("state_conflict", `The definition of ${group.name} changed at this moment; ask again`);
    const { own, foreign } = await loadOverlaps(ctx, tx, now.group, now.features);
    if (foreign.length > 0)
      throw new LarderError("state_conflict", foreign.map(({ detail }) => detail).join("; "), foreign);
    const last = await tx.changeRequest.aggregate({
      where: { projectId: ctx.project.id },
      _max: { number: true },
    });
    const number = (last._max.number ?? 0) + 1;
    for (const older of own) {
      await closeRequest(ctx, tx, older, "SUPERSEDED", `Superseded by change request ${number}`);
      await auditChange(ctx, tx, "supersede", older, { by: number });
    }
    const at = ctx.clock.now();
    const request = await tx.changeRequest.create({
      data: {
        id: newId("chg", at.getTime()),
        projectId: ctx.project.id,
        number,
        groupId: group.id,
        groupName: group.name,
        groupVersion: group.version,
        features: now.features.map(({ id, name, status }) => ({ id, name, from: status })),
        targetStatus: input.targetStatus,
        reason: input.reason,
        deprecation: input.deprecation ?? Prisma.DbNull,
        baseRevision: group.revision,
        requiredApprovals,
        checks,
        impact,
        diff,
        requestedBy: ctx.actor.id,
        requestedByName: ctx.actor.name,
        requestedAt: at,
      },
    });
    const { deprecation } = input;
    await auditChange(ctx, tx, "request", request, { reason: input.reason, ...(deprecation ? { deprecation } : {}) });
    return request.id;
  };
  const id = await transaction(ctx.db, write);
  return answerChangeRequest(ctx, await loadChangeRequest(ctx, ctx.db, id));
}

/** A deprecation says why and until when; nothing else has one. */
function requireDeprecation(ctx: Context, { targetStatus, deprecation }: RequestChange): void {
  const refuse = (detail: string, pointer = "/deprecation"): never => {
    throw new LarderError("validation_failed", detail, [{ code: "validation_failed", pointer, detail }]);
  };
  if (targetStatus !== "DEPRECATED" && deprecation) refuse(`deprecation is for DEPRECATED, not for ${targetStatus}`);
  if (targetStatus === "DEPRECATED" && !deprecation)
    refuse("deprecation is required to deprecate: { note, retireOn, replacement }");
  const today = ctx.clock.now().toISOString().slice(0, 10);
  if (deprecation && deprecation.retireOn < today)
    refuse(`retireOn ${deprecation.retireOn} has passed; today is ${today}`, "/deprecation/retireOn");
}

function requireNoIssues(change: Change, { targetStatus }: RequestChange): Change {
  const { group, issues } = change;
  if (issues.length === 0) return change;
  const [first] = issues;
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : "";
  throw new LarderError("lifecycle_refused", `${group.name} to ${targetStatus}: ${first?.detail}${more}`, issues);
}
