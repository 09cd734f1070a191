import { authorize } from "@/lib/access/authorize";
import type { Context } from "@/lib/platform/context";
import type { ChangePlan, PlanChange } from "./change-schema";
import { loadChange, loadOverlaps } from "./load-change";
import { loadFindings } from "./load-findings";

/** What a change request would say, and what would stand against it, without making it. */
export async function planChange(ctx: Context, input: PlanChange): Promise<ChangePlan> {
  authorize(ctx, "change.request", `feature_group:${input.group}`);
  const { group, features, issues } = await loadChange(ctx, ctx.db, input);
  const [findings, { foreign }] = await Promise.all([
    loadFindings(ctx, group, features),
    loadOverlaps(ctx, ctx.db, group, features),
  ]);
  return {
    features: features.map(({ name, status }) => ({ name, from: status })),
    checks: findings.checks,
    impact: findings.impact,
    blockers: [...issues.map(({ detail }) => detail), ...foreign.map(({ detail }) => detail)],
  };
}
