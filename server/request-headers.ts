import type { IncomingMessage } from "node:http";

/** Sets a header of a request as if its sender had, once: what the sender wrote under that name is gone everywhere. */
export function setRequestHeader(request: IncomingMessage, name: string, value: string): void {
  const kept: string[] = [];
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    const [key = "", given = ""] = request.rawHeaders.slice(i, i + 2);
    if (key.toLowerCase() !== name) kept.push(key, given);
  }
  request.rawHeaders = [...kept, name, value];
  request.headers[name] = value;
}

/** Who sends a request: the socket's other end, or behind a trusted proxy the address that the proxy appended last. */
export function addressOf(request: IncomingMessage, trustProxy: boolean): string {
  const forwarded = request.headers["x-forwarded-for"];
  const last = trustProxy
    ? String(forwarded ?? "")
        .split(",")
        .at(-1)
        ?.trim()
    : "";
  return (last || request.socket.remoteAddress || "").replace(/^::ffff:/, "");
}
