import { OpenAPIHono } from "@hono/zod-openapi";
import { LarderError } from "@/lib/kernel/errors";
import { newId } from "@/lib/platform/ids";
import { ROUTES } from "./all-routes";
import type { AppOptions, HttpEnv } from "./app-options";
import { guard } from "./guard";
import { BASE_PATH, handle } from "./handle";
import { mountOidc } from "./oidc-endpoints";
import { problem, toLarderError } from "./problem";
import type { Route } from "./route";
import { mountRows } from "./rows-endpoint";
import { ENDPOINTS, mountSystem } from "./system";
import { mountUploads } from "./uploads";

/** The whole API as one application that takes Requests and gives Responses. */
export function createApp(options: AppOptions): OpenAPIHono<HttpEnv> {
  const app = new OpenAPIHono<HttpEnv>();
  app.use("*", async (c, next) => {
    const startedAt = performance.now();
    c.set("requestId", newId("req"));
    await next();
    c.res.headers.set("X-Request-Id", c.get("requestId"));
    // Without the query: people put secrets there.
    const line = { method: c.req.method, path: c.req.path, status: c.res.status, requestId: c.get("requestId") };
    options.log.info({ ...line, ms: Math.round(performance.now() - startedAt) }, "request");
  });
  app.use("*", async (c, next) => {
    const request = c.req.raw;
    const host = request.headers.get("host") ?? new URL(request.url).host;
    guard({ method: request.method, host, headers: request.headers }, options);
    await next();
  });
  for (const definition of [...ROUTES].sort(byPath)) {
    app.on(definition.method.toUpperCase(), honoPath(definition.path), (c) => handle(definition, options, c));
  }
  mountUploads(app, options);
  mountRows(app, options);
  mountSystem(app, options);
  mountOidc(app, options);
  app.notFound((c) => {
    const allowed = allowedMethods(c.req.path);
    if (allowed.length === 0)
      throw new LarderError("not_found", "There is nothing under this path; /api/v1/docs lists what there is");
    const headers = { Allow: allowed.join(", ") };
    if (c.req.method === "OPTIONS") return new Response(null, { status: 204, headers });
    const error = new LarderError("method_not_allowed", `This path takes ${allowed.join(", ")}`);
    return problem(error, c.get("requestId"), { instance: c.req.path, headers });
  });
  app.onError((thrown, c) => {
    const error = toLarderError(thrown);
    if (error.code === "internal") options.log.error({ err: thrown, requestId: c.get("requestId") }, "request failed");
    else if (error.code === "dependency_unavailable")
      options.log.warn({ err: thrown, requestId: c.get("requestId") }, "dependency unavailable");
    return problem(error, c.get("requestId"), { instance: c.req.path });
  });
  return app;
}

function honoPath(path: string): string {
  return BASE_PATH + path.replaceAll(/\{(\w+)\}/g, ":$1");
}

/** Fixed words before parameters: `/metadata/features/search` is no feature called search. */
function byPath(a: Route, b: Route): number {
  const key = (route: Route): string => route.path.replaceAll("{", "~");
  return key(a) < key(b) ? -1 : 1;
}

function allowedMethods(path: string): string[] {
  const methods = [...ROUTES, ...ENDPOINTS]
    .filter((route) => patternOf(route.path).test(path))
    .map((route) => route.method.toUpperCase());
  if (methods.length === 0) return [];
  return [...new Set([...methods, ...(methods.includes("GET") ? ["HEAD"] : []), "OPTIONS"])].sort();
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${BASE_PATH}${path.replaceAll(/[.]/g, "\\.").replaceAll(/\{\w+\}/g, "[^/]+")}$`);
}
