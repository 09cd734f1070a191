import { readTablesOf } from "@/lib/engines/online/table-notes";
import { SYSTEM } from "@/lib/kernel/actor";
import { hasLeftTables, removeLeftTables } from "@/lib/materialization/left-tables";
import { readMarks } from "@/lib/materialization/online-tables";
import { transaction } from "@/lib/platform/db";
import { queueRun } from "@/lib/platform/runs";
import type { WorkerContext } from "./execute-run";

/** A commit brings its own run; only what has been behind for so long was forgotten by it. */
const BEHIND_FOR_MS = 60_000;
/** After a run that failed or was cancelled somebody should look first. */
const REST_MS = 15 * 60_000;

type Behind = { id: string; name: string; projectId: string; projectName: string };

/**
 * Starts a run for groups that are behind online, or whose table the online store has lost, without one that would bring
 * them there: so they catch up whatever happened. And removes tables that readers have left, with what was pushed into them taken
 * along. Safe to call by several workers at once: at worst a run finds nothing to do.
 */
export async function catchUpGroups(worker: WorkerContext): Promise<void> {
  const now = worker.clock.now().getTime();
  const lost = await findLost(worker);
  for (const group of await findBehind(worker, now, lost)) {
    const ctx = { ...worker, actor: SYSTEM, project: { id: group.projectId, name: group.projectName } };
    await transaction(worker.db, (tx) =>
      queueRun(ctx, tx, {
        kind: "materialize",
        title: `Catch up ${group.name}`,
        input: { groups: [group.name] },
        nodes: [{ id: `materialize:${group.name}`, label: `Materialize ${group.name}` }],
      }),
    );
    worker.log.info(
      { group: group.name, project: group.projectName },
      "group was behind online; a run brings it there",
    );
  }
  for (const groupId of await findLeft(worker)) await removeLeftTables(worker, groupId);
}

/** Groups whose table has no mark: a store that kept nothing, or not all, over a restart. */
async function findLost({ db, online }: WorkerContext): Promise<string[]> {
  const tables = await db.materialization.findMany({
    where: { group: { latest: true, online: true } },
    select: { groupId: true, onlineTable: true },
  });
  const marks = await readMarks(
    online,
    tables.map(({ onlineTable }) => onlineTable),
  );
  return tables.flatMap(({ groupId }, i) => (marks[i] === null ? [groupId] : []));
}

/** Groups of which the store has tables besides the one in use, however long ago readers left them. */
async function findLeft({ db, online }: WorkerContext): Promise<string[]> {
  const used = await db.materialization.findMany({ select: { groupId: true, onlineTable: true } });
  const notes = await readTablesOf(
    online,
    used.map(({ groupId }) => groupId),
  );
  return used.flatMap(({ groupId, onlineTable }, i) => (hasLeftTables(notes[i] ?? [], onlineTable) ? [groupId] : []));
}

/** Groups whose newest commits are not online, and that no run works on, or has lately failed to. */
async function findBehind(worker: WorkerContext, now: number, lost: string[]): Promise<Behind[]> {
  const since = new Date(now - BEHIND_FOR_MS);
  const rested = new Date(now - REST_MS);
  return worker.db.$queryRaw<Behind[]>`
    SELECT g."id", g."name", p."id" AS "projectId", p."name" AS "projectName"
    FROM "FeatureGroup" g
    JOIN "Project" p ON p."id" = g."projectId"
    LEFT JOIN "Materialization" m ON m."groupId" = g."id"
    LEFT JOIN "Commit" c ON c."groupId" = g."id" AND c."sequence" = coalesce(m."watermarkSequence", 0) + 1
    WHERE g."latest" AND g."online" AND (c."committedAt" < ${since} OR g."id" = ANY(${lost}))
      AND NOT EXISTS (
        SELECT 1 FROM "Run" r
        WHERE r."projectId" = g."projectId"
          AND r."progress"->'nodes' @> jsonb_build_array(jsonb_build_object('id', 'materialize:' || g."name"))
          AND (r."state" IN ('QUEUED', 'RUNNING')
            OR (r."state" IN ('FAILED', 'CANCELLED') AND r."finishedAt" > ${rested}))
      )
    ORDER BY g."id" LIMIT 20`;
}
