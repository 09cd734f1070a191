import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import next from "next";
import { answer } from "@/lib/http/web-app";
import { env } from "@/lib/platform/env";
import { ExpectedFailure, liveAsChild, type Open } from "./child";

const DRAIN_MS = 10_000;

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

// Pages and the control API behind a server whose limits and end are ours. The API does not go through Next, which
// would cost it most of its speed, its Content-Length, and its answers to odd methods; both share one process context.
await liveAsChild(async () => {
  const { rootDir, host, port, mode } = env();
  const app = next({ dev: mode === "development", dir: rootDir, hostname: host, port });
  await app.prepare();
  const handle = app.getRequestHandler();
  const api = getRequestListener(answer, { overrideGlobalObjects: false });
  let open = false;
  process.on("message", (message: Open) => {
    open ||= message.open;
  });
  const server = createServer((request, response) => {
    if (!open) {
      response.writeHead(503, { "content-type": "text/plain", "retry-after": "1" });
      return response.end("Larder is starting.\n");
    }
    if (!METHODS.includes(request.method ?? "")) {
      response.writeHead(405, { allow: METHODS.join(", "), connection: "close" });
      return response.end();
    }
    const work = /^\/api(\/|\?|$)/.test(request.url ?? "") ? api(request, response) : handle(request, response);
    work.catch((error: unknown) => {
      console.error(error);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  server.keepAliveTimeout = 65_000;
  server.headersTimeout = 20_000;
  server.requestTimeout = 120_000;
  await listen(server, host, port);
  const actual = (server.address() as AddressInfo).port;
  return {
    ready: { address: `http://${host === "0.0.0.0" || host === "127.0.0.1" ? "localhost" : host}:${actual}` },
    end: () => drain(server),
  };
});

async function listen(server: Server, host: string, port: number): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EADDRINUSE")
      throw new ExpectedFailure(`Port ${port} on ${host} is taken. Set PORT to a free one: PORT=${port + 1} npm start`);
    if (code === "EACCES")
      throw new ExpectedFailure(`Port ${port} needs more rights. Set PORT to a number above 1023.`);
    if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND")
      throw new ExpectedFailure(`LARDER_HOST ${host} is no address of this machine.`);
    throw error;
  }
}

async function drain(server: Server): Promise<void> {
  const timer = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  clearTimeout(timer);
}
