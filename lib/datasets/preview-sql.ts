import { authorize } from "@/lib/access/authorize";
import { PREVIEW_LIMIT_MS, type WorkOptions } from "@/lib/engines/offline/port";
import { isLarderError, LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import type { JoinKey } from "@/lib/registry/definition-schema";
import { guessColumns } from "@/lib/registry/guess-columns";
import { loadInputs } from "./load-inputs";
import type { PreviewSql, SqlPreview } from "./schema";

/**
 * The first rows of a SELECT over sources and feature groups, and what each column most likely is. Nothing is kept.
 * Throws `sql_invalid` with the line where it is known, `sql_not_allowed`, `timeout`, `resource_exhausted`, and `forbidden` for groups with
 * personal features unless the actor is a sensitive reader.
 */
export async function previewSql(
  ctx: Context,
  { sql, limit }: PreviewSql,
  options: WorkOptions = {},
): Promise<SqlPreview> {
  const resource = `project:${ctx.project.name}`;
  authorize(ctx, "definition.write", resource);
  authorize(ctx, "data.read", resource);
  const { names } = await ctx.offline.describe({ sql, inputs: [] }, options);
  await requireKnown(ctx, sql, names);
  const { inputs } = await loadInputs(ctx, names, { fingerprints: false });
  const late = AbortSignal.timeout(PREVIEW_LIMIT_MS);
  const signal = options.signal ? AbortSignal.any([late, options.signal]) : late;
  const request = { query: { sql, inputs }, limit: limit + 1 };
  const { columns, rows, truncated } = await ctx.offline.query(request, { signal }).catch((error: unknown) => {
    if (!isLarderError(error) || error.code !== "cancelled" || !late.aborted) throw error;
    throw new LarderError("timeout", `No rows after ${PREVIEW_LIMIT_MS / 1000} s; read less, or add a LIMIT inside`);
  });
  const entities = await ctx.db.entity.findMany({ where: { projectId: ctx.project.id } });
  return {
    columns: guessColumns(
      columns,
      entities.map(({ name, joinKeys }) => ({ name, joinKeys: joinKeys as JoinKey[] })),
    ),
    rows: rows.slice(0, limit),
    inputs: names,
    truncated: truncated || rows.length > limit,
  };
}

async function requireKnown(ctx: Context, sql: string, names: string[]): Promise<void> {
  const where = { projectId: ctx.project.id };
  const select = { name: true } as const;
  const known = await Promise.all([
    ctx.db.source.findMany({ where, select }),
    ctx.db.featureGroup.findMany({ where: { ...where, latest: true }, select }),
  ]);
  const taken = new Set(known.flat().map((row) => row.name));
  const issues = names.flatMap((name) =>
    taken.has(name)
      ? []
      : [
          {
            code: "unknown_relation",
            detail: `${name} is neither a source nor a feature group`,
            line: lineOf(sql, name),
          },
        ],
  );
  const [first] = issues;
  if (!first) return;
  const detail = issues.map((issue) => issue.detail).join("; ");
  throw new LarderError("sql_invalid", `LINE ${first.line}: ${detail} of project ${ctx.project.name}`, issues);
}

function lineOf(sql: string, word: string): number {
  const at = sql.search(new RegExp(`(?<!\\w)${word.replace(/[^\w]/g, "\\$&")}(?!\\w)`, "i"));
  return at < 0 ? 1 : sql.slice(0, at).split("\n").length;
}
