import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { isUniqueViolation, type Tx } from "@/lib/platform/db";
import { newId } from "@/lib/platform/ids";
import { audit } from "./audit";
import { actingAs, type SessionUser } from "./start-session";

/** What an account begins with. `passwordHash` is null for who signs in with a provider only. */
export type Account = { name: string; email: string; passwordHash: string | null; instanceAdmin: boolean };

/** Makes an account in this transaction. Throws `already_exists` for an e-mail that has one. */
export async function newAccount(ctx: Context, tx: Tx, account: Account): Promise<SessionUser> {
  const now = ctx.clock.now();
  const { name, email, instanceAdmin } = account;
  const user = { id: newId("usr", now.getTime()), name };
  await tx.user.create({ data: { ...account, id: user.id, createdAt: now } }).catch((error: unknown) => {
    throw isUniqueViolation(error) ? accountExists() : error;
  });
  await audit(actingAs(ctx, user), tx, {
    action: "user.create",
    resource: `user:${user.id}`,
    after: { name, email, instanceAdmin },
    projectId: null,
  });
  return user;
}

/** Said to whoever holds a link that may make an account for this address. */
export function accountExists(): LarderError {
  return new LarderError(
    "already_exists",
    "There is an account with this e-mail; sign in first, then open the link again",
    [{ code: "already_exists", pointer: "/email", detail: "has an account" }],
  );
}
