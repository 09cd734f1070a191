const DAY_MS = 86_400_000;
const SOON_DAYS = 7;

/** Days until a token ends, when that is soon enough to warn of it; null otherwise. */
export function endsSoon(expiresAt: string | null, nowMs: number): number | null {
  if (expiresAt === null) return null;
  const days = (Date.parse(expiresAt) - nowMs) / DAY_MS;
  return days >= 0 && days < SOON_DAYS ? Math.floor(days) : null;
}
