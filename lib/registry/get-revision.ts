import { authorize } from "@/lib/access/authorize";
import type { Context } from "@/lib/platform/context";
import type { ProjectRevision } from "./schema";

/** The revision of the project: one row, since every open page asks for it every other second. */
export async function getRevision(ctx: Context): Promise<ProjectRevision> {
  authorize(ctx, "catalog.read", `project:${ctx.project.name}`);
  const { revision } = await ctx.db.project.findUniqueOrThrow({
    where: { id: ctx.project.id },
    select: { revision: true },
  });
  return { project: ctx.project.name, revision };
}
