import type { Context } from "@/lib/platform/context";
import type { Prisma } from "@/lib/platform/db";
import { auditAlone } from "./audit";
import { auditWhere } from "./audit-filter";
import { type AuditRow, entryOf, loadProjectNames } from "./audit-row";
import { authorize } from "./authorize";
import type { ExportAuditEvents } from "./schema";

const PAGE_ROWS = 1000;

/**
 * The audit log as JSON Lines, the oldest row first, up to the moment it is asked for. Each line has everything its hash
 * covers, so that it can be checked without this server. The export itself is audited.
 */
export async function exportAuditEvents(
  ctx: Context,
  input: ExportAuditEvents,
): Promise<{ fileName: string; byteCount: null; stream: ReadableStream<Uint8Array> }> {
  authorize(ctx, "audit.read", `project:${ctx.project.name}`);
  if (input.instance) authorize(ctx, "instance.manage", "audit_log:instance");
  const of = input.instance ? "instance" : ctx.project.name;
  const head = await ctx.db.auditHead.findUniqueOrThrow({ where: { id: 1 } });
  await auditAlone(ctx, {
    action: "audit.export",
    resource: `audit_log:${of}`,
    after: { ...input, upTo: String(head.sequence) },
  });
  const where = { AND: [auditWhere(ctx, input), { sequence: { lte: head.sequence } }] };
  const fileName = `audit-${of}-${ctx.clock.now().toISOString().slice(0, 10)}.jsonl`;
  return { fileName, byteCount: null, stream: streamRows(ctx, where) };
}

/** One page is in memory at a time; the next is read when the receiver has taken it. */
function streamRows(ctx: Context, where: Prisma.AuditEventWhereInput): ReadableStream<Uint8Array> {
  let after: bigint | null = null;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const rows: AuditRow[] = await ctx.db.auditEvent.findMany({
          where: after === null ? where : { AND: [where, { sequence: { gt: after } }] },
          orderBy: { sequence: "asc" },
          take: PAGE_ROWS,
        });
        const last = rows.at(-1);
        if (last) {
          after = last.sequence;
          controller.enqueue(Buffer.from(await writeLines(ctx, rows)));
        }
        if (rows.length < PAGE_ROWS) controller.close();
      },
    },
    { highWaterMark: 0 },
  );
}

async function writeLines(ctx: Context, rows: AuditRow[]): Promise<string> {
  const projects = await loadProjectNames(ctx, rows);
  return rows
    .map((row) => {
      const { previousHash, hash, projectId } = row;
      const project = projectId === null ? null : (projects.get(projectId) ?? null);
      return `${JSON.stringify({ ...entryOf(row), project, previousHash, hash })}\n`;
    })
    .join("");
}
