import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import type { OnlineStore } from "@/lib/engines/online/port";
import { DataPlane } from "@/lib/serving/data-plane";
import { type ServingRecorder, startRecorder } from "@/lib/serving/recorder";
import type { TestContext } from "@/lib/testing/context";
import { FEAST_ROUTES } from "./feast-routes";
import { createPlaneListener } from "./listener";
import { METRICS_ROUTES } from "./metrics-routes";
import { NATIVE_ROUTES } from "./native-routes";
import { Overload } from "./overload";
import { PUSH_ROUTES } from "./push-routes";
import { TokenUse } from "./token-use";

/** An answer with its body read; `json` of what is JSON. */
export type PlaneReply = { status: number; headers: Headers; text: string; json: Record<string, unknown> };

/** A data plane on a port of its own, over a test's context. */
export type TestPlane = {
  url: string;
  plane: DataPlane;
  recorder: ServingRecorder;
  server: Server;
  end(): void;
  send(
    path: string,
    sent?: { method?: string; body?: unknown; raw?: string; headers?: Record<string, string> },
  ): Promise<PlaneReply>;
  stop(): Promise<void>;
};

/** Starts it as the serving process does. `token` is sent with every request unless it brings another. */
export async function startPlane(
  ctx: TestContext,
  options: { demo?: boolean; token?: string; online?: OnlineStore; maxInFlight?: number } = {},
): Promise<TestPlane> {
  const { db, offline, clock, log, enqueue } = ctx;
  const online = options.online ?? ctx.online;
  const plane = await DataPlane.open({ db, offline, online, clock, log, enqueue });
  const recorder = startRecorder({
    ...{ db, log, clock, online, address: null },
    name: "serving",
    sampleRate: 0,
    catalogs: () => plane.catalogs(),
  });
  const overload = new Overload((inFlight, refused) => recorder.load(inFlight, refused), options.maxInFlight);
  const use = new TokenUse(ctx);
  const ending = new AbortController();
  const listener = createPlaneListener({
    ...{ plane, recorder, overload, use, hosts: [] },
    routes: [...NATIVE_ROUTES, ...PUSH_ROUTES, ...FEAST_ROUTES, ...METRICS_ROUTES],
    settings: { demo: options.demo ?? false, secure: false },
    addressOf: () => "127.0.0.1",
    ending: ending.signal,
  });
  const server = createServer((request, response) => void listener(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    plane,
    recorder,
    server,
    end: () => ending.abort(),
    send: async (path, { method, body, raw, headers = {} } = {}) => {
      const text = raw ?? (body === undefined ? undefined : JSON.stringify(body));
      const response = await fetch(url + path, {
        method: method ?? (text === undefined ? "GET" : "POST"),
        headers: {
          ...(text === undefined ? {} : { "content-type": "application/json" }),
          ...(options.token ? { authorization: `Bearer ${options.token}` } : {}),
          ...headers,
        },
        ...(text === undefined ? {} : { body: text }),
      });
      return replyOf(response);
    },
    stop: async () => {
      overload.stop();
      await use.stop();
      await recorder.stop();
      await plane.close();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

async function replyOf(response: Response): Promise<PlaneReply> {
  const text = await response.text();
  const isJson = /json/.test(response.headers.get("content-type") ?? "") && text !== "";
  const json = isJson ? (JSON.parse(text) as Record<string, unknown>) : {};
  return { status: response.status, headers: response.headers, text, json };
}

/** A store whose reads take a while. */
export function slowStore(store: OnlineStore, delayMs: number): OnlineStore {
  return {
    ...{
      capabilities: store.capabilities,
      status: () => store.status(),
      check: () => store.check(),
      figures: () => store.figures(),
    },
    getMany: async (table, keys) => {
      await wait(delayMs);
      return store.getMany(table, keys);
    },
    getAcross: async (wanted) => {
      await wait(delayMs);
      return store.getAcross(wanted);
    },
    putMany: (table, rows) => store.putMany(table, rows),
    deleteMany: (table, keys) => store.deleteMany(table, keys),
    scan: (table) => store.scan(table),
    drop: (table) => store.drop(table),
    flush: () => store.flush(),
    close: async () => undefined,
  };
}
