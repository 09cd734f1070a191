import { authorize } from "@/lib/access/authorize";
import type { Context } from "@/lib/platform/context";
import type { DeletedSqlQueries } from "./sql-schema";

/** Forgets the queries that the actor ran in this project. */
export async function deleteSqlQueries(ctx: Context): Promise<DeletedSqlQueries> {
  authorize(ctx, "sql.run", `project:${ctx.project.name}`);
  const { count } = await ctx.db.sqlQuery.deleteMany({
    where: { projectId: ctx.project.id, actorId: ctx.actor.id },
  });
  return { deleted: count };
}
