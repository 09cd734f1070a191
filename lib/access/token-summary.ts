import type { Prisma } from "@/lib/platform/db";
import type { TokenSummary } from "./schema";

/** What a token is loaded with for `summarizeToken`. */
export const WITH_OWNER = {
  user: { select: { id: true, name: true } },
  serviceAccount: { select: { id: true, name: true } },
} as const satisfies Prisma.ApiTokenInclude;

/** A token as it is loaded with its owner. */
export type TokenRow = Prisma.ApiTokenGetPayload<{ include: typeof WITH_OWNER }>;

/** A token as lists show it; what it is itself is kept nowhere. */
export function summarizeToken(row: TokenRow, now: Date): TokenSummary {
  const { id, name, hint, scopes, user, serviceAccount, createdAt, expiresAt, lastUsedAt, lastUsedIp } = row;
  const owner = serviceAccount ?? user;
  return {
    id,
    name,
    hint,
    scopes,
    owner: { kind: serviceAccount ? "service" : "user", id: owner?.id ?? "", name: owner?.name ?? "" },
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
    lastUsedIp,
    state: stateOf(row, now),
  };
}

/** Whether a token works at `now`, or why not. */
export function stateOf(row: Pick<TokenRow, "revokedAt" | "expiresAt">, now: Date): TokenSummary["state"] {
  if (row.revokedAt) return "revoked";
  return row.expiresAt && row.expiresAt <= now ? "expired" : "active";
}
