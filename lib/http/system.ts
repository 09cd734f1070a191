import type { OpenAPIHono } from "@hono/zod-openapi";
import type { AppOptions, HttpEnv } from "./app-options";
import { DOCS_FILES, docsFile, docsPage } from "./docs-page";
import { BASE_PATH } from "./handle";
import { checkHealth } from "./health";
import { OIDC_PATHS } from "./oidc-endpoints";
import { openApiDocument } from "./openapi";
import type { Method } from "./route";
import { ROWS_PATH } from "./rows-endpoint";
import { UPLOAD_PATH } from "./uploads";

/** Every endpoint below /api/v1 that is no route: health, the OpenAPI document and its page, and what is mounted by hand. */
export const ENDPOINTS: { method: Method; path: string }[] = [
  ...["/health", "/health/live", "/health/ready", "/openapi.json", "/docs"].map(get),
  ...DOCS_FILES.map((file) => get(`/docs/${file}`)),
  ...OIDC_PATHS.map(get),
  { method: "post", path: UPLOAD_PATH },
  { method: "post", path: ROWS_PATH },
];

function get(path: string): { method: Method; path: string } {
  return { method: "get", path };
}

const NOT_KEPT = { "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff" };

/** Adds the routes of the server itself. */
export function mountSystem(app: OpenAPIHono<HttpEnv>, options: AppOptions): void {
  // Alive means that this process answers; it must hold when everything else is down.
  app.get(`${BASE_PATH}/health/live`, () => Response.json({ status: "up" }, { headers: NOT_KEPT }));
  for (const path of ["/health", "/health/ready"]) {
    app.get(BASE_PATH + path, async () => {
      const health = await checkHealth(options.probes);
      const down = health.status === "down";
      return Response.json(health, {
        status: down ? 503 : 200,
        headers: down ? { ...NOT_KEPT, "Retry-After": "2" } : NOT_KEPT,
      });
    });
  }
  let document: string | undefined;
  app.get(`${BASE_PATH}/openapi.json`, () => {
    document ??= JSON.stringify(openApiDocument());
    return new Response(document, { headers: { ...NOT_KEPT, "Content-Type": "application/json" } });
  });
  app.get(`${BASE_PATH}/docs`, () => docsPage());
  for (const file of DOCS_FILES) app.get(`${BASE_PATH}/docs/${file}`, () => docsFile(options.swaggerDir, file));
}
