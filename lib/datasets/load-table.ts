import type { CommittedFile, DataFile, Shape, Table } from "@/lib/engines/offline/port";
import { LarderError } from "@/lib/kernel/errors";
import { instantOf } from "@/lib/kernel/time";
import type { Value } from "@/lib/kernel/values";
import type { Context } from "@/lib/platform/context";
import type { DataFile as DataFileRow, Entity, Feature, FeatureGroup } from "@/lib/platform/generated/prisma/client";
import type { JoinKey } from "@/lib/registry/definition-schema";
import { liveFiles } from "./live-files";

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

/** How the rows of a group are laid out. */
export function shapeOfGroup(group: GroupWithColumns): Shape {
  return {
    keys: group.entity.joinKeys as JoinKey[],
    eventTime: group.eventTime,
    createdTime: group.createdTime,
    features: [...group.features]
      .sort((a, b) => a.position - b.position)
      .map(({ name, dataType }) => ({ name, type: dataType })),
  };
}

/** The rows of a group at one moment. `fileIds` names the files of `table`, in its order. */
export type LoadedTable = {
  table: Table;
  sequence: number;
  commitIds: string[];
  fileIds: string[];
  /** Id of the newest commit that changed any row: a compaction does not. */
  contentId: string;
};

/**
 * The rows of a group as of a commit (the newest by default), as its commit rows say. Throws `commit_not_found`, and
 * `commit_expired` for one that retention took away, unless its files are `kept`: a snapshot or training set needs them.
 */
export async function loadTable(
  ctx: Context,
  group: GroupWithColumns,
  atSequence?: number,
  kept = false,
): Promise<LoadedTable> {
  const commits = await ctx.db.commit.findMany({
    where: { groupId: group.id, ...(atSequence === undefined ? {} : { sequence: { lte: atSequence } }) },
    include: { files: { orderBy: { id: "asc" } } },
    orderBy: { sequence: "asc" },
  });
  const sequence = commits.at(-1)?.sequence ?? 0;
  const last = commits.at(-1);
  if (atSequence !== undefined) requireCommit(group, atSequence, last && kept ? { ...last, expiredAt: null } : last);
  const live = liveFiles(commits);
  const bySequence = new Map(commits.map((commit) => [commit.sequence, commit]));
  const files = live.map(({ file, sequence: from, hidden }): CommittedFile => {
    const commit = bySequence.get(from);
    return {
      ...asDataFile(file),
      commitSequence: from,
      committedAt: instantOf(commit?.committedAt ?? new Date(0)),
      ...(hidden.length > 0 ? { hidden } : {}),
    };
  });
  return {
    table: { shape: shapeOfGroup(group), files },
    sequence,
    commitIds: [...new Set(live.map(({ sequence: from }) => bySequence.get(from)?.id ?? ""))],
    contentId: commits.findLast((commit) => commit.mode !== "compact")?.id ?? "",
    fileIds: live.map(({ file }) => file.id),
  };
}

/** Throws `commit_not_found` unless the commit was found, and `commit_expired` when retention took it away. */
export function requireCommit(
  group: Pick<FeatureGroup, "name" | "headSequence">,
  wanted: number,
  found: { sequence: number; expiredAt: Date | null } | undefined,
): void {
  if (wanted !== 0 && found?.sequence !== wanted)
    throw new LarderError(
      "commit_not_found",
      `Feature group ${group.name} has no commit ${wanted}; its newest is ${group.headSequence}`,
    );
  if (found?.expiredAt)
    throw new LarderError(
      "commit_expired",
      `Commit ${wanted} of ${group.name} is past its retention since ${found.expiredAt.toISOString()}`,
    );
}

/** A stored file as the engine knows it. */
export function asDataFile(file: DataFileRow): DataFile {
  return {
    path: file.path,
    rowCount: Number(file.rowCount),
    byteCount: Number(file.byteCount),
    sha256: file.sha256,
    minEventTime: file.minEventTime,
    maxEventTime: file.maxEventTime,
    unique: file.unique,
    compacted: file.compacted,
    ...(file.minKey === null ? {} : { minKey: JSON.parse(file.minKey) as Value }),
    ...(file.maxKey === null ? {} : { maxKey: JSON.parse(file.maxKey) as Value }),
  };
}
