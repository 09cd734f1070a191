import { authorize } from "@/lib/access/authorize";
import { PREVIEW_LIMIT_MS, type WorkOptions } from "@/lib/engines/offline/port";
import type { Context } from "@/lib/platform/context";
import type { JoinKey } from "@/lib/registry/definition-schema";
import { guessColumns } from "@/lib/registry/guess-columns";
import type { PreviewSql, SqlPreview } from "./schema";
import { sqlInputs } from "./sql-inputs";

/**
 * The first rows of a SELECT over sources and feature groups, and what each column most likely is. Nothing is kept.
 * Throws `sql_invalid` with the line where it is known, `sql_empty`, `sql_not_allowed`, `sandbox_violation`, `timeout`,
 * `resource_exhausted`, and `forbidden` for groups with personal features unless the actor is a sensitive reader.
 */
export async function previewSql(
  ctx: Context,
  { sql, limit }: PreviewSql,
  options: WorkOptions = {},
): Promise<SqlPreview> {
  const resource = `project:${ctx.project.name}`;
  authorize(ctx, "definition.write", resource);
  authorize(ctx, "data.read", resource);
  const apart = { ...options, apart: ctx.project.id };
  const { names, inputs, warnings } = await sqlInputs(ctx, sql, apart);
  const request = { query: { sql, inputs }, limit: limit + 1, limitMs: PREVIEW_LIMIT_MS };
  const { columns, rows, truncated } = await ctx.offline.query(request, apart);
  const entities = await ctx.db.entity.findMany({ where: { projectId: ctx.project.id } });
  return {
    columns: guessColumns(
      columns,
      entities.map(({ name, joinKeys }) => ({ name, joinKeys: joinKeys as JoinKey[] })),
    ),
    rows: rows.slice(0, limit),
    inputs: names,
    truncated: truncated || rows.length > limit,
    warnings,
  };
}
