import type { Input, WorkOptions } from "@/lib/engines/offline/port";
import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { loadInputs } from "./load-inputs";
import type { SqlWarning } from "./sql-schema";

const MAX_LENGTH = 100_000;

/** What a SELECT that somebody tries out reads, and what it should be told about it. */
export type SqlInputs = { names: string[]; inputs: Input[]; warnings: SqlWarning[] };

/**
 * Resolves the names in a SELECT that somebody tries out. Throws `sql_too_long`, `sql_empty`, `sql_not_allowed`,
 * `sandbox_violation`, `sql_invalid` with the line of a name that is not known, and what `loadInputs` throws.
 */
export async function sqlInputs(ctx: Context, sql: string, options: WorkOptions = {}): Promise<SqlInputs> {
  if (sql.length > MAX_LENGTH)
    throw new LarderError("sql_too_long", `The SQL has ${sql.length} characters; it may have ${MAX_LENGTH}`);
  const { names, changing } = await ctx.offline.describe({ sql, inputs: [] }, options);
  await requireKnown(ctx, sql, names);
  const { inputs } = await loadInputs(ctx, names, { fingerprints: false, retired: "hide" });
  return { names, inputs, warnings: changingWarnings(changing) };
}

/** The warning about what gives something else each time it runs. */
export function changingWarnings(changing: string[]): SqlWarning[] {
  if (changing.length === 0) return [];
  const detail = `${changing.join(", ")} gives something else each time, so the same inputs do not give the same rows`;
  return [{ code: "non_deterministic", detail }];
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
