import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import next from "next";
import { doorOf, hostsOf } from "@/lib/http/door";
import { answer } from "@/lib/http/web-app";
import { openProcess } from "@/lib/platform/context";
import { env, settleDemo } from "@/lib/platform/env";
import { cachedCatalogs } from "@/lib/serving/cached-catalog";
import { processRecorder } from "@/lib/serving/process-recorder";
import { startRecorder } from "@/lib/serving/recorder";
import { ExpectedFailure, liveAsChild, type Open } from "./child";
import { createWebServer } from "./web-server";

const DRAIN_MS = 10_000;

// Pages and the control API behind a server whose limits and end are ours. The API does not go through Next, which
// would cost it most of its speed, its Content-Length, and its answers to odd methods; both share one process context.
await liveAsChild(async () => {
  const { rootDir, host, port, mode, trustProxy } = env();
  const development = mode === "development";
  const app = next({ dev: development, dir: rootDir, hostname: host, port });
  await app.prepare();
  let open = false;
  let address: string | null = null;
  process.on("message", (message: Open) => {
    if (open) return;
    settleDemo(message.demo);
    // Opened here, so that every bundle shares the context with the settled environment.
    const opened = openProcess("web");
    startRecorder({
      ...opened,
      name: "web",
      address,
      sampleRate: opened.env.serving.sampleRate,
      catalogs: cachedCatalogs,
    });
    open = true;
  });
  const api = getRequestListener(answer, { overrideGlobalObjects: false });
  const server = createWebServer(
    { api, page: app.getRequestHandler(), isOpen: () => open, isDemonstration: () => env().demo === "on" },
    { development, secure: doorOf(env()).secure, trustProxy, hosts: hostsOf(env()) },
  );
  await listen(server, host, port);
  const actual = (server.address() as AddressInfo).port;
  address = `http://${host === "0.0.0.0" || host === "127.0.0.1" ? "localhost" : host}:${actual}`;
  return {
    ready: { address },
    end: async () => {
      await drain(server);
      await processRecorder()?.stop();
    },
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
