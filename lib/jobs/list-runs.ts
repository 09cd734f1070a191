import { authorize } from "@/lib/access/authorize";
import { nextCursor, offsetOf, type Page } from "@/lib/kernel/page";
import type { ListRuns, Run } from "@/lib/kernel/run";
import type { Context } from "@/lib/platform/context";
import { toRun } from "@/lib/platform/runs";

/** Runs, newest first. `group`: those that worked on a feature group. */
export async function listRuns(ctx: Context, input: ListRuns): Promise<Page<Run>> {
  authorize(ctx, "catalog.read", `project:${ctx.project.name}`);
  const offset = offsetOf(input.cursor);
  const where = {
    projectId: ctx.project.id,
    ...(input.kind ? { kind: input.kind } : {}),
    ...(input.state ? { state: input.state } : {}),
    ...(input.group ? { input: { path: ["groups"], array_contains: [input.group] } } : {}),
  };
  const [rows, total] = await Promise.all([
    ctx.db.run.findMany({ where, orderBy: [{ createdAt: "desc" }, { id: "desc" }], skip: offset, take: input.limit }),
    ctx.db.run.count({ where }),
  ]);
  return { items: rows.map(toRun), total, nextCursor: nextCursor(offset, rows.length, total) };
}
