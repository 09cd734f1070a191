import type { Context } from "@/lib/platform/context";
import type { Prisma } from "@/lib/platform/db";
import type { AuditEntry } from "./audit-chain";
import type { AuditEventSummary } from "./schema";

/** A row of the audit log as the database has it. */
export type AuditRow = Prisma.AuditEventGetPayload<Record<string, never>>;

/** What the hash of a row covers, in the form it was hashed in. */
export function entryOf(row: AuditRow): AuditEntry {
  const { previousHash: _previous, hash: _hash, sequence, at, ...rest } = row;
  return { ...rest, sequence: String(sequence), at: at.toISOString() };
}

/** A row as answers show it. `projects`: their names by id. */
export function summarizeAuditRow(row: AuditRow, projects: ReadonlyMap<string, string>): AuditEventSummary {
  const { sequence, at, projectId, tokenId, ip, agent, requestId, action, resource, before, after, hash } = row;
  return {
    sequence: String(sequence),
    at: at.toISOString(),
    project: projectId === null ? null : (projects.get(projectId) ?? projectId),
    actor: { id: row.actorId, kind: row.actorKind, name: row.actorName },
    tokenId,
    ip,
    agent,
    requestId,
    action,
    resource,
    outcome: row.outcome === "denied" || row.outcome === "failed" ? row.outcome : "allowed",
    before,
    after,
    hash,
  };
}

/** The names of the projects that rows are about. */
export async function loadProjectNames(ctx: Context, rows: readonly AuditRow[]): Promise<Map<string, string>> {
  const ids = [...new Set(rows.flatMap(({ projectId }) => (projectId === null ? [] : [projectId])))];
  if (ids.every((id) => id === ctx.project.id)) return new Map([[ctx.project.id, ctx.project.name]]);
  const found = await ctx.db.project.findMany({ where: { id: { in: ids } }, select: { id: true, name: true } });
  return new Map(found.map(({ id, name }) => [id, name]));
}
