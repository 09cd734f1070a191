import { audit } from "@/lib/access/audit";
import { loadRefreshPlan } from "@/lib/datasets/load-refresh-plan";
import { SYSTEM } from "@/lib/kernel/actor";
import type { Context } from "@/lib/platform/context";
import { type Tx, transaction } from "@/lib/platform/db";
import type { FeatureGroup } from "@/lib/platform/generated/prisma/client";
import { queueRun } from "@/lib/platform/runs";
import type { Schedule } from "@/lib/registry/definition-schema";
import { nextTick } from "@/lib/registry/schedule";
import type { WorkerContext } from "./execute-run";
import { planTicks, tickWindow } from "./schedule-rule";

type Due = FeatureGroup & { project: { id: string; name: string } };

/**
 * Acts on the ticks that have come since the last look: starts refresh runs as each group's schedule says, and moves its
 * next tick on. Safe to call by several workers at once: each tick is acted on once, also when the clock steps back.
 */
export async function tickSchedules(worker: WorkerContext): Promise<void> {
  const groups = await worker.db.featureGroup.findMany({
    where: { latest: true, nextRunAt: { lte: worker.clock.now() } },
    include: { project: { select: { id: true, name: true } } },
    orderBy: { nextRunAt: "asc" },
  });
  for (const group of groups) {
    const ctx: Context = { ...worker, actor: SYSTEM, project: group.project };
    try {
      await transaction(worker.db, (tx) => act(ctx, tx, group));
    } catch (error) {
      // One group whose ticks cannot be acted on does not keep the others waiting; it comes again at the next look.
      worker.log.error({ err: error, group: group.name, project: group.project.name }, "schedule not acted on");
    }
  }
}

async function act(ctx: Context, tx: Tx, group: Due): Promise<void> {
  const schedule = group.schedule as Schedule | null;
  const now = ctx.clock.now();
  const since = group.nextRunAt;
  if (!schedule || !since) return;
  const moved = await tx.featureGroup.updateMany({
    where: { id: group.id, latest: true, nextRunAt: since },
    data: { nextRunAt: nextTick(schedule, now) },
  });
  if (moved.count === 0) return;
  const ticks = tickWindow(schedule, since, now);
  const acted = await tx.scheduledRun.findMany({ where: { groupId: group.id, scheduledFor: { in: ticks } } });
  const fresh = ticks.filter((tick) => !acted.some(({ scheduledFor }) => scheduledFor.getTime() === tick.getTime()));
  const runs: (string | null)[] = [];
  for (const { tick, starts } of planTicks(schedule.catchUp, fresh, now)) {
    const runId = starts ? await startRun(ctx, tx, group, schedule) : null;
    runs.push(runId);
    await tx.scheduledRun.create({ data: { groupId: group.id, scheduledFor: tick, runId, createdAt: now } });
  }
  await tx.scheduledRun.deleteMany({ where: { groupId: group.id, scheduledFor: { lt: keptSince(now) } } });
  const missed = runs.filter((run) => run === null).length;
  if (missed > 0) ctx.log.warn({ group: group.name, missed }, "ticks of a schedule were missed");
}

const KEPT_MS = 90 * 24 * 60 * 60_000;
const keptSince = (now: Date): Date => new Date(now.getTime() - KEPT_MS);

/** The run for a tick. One that the schedule started and nobody has begun serves this tick too, unless each has its own. */
async function startRun(ctx: Context, tx: Tx, group: Due, { catchUp }: Schedule): Promise<string> {
  if (catchUp !== "all") {
    const last = await tx.scheduledRun.findFirst({
      where: { groupId: group.id, runId: { not: null } },
      orderBy: { scheduledFor: "desc" },
    });
    const waiting = last?.runId
      ? await tx.run.findFirst({
          where: { id: last.runId, state: "QUEUED", cancelRequested: false },
          select: { id: true },
        })
      : null;
    if (waiting) return waiting.id;
  }
  const { nodes } = await loadRefreshPlan(tx, ctx.project, [group.name]);
  const input = { groups: [group.name] };
  const run = await queueRun(ctx, tx, { kind: "refresh", title: `Scheduled refresh of ${group.name}`, input, nodes });
  await audit(ctx, tx, {
    action: "run.start",
    resource: `run:${run.id}`,
    after: { kind: "refresh", groups: input.groups, schedule: true },
  });
  return run.id;
}
