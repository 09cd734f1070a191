import type { Context } from "@/lib/platform/context";
import type {
  ChangeDiff,
  ChangeRequestDetail,
  ChangeRequestSummary,
  Check,
  DecisionSummary,
  Deprecation,
  Impact,
} from "./change-schema";
import { actionsOf, type Deciders, loadDeciders } from "./deciders";
import type { TargetStatus } from "./lifecycle";
import { loadGroupOf, loadRefusalsOf } from "./load-change";
import type { ChangeRequestRow } from "./load-change-request";
import { type IsHidden, loadHidden, maskChecks, maskDiff } from "./mask-change";

/** A row without what only the whole answer tells. */
export type SummaryRow = Omit<ChangeRequestRow, "diff" | "impact">;

/** A request at a glance, with what the actor may do to it. */
export function summarizeChangeRequest(
  ctx: Context,
  row: SummaryRow,
  deciders: Deciders,
  isHidden: IsHidden,
): ChangeRequestSummary {
  const features = (row.features as { name: string; from: string }[]).map(({ name, from }) => ({ name, from }));
  return {
    id: row.id,
    number: row.number,
    group: row.groupName,
    groupVersion: row.groupVersion,
    features,
    targetStatus: row.targetStatus as TargetStatus,
    reason: row.reason,
    state: row.state as ChangeRequestSummary["state"],
    requiredApprovals: row.requiredApprovals,
    approvals: row.decisions.filter(({ verdict }) => verdict === "approve").length,
    requestedBy: { id: row.requestedBy, name: row.requestedByName },
    requestedAt: row.requestedAt.toISOString(),
    closedAt: row.closedAt?.toISOString() ?? null,
    closedNote: row.closedNote,
    checks: maskChecks(
      row.checks as Check[],
      features.map(({ name }) => name),
      isHidden,
    ),
    actions: actionsOf(ctx.actor, row, deciders),
  };
}

/** Everything about a request; what would stand against approving an open one is found out now. */
export async function answerChangeRequest(ctx: Context, row: ChangeRequestRow): Promise<ChangeRequestDetail> {
  const deciders = await loadDeciders(ctx, ctx.db, [row.requestedBy]);
  const group = await loadGroupOf(ctx.db, row);
  const open = row.state === "OPEN";
  const refusals = open && group ? await loadRefusalsOf(ctx, ctx.db, row, group) : [];
  const gone = open && !group ? [`Version ${row.groupVersion} of ${row.groupName} no longer exists`] : [];
  const isHidden = (await loadHidden(ctx))(row);
  return {
    ...summarizeChangeRequest(ctx, row, deciders, isHidden),
    deprecation: row.deprecation as Deprecation | null,
    impact: row.impact as Impact,
    diff: maskDiff(ctx, row.diff as ChangeDiff, isHidden),
    decisions: row.decisions.map(
      (decision): DecisionSummary => ({
        id: decision.id,
        verdict: decision.verdict as DecisionSummary["verdict"],
        comment: decision.comment,
        selfApproved: decision.selfApproved,
        decidedBy: { id: decision.decidedBy, name: decision.decidedByName },
        decidedAt: decision.decidedAt.toISOString(),
      }),
    ),
    blockers: [...gone, ...refusals.map(({ detail }) => detail)],
    baseMoved: open && group?.revision !== row.baseRevision,
  };
}
