import { authorize } from "@/lib/access/authorize";
import { loadActorNames } from "@/lib/access/load-actor-names";
import type { Context } from "@/lib/platform/context";
import { requireSnapshot } from "./find-snapshot";
import { liveFiles } from "./live-files";
import { itemsOf, loadUses, toSnapshot } from "./snapshot-rows";
import type { SnapshotDetail, SnapshotItem } from "./snapshot-schema";

/** One snapshot with what its commits hold and who uses it. Throws `snapshot_not_found`. */
export async function getSnapshot(ctx: Context, input: { name: string }): Promise<SnapshotDetail> {
  authorize(ctx, "catalog.read", `snapshot:${input.name}`);
  const row = await requireSnapshot(ctx, input.name);
  const items: SnapshotDetail["items"] = [];
  for (const item of itemsOf(row)) items.push(await describe(ctx, item));
  return {
    ...toSnapshot(row, await loadActorNames(ctx.db, [row.createdBy])),
    items,
    usedBy: await loadUses(ctx, ctx.db, input.name),
  };
}

/** A group that was deleted took its commits along. */
const UNKNOWN = {
  rowCount: null,
  byteCount: null,
  fileCount: null,
  committedAt: null,
  newer: null,
  rowCountNow: null,
  latest: null,
};

async function describe(
  ctx: Context,
  { groupId, group, version, sequence }: SnapshotItem,
): Promise<SnapshotDetail["items"][number]> {
  const commits = await ctx.db.commit.findMany({
    where: { groupId, sequence: { lte: sequence } },
    include: { files: true },
    orderBy: { sequence: "asc" },
  });
  const now = await ctx.db.featureGroup.findUnique({
    where: { id: groupId },
    include: { commits: { orderBy: { sequence: "desc" }, take: 1 } },
  });
  const commit = commits.at(-1);
  const named = { group, version, commit: sequence };
  if (!now || commit?.sequence !== sequence) return { ...named, ...UNKNOWN };
  const live = liveFiles(commits);
  return {
    ...named,
    rowCount: Number(commit.liveRows),
    byteCount: live.reduce((sum, { file }) => sum + Number(file.byteCount), 0),
    fileCount: live.length,
    committedAt: commit.committedAt.toISOString(),
    newer: now.headSequence - sequence,
    rowCountNow: Number(now.commits[0]?.liveRows ?? 0),
    latest: now.latest,
  };
}
