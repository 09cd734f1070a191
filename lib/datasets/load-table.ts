import type { CommittedFile, Table } from "@/lib/engines/offline/port";
import { LarderError } from "@/lib/kernel/errors";
import { instantOf } from "@/lib/kernel/time";
import type { Context } from "@/lib/platform/context";
import type { Entity, Feature, FeatureGroup } from "@/lib/platform/generated/prisma/client";
import type { JoinKey } from "@/lib/registry/definition-schema";

/** A group version with its columns. */
export type GroupWithColumns = FeatureGroup & { entity: Entity; features: Feature[] };

/** A version of a group, the newest by default. Throws `feature_group_not_found`. */
export async function requireGroup(
  ctx: Context,
  wanted: { name: string; version?: number | undefined },
): Promise<GroupWithColumns> {
  const version = wanted.version ? { version: wanted.version } : { latest: true };
  const group = await ctx.db.featureGroup.findFirst({
    where: { projectId: ctx.project.id, name: wanted.name, ...version },
    include: { entity: true, features: true },
  });
  if (group) return group;
  const which = wanted.version ? ` version ${wanted.version}` : "";
  throw new LarderError(
    "feature_group_not_found",
    `There is no feature group ${wanted.name}${which} in project ${ctx.project.name}`,
  );
}

/** The rows of a group as of a commit (the newest by default), as its commit rows say, with the ids of those commits. */
export async function loadTable(
  ctx: Context,
  group: GroupWithColumns,
  atSequence?: number,
): Promise<{ table: Table; commitIds: string[] }> {
  const commits = await ctx.db.commit.findMany({
    where: { groupId: group.id, ...(atSequence === undefined ? {} : { sequence: { lte: atSequence } }) },
    include: { files: true },
    orderBy: { sequence: "asc" },
  });
  const live = commits.slice(
    Math.max(
      commits.findLastIndex((commit) => commit.mode === "overwrite"),
      0,
    ),
  );
  const files: CommittedFile[] = live.flatMap((commit) =>
    commit.files.map((file) => ({
      path: file.path,
      rowCount: Number(file.rowCount),
      byteCount: Number(file.byteCount),
      sha256: file.sha256,
      minEventTime: file.minEventTime,
      maxEventTime: file.maxEventTime,
      unique: file.unique,
      commitSequence: commit.sequence,
      committedAt: instantOf(commit.committedAt),
    })),
  );
  return {
    table: {
      shape: {
        keys: group.entity.joinKeys as JoinKey[],
        eventTime: group.eventTime,
        createdTime: group.createdTime,
        features: [...group.features]
          .sort((a, b) => a.position - b.position)
          .map(({ name, dataType }) => ({ name, type: dataType })),
      },
      files,
    },
    commitIds: live.map((commit) => commit.id),
  };
}
