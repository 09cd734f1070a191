import { audit } from "@/lib/access/audit";
import { authorize } from "@/lib/access/authorize";
import type { Run } from "@/lib/kernel/run";
import type { Context } from "@/lib/platform/context";
import { transaction } from "@/lib/platform/db";
import { queueRun } from "@/lib/platform/runs";
import { loadRefreshPlan } from "./load-refresh-plan";
import type { Refresh } from "./schema";

/** Starts a run that brings groups (all by default) and what they read up to date: sources, SQL, statistics, online. */
export async function refreshFeatures(ctx: Context, input: Refresh): Promise<{ run: Run }> {
  authorize(ctx, "run.start", `project:${ctx.project.name}`);
  const { groups, nodes } = await loadRefreshPlan(ctx.db, ctx.project, input.groups);
  const run = await transaction(ctx.db, async (tx) => {
    const title = input.groups ? `Recompute ${input.groups.join(", ")}` : "Recompute everything";
    const queued = await queueRun(ctx, tx, { kind: "refresh", title, input: { groups }, nodes });
    await audit(ctx, tx, { action: "run.start", resource: `run:${queued.id}`, after: { kind: "refresh", groups } });
    return queued;
  });
  return { run };
}
