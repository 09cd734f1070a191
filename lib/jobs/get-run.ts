import { authorize } from "@/lib/access/authorize";
import { LarderError } from "@/lib/kernel/errors";
import type { Run, RunId } from "@/lib/kernel/run";
import type { Context } from "@/lib/platform/context";
import { toRun } from "@/lib/platform/runs";

/** One run. Throws `run_not_found`. */
export async function getRun(ctx: Context, input: RunId): Promise<Run> {
  authorize(ctx, "catalog.read", `run:${input.id}`);
  const row = await ctx.db.run.findFirst({ where: { id: input.id, projectId: ctx.project.id } });
  if (!row) throw new LarderError("run_not_found", `There is no run ${input.id} in project ${ctx.project.name}`);
  return toRun(row);
}
