import type { Role } from "@/lib/kernel/actor";
import type { Context } from "@/lib/platform/context";
import type { Tx } from "@/lib/platform/db";
import { newId } from "@/lib/platform/ids";
import type { NewLink } from "./schema";
import { hashSecret, newSecret } from "./secret";

const HOUR_MS = 60 * 60_000;

/** What a link is for. */
export type LinkPurpose =
  | { kind: "join"; projectId: string; role: Role; sensitive: boolean; email: string | null }
  | { kind: "reset"; userId: string };

/**
 * Makes a link that works once, in this transaction. The secret stands behind the #, which browsers do not send to any
 * server; what is kept is its hash.
 */
export async function newLink(ctx: Context, tx: Tx, purpose: LinkPurpose, hours: number): Promise<NewLink> {
  const now = ctx.clock.now();
  const id = newId("inv", now.getTime());
  const secret = newSecret("lin");
  const expiresAt = new Date(now.getTime() + hours * HOUR_MS);
  await tx.invitation.create({
    data: { ...purpose, id, hash: hashSecret(secret), createdBy: ctx.actor.id, createdAt: now, expiresAt },
  });
  const page = purpose.kind === "join" ? "/invitation" : "/reset";
  return { id, path: `${page}#${secret}`, expiresAt: expiresAt.toISOString() };
}
