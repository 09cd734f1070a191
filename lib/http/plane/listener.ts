import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { toJson } from "@/lib/compute/online-row";
import { ERRORS, LarderError } from "@/lib/kernel/errors";
import type { Value } from "@/lib/kernel/values";
import type { Context } from "@/lib/platform/context";
import type { DataPlane } from "@/lib/serving/data-plane";
import type { ServingRecorder } from "@/lib/serving/recorder";
import type { ServingCatalog } from "@/lib/serving/serving-catalog";
import { guard, isProxied } from "../guard";
import { problemOf, toLarderError } from "../problem";
import { recordRefusal } from "../record-refusal";
import type { DoorSettings } from "../sender";
import { readJson } from "./body";
import { senderOf } from "./credentials";
import { feastError } from "./feast-errors";
import type { Overload } from "./overload";
import { healthAnswer, isHealth } from "./plane-health";
import type { PlaneAnswer, PlaneRequest, PlaneRoute } from "./route";
import { RouteTable } from "./route-table";
import type { TokenUse } from "./token-use";

const RECORD_MS = 1000;

/** What the listener needs from the process that runs it. */
export type PlaneOptions = {
  plane: DataPlane;
  routes: readonly PlaneRoute[];
  recorder: ServingRecorder;
  settings: DoorSettings;
  use: TokenUse;
  overload: Overload;
  /** What this server is called besides this machine's own names. */
  hosts: readonly string[];
  addressOf: (request: IncomingMessage) => string;
  /** Aborted when the process is about to end: it still answers, says that it is going, and waits for nothing that is long. */
  ending: AbortSignal;
};

const EVERY_ANSWER = ["Cache-Control", "no-store", "X-Content-Type-Options", "nosniff"];

type Asked = {
  request: IncomingMessage;
  response: ServerResponse;
  requestId: string;
  startedAt: number;
  /** Known once there is an answer. */
  projectId: string | undefined;
  /** Values of the answer that were not there. */
  missing: number;
};

/** Answers one request of the data plane. Never rejects. */
export type PlaneListener = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** The data plane as a listener for `node:http`. */
export function createPlaneListener(options: PlaneOptions): PlaneListener {
  const table = new RouteTable(options.routes);
  const prefix = `req_${process.pid.toString(36)}${Math.round(performance.timeOrigin).toString(36)}`;
  let count = 0;
  return async (request, response) => {
    const asked: Asked = {
      request,
      response,
      requestId: `${prefix}${(count++).toString(36)}`,
      startedAt: performance.now(),
      projectId: undefined,
      missing: 0,
    };
    const [path = "", query = ""] = split(request.url ?? "/");
    let route: PlaneRoute | null = null;
    try {
      const health = isHealth(request.method ?? "", path) ? await healthAnswer(options, path) : null;
      if (health) return send(options, asked, null, health);
      if (options.settings.demo) requireLocal(request, options);
      const found = table.find(request.method ?? "", path);
      if ("allowed" in found) throw new NotRouted(found.allowed);
      route = found.route;
      if (route.waits) request.socket.setTimeout(0);
      else occupy(options.overload, response);
      send(options, asked, route, await answerOf(options, asked, found, query));
    } catch (error) {
      request.resume();
      send(options, asked, route, failed(options, asked, route, error));
    }
  };
}

/** Takes a place until the answer has left, or its reader. Throws `overloaded`. */
function occupy(overload: Overload, response: ServerResponse): void {
  overload.enter();
  if (response.destroyed) overload.leave();
  else response.once("close", overload.leave);
}

/**
 * A request as its route gets it; what few of them ask for is made when it is asked for. A class, because every object
 * literal with accessors has a shape of its own, which keeps what its request was made of alive for long.
 */
class Received implements PlaneRequest {
  readonly ctx: Context;
  readonly catalog: ServingCatalog;
  readonly body: unknown;
  readonly path: Record<string, string>;

  constructor(
    private readonly asked: Asked,
    private readonly ending: AbortSignal,
    known: Pick<PlaneRequest, "ctx" | "catalog" | "body" | "path">,
  ) {
    this.ctx = known.ctx;
    this.catalog = known.catalog;
    this.body = known.body;
    this.path = known.path;
  }

  get key(): string | null {
    return (this.asked.request.headers["idempotency-key"] as string | undefined) ?? null;
  }

  get url(): URL {
    return new URL(this.asked.request.url ?? "/", "http://localhost");
  }

  get signal(): AbortSignal {
    return signalOf(this.asked, this.ending);
  }
}

type Found = { route: PlaneRoute; path: Record<string, string> };

async function answerOf(options: PlaneOptions, asked: Asked, found: Found, query: string): Promise<PlaneAnswer> {
  const { request, requestId } = asked;
  const { plane } = options;
  const parameters = query === "" ? null : new URLSearchParams(query);
  const project = parameters?.get("project") ?? (request.headers["x-larder-project"] as string | undefined) ?? null;
  let ctx: Context | null = null;
  try {
    const sender = senderOf(options, request, { project, ip: options.addressOf(request), requestId });
    const { actor, catalog } = sender instanceof Promise ? await sender : sender;
    ctx = plane.contextOf(actor, catalog);
    asked.projectId = ctx.project.id;
    const body = found.route.method === "POST" ? await readJson(request, found.route.errors === "feast") : undefined;
    const answer = await found.route.run(new Received(asked, options.ending, { ctx, catalog, body, path: found.path }));
    if (answer.served) asked.missing = options.recorder.served(answer.served, ctx, plane.base.clock.now());
    return answer;
  } catch (error) {
    // A refusal is written to the audit log; the answer does not wait for a database that is away.
    await Promise.race([recordRefusal(ctx ?? plane.base, error), wait(RECORD_MS, undefined, { ref: false })]);
    throw error;
  }
}

/** A demonstration signs everybody in: what a foreign page may have caused, or came through a proxy, is refused. */
function requireLocal(request: IncomingMessage, options: PlaneOptions): void {
  guard({ method: request.method ?? "", host: request.headers.host ?? "", headers: headersOf(request) }, options);
  if (isProxied(request.headers))
    throw new LarderError(
      "csrf_rejected",
      "The demonstration is for this machine only. LARDER_DEMO=0 starts with real accounts",
    );
}

/** No route has this path, or none this method. */
class NotRouted extends LarderError {
  constructor(readonly allowed: readonly string[]) {
    const paths = "the data plane has online reads, push, the Feast protocol, /health and /metrics";
    super(
      allowed.length === 0 ? "not_found" : "method_not_allowed",
      allowed.length === 0
        ? `There is nothing under this path; ${paths}. Everything else is on the main port`
        : `This path takes ${allowed.join(", ")}`,
    );
  }
}

function failed(
  options: PlaneOptions,
  { requestId, request }: Asked,
  route: PlaneRoute | null,
  thrown: unknown,
): PlaneAnswer {
  const error = toLarderError(thrown);
  if (error.code === "internal") options.plane.base.log.error({ err: thrown, requestId }, "request failed");
  if (route?.errors === "feast") return feastError(error);
  const { status } = ERRORS[error.code];
  const instance = split(request.url ?? "/")[0] ?? "/";
  const headers: Record<string, string> = {};
  if (status === 503) headers["Retry-After"] = String(error.retryAfterSeconds ?? 1);
  if (status === 401) headers["WWW-Authenticate"] = "Bearer";
  if (thrown instanceof NotRouted && thrown.allowed.length > 0) headers.Allow = thrown.allowed.join(", ");
  const body = toJson(problemOf(error, requestId, instance) as unknown as Value);
  return { status, body, headers, type: "application/problem+json" };
}

function send(options: PlaneOptions, asked: Asked, route: PlaneRoute | null, answer: PlaneAnswer): void {
  const { response, requestId, startedAt } = asked;
  const { status, body, type = "application/json", headers, served } = answer;
  if (!response.destroyed && !response.headersSent) {
    // One flat list: Node looks at every header of an object again.
    const lines = ["Content-Type", type, "Content-Length", String(body.length), "X-Request-Id", requestId];
    lines.push(...EVERY_ANSWER);
    if (options.ending.aborted) lines.push("Connection", "close");
    for (const name in headers) lines.push(name, headers[name] ?? "");
    response.writeHead(status, lines);
    response.end(asked.request.method === "HEAD" ? undefined : body, "latin1");
  }
  if (route)
    options.recorder.request({
      route: route.name,
      view: served?.plan.view ?? null,
      status,
      seconds: (performance.now() - startedAt) / 1000,
      entities: served?.ids.length ?? 0,
      cells: served ? served.ids.length * served.plan.columns.length : 0,
      missing: asked.missing,
      projectId: asked.projectId,
    });
}

function signalOf({ response }: Asked, ending: AbortSignal): AbortSignal {
  const gone = new AbortController();
  if (response.destroyed) gone.abort();
  else response.once("close", () => gone.abort());
  return AbortSignal.any([gone.signal, ending]);
}

function headersOf({ headers }: IncomingMessage): { get(name: string): string | null; has(name: string): boolean } {
  return { get: (name) => (headers[name] as string | undefined) ?? null, has: (name) => headers[name] !== undefined };
}

function split(url: string): [string, string] {
  const mark = url.indexOf("?");
  return mark < 0 ? [url, ""] : [url.slice(0, mark), url.slice(mark + 1)];
}
