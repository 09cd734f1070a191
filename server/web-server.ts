import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { isOwnHost, isProxied } from "@/lib/http/guard";
import { pagePolicy, SECURITY_HEADERS } from "@/lib/http/page-policy";
import { ADDRESS_HEADER, PATH_HEADER } from "@/lib/http/sender";
import { addressOf, setRequestHeader } from "./request-headers";

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<unknown> | unknown;

/** Methods that some page or endpoint takes; the API names them path by path. */
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/**
 * The server in front of pages and API: limits, security headers, and the request headers that only it may set.
 * `isOpen`: until then everything is answered with 503.
 */
export function createWebServer(
  handlers: { api: Handler; page: Handler; isOpen(): boolean; isDemonstration(): boolean },
  settings: { development: boolean; secure: boolean; trustProxy: boolean; hosts: readonly string[] },
): Server {
  const { development, secure, trustProxy, hosts } = settings;
  const server = createServer({ maxHeaderSize: 32 * 1024 }, (request, response) => {
    if (!handlers.isOpen()) {
      response.writeHead(503, { "content-type": "text/plain", "retry-after": "1" });
      return response.end("Larder is starting.\n");
    }
    // A demonstration signs everybody in: what comes through a proxy may come from anywhere.
    if (handlers.isDemonstration() && isProxied(request.headers)) {
      response.writeHead(403, { "content-type": "text/plain", connection: "close" });
      return response.end("The demonstration is for this machine only. LARDER_DEMO=0 starts with real accounts.\n");
    }
    if (!METHODS.includes(request.method ?? "")) {
      response.writeHead(405, { allow: METHODS.join(", "), connection: "close" });
      return response.end();
    }
    setRequestHeader(request, ADDRESS_HEADER, addressOf(request, trustProxy));
    setRequestHeader(request, PATH_HEADER, request.url ?? "/");
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
    if (secure) response.setHeader("Strict-Transport-Security", "max-age=31536000");
    const isApi = /^\/api(\/|\?|$)/.test(request.url ?? "");
    if (!isApi) {
      // The API says so itself, as a problem document.
      if (!isOwnHost(request.headers.host ?? "", hosts)) {
        response.writeHead(403, { "content-type": "text/plain" });
        return response.end("This server is not called by that name; LARDER_PUBLIC_URL sets it.\n");
      }
      // Next takes the nonce from the request's policy; what a caller sends under these names is overwritten.
      const { policy, nonce } = pagePolicy({ development, secure });
      setRequestHeader(request, "content-security-policy", policy);
      setRequestHeader(request, "x-nonce", nonce);
      response.setHeader("Content-Security-Policy", policy);
    }
    const work = async (): Promise<unknown> => (isApi ? handlers.api : handlers.page)(request, response);
    work().catch((error: unknown) => {
      console.error(error);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  server.keepAliveTimeout = 65_000;
  server.headersTimeout = 20_000;
  // An upload may take this long; JSON bodies have a limit of their own.
  server.requestTimeout = 600_000;
  return server;
}
