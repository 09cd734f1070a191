import { authorize } from "@/lib/access/authorize";
import type { WorkOptions } from "@/lib/engines/offline/port";
import { type Context, currentEnv } from "@/lib/platform/context";
import { noted } from "./sql-history";
import { sqlInputs } from "./sql-inputs";
import type { RunSql, SqlResult } from "./sql-schema";

/**
 * The rows of a SELECT over sources and feature groups, for whoever tries something out; noted in their history. Throws
 * `sql_invalid` with line and column where they are known, `sql_empty`, `sql_too_long`, `sql_not_allowed`,
 * `sandbox_violation`, `timeout` after LARDER_SQL_SECONDS, `resource_exhausted`, `temp_space_exhausted`, `cancelled`, and
 * `forbidden` for what the actor may not read.
 */
export async function runSql(
  ctx: Context,
  { sql, limit }: RunSql,
  options: WorkOptions & { limitMs?: number } = {},
): Promise<SqlResult> {
  const resource = `project:${ctx.project.name}`;
  authorize(ctx, "sql.run", resource);
  authorize(ctx, "data.read", resource);
  const { limitMs = currentEnv().sqlSeconds * 1000, ...rest } = options;
  const apart = { ...rest, apart: ctx.project.id };
  const { answer, queryId, seconds } = await noted(
    ctx,
    sql,
    async () => {
      const { names, inputs, warnings } = await sqlInputs(ctx, sql, apart);
      const request = { query: { sql, inputs }, limit: limit + 1, limitMs };
      const { columns, rows, truncated } = await ctx.offline.query(request, apart);
      const shown = rows.slice(0, limit);
      const more = truncated || rows.length > limit;
      return { columns, rows: shown, rowCount: shown.length, truncated: more, inputs: names, warnings };
    },
    ({ rowCount }) => rowCount,
  );
  return { ...answer, seconds, queryId };
}
