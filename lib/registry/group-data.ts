import type { Context } from "@/lib/platform/context";
import { Prisma } from "@/lib/platform/db";
import type { Freshness } from "./schema";

/** What a group version holds at the moment. */
export type GroupData = {
  rowCount: number;
  byteCount: number;
  lastEventTime: string | null;
  lastCommitAt: string | null;
  materializedAt: string | null;
};

const NOTHING: GroupData = { rowCount: 0, byteCount: 0, lastEventTime: null, lastCommitAt: null, materializedAt: null };

/** Rows, bytes and times of group versions, by group id; groups without commits are there with zeros. */
export async function loadGroupData(ctx: Context, groupIds: string[]): Promise<Map<string, GroupData>> {
  const result = new Map(groupIds.map((id) => [id, NOTHING]));
  if (groupIds.length === 0) return result;
  type Row = {
    groupId: string;
    rows: bigint | null;
    bytes: bigint | null;
    lastEventTime: string | null;
    committedAt: Date | null;
    materializedAt: Date | null;
  };
  // Rows are exact: each commit says them. Bytes and times leave out what was overwritten whole, restated or compacted; a file
  // that is hidden in part counts in full, and of restores only the last one is looked at.
  const ids = Prisma.join(groupIds);
  const rows = await ctx.db.$queryRaw<Row[]>(Prisma.sql`
    WITH restored AS (
      SELECT DISTINCT ON ("groupId") "groupId", sequence, restores FROM "Commit"
      WHERE "groupId" IN (${ids}) AND mode = 'restore' ORDER BY "groupId", sequence DESC
    ), seen AS (
      SELECT c.* FROM "Commit" c LEFT JOIN restored r ON r."groupId" = c."groupId"
      WHERE c."groupId" IN (${ids}) AND (r.sequence IS NULL OR c.sequence <= r.restores OR c.sequence >= r.sequence)
    ), base AS (
      SELECT "groupId", max(sequence) AS sequence FROM seen
      WHERE mode = 'overwrite' AND "rangeStart" IS NULL AND "rangeEnd" IS NULL GROUP BY "groupId"
    ), live AS (
      SELECT c."groupId", f."byteCount", f."maxEventTime" FROM seen c
      JOIN "DataFile" f ON f."commitId" = c.id
      LEFT JOIN base b ON b."groupId" = c."groupId"
      WHERE c.sequence >= coalesce(b.sequence, 0)
        AND NOT EXISTS (SELECT 1 FROM seen o WHERE o."groupId" = c."groupId" AND o.mode = 'overwrite'
          AND o."rangeStart" = c."rangeStart" AND o."rangeEnd" = c."rangeEnd" AND o.sequence > c.sequence)
        AND NOT EXISTS (SELECT 1 FROM seen o WHERE o."groupId" = c."groupId" AND o.mode = 'compact' AND f.id = ANY(o.replaces))
    ), files AS (
      SELECT "groupId", sum("byteCount")::bigint AS bytes, max("maxEventTime") AS "lastEventTime" FROM live GROUP BY "groupId"
    )
    SELECT DISTINCT ON (c."groupId") c."groupId", c."liveRows" AS rows, c."committedAt", f.bytes, f."lastEventTime",
           m."updatedAt" AS "materializedAt"
    FROM "Commit" c
    LEFT JOIN files f ON f."groupId" = c."groupId"
    LEFT JOIN "Materialization" m ON m."groupId" = c."groupId"
    WHERE c."groupId" IN (${ids})
    ORDER BY c."groupId", c.sequence DESC`);
  for (const row of rows) {
    result.set(row.groupId, {
      rowCount: Number(row.rows ?? 0),
      byteCount: Number(row.bytes ?? 0),
      lastEventTime: row.lastEventTime,
      lastCommitAt: row.committedAt?.toISOString() ?? null,
      materializedAt: row.materializedAt?.toISOString() ?? null,
    });
  }
  return result;
}

/** Freshness of a group from its data. */
export function freshnessOf(data: GroupData | undefined, ttlSeconds: number | null): Freshness {
  const { lastEventTime, lastCommitAt, materializedAt } = data ?? NOTHING;
  return { lastEventTime, lastCommitAt, materializedAt, ttlSeconds };
}
