import { authorize } from "@/lib/access/authorize";
import { nextCursor, offsetOf, type Page } from "@/lib/kernel/page";
import type { Context } from "@/lib/platform/context";
import { nameFilter } from "./name-filter";
import type { ListObjects, SourceSummary } from "./schema";
import { summarizeSource } from "./summarize-sources";

/** Sources by name. */
export async function listSources(ctx: Context, input: ListObjects): Promise<Page<SourceSummary>> {
  authorize(ctx, "catalog.read", `project:${ctx.project.name}`);
  const offset = offsetOf(input.cursor);
  const where = { projectId: ctx.project.id, ...nameFilter(input.q) };
  const [rows, total] = await Promise.all([
    ctx.db.source.findMany({ where, orderBy: { name: "asc" }, skip: offset, take: input.limit }),
    ctx.db.source.count({ where }),
  ]);
  return { items: rows.map(summarizeSource), total, nextCursor: nextCursor(offset, rows.length, total) };
}
