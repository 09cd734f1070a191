import { audit } from "@/lib/access/audit";
import type { IngestResult, TimeRange } from "@/lib/engines/offline/port";
import { isLarderError, LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { isUniqueViolation, type Prisma, type Tx } from "@/lib/platform/db";
import { newId } from "@/lib/platform/ids";
import { type Committed, commitFiles } from "./commit-files";
import type { WriteMode, WrittenRows } from "./ingest-schema";
import { type GroupWithColumns, loadTable } from "./load-table";
import { queueFollowUp } from "./queue-follow-up";

/** Somebody committed since the rows were compared with what the group holds. */
export class HeadMoved extends Error {
  constructor(readonly conflict: LarderError) {
    super(conflict.message);
  }
}

type Checked = {
  result: IngestResult;
  mode: WriteMode;
  range: TimeRange | null;
  write: { key: string; payloadHash: string } | null;
};

/**
 * Makes checked rows visible: commit, quarantine, and a run that brings statistics and online values up to date, in one
 * transaction. What was written for a commit that was refused is removed. Throws `commit_conflict` and `HeadMoved`.
 */
export async function commitRows(ctx: Context, group: GroupWithColumns, checked: Checked): Promise<WrittenRows> {
  const { result, mode, range, write } = checked;
  const { file, quarantine } = result;
  const quarantineId = quarantine ? newId("qtn") : null;
  const answer = (commit: Committed): WrittenRows => answerOf(checked, commit, quarantineId);
  const files = file ? [file] : [];
  try {
    const committed = await commitFiles(
      ctx,
      group,
      {
        mode: mode === "overwrite" ? "overwrite" : "append",
        files,
        ...(range ? { range, liveRows: await liveRowsAfter(ctx, group, range, file?.rowCount ?? 0) } : {}),
        ...(write ? { write } : {}),
        answer: (commit) => answer(commit) as unknown as Prisma.InputJsonObject,
      },
      async (tx, { sequence, committedAt }) => {
        // What was compared with an older head may repeat what came since.
        if (group.duplicates === "reject" && sequence !== group.headSequence + 1)
          throw new HeadMoved(
            new LarderError(
              "commit_conflict",
              `Others write to ${group.name} all the time; nothing was written, try again`,
            ),
          );
        if (quarantine && quarantineId) {
          const { rowCount } = quarantine;
          await audit(ctx, tx, {
            action: "group.quarantine",
            resource: `feature_group:${group.name}`,
            after: { id: quarantineId, rowCount, reasons: result.counts },
          });
          await tx.quarantine.create({
            data: {
              id: quarantineId,
              groupId: group.id,
              commitSequence: result.accepted > 0 ? sequence : null,
              path: quarantine.path,
              rowCount: quarantine.rowCount,
              byteCount: quarantine.byteCount,
              reasons: result.counts,
              createdBy: ctx.actor.id,
              createdAt: committedAt,
            },
          });
        }
        if (file || mode === "overwrite") await follow(ctx, tx, group, sequence);
      },
    );
    return answer(committed);
  } catch (error) {
    // Only where it is certain that no commit names them: else they are left to garbage collection.
    const refused = error instanceof HeadMoved || isUniqueViolation(error) || isLarderError(error);
    if (refused && !(isLarderError(error) && error.code === "dependency_unavailable"))
      for (const { path } of [...files, ...(quarantine ? [quarantine] : [])])
        await ctx.offline.removeFile(path).catch(() => undefined);
    throw error;
  }
}

function answerOf({ result, mode }: Checked, commit: Committed, quarantine: string | null): WrittenRows {
  const { accepted, rejected, duplicates, warnings, issues } = result;
  const { id, sequence, rowCount, byteCount, committedAt } = commit;
  return {
    commit: {
      id,
      sequence,
      mode: mode === "overwrite" ? "overwrite" : "append",
      rowCount,
      byteCount,
      committedAt: committedAt.toISOString(),
    },
    accepted,
    rejected,
    duplicates,
    warnings,
    quarantine,
    problems: issues.map(({ row, code, pointer, detail }) => ({
      ...(row === undefined ? {} : { row }),
      code,
      ...(pointer === undefined ? {} : { pointer }),
      detail,
    })),
  };
}

/** Rows that the group holds once those within the range are replaced. */
async function liveRowsAfter(ctx: Context, group: GroupWithColumns, range: TimeRange, added: number): Promise<number> {
  const { table } = await loadTable(ctx, group, group.headSequence);
  const where = { groupId_sequence: { groupId: group.id, sequence: group.headSequence } };
  const head = await ctx.db.commit.findUnique({ where, select: { liveRows: true } });
  const replaced = table.files.length === 0 ? 0 : await ctx.offline.count({ table, range });
  return Number(head?.liveRows ?? 0) - replaced + added;
}

/** Queues what must follow, unless a run that has not begun will do it anyway: it is held until this commit is there. */
async function follow(ctx: Context, tx: Tx, group: GroupWithColumns, sequence: number): Promise<void> {
  const waiting = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM "Run" WHERE "projectId" = ${ctx.project.id} AND "kind" = 'refresh' AND "state" = 'QUEUED'
      AND "notBefore" IS NULL AND NOT "cancelRequested" AND "input" = ${JSON.stringify({ groups: [group.name] })}::jsonb
    LIMIT 1 FOR UPDATE`;
  if (waiting.length === 0) await queueFollowUp(ctx, tx, group, sequence);
}
