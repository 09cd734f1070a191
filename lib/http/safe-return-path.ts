const MAX_LENGTH = 2000;
/** Stands for this server; it is never sent anywhere. */
const HERE = "https://larder.invalid";

/**
 * Where to go after signing in: `next` if it is a page of this server, else the start page. Never an endpoint, because
 * being sent to one must not do anything.
 */
export function safeReturnPath(next: string | null | undefined): string {
  if (!next?.startsWith("/") || next.length > MAX_LENGTH || /[\p{Cc}\\]/u.test(next) || !URL.canParse(next, HERE))
    return "/";
  const { origin, pathname } = new URL(next, HERE);
  const path = decoded(pathname);
  // Browsers and servers disagree about what // and \ at the beginning mean, the more so when they are encoded.
  const ambiguous = path === null || /^\/[/\\]/.test(path) || /[\p{Cc}\\]/u.test(path) || /^\/[/\\]/.test(next);
  if (origin !== HERE || ambiguous || /^\/api(\/|$)/i.test(path)) return "/";
  return next;
}

function decoded(path: string): string | null {
  try {
    return decodeURIComponent(path);
  } catch {
    return null;
  }
}
