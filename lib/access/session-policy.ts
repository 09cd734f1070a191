/** A session ends this long after sign-in, whatever happens. */
export const SESSION_MS = 7 * 24 * 60 * 60_000;
/** And this long after it was last used. */
export const IDLE_MS = 24 * 60 * 60_000;
/** How often the time of last use is written. */
export const SEEN_EVERY_MS = 60_000;

/** Whether a session still holds at `now`. */
export function isSessionAlive(session: { lastSeenAt: Date; expiresAt: Date }, now: Date): boolean {
  return now < session.expiresAt && now.getTime() - session.lastSeenAt.getTime() < IDLE_MS;
}
