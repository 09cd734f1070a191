import { authorize } from "@/lib/access/authorize";
import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { loadOpenChanges } from "./load-open-changes";
import type { ByName, CommitSummary, GroupDetail } from "./schema";
import { summarizeFeatures } from "./summarize-features";
import { summarizeGroups } from "./summarize-groups";

/** One version of a feature group (the newest by default) with features, its last 50 commits and where online stands. */
export async function getFeatureGroup(ctx: Context, input: ByName): Promise<GroupDetail> {
  authorize(ctx, "catalog.read", `feature_group:${input.name}`);
  const group = await ctx.db.featureGroup.findFirst({
    where: {
      projectId: ctx.project.id,
      name: input.name,
      ...(input.version ? { version: input.version } : { latest: true }),
    },
    include: {
      entity: true,
      features: { orderBy: { position: "asc" } },
      commits: { include: { files: true }, orderBy: { sequence: "desc" }, take: 50 },
      materialization: true,
    },
  });
  if (!group) {
    const version = input.version ? ` version ${input.version}` : "";
    throw new LarderError(
      "feature_group_not_found",
      `There is no feature group ${input.name}${version} in project ${ctx.project.name}`,
    );
  }
  const [[summary], features, versions, openChanges] = await Promise.all([
    summarizeGroups(ctx, [group]),
    summarizeFeatures(
      ctx,
      group.features.map((feature) => ({ ...feature, group })),
    ),
    ctx.db.featureGroup.findMany({
      where: { projectId: ctx.project.id, name: input.name },
      select: { version: true },
      orderBy: { version: "asc" },
    }),
    loadOpenChanges(ctx, [group.id]),
  ]);
  if (!summary) throw new LarderError("feature_group_not_found", `There is no feature group ${input.name}`);
  const { materialization } = group;
  return {
    ...summary,
    sql: group.sql,
    duplicates: group.sql === null ? (group.duplicates as GroupDetail["duplicates"]) : null,
    eventTime: group.eventTime,
    createdTime: group.createdTime,
    incremental: group.incremental as GroupDetail["incremental"],
    schedule: group.schedule as GroupDetail["schedule"],
    nextRunAt: group.nextRunAt?.toISOString() ?? null,
    revision: group.revision,
    features,
    commits: group.commits.map(summarizeCommit),
    openChanges: openChanges.map(({ number, targetStatus, featureIds }) => ({
      number,
      targetStatus,
      features: featureIds.length,
    })),
    versions: versions.map((row) => row.version),
    materialization: materialization && {
      watermarkSequence: materialization.watermarkSequence,
      watermarkEventTime: materialization.watermarkEventTime,
      rowCount: Number(materialization.rowCount),
      updatedAt: materialization.updatedAt.toISOString(),
      lag: group.headSequence - materialization.watermarkSequence,
    },
  };
}

type CommitRow = {
  id: string;
  sequence: number;
  mode: string;
  rowCount: bigint;
  byteCount: bigint;
  committedAt: Date;
  runId: string | null;
  files: { minEventTime: string | null; maxEventTime: string | null }[];
};

function summarizeCommit(commit: CommitRow): CommitSummary {
  const times = (pick: "minEventTime" | "maxEventTime"): string[] =>
    commit.files.flatMap((file) => file[pick] ?? []).sort();
  return {
    id: commit.id,
    sequence: commit.sequence,
    mode: commit.mode as CommitSummary["mode"],
    rowCount: Number(commit.rowCount),
    byteCount: Number(commit.byteCount),
    minEventTime: times("minEventTime")[0] ?? null,
    maxEventTime: times("maxEventTime").at(-1) ?? null,
    committedAt: commit.committedAt.toISOString(),
    runId: commit.runId,
  };
}
