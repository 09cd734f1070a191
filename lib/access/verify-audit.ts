import type { Context } from "@/lib/platform/context";
import { type Fault, finish, isFault, START, step, type Walk } from "./audit-walk";
import { authorize } from "./authorize";
import type { AuditVerification, Nothing } from "./schema";

const PAGE_ROWS = 1000;

type Head = { sequence: bigint; hash: string } | null;

/**
 * Walks the whole audit log, of all projects, and recomputes every hash. Answers the first place that does not fit; nobody
 * is kept from writing meanwhile.
 */
export async function verifyAudit(ctx: Context, _input: Nothing): Promise<AuditVerification> {
  authorize(ctx, "audit.read", "audit_log:instance");
  let walk: Walk = START;
  for (;;) {
    // Before the page: what the head names must then be on it, or on one before.
    const head: Head = await ctx.db.auditHead.findUnique({ where: { id: 1 } });
    const rows = await ctx.db.auditEvent.findMany({
      where: walk.last === null ? {} : { sequence: { gt: walk.last.sequence } },
      orderBy: { sequence: "asc" },
      take: PAGE_ROWS,
    });
    if (rows.length === 0) return answer(walk, head, finish(walk, head));
    for (const row of rows) {
      const outcome = step(walk, row);
      if (isFault(outcome)) return answer(walk, head, outcome);
      walk = outcome;
    }
  }
}

function answer({ checked, unchained }: Walk, head: Head, broken: Fault | null): AuditVerification {
  const { sequence, hash } = head ?? { sequence: 0n, hash: "" };
  return { intact: broken === null, checked, unchained, head: { sequence: String(sequence), hash }, broken };
}
