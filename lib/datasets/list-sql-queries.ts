import { authorize } from "@/lib/access/authorize";
import { nextCursor, offsetOf, type Page } from "@/lib/kernel/page";
import type { Context } from "@/lib/platform/context";
import type { ListSqlQueries, SqlQuery } from "./sql-schema";

/** The queries that the actor ran in this project, the newest first; nobody sees those of others. */
export async function listSqlQueries(ctx: Context, input: ListSqlQueries): Promise<Page<SqlQuery>> {
  authorize(ctx, "sql.run", `project:${ctx.project.name}`);
  const offset = offsetOf(input.cursor);
  const where = { projectId: ctx.project.id, actorId: ctx.actor.id };
  const orderBy = [{ startedAt: "desc" as const }, { id: "desc" as const }];
  const [rows, total] = await Promise.all([
    ctx.db.sqlQuery.findMany({ where, orderBy, skip: offset, take: input.limit }),
    ctx.db.sqlQuery.count({ where }),
  ]);
  const items = rows.map(
    (row): SqlQuery => ({
      id: row.id,
      sql: row.sql,
      state: row.state as SqlQuery["state"],
      rowCount: row.rowCount,
      seconds: row.seconds,
      error: row.error as SqlQuery["error"],
      startedAt: row.startedAt.toISOString(),
    }),
  );
  return { items, total, nextCursor: nextCursor(offset, rows.length, total) };
}
