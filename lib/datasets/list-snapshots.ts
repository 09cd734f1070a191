import { authorize } from "@/lib/access/authorize";
import { loadActorNames } from "@/lib/access/load-actor-names";
import { nextCursor, offsetOf, type Page } from "@/lib/kernel/page";
import type { Context } from "@/lib/platform/context";
import { toSnapshot } from "./snapshot-rows";
import type { ListSnapshots, Snapshot } from "./snapshot-schema";

/** Snapshots, newest first; with `group` those that hold it. */
export async function listSnapshots(ctx: Context, input: ListSnapshots): Promise<Page<Snapshot>> {
  authorize(ctx, "catalog.read", `project:${ctx.project.name}`);
  const offset = offsetOf(input.cursor);
  const held = { group: input.group, ...(input.version ? { version: input.version } : {}) };
  const where = { projectId: ctx.project.id, ...(input.group ? { items: { array_contains: [held] } } : {}) };
  const [rows, total] = await Promise.all([
    ctx.db.snapshot.findMany({
      where,
      orderBy: [{ createdAt: "desc" }, { id: "desc" }],
      skip: offset,
      take: input.limit,
    }),
    ctx.db.snapshot.count({ where }),
  ]);
  const nameOf = await loadActorNames(
    ctx.db,
    rows.map((row) => row.createdBy),
  );
  return {
    items: rows.map((row) => toSnapshot(row, nameOf)),
    total,
    nextCursor: nextCursor(offset, rows.length, total),
  };
}
