import { authorize } from "@/lib/access/authorize";
import { nextCursor, offsetOf, type Page } from "@/lib/kernel/page";
import type { Context } from "@/lib/platform/context";
import { nameFilter } from "./name-filter";
import type { ConsumerSummary, ListObjects } from "./schema";
import { summarizeConsumer } from "./summarize-consumers";

/** Consumers by name. */
export async function listConsumers(ctx: Context, input: ListObjects): Promise<Page<ConsumerSummary>> {
  authorize(ctx, "catalog.read", `project:${ctx.project.name}`);
  const offset = offsetOf(input.cursor);
  const where = { projectId: ctx.project.id, ...nameFilter(input.q) };
  const [rows, total] = await Promise.all([
    ctx.db.consumer.findMany({ where, orderBy: { name: "asc" }, skip: offset, take: input.limit }),
    ctx.db.consumer.count({ where }),
  ]);
  return { items: rows.map(summarizeConsumer), total, nextCursor: nextCursor(offset, rows.length, total) };
}
