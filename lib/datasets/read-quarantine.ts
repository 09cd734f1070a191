import { authorize } from "@/lib/access/authorize";
import { LarderError } from "@/lib/kernel/errors";
import type { Value } from "@/lib/kernel/values";
import type { Context } from "@/lib/platform/context";
import type { ReadQuarantine } from "./ingest-schema";
import type { TableAnswer } from "./schema";

const COLUMNS = [
  { name: "row", type: "INT64" },
  { name: "reasons", type: "STRING" },
  { name: "sent", type: "STRING" },
];

/**
 * Rows that a write put aside: their place in what was sent, why (`code column`, one after another) and what was sent, as
 * JSON. Only a sensitive reader sees what was sent to a group that has personal features in any version: what is wrong with
 * a row may be that a personal value stands where another belongs. The same goes for DRAFT features. Throws `quarantine_not_found`.
 */
export async function readQuarantine(ctx: Context, input: ReadQuarantine): Promise<TableAnswer> {
  const { name, id, limit } = input;
  authorize(ctx, "data.read", `feature_group:${name}`);
  const found = await ctx.db.quarantine.findFirst({
    where: { id, group: { projectId: ctx.project.id, name } },
    select: { path: true },
  });
  if (!found) throw new LarderError("quarantine_not_found", `Feature group ${name} has no quarantine ${id}`);
  for (const [where, permission] of [
    [{ sensitivity: "personal" }, "sensitive.read"],
    [{ status: "DRAFT" }, "draft.read"],
  ] as const) {
    const hidden = await ctx.db.feature.findFirst({
      where: { ...where, group: { projectId: ctx.project.id, name } },
      select: { name: true },
    });
    if (hidden) authorize(ctx, permission, `quarantine:${id}`);
  }
  const { rows, truncated } = await ctx.offline.preview(found.path, limit);
  return {
    columns: COLUMNS,
    rows: rows.map(([row = null, reasons = null, sent = null]) => [row, reasonText(reasons), sent]),
    ...(truncated ? { truncated } : {}),
  };
}

function reasonText(reasons: Value): string {
  if (!Array.isArray(reasons)) return "";
  return reasons
    .map((reason) => {
      const { code, column } = reason as { code: string; column: string | null };
      return column === null ? code : `${code} ${column}`;
    })
    .join("; ");
}
