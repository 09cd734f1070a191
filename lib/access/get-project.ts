import type { Context } from "@/lib/platform/context";
import { authorize } from "./authorize";
import { summarizeProject, withMembership } from "./project-summary";
import type { Nothing, ProjectSummary } from "./schema";

/** The present project with its settings. */
export async function getProject(ctx: Context, _input: Nothing): Promise<ProjectSummary> {
  authorize(ctx, "catalog.read", `project:${ctx.project.name}`);
  const row = await ctx.db.project.findUniqueOrThrow({
    where: { id: ctx.project.id },
    include: withMembership(ctx.actor),
  });
  return summarizeProject(row, ctx.actor);
}
