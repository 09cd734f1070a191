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
 * `hosts`: what this server is called besides this machine's own names. Any other Host means that somebody's DNS name
 * points here.
 */
export function guard(caller: Caller, options: { hosts: readonly string[] }): void {
  const host = caller.host.toLowerCase();
  if (!isOwnHost(host, options.hosts)) {
    const names = ["localhost", "127.0.0.1", "[::1]", ...options.hosts];
    throw new LarderError("csrf_rejected", `This server answers to ${names.join(", ")} only`);
  }
  if (["GET", "HEAD", "OPTIONS"].includes(caller.method)) return;
  // A foreign page cannot send a token, and with a token cookies count for nothing.
  if (caller.headers.has("authorization")) return;
  const site = caller.headers.get("sec-fetch-site");
  const origin = caller.headers.get("origin");
  const foreign =
    (site !== null && site !== "same-origin" && site !== "none") ||
    (origin !== null && !(URL.canParse(origin) && new URL(origin).host === host)) ||
    // Credentials, but nothing that says which page sent them.
    (site === null && origin === null && caller.headers.has("cookie"));
  if (foreign) throw new LarderError("csrf_rejected", "Requests that change something must come from this site itself");
}

/** Whether a Host header names this server: by one of `hosts`, or by a name of this machine itself. */
export function isOwnHost(host: string, hosts: readonly string[]): boolean {
  const name = host.toLowerCase();
  return hosts.includes(name) || LOOPBACK.has(name.replace(/:\d+$/, ""));
}

/** Whether a server bound to `host` can be reached from this machine only. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.has(host) || host === "::1";
}

const PROXIED = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via"];

/** Whether a request came through a proxy: then it may come from anywhere, though the socket says it is from here. */
export function isProxied(headers: Readonly<Record<string, unknown>>): boolean {
  return PROXIED.some((name) => name in headers);
}
