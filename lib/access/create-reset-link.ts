import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { transaction } from "@/lib/platform/db";
import { audit } from "./audit";
import { authorize } from "./authorize";
import { holdUser } from "./last-admin";
import { endResetLinksOf } from "./lost-links";
import { newLink } from "./new-link";
import type { ById, NewLink } from "./schema";

const HOURS = 24;

/**
 * Makes a link with which somebody chooses a new password, once, within a day; the one before it ends. Throws
 * `user_not_found`, and `state_conflict` for who is disabled or belongs to the demonstration.
 */
export async function createResetLink(ctx: Context, { id }: ById): Promise<NewLink> {
  const resource = `user:${id}`;
  authorize(ctx, "instance.manage", resource);
  return transaction(ctx.db, async (tx) => {
    await holdUser(tx, id);
    const user = await tx.user.findUnique({ where: { id } });
    if (!user) throw new LarderError("user_not_found", `There is no user ${id}`);
    if (user.kind === "demo")
      throw new LarderError("state_conflict", `${user.name} belongs to the demonstration, and has no password`);
    if (user.disabledAt) throw new LarderError("state_conflict", `${user.name} is disabled; enable the account first`);
    await endResetLinksOf(ctx, tx, id);
    const link = await newLink(ctx, tx, { kind: "reset", userId: id }, HOURS);
    const after = { kind: "reset", link: link.id, expiresAt: link.expiresAt };
    await audit(ctx, tx, { action: "link.create", resource, after, projectId: null });
    return link;
  });
}
