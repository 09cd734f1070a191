import { authorize } from "@/lib/access/authorize";
import { nextCursor, offsetOf, type Page } from "@/lib/kernel/page";
import type { Context } from "@/lib/platform/context";
import type { ListTrainingSets, TrainingSet } from "./training-schema";
import { toTrainingSet } from "./training-set-rows";

/** Training sets, newest first. */
export async function listTrainingSets(ctx: Context, input: ListTrainingSets): Promise<Page<TrainingSet>> {
  authorize(ctx, "catalog.read", `project:${ctx.project.name}`);
  const offset = offsetOf(input.cursor);
  const where = { projectId: ctx.project.id, ...(input.view ? { viewName: input.view } : {}) };
  const [rows, total] = await Promise.all([
    ctx.db.trainingSet.findMany({ where, orderBy: { createdAt: "desc" }, skip: offset, take: input.limit }),
    ctx.db.trainingSet.count({ where }),
  ]);
  return { items: rows.map(toTrainingSet), total, nextCursor: nextCursor(offset, rows.length, total) };
}
