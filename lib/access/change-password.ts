import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { transaction } from "@/lib/platform/db";
import { attemptLimits } from "./attempt-limits";
import { audit, auditAlone } from "./audit";
import { authorize } from "./authorize";
import { hashPassword, verifyPassword } from "./password";
import { checkNewPassword } from "./password-rule";
import { replacePassword } from "./replace-password";
import type { ChangePassword, Signed } from "./schema";
import { startSession } from "./start-session";

const WRONG = "is not your present password";

/**
 * Changes one's own password. Every session ends, and this browser gets a new one. Throws `validation_failed` for a wrong
 * present password, `weak_password`, `rate_limited`, and `state_conflict` for accounts that have no password.
 */
export async function changePassword(ctx: Context, { current, next }: ChangePassword): Promise<Signed> {
  const { actor } = ctx;
  const resource = `user:${actor.id}`;
  authorize(ctx, "account.manage", resource);
  const user = await ctx.db.user.findUnique({ where: { id: actor.id } });
  if (!user || user.passwordHash === null)
    throw new LarderError("state_conflict", "This account has no password; an admin can give out a link that sets one");
  // Who finds an open browser must not be able to guess the password at leisure.
  const account = `change ${user.id}`;
  await attemptLimits().account(actor.from, account);
  if (!(await verifyPassword(current, user.passwordHash))) {
    await auditAlone(ctx, { action: "password.change", resource, outcome: "failed", projectId: null });
    throw wrongPassword();
  }
  await attemptLimits().forgiveAccount(actor.from, account);
  checkNewPassword(next, user.email, "/next");
  if (next.normalize("NFC") === current.normalize("NFC"))
    throw new LarderError("weak_password", "The new password is the present one", [
      { code: "weak_password", pointer: "/next", detail: "is the present password" },
    ]);
  const after = await hashPassword(next);
  return transaction(ctx.db, async (tx) => {
    const replaced = await replacePassword(ctx, tx, { userId: user.id, before: user.passwordHash, after });
    if (!replaced) throw wrongPassword();
    await audit(ctx, tx, { action: "password.change", resource, projectId: null });
    return startSession(ctx, tx, user, "password_change");
  });
}

function wrongPassword(): LarderError {
  return new LarderError("validation_failed", `current ${WRONG}`, [
    { code: "wrong_password", pointer: "/current", detail: WRONG },
  ]);
}
