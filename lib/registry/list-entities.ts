import { authorize } from "@/lib/access/authorize";
import { nextCursor, offsetOf, type Page } from "@/lib/kernel/page";
import type { Context } from "@/lib/platform/context";
import { nameFilter } from "./name-filter";
import type { EntitySummary, ListObjects } from "./schema";
import { ENTITY_INCLUDE, summarizeEntity } from "./summarize-entities";

/** Entities by name. */
export async function listEntities(ctx: Context, input: ListObjects): Promise<Page<EntitySummary>> {
  authorize(ctx, "catalog.read", `project:${ctx.project.name}`);
  const offset = offsetOf(input.cursor);
  const where = { projectId: ctx.project.id, ...nameFilter(input.q) };
  const [rows, total] = await Promise.all([
    ctx.db.entity.findMany({
      where,
      include: ENTITY_INCLUDE,
      orderBy: { name: "asc" },
      skip: offset,
      take: input.limit,
    }),
    ctx.db.entity.count({ where }),
  ]);
  return { items: rows.map(summarizeEntity), total, nextCursor: nextCursor(offset, rows.length, total) };
}
