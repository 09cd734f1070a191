import { authorize } from "@/lib/access/authorize";
import type { Context } from "@/lib/platform/context";
import { definitionNotFound } from "./definition-kinds";
import type { ByName, ConsumerSummary } from "./schema";
import { summarizeConsumer } from "./summarize-consumers";

/** One consumer. Throws `consumer_not_found`. */
export async function getConsumer(ctx: Context, { name }: Pick<ByName, "name">): Promise<ConsumerSummary> {
  authorize(ctx, "catalog.read", `consumer:${name}`);
  const row = await ctx.db.consumer.findUnique({ where: { projectId_name: { projectId: ctx.project.id, name } } });
  if (!row) throw definitionNotFound("consumer", name, ctx.project.name);
  return summarizeConsumer(row);
}
