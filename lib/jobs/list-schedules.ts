import { authorize } from "@/lib/access/authorize";
import { nextCursor, offsetOf, type Page } from "@/lib/kernel/page";
import type { RunState } from "@/lib/kernel/run";
import type { Context } from "@/lib/platform/context";
import { Prisma } from "@/lib/platform/db";
import type { Schedule } from "@/lib/registry/definition-schema";
import { GRACE_MS } from "./schedule-rule";
import type { ListSchedules, ScheduleSummary } from "./schedule-schema";

const MISSED_SINCE_MS = 30 * 24 * 60 * 60_000;

/** Groups with a schedule, the next to come first: when, how the last run ended, and what was missed. */
export async function listSchedules(ctx: Context, input: ListSchedules): Promise<Page<ScheduleSummary>> {
  authorize(ctx, "catalog.read", `project:${ctx.project.name}`);
  const offset = offsetOf(input.cursor);
  const now = ctx.clock.now().getTime();
  const where = { projectId: ctx.project.id, latest: true, schedule: { not: Prisma.DbNull } };
  const [groups, total] = await Promise.all([
    ctx.db.featureGroup.findMany({
      where,
      orderBy: [{ nextRunAt: { sort: "asc", nulls: "last" } }, { name: "asc" }],
      skip: offset,
      take: input.limit,
    }),
    ctx.db.featureGroup.count({ where }),
  ]);
  const ids = groups.map((group) => group.id);
  const [lasts, missed] = await Promise.all([
    ctx.db.scheduledRun.findMany({
      where: { groupId: { in: ids }, runId: { not: null } },
      orderBy: [{ groupId: "asc" }, { scheduledFor: "desc" }],
      distinct: ["groupId"],
    }),
    ctx.db.scheduledRun.groupBy({
      by: ["groupId"],
      where: { groupId: { in: ids }, runId: null, scheduledFor: { gt: new Date(now - MISSED_SINCE_MS) } },
      _count: true,
    }),
  ]);
  const runs = await ctx.db.run.findMany({
    where: { id: { in: lasts.flatMap(({ runId }) => runId ?? []) } },
    select: { id: true, state: true },
  });
  const items = groups.map((group): ScheduleSummary => {
    const last = lasts.find(({ groupId }) => groupId === group.id);
    const run = runs.find(({ id }) => id === last?.runId);
    return {
      group: group.name,
      version: group.version,
      schedule: group.schedule as Schedule,
      nextRunAt: group.nextRunAt?.toISOString() ?? null,
      overdue: group.nextRunAt !== null && now - group.nextRunAt.getTime() > GRACE_MS,
      last: last
        ? {
            scheduledFor: last.scheduledFor.toISOString(),
            run: run ? { id: run.id, state: run.state as RunState } : null,
          }
        : null,
      missed: missed.find(({ groupId }) => groupId === group.id)?._count ?? 0,
    };
  });
  return { items, total, nextCursor: nextCursor(offset, items.length, total) };
}
