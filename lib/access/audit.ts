import type { Context } from "@/lib/platform/context";
import { beforeCommit, Prisma, type Tx, transaction } from "@/lib/platform/db";
import { newId } from "@/lib/platform/ids";
import { type AuditEntry, hashEntry, maskSensitive } from "./audit-chain";

/** What happened. `resource` is `kind:name`; `before` and `after` are masked before they are kept. */
export type AuditRecord = {
  action: string;
  resource: string;
  before?: unknown;
  after?: unknown;
  outcome?: "allowed" | "denied" | "failed";
  /** Null: an act on the whole instance. Absent: the context's project. */
  projectId?: string | null;
};

/**
 * Records who did what, in the transaction that does it. The rows are written as its last step, so that the lock on the
 * end of the chain is held briefly and always taken last.
 */
export async function audit(ctx: Context, tx: Tx, record: AuditRecord): Promise<void> {
  beforeCommit(tx, () => append(ctx, tx, record));
}

/** Records an act that writes nothing else: a refusal, a failed sign-in. */
export async function auditAlone(ctx: Context, record: AuditRecord): Promise<void> {
  await transaction(ctx.db, (tx) => audit(ctx, tx, record));
}

async function append(ctx: Context, tx: Tx, record: AuditRecord): Promise<void> {
  const [head] = await tx.$queryRaw<{ sequence: bigint; hash: string }[]>`
    SELECT "sequence", "hash" FROM "AuditHead" WHERE "id" = 1 FOR UPDATE`;
  if (!head) throw new Error("AuditHead has no row; the migration makes it");
  const at = ctx.clock.now();
  const sequence = head.sequence + 1n;
  const { actor, project } = ctx;
  const projectId = record.projectId === undefined ? project.id || null : record.projectId;
  // As the database gives it back: what JSON cannot say must not enter the hash.
  const [before, after] = [record.before, record.after].map((value) =>
    value === undefined ? null : JSON.parse(JSON.stringify(maskSensitive(value))),
  );
  const entry: AuditEntry = {
    id: newId("aud", at.getTime()),
    sequence: String(sequence),
    at: at.toISOString(),
    projectId,
    actorId: actor.id,
    actorKind: actor.kind,
    actorName: actor.name,
    tokenId: actor.from?.tokenId ?? null,
    ip: actor.from?.ip ?? null,
    agent: actor.from?.agent ?? null,
    requestId: actor.from?.requestId ?? null,
    action: record.action,
    resource: record.resource,
    before,
    after,
    outcome: record.outcome ?? "allowed",
  };
  const hash = hashEntry(head.hash, entry);
  await tx.auditEvent.create({
    data: {
      ...entry,
      sequence,
      at,
      before: before ?? Prisma.DbNull,
      after: after ?? Prisma.DbNull,
      previousHash: head.hash,
      hash,
    },
  });
  await tx.auditHead.update({ where: { id: 1 }, data: { sequence, hash } });
}
