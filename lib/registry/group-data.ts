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
  const rows = await ctx.db.$queryRaw<Row[]>(Prisma.sql`
    SELECT c."groupId", sum(f."rowCount")::bigint AS rows, sum(f."byteCount")::bigint AS bytes,
           max(f."maxEventTime") AS "lastEventTime", max(c."committedAt") AS "committedAt", max(m."updatedAt") AS "materializedAt"
    FROM "Commit" c
    LEFT JOIN "DataFile" f ON f."commitId" = c.id
    LEFT JOIN "Materialization" m ON m."groupId" = c."groupId"
    WHERE c."groupId" IN (${Prisma.join(groupIds)})
      AND c.sequence >= coalesce((SELECT max(o.sequence) FROM "Commit" o WHERE o."groupId" = c."groupId" AND o.mode = 'overwrite'), 0)
    GROUP BY c."groupId"`);
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
