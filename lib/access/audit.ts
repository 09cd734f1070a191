import type { Context } from "@/lib/platform/context";
import { Prisma, type Tx } from "@/lib/platform/db";
import { newId } from "@/lib/platform/ids";

/** Records who did what, in the transaction that does it. */
export async function audit(
  ctx: Context,
  tx: Tx,
  event: { action: string; resource: string; before?: Prisma.InputJsonValue; after?: Prisma.InputJsonValue },
): Promise<void> {
  const at = ctx.clock.now();
  await tx.auditEvent.create({
    data: {
      id: newId("aud", at.getTime()),
      at,
      projectId: ctx.project.id,
      actorId: ctx.actor.id,
      actorKind: ctx.actor.kind,
      action: event.action,
      resource: event.resource,
      before: event.before ?? Prisma.DbNull,
      after: event.after ?? Prisma.DbNull,
    },
  });
}
