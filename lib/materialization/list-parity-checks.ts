import { authorize } from "@/lib/access/authorize";
import { loadActorNames } from "@/lib/access/load-actor-names";
import { requireGroup } from "@/lib/datasets/load-table";
import { nextCursor, offsetOf, type Page } from "@/lib/kernel/page";
import type { Context } from "@/lib/platform/context";
import { isHidden } from "@/lib/registry/mask-personal";
import { withValuesOf } from "./parity";
import type { ListParityChecks, ParityCheck, ParityReport } from "./schema";

/**
 * Comparisons of a group's online rows with its history, newest first. Examples tell values of features that the actor may
 * read by now, whatever these were when rows were compared. Throws `feature_group_not_found`.
 */
export async function listParityChecks(ctx: Context, input: ListParityChecks): Promise<Page<ParityCheck>> {
  // Examples hold keys and values.
  authorize(ctx, "data.read", `feature_group:${input.name}`);
  const { id: groupId, features } = await requireGroup(ctx, { name: input.name });
  const shown = new Set(features.filter((feature) => !isHidden(ctx.actor, feature)).map(({ name }) => name));
  const offset = offsetOf(input.cursor);
  const [rows, total] = await Promise.all([
    ctx.db.parityCheck.findMany({
      where: { groupId },
      orderBy: [{ checkedAt: "desc" }, { id: "desc" }],
      skip: offset,
      take: input.limit,
    }),
    ctx.db.parityCheck.count({ where: { groupId } }),
  ]);
  const nameOf = await loadActorNames(
    ctx.db,
    rows.map((row) => row.createdBy),
  );
  return {
    items: rows.map(({ id, watermarkSequence, report, runId, createdBy, checkedAt }) => ({
      id,
      watermarkSequence,
      report: withValuesOf(report as unknown as ParityReport, shown),
      runId,
      createdBy: nameOf(createdBy),
      checkedAt: checkedAt.toISOString(),
    })),
    total,
    nextCursor: nextCursor(offset, rows.length, total),
  };
}
