import { authorize } from "@/lib/access/authorize";
import { nextCursor, offsetOf, type Page } from "@/lib/kernel/page";
import type { Context } from "@/lib/platform/context";
import type { FeatureGroup, Materialization } from "@/lib/platform/generated/prisma/client";
import { findAhead } from "./ahead";
import { type Mark, readMarks } from "./online-tables";
import type { ListMaterializations, MaterializationState, MaterializationSummary } from "./schema";

type Group = FeatureGroup & { materialization: Materialization | null };

/** How far every group that is kept online is there, by name. */
export async function listMaterializations(
  ctx: Context,
  input: ListMaterializations,
): Promise<Page<MaterializationSummary>> {
  authorize(ctx, "catalog.read", `project:${ctx.project.name}`);
  const offset = offsetOf(input.cursor);
  const where = {
    projectId: ctx.project.id,
    latest: true,
    online: true,
    ...(input.group ? { name: input.group } : {}),
  };
  const [groups, total] = await Promise.all([
    ctx.db.featureGroup.findMany({
      where,
      include: { materialization: true },
      orderBy: { name: "asc" },
      skip: offset,
      take: input.limit,
    }),
    ctx.db.featureGroup.count({ where }),
  ]);
  const tables = groups.map(({ materialization }) => materialization?.onlineTable ?? "-");
  const [marks, since, runs] = await Promise.all([
    readMarks(ctx.online, tables),
    loadOldestMissing(ctx, groups),
    loadRuns(ctx, groups),
  ]);
  const ahead = await findAhead(
    ctx,
    groups.map(({ id, headSequence }, i) => ({ id, headSequence, mark: marks[i] ?? null })),
  );
  const now = ctx.clock.now().getTime();
  const items = groups.map((group, i): MaterializationSummary => {
    const { materialization: row } = group;
    const missing = since.get(group.id);
    return {
      featureGroup: group.name,
      version: group.version,
      state: ahead.has(group.id) ? "ahead" : stateOf(group, marks[i] ?? null),
      onlineTable: row?.onlineTable ?? null,
      watermarkSequence: row?.watermarkSequence ?? null,
      watermarkEventTime: row?.watermarkEventTime ?? null,
      headSequence: group.headSequence,
      lagCommits: Math.max(0, group.headSequence - (row?.watermarkSequence ?? 0)),
      lagSeconds: missing ? Math.max(0, (now - missing.getTime()) / 1000) : 0,
      keys: Number(row?.rowCount ?? 0),
      bytes: Number(row?.byteCount ?? 0),
      updatedAt: row?.updatedAt.toISOString() ?? null,
      lastRun: runs.get(row?.runId ?? "") ?? null,
    };
  });
  return { items, total, nextCursor: nextCursor(offset, groups.length, total) };
}

function stateOf({ materialization, headSequence }: Group, mark: Mark | null): MaterializationState {
  if (!materialization) return "never";
  if (mark === null) return "lost";
  return materialization.watermarkSequence < headSequence ? "behind" : "current";
}

async function loadOldestMissing(ctx: Context, groups: Group[]): Promise<Map<string, Date>> {
  const behind = groups.filter((group) => group.headSequence > (group.materialization?.watermarkSequence ?? 0));
  const commits = await ctx.db.commit.findMany({
    where: {
      OR: behind.map((group) => ({
        groupId: group.id,
        sequence: (group.materialization?.watermarkSequence ?? 0) + 1,
      })),
    },
    select: { groupId: true, committedAt: true },
  });
  return new Map(commits.map(({ groupId, committedAt }) => [groupId, committedAt]));
}

async function loadRuns(ctx: Context, groups: Group[]): Promise<Map<string, { id: string; state: string }>> {
  const ids = groups.flatMap(({ materialization }) => materialization?.runId ?? []);
  const runs = await ctx.db.run.findMany({ where: { id: { in: ids } }, select: { id: true, state: true } });
  return new Map(runs.map((run) => [run.id, run]));
}
