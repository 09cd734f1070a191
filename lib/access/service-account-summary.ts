import type { Prisma } from "@/lib/platform/db";
import { storedRole } from "./member-summary";
import type { ServiceAccountSummary } from "./schema";

/** What a service account is loaded with for `summarizeServiceAccount`: its tokens that work at `now`. */
export function withTokenCount(now: Date) {
  return { _count: { select: { tokens: { where: stillValid(now) } } } } as const satisfies Prisma.ServiceAccountInclude;
}

/** Tokens that are neither revoked nor expired. */
export function stillValid(now: Date): { revokedAt: null; OR: [{ expiresAt: null }, { expiresAt: { gt: Date } }] } {
  return { revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] };
}

/** A service account as lists show it. */
export function summarizeServiceAccount(
  row: Prisma.ServiceAccountGetPayload<{ include: ReturnType<typeof withTokenCount> }>,
): ServiceAccountSummary {
  const { id, name, description, role, sensitive, disabledAt, createdAt, _count } = row;
  return {
    id,
    name,
    description,
    role: storedRole(role),
    sensitive,
    disabled: disabledAt !== null,
    tokens: _count.tokens,
    createdAt: createdAt.toISOString(),
  };
}
