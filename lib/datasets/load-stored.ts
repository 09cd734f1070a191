import type { ExpectedFile } from "@/lib/engines/offline/port";
import type { Context } from "@/lib/platform/context";
import { liveFiles } from "./live-files";

/** A file that the database names, and what it must be. */
export type NamedFile = ExpectedFile & {
  /** feature_group:name@version, training_set:name or quarantine:name */
  belongsTo: string;
  commit: number | null;
  live: boolean;
  garbageAt: Date | null;
};

/** Every file below the engine's root that the database names for this project, and the folders they lie in. */
export async function loadStored(ctx: Context): Promise<{ files: NamedFile[]; folders: string[] }> {
  const projectId = ctx.project.id;
  const [groups, trainingSets, quarantines, deletions] = await Promise.all([
    ctx.db.featureGroup.findMany({
      where: { projectId },
      select: {
        id: true,
        name: true,
        version: true,
        commits: { include: { files: true }, orderBy: { sequence: "asc" } },
      },
    }),
    ctx.db.trainingSet.findMany({ where: { projectId } }),
    ctx.db.quarantine.findMany({ where: { group: { projectId } }, include: { group: { select: { name: true } } } }),
    ctx.db.auditEvent.findMany({
      where: { projectId, action: "definition.delete", outcome: "allowed" },
      select: { after: true },
    }),
  ]);
  const files: NamedFile[] = groups.flatMap(({ name, version, commits }) => {
    const live = new Set(liveFiles(commits).map(({ file }) => file.id));
    return commits.flatMap((commit) =>
      commit.files.map((file) => ({
        path: file.path,
        rowCount: Number(file.rowCount),
        byteCount: Number(file.byteCount),
        sha256: file.sha256,
        belongsTo: `feature_group:${name}@${version}`,
        commit: commit.sequence,
        live: live.has(file.id),
        garbageAt: file.garbageAt,
      })),
    );
  });
  const plain = { sha256: null, commit: null, live: true, garbageAt: null };
  for (const { name, path, spinePath, rowCount, byteCount } of trainingSets) {
    const belongsTo = `training_set:${name}`;
    if (path) files.push({ ...plain, path, belongsTo, rowCount: numberOf(rowCount), byteCount: numberOf(byteCount) });
    if (spinePath) files.push({ ...plain, path: spinePath, belongsTo, rowCount: null, byteCount: null });
  }
  for (const { path, rowCount, byteCount, group } of quarantines)
    files.push({
      ...plain,
      path,
      belongsTo: `quarantine:${group.name}`,
      rowCount: Number(rowCount),
      byteCount: Number(byteCount),
    });
  // Of a group that was deleted only the audit row knows where its files lie.
  const gone = deletions.flatMap(({ after }) => (after as { groupIds?: string[] } | null)?.groupIds ?? []);
  const folders = [
    ...[...groups.map(({ id }) => id), ...gone].flatMap((id) => [`groups/${id}`, `quarantine/${id}`]),
    ...trainingSets.map(({ id }) => `training-sets/${id}`),
  ];
  return { files, folders };
}

const numberOf = (count: bigint | null): number | null => (count === null ? null : Number(count));

/** The file names of every upload of the project that a source names or keeps a copy in, or a training set is yet to be built from. */
export async function loadNamedUploads(ctx: Context): Promise<Set<string>> {
  const projectId = ctx.project.id;
  // Older revisions count too: whoever goes back to one needs its file.
  const named = await Promise.all([
    ctx.db.definition.findMany({ where: { projectId, kind: "source" }, select: { body: true } }),
    ctx.db.source.findMany({ where: { projectId }, select: { lastRead: true } }),
    // One that FAILED may be tried again; one that is READY has rows of its own.
    ctx.db.trainingSet.findMany({
      where: {
        projectId,
        state: { not: "READY" },
        request: { path: ["spine", "upload"], string_starts_with: "upload:" },
      },
      select: { request: true },
    }),
  ]);
  return new Set([...JSON.stringify(named).matchAll(/upl_[0-9a-f]{32}\.(?:csv|parquet|json)/g)].map(([name]) => name));
}
