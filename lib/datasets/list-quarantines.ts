import { authorize } from "@/lib/access/authorize";
import { loadActorNames } from "@/lib/access/load-actor-names";
import { nextCursor, offsetOf, type Page } from "@/lib/kernel/page";
import type { Context } from "@/lib/platform/context";
import type { ListQuarantines, QuarantineSummary } from "./ingest-schema";
import { requireGroup } from "./load-table";

/** What writes put aside in any version of a group, newest first. Throws `feature_group_not_found`. */
export async function listQuarantines(ctx: Context, input: ListQuarantines): Promise<Page<QuarantineSummary>> {
  authorize(ctx, "catalog.read", `feature_group:${input.name}`);
  await requireGroup(ctx, { name: input.name });
  const where = { group: { projectId: ctx.project.id, name: input.name } };
  const offset = offsetOf(input.cursor);
  const [rows, total] = await Promise.all([
    ctx.db.quarantine.findMany({
      where,
      include: { group: { select: { version: true } } },
      orderBy: [{ createdAt: "desc" }, { id: "desc" }],
      skip: offset,
      take: input.limit,
    }),
    ctx.db.quarantine.count({ where }),
  ]);
  const nameOf = await loadActorNames(
    ctx.db,
    rows.map((row) => row.createdBy),
  );
  const items = rows.map(
    ({ id, group, commitSequence, rowCount, byteCount, reasons, createdBy, createdAt }): QuarantineSummary => ({
      id,
      group: input.name,
      version: group.version,
      commit: commitSequence,
      rowCount: Number(rowCount),
      byteCount: Number(byteCount),
      reasons: reasons as Record<string, number>,
      createdBy: nameOf(createdBy),
      createdAt: createdAt.toISOString(),
    }),
  );
  return { items, total, nextCursor: nextCursor(offset, rows.length, total) };
}
