import { authorize } from "@/lib/access/authorize";
import type { Context } from "@/lib/platform/context";
import { findOrphans } from "./garbage";
import { loadStored, type NamedFile } from "./load-stored";
import type { CheckStorage, GroupStorage, StorageOverview, StorageReport } from "./storage-schema";

const SHOWN_ORPHANS = 200;

/**
 * Looks whether every file that the database names is there, of its size and with its rows, and what else lies beside
 * them. Reads no data: that a bit flipped is found by `checkEveryByte`.
 */
export async function checkStorage(ctx: Context, _input: CheckStorage): Promise<StorageOverview> {
  authorize(ctx, "storage.read", `project:${ctx.project.name}`);
  const stored = await loadStored(ctx);
  const { files } = stored;
  const [damage, orphans, lastDeep] = await Promise.all([
    ctx.offline.checkFiles(files, false),
    findOrphans(ctx, stored),
    ctx.db.storageCheck.findFirst({
      where: { projectId: ctx.project.id, deep: true },
      orderBy: { checkedAt: "desc" },
    }),
  ]);
  const garbage = files.filter((file) => file.garbageAt !== null && !file.live);
  return {
    ...reportOf(files, damage, { deep: false, checkedAt: ctx.clock.now() }),
    groups: groupsOf(files),
    orphans: orphans
      .slice(0, SHOWN_ORPHANS)
      .map(({ path, byteCount, modifiedAt }) => ({ path, bytes: byteCount, modifiedAt })),
    orphaned: { files: orphans.length, bytes: sum(orphans.map((file) => file.byteCount)) },
    garbage: { files: garbage.length, bytes: sum(garbage.map((file) => file.byteCount ?? 0)) },
    lastDeep: lastDeep ? (lastDeep.report as StorageReport) : null,
  };
}

/** A report from what was looked at and what was found wrong. */
export function reportOf(
  files: NamedFile[],
  damage: { path: string; what: string }[],
  { deep, checkedAt }: { deep: boolean; checkedAt: Date },
): StorageReport {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const problems = damage.map(({ path, what }) => {
    const { belongsTo = "", commit = null, live = false } = byPath.get(path) ?? {};
    return { path, what, belongsTo, commit, live };
  });
  return {
    checkedAt: checkedAt.toISOString(),
    deep,
    files: files.length,
    bytes: sum(files.map((file) => file.byteCount ?? 0)),
    problems,
  };
}

function groupsOf(files: NamedFile[]): GroupStorage[] {
  const groups = new Map<string, GroupStorage>();
  for (const { belongsTo, byteCount, live } of files) {
    const [, name, version] = /^feature_group:(.+)@(\d+)$/.exec(belongsTo) ?? [];
    if (!name) continue;
    const none = { name, version: Number(version), files: 0, bytes: 0, liveFiles: 0, liveBytes: 0 };
    const group = groups.get(belongsTo) ?? none;
    group.files += 1;
    group.bytes += byteCount ?? 0;
    group.liveFiles += live ? 1 : 0;
    group.liveBytes += live ? (byteCount ?? 0) : 0;
    groups.set(belongsTo, group);
  }
  return [...groups.values()].sort((a, b) => b.bytes - a.bytes);
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
