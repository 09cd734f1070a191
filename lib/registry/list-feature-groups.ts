import { authorize } from "@/lib/access/authorize";
import { nextCursor, offsetOf, type Page } from "@/lib/kernel/page";
import type { Context } from "@/lib/platform/context";
import { nameFilter } from "./name-filter";
import type { GroupSummary, ListObjects } from "./schema";
import { summarizeGroups } from "./summarize-groups";

/** The newest version of every feature group, by name. */
export async function listFeatureGroups(ctx: Context, input: ListObjects): Promise<Page<GroupSummary>> {
  authorize(ctx, "catalog.read", `project:${ctx.project.name}`);
  const offset = offsetOf(input.cursor);
  const where = { projectId: ctx.project.id, latest: true, ...nameFilter(input.q) };
  const [rows, total] = await Promise.all([
    ctx.db.featureGroup.findMany({
      where,
      include: { entity: true, features: true },
      orderBy: { name: "asc" },
      skip: offset,
      take: input.limit,
    }),
    ctx.db.featureGroup.count({ where }),
  ]);
  return { items: await summarizeGroups(ctx, rows), total, nextCursor: nextCursor(offset, rows.length, total) };
}
