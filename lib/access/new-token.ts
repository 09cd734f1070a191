import type { Context } from "@/lib/platform/context";
import type { Tx } from "@/lib/platform/db";
import { newId } from "@/lib/platform/ids";
import type { NewToken } from "./schema";
import { hashSecret, hintOf, newSecret } from "./secret";
import { summarizeToken, WITH_OWNER } from "./token-summary";

/** What a new token is to be: one user's or one service account's. */
export type TokenPlan = {
  owner: { userId: string } | { serviceAccountId: string };
  name: string;
  scopes: string[];
  lifetimeMs: number;
};

/** Makes a token of the context's project, in this transaction. Its secret is in the answer and nowhere else. */
export async function newToken(
  ctx: Context,
  tx: Tx,
  { owner, name, scopes, lifetimeMs }: TokenPlan,
): Promise<NewToken> {
  const now = ctx.clock.now();
  const secret = newSecret("userId" in owner ? "fsp" : "fss");
  const row = await tx.apiToken.create({
    data: {
      ...owner,
      id: newId("tok", now.getTime()),
      projectId: ctx.project.id,
      name,
      hash: hashSecret(secret),
      hint: hintOf(secret),
      scopes,
      createdBy: ctx.actor.id,
      createdAt: now,
      expiresAt: new Date(now.getTime() + lifetimeMs),
    },
    include: WITH_OWNER,
  });
  return { token: summarizeToken(row, now), secret };
}

/** What the audit log keeps of a token. */
export function auditedToken({ token }: NewToken): Record<string, unknown> {
  const { id, name, hint, scopes, owner, expiresAt } = token;
  return { id, name, hint, scopes, owner, expiresAt };
}
