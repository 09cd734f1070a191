import type { Context } from "@/lib/platform/context";
import { transaction } from "@/lib/platform/db";
import { audit } from "./audit";
import { authorize } from "./authorize";
import { summarizeProject, withMembership } from "./project-summary";
import type { ProjectSummary, UpdateProject } from "./schema";

/** Changes the title and description of the project, and how many approvals a change request needs. */
export async function updateProject(ctx: Context, input: UpdateProject): Promise<ProjectSummary> {
  const resource = `project:${ctx.project.name}`;
  authorize(ctx, "project.manage", resource);
  const where = { id: ctx.project.id };
  return transaction(ctx.db, async (tx) => {
    await tx.$queryRaw`SELECT "id" FROM "Project" WHERE "id" = ${where.id} FOR NO KEY UPDATE`;
    const row = await tx.project.findUniqueOrThrow({ where, include: withMembership(ctx.actor) });
    const { title, description, requiredApprovals } = row;
    const before = { title, description, requiredApprovals };
    const after = {
      title: input.title ?? title,
      description: input.description ?? description,
      requiredApprovals: input.requiredApprovals ?? requiredApprovals,
    };
    if ((Object.keys(after) as (keyof typeof after)[]).every((field) => after[field] === before[field]))
      return summarizeProject(row, ctx.actor);
    await tx.project.update({ where, data: { ...after, revision: { increment: 1 } } });
    await audit(ctx, tx, { action: "project.update", resource, before, after });
    return summarizeProject({ ...row, ...after }, ctx.actor);
  });
}
