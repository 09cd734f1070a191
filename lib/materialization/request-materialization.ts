import { audit } from "@/lib/access/audit";
import { authorize } from "@/lib/access/authorize";
import { LarderError } from "@/lib/kernel/errors";
import type { Run } from "@/lib/kernel/run";
import { instantOf, requireInstant } from "@/lib/kernel/time";
import type { Context } from "@/lib/platform/context";
import { transaction } from "@/lib/platform/db";
import { queueRun } from "@/lib/platform/runs";
import type { MaterializationInput, RequestMaterialization } from "./schema";

/**
 * Starts a run that brings groups online, all by default. With `start` or `end` it puts the rows of that range of event time
 * online again and leaves the watermark. Throws `feature_group_not_found`, and `invalid_parameter` for a group that is not
 * kept online, a range that is empty or ends in the future, or a range and a rebuild at once.
 */
export async function requestMaterialization(ctx: Context, input: RequestMaterialization): Promise<{ run: Run }> {
  authorize(ctx, "run.start", `project:${ctx.project.name}`);
  const range = rangeOf(ctx, input);
  const groups = await groupsOf(ctx, input.featureGroups);
  const work: MaterializationInput = { groups, ...range, rebuild: input.rebuild };
  const what = groups.length === 1 ? groups[0] : `${groups.length} groups`;
  const run = await transaction(ctx.db, async (tx) => {
    const queued = await queueRun(ctx, tx, {
      kind: "materialize",
      title: input.rebuild ? `Rebuild ${what} online` : `Materialize ${what}`,
      input: work,
      nodes: groups.map((name) => ({ id: `materialize:${name}`, label: `Materialize ${name}` })),
    });
    await audit(ctx, tx, {
      action: "run.start",
      resource: `run:${queued.id}`,
      after: { kind: "materialize", ...work },
    });
    return queued;
  });
  return { run };
}

function rangeOf(ctx: Context, input: RequestMaterialization): { start: string | null; end: string | null } {
  const start = input.start === undefined ? null : requireInstant(input.start, "start");
  const end = input.end === undefined ? null : requireInstant(input.end, "end");
  if (start !== null && end !== null && start >= end) throw wrong("start must lie before end");
  if (end !== null && end > instantOf(ctx.clock.now())) throw wrong("end lies in the future");
  if (input.rebuild && (start !== null || end !== null))
    throw wrong("a rebuild is of all rows; leave start and end out");
  return { start, end };
}

async function groupsOf(ctx: Context, wanted: string[] | undefined): Promise<string[]> {
  const groups = await ctx.db.featureGroup.findMany({
    where: { projectId: ctx.project.id, latest: true, ...(wanted ? { name: { in: wanted } } : { online: true }) },
    select: { name: true, online: true },
    orderBy: { name: "asc" },
  });
  const missing = wanted?.find((name) => !groups.some((group) => group.name === name));
  if (missing)
    throw new LarderError(
      "feature_group_not_found",
      `There is no feature group ${missing} in project ${ctx.project.name}`,
    );
  const offline = groups.find(({ online }) => !online);
  if (offline) throw wrong(`${offline.name} is not kept online; its definition says so`);
  return wanted ? [...new Set(wanted)] : groups.map(({ name }) => name);
}

const wrong = (detail: string): LarderError => new LarderError("invalid_parameter", detail);
