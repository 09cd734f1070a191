import { audit } from "@/lib/access/audit";
import { authorize } from "@/lib/access/authorize";
import { LarderError } from "@/lib/kernel/errors";
import type { Run } from "@/lib/kernel/run";
import type { Context } from "@/lib/platform/context";
import { transaction } from "@/lib/platform/db";
import { queueRun } from "@/lib/platform/runs";
import { orderOfWork } from "./order-of-work";
import type { Refresh } from "./schema";

/** Starts a run that brings groups (all by default) and what they read up to date: sources, SQL, statistics, online. */
export async function refreshFeatures(ctx: Context, input: Refresh): Promise<{ run: Run }> {
  authorize(ctx, "run.start", `project:${ctx.project.name}`);
  const [sources, groups] = await Promise.all([
    ctx.db.source.findMany({ where: { projectId: ctx.project.id }, select: { name: true, config: true } }),
    ctx.db.featureGroup.findMany({
      where: { projectId: ctx.project.id, latest: true },
      select: { name: true, inputs: true, online: true },
    }),
  ]);
  const wanted = input.groups ?? groups.map((group) => group.name);
  const missing = wanted.find((name) => !groups.some((group) => group.name === name));
  if (missing)
    throw new LarderError(
      "feature_group_not_found",
      `There is no feature group ${missing} in project ${ctx.project.name}`,
    );
  const steps = orderOfWork(
    wanted,
    new Map(sources.map((source) => [source.name, (source.config as { inputs?: string[] }).inputs ?? []])),
    new Map(groups.map((group) => [group.name, (group.inputs as { name: string }[]).map((item) => item.name)])),
  );
  const online = new Set(groups.filter((group) => group.online).map((group) => group.name));
  const nodes = steps.flatMap((step) =>
    step.kind === "source"
      ? [{ id: `source:${step.name}`, label: `Read source ${step.name}` }]
      : [
          { id: `feature_group:${step.name}`, label: `Compute ${step.name}` },
          { id: `profile:${step.name}`, label: `Profile ${step.name}` },
          ...(online.has(step.name) ? [{ id: `materialize:${step.name}`, label: `Materialize ${step.name}` }] : []),
        ],
  );
  const run = await transaction(ctx.db, async (tx) => {
    const title = input.groups ? `Recompute ${input.groups.join(", ")}` : "Recompute everything";
    const queued = await queueRun(ctx, tx, { kind: "refresh", title, input: { groups: wanted }, nodes });
    await audit(ctx, tx, {
      action: "run.start",
      resource: `run:${queued.id}`,
      after: { kind: "refresh", groups: wanted },
    });
    return queued;
  });
  return { run };
}
