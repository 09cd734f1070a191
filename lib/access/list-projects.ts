import { nextCursor, offsetOf, type Page, type PageQuery } from "@/lib/kernel/page";
import type { Context } from "@/lib/platform/context";
import type { Prisma } from "@/lib/platform/db";
import { authorize } from "./authorize";
import { everywhere, summarizeProject, withMembership } from "./project-summary";
import type { ProjectSummary } from "./schema";

/** The projects one belongs to, the oldest first; for admins of the instance all, for a token its own. */
export async function listProjects(ctx: Context, input: PageQuery): Promise<Page<ProjectSummary>> {
  authorize(ctx, "me.read", "projects:own");
  const offset = offsetOf(input.cursor);
  const where = visibleTo(ctx);
  const [rows, total] = await Promise.all([
    ctx.db.project.findMany({
      where,
      orderBy: [{ createdAt: "asc" }, { id: "asc" }],
      skip: offset,
      take: input.limit,
      include: withMembership(ctx.actor),
    }),
    ctx.db.project.count({ where }),
  ]);
  const items = rows.map((row) => summarizeProject(row, ctx.actor));
  return { items, nextCursor: nextCursor(offset, items.length, total), total };
}

function visibleTo({ actor, project }: Context): Prisma.ProjectWhereInput {
  if (actor.kind === "service" || actor.from?.tokenId) return { id: project.id };
  return everywhere(actor) ? {} : { members: { some: { userId: actor.id } } };
}
