import type { Page } from "@/lib/kernel/page";
import type { Context } from "@/lib/platform/context";
import { auditWhere, cursorAfter, sequenceOf } from "./audit-filter";
import { loadProjectNames, summarizeAuditRow } from "./audit-row";
import { authorize } from "./authorize";
import type { AuditEventSummary, ListAuditEvents } from "./schema";

/**
 * What was done and refused in the project, the newest first. `instance`: in all projects and beside them, for admins of
 * the instance.
 */
export async function listAuditEvents(ctx: Context, input: ListAuditEvents): Promise<Page<AuditEventSummary>> {
  authorize(ctx, "audit.read", `project:${ctx.project.name}`);
  if (input.instance) authorize(ctx, "instance.manage", "audit_log:instance");
  const where = auditWhere(ctx, input);
  const before = input.cursor === undefined ? {} : { sequence: { lt: sequenceOf(input.cursor) } };
  const [found, total] = await Promise.all([
    ctx.db.auditEvent.findMany({
      where: { AND: [where, before] },
      orderBy: { sequence: "desc" },
      take: input.limit + 1,
    }),
    ctx.db.auditEvent.count({ where }),
  ]);
  const rows = found.slice(0, input.limit);
  const last = rows.at(-1);
  const projects = await loadProjectNames(ctx, rows);
  return {
    items: rows.map((row) => summarizeAuditRow(row, projects)),
    nextCursor: last && found.length > rows.length ? cursorAfter(last.sequence) : null,
    total,
  };
}
