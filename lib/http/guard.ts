import { LarderError } from "@/lib/kernel/errors";

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** What the check looks at, the same for API requests and server actions. */
export type Caller = {
  method: string;
  host: string;
  headers: { get(name: string): string | null; has(name: string): boolean };
};

/**
 * Refuses requests that a foreign page may have caused. Throws `csrf_rejected`.
 * `loopback`: the server is bound to this machine, so any other Host means that somebody's DNS name points here.
 */
export function guard(caller: Caller, options: { loopback: boolean }): void {
  const host = caller.host.toLowerCase();
  if (options.loopback && !LOOPBACK.has(host.replace(/:\d+$/, ""))) {
    throw new LarderError("csrf_rejected", "This server answers to localhost, 127.0.0.1 and [::1] only");
  }
  if (["GET", "HEAD", "OPTIONS"].includes(caller.method)) return;
  const site = caller.headers.get("sec-fetch-site");
  const origin = caller.headers.get("origin");
  const foreign =
    (site !== null && site !== "same-origin" && site !== "none") ||
    (origin !== null && !(URL.canParse(origin) && new URL(origin).host === host)) ||
    // Credentials, but nothing that says which page sent them.
    (site === null && origin === null && caller.headers.has("cookie"));
  if (foreign) throw new LarderError("csrf_rejected", "Requests that change something must come from this site itself");
}

/** Whether a server bound to `host` can be reached from this machine only. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.has(host) || host === "::1";
}
