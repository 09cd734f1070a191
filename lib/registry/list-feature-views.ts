import { authorize } from "@/lib/access/authorize";
import { nextCursor, offsetOf, type Page } from "@/lib/kernel/page";
import type { Context } from "@/lib/platform/context";
import { nameFilter } from "./name-filter";
import type { ListObjects, ViewSummary } from "./schema";
import { summarizeView } from "./view-columns";

/** The newest version of every feature view, by name. */
export async function listFeatureViews(ctx: Context, input: ListObjects): Promise<Page<ViewSummary>> {
  authorize(ctx, "catalog.read", `project:${ctx.project.name}`);
  const offset = offsetOf(input.cursor);
  const where = { projectId: ctx.project.id, latest: true, ...nameFilter(input.q) };
  const [rows, total] = await Promise.all([
    ctx.db.featureView.findMany({ where, orderBy: { name: "asc" }, skip: offset, take: input.limit }),
    ctx.db.featureView.count({ where }),
  ]);
  return { items: rows.map(summarizeView), total, nextCursor: nextCursor(offset, rows.length, total) };
}
