import { authorize } from "@/lib/access/authorize";
import { loadActorNames } from "@/lib/access/load-actor-names";
import { nextCursor, offsetOf, type Page } from "@/lib/kernel/page";
import type { Context } from "@/lib/platform/context";
import type { Commit, DataFile } from "@/lib/platform/generated/prisma/client";
import { requireGroup } from "./load-table";
import { itemsOf } from "./snapshot-rows";
import type { CommitEntry, ListCommits } from "./snapshot-schema";

/** The commits of a group version, newest first, with the snapshots that point to them. */
export async function listCommits(ctx: Context, input: ListCommits): Promise<Page<CommitEntry>> {
  authorize(ctx, "catalog.read", `feature_group:${input.name}`);
  const group = await requireGroup(ctx, input);
  const offset = offsetOf(input.cursor);
  const where = { groupId: group.id };
  const [rows, total, snapshots] = await Promise.all([
    ctx.db.commit.findMany({
      where,
      include: { files: true },
      orderBy: { sequence: "desc" },
      skip: offset,
      take: input.limit,
    }),
    ctx.db.commit.count({ where }),
    ctx.db.snapshot.findMany({
      where: { projectId: ctx.project.id, items: { array_contains: [where] } },
      orderBy: { name: "asc" },
    }),
  ]);
  const named = new Map<number, string[]>();
  for (const snapshot of snapshots)
    for (const { groupId, sequence } of itemsOf(snapshot))
      if (groupId === group.id) named.set(sequence, [...(named.get(sequence) ?? []), snapshot.name]);
  const nameOf = await loadActorNames(
    ctx.db,
    rows.map((row) => row.createdBy),
  );
  const items = rows.map((row) => toEntry(row, named.get(row.sequence) ?? [], nameOf));
  return { items, total, nextCursor: nextCursor(offset, rows.length, total) };
}

function toEntry(
  row: Commit & { files: DataFile[] },
  snapshots: string[],
  nameOf: (id: string) => string,
): CommitEntry {
  const times = (pick: "minEventTime" | "maxEventTime"): string[] =>
    row.files.flatMap((file) => file[pick] ?? []).sort();
  const ranged = row.mode === "overwrite" && (row.rangeStart !== null || row.rangeEnd !== null);
  return {
    sequence: row.sequence,
    mode: row.mode as CommitEntry["mode"],
    range: ranged ? { start: row.rangeStart, end: row.rangeEnd } : null,
    restores: row.restores,
    replacedFiles: row.replaces.length,
    rowCount: Number(row.rowCount),
    liveRows: Number(row.liveRows),
    byteCount: Number(row.byteCount),
    minEventTime: times("minEventTime")[0] ?? null,
    maxEventTime: times("maxEventTime").at(-1) ?? null,
    runId: row.runId,
    createdBy: row.createdBy ? nameOf(row.createdBy) : null,
    committedAt: row.committedAt.toISOString(),
    expiredAt: row.expiredAt?.toISOString() ?? null,
    snapshots,
  };
}
