import { instantOf, parseDuration } from "@/lib/kernel/time";
import type { Db, Tx } from "@/lib/platform/db";
import type { Commit, DataFile } from "@/lib/platform/generated/prisma/client";
import type { Retention } from "@/lib/registry/definition-schema";
import type { AgingCommit, Holds } from "./retention";
import { itemsOf } from "./snapshot-rows";

/** A policy as of an instant; what it does not limit is null. */
export type Cutoffs = { rowsBefore: string | null; commitsBefore: Date | null };

/** Where the policy of a group draws its lines now; null when it has none. */
export function cutoffsOf(retention: unknown, now: Date): Cutoffs | null {
  const policy = retention as Retention | null;
  if (!policy?.history && !policy?.rows) return null;
  const before = (duration: string | undefined): Date | null => {
    const seconds = duration === undefined ? null : parseDuration(duration);
    const line = seconds === null ? null : new Date(now.getTime() - seconds * 1000);
    // Longer than there are years: nothing is that old.
    return line && line.getUTCFullYear() > 0 ? line : null;
  };
  const rows = before(policy.rows);
  return { rowsBefore: rows && instantOf(rows), commitsBefore: before(policy.history) };
}

/** A commit as it is stored. */
export type StoredCommit = Commit & AgingCommit<DataFile>;

/** Every commit of a group version with its files, oldest first. */
export async function loadAging(db: Db | Tx, groupId: string): Promise<StoredCommit[]> {
  return db.commit.findMany({
    where: { groupId },
    include: { files: { orderBy: { id: "asc" } } },
    orderBy: { sequence: "asc" },
  });
}

type Read = { group: string; groupVersion: number; commitIds: string[]; commitSequence?: number | null };

/** Which commits of a group version snapshots and training sets need. */
export async function loadHolds(
  db: Db | Tx,
  group: { id: string; projectId: string; name: string; version: number },
  commits: { id: string; sequence: number }[],
): Promise<Holds> {
  const { id: groupId, projectId } = group;
  const [snapshots, sets] = await Promise.all([
    db.snapshot.findMany({ where: { projectId, items: { array_contains: [{ groupId }] } }, orderBy: { name: "asc" } }),
    db.trainingSet.findMany({
      where: { projectId, state: { in: ["READY", "BUILDING"] } },
      select: { name: true, state: true, manifest: true, createdAt: true },
      orderBy: { name: "asc" },
    }),
  ]);
  const by = new Map<number, string[]>();
  const hold = (sequence: number, who: string): void => {
    const known = by.get(sequence) ?? [];
    if (!known.includes(who)) by.set(sequence, [...known, who]);
  };
  for (const snapshot of snapshots)
    for (const item of itemsOf(snapshot))
      if (item.groupId === groupId) hold(item.sequence, `snapshot:${snapshot.name}`);
  const sequenceOf = new Map(commits.map(({ id, sequence }) => [id, sequence]));
  for (const { name, manifest } of sets)
    for (const read of (manifest as { features: Read[] } | null)?.features ?? []) {
      if (read.group !== group.name || read.groupVersion !== group.version) continue;
      // Older manifests name the commits whose files were read, and not the commit that was looked at.
      const sequences =
        typeof read.commitSequence === "number"
          ? [read.commitSequence]
          : read.commitIds.flatMap((id) => sequenceOf.get(id) ?? []);
      for (const sequence of sequences) hold(sequence, `training_set:${name}`);
    }
  const begun = sets.flatMap(({ state, createdAt }) => (state === "BUILDING" ? [createdAt.getTime()] : []));
  return { by, since: begun.length > 0 ? new Date(Math.min(...begun)) : null };
}
