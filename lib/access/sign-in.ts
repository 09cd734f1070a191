import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { transaction } from "@/lib/platform/db";
import { attemptLimits, TooManyAttempts } from "./attempt-limits";
import { auditAlone } from "./audit";
import { authorize } from "./authorize";
import { normalEmail } from "./email";
import { hashPassword, needsRehash, verifyPassword } from "./password";
import type { Signed, SignIn } from "./schema";
import { startSession } from "./start-session";

type Found = { id: string; name: string; kind: string; passwordHash: string | null; disabledAt: Date | null };

/**
 * Signs in with e-mail and password and starts a session. Throws `unauthenticated`, with the same words and after the same
 * work whether the account is unknown, disabled, without a password, or the password is wrong, and `rate_limited`.
 */
export async function signIn(ctx: Context, input: SignIn): Promise<Signed> {
  authorize(ctx, "session.start", "user:unknown");
  const email = normalEmail(input.email);
  const { from } = ctx.actor;
  // Counted by what was typed, before anybody is looked up: a limit must not tell which accounts there are.
  const account = email ?? "";
  try {
    await attemptLimits().account(from, account);
  } catch (error) {
    if (error instanceof TooManyAttempts && error.began) await recordFailure(ctx, { email, reason: "rate_limited" });
    throw error;
  }
  const user: Found | null = email === null ? null : await ctx.db.user.findUnique({ where: { email } });
  const matches = await verifyPassword(input.password, user?.passwordHash ?? null);
  const reason = reasonAgainst(user, matches);
  if (user && reason === null) {
    const signed = await begin(ctx, user, input.password);
    if (signed) {
      await attemptLimits().forgiveAccount(from, account);
      return signed;
    }
  }
  await recordFailure(ctx, { email, user, reason: reason ?? "password_changed" });
  throw new LarderError("unauthenticated", "E-mail or password is wrong");
}

function reasonAgainst(user: Found | null, matches: boolean): string | null {
  if (!user) return "unknown_account";
  if (user.disabledAt) return "disabled";
  if (user.kind !== "person" || user.passwordHash === null) return "no_password";
  return matches ? null : "wrong_password";
}

/** Null when the password, or the right to come in, was taken away in between. */
async function begin(ctx: Context, user: Found, password: string): Promise<Signed | null> {
  const { id, passwordHash } = user;
  const rehashed = passwordHash !== null && needsRehash(passwordHash) ? await hashPassword(password) : passwordHash;
  return transaction(ctx.db, async (tx) => {
    const still = { id, passwordHash, disabledAt: null };
    const { count } = await tx.user.updateMany({ where: still, data: { passwordHash: rehashed } });
    return count === 1 ? startSession(ctx, tx, user, "password") : null;
  });
}

async function recordFailure(
  ctx: Context,
  { email, user, reason }: { email: string | null; user?: Found | null; reason: string },
): Promise<void> {
  // Nobody is signed in yet: the account is what it was tried on, not who did it.
  await auditAlone(ctx, {
    action: "session.start",
    // What is no address may be a password in the wrong field.
    resource: user ? `user:${user.id}` : "user:unknown",
    after: { reason, ...(email ? { email } : {}) },
    outcome: "failed",
    projectId: null,
  });
}
