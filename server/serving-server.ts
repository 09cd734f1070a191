import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, type Socket, Server as TcpServer } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { doorOf } from "@/lib/http/door";
import { FEAST_ROUTES } from "@/lib/http/plane/feast-routes";
import { createPlaneListener } from "@/lib/http/plane/listener";
import { METRICS_ROUTES } from "@/lib/http/plane/metrics-routes";
import { NATIVE_ROUTES } from "@/lib/http/plane/native-routes";
import { Overload } from "@/lib/http/plane/overload";
import { PUSH_ROUTES } from "@/lib/http/plane/push-routes";
import { TokenUse } from "@/lib/http/plane/token-use";
import { baseOf, openProcess } from "@/lib/platform/context";
import { env } from "@/lib/platform/env";
import { DataPlane } from "@/lib/serving/data-plane";
import { startRecorder } from "@/lib/serving/recorder";
import { ExpectedFailure, type Ready } from "./child";
import { addressOf } from "./request-headers";

const LAME_MS = 500;
const DRAIN_MS = 6_000;
const REQUEST_MS = 30_000;

/** Starts answering on the port of the data plane. `end` stops accepting, lets what is being answered finish, and closes. */
export async function startServing(): Promise<{ ready: Omit<Ready, "ready">; end: () => Promise<void> }> {
  const opened = openProcess("serving");
  const { serving, host, trustProxy } = opened.env;
  const plane = await DataPlane.open(baseOf(opened));
  const use = new TokenUse(opened);
  const server = createServer({ maxHeaderSize: 16 * 1024, noDelay: true, keepAlive: true });
  await listen(server, host, serving.port);
  const { port } = server.address() as AddressInfo;
  const address = `http://${host === "0.0.0.0" || host === "127.0.0.1" ? "localhost" : host}:${port}`;
  const recorder = startRecorder({
    ...opened,
    name: "serving",
    address,
    sampleRate: serving.sampleRate,
    catalogs: () => plane.catalogs(),
  });
  const overload = new Overload((inFlight, refused) => recorder.load(inFlight, refused));
  const ending = new AbortController();
  const listener = createPlaneListener({
    plane,
    recorder,
    use,
    overload,
    routes: [...NATIVE_ROUTES, ...PUSH_ROUTES, ...FEAST_ROUTES, ...METRICS_ROUTES],
    settings: doorOf(env()),
    hosts: [`${host}:${port}`],
    addressOf: (request) => addressOf(request, trustProxy),
    ending: ending.signal,
  });
  const sockets = socketsOf(server);
  server.on("request", (request, response) => void listener(request, response));
  server.keepAliveTimeout = 65_000;
  server.headersTimeout = 20_000;
  server.requestTimeout = REQUEST_MS;
  // A reader that takes nothing for so long holds an answer that somebody else could have had.
  server.timeout = REQUEST_MS;
  return {
    ready: { address },
    end: async () => {
      ending.abort();
      await drain(server, sockets);
      overload.stop();
      await use.stop();
      await recorder.stop();
      await plane.close();
      await opened.close();
    },
  };
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EADDRINUSE")
      throw new ExpectedFailure(
        `Port ${port} on ${host}, for online reads, is taken. Set LARDER_SERVING_PORT to a free one, or to 0 for any.`,
      );
    throw error;
  }
}

/** Sockets of a server, each with the answer it was asked for last. */
function socketsOf(server: Server): Map<Socket, { answer: ServerResponse | null }> {
  const sockets = new Map<Socket, { answer: ServerResponse | null }>();
  server.on("connection", (socket) => {
    sockets.set(socket, { answer: null });
    socket.once("close", () => sockets.delete(socket));
  });
  server.on("request", ({ socket }, response) => {
    const known = sockets.get(socket);
    if (known) known.answer = response;
  });
  return sockets;
}

/**
 * For a moment answers go on and tell clients to come back elsewhere; then nobody is let in any more, whoever waits for
 * nothing is disconnected, and the others get their answers.
 */
async function drain(server: Server, sockets: ReadonlyMap<Socket, { answer: ServerResponse | null }>): Promise<void> {
  if (sockets.size > 0) await wait(LAME_MS);
  const timer = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await new Promise<void>((resolve) => {
    // Not `close` of node:http: that also ends connections whose answer waits in memory for a slow reader.
    TcpServer.prototype.close.call(server, () => resolve());
    for (const [socket, { answer }] of sockets)
      if (answer === null || answer.closed) socket.destroy();
      else answer.once("close", () => socket.destroySoon());
  });
  clearTimeout(timer);
}
