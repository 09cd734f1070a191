import type { Context } from "@/lib/platform/context";
import type { Tx } from "@/lib/platform/db";
import type { Snapshot as SnapshotRow } from "@/lib/platform/generated/prisma/client";
import type { Snapshot, SnapshotItem } from "./snapshot-schema";

/** A snapshot as everybody sees it; `nameOf` knows what actors are called. */
export function toSnapshot(row: SnapshotRow, nameOf: (id: string) => string): Snapshot {
  return {
    name: row.name,
    description: row.description,
    kind: row.kind as Snapshot["kind"],
    subject: row.subject,
    version: row.version,
    items: itemsOf(row).map(({ group, version, sequence }) => ({ group, version, commit: sequence })),
    createdBy: nameOf(row.createdBy),
    createdAt: row.createdAt.toISOString(),
  };
}

/** The commits that a stored snapshot points to. */
export function itemsOf(row: Pick<SnapshotRow, "items">): SnapshotItem[] {
  return row.items as SnapshotItem[];
}

/** Names of the training sets that were built from a snapshot, or are being built. */
export async function loadUses(ctx: Context, db: Context["db"] | Tx, name: string): Promise<string[]> {
  const rows = await db.trainingSet.findMany({
    where: {
      projectId: ctx.project.id,
      state: { not: "FAILED" },
      request: { path: ["snapshot"], equals: name },
    },
    select: { name: true },
    orderBy: { name: "asc" },
  });
  return rows.map((row) => row.name);
}

/**
 * Keeps the commits of group versions from expiring until the transaction is over: retention waits for whoever holds this,
 * and whoever asks waits for retention.
 */
export async function holdGroups(tx: Tx, groupIds: string[]): Promise<void> {
  // One after the other in one order, so that two who hold several never wait for each other.
  for (const id of [...new Set(groupIds)].sort())
    await tx.$queryRaw`SELECT "id" FROM "FeatureGroup" WHERE "id" = ${id} FOR NO KEY UPDATE`;
}
