import type { OpenAPIHono } from "@hono/zod-openapi";
import type { AppOptions, HttpEnv } from "./app-options";
import { DOCS_FILES, docsFile, docsPage } from "./docs-page";
import { BASE_PATH } from "./handle";
import { checkHealth } from "./health";
import { openApiDocument } from "./openapi";

/** Paths below /api/v1 that need no project: health, the OpenAPI document and its page. All are GET. */
export const SYSTEM_PATHS = [
  "/health",
  "/health/live",
  "/health/ready",
  "/openapi.json",
  "/docs",
  ...DOCS_FILES.map((file) => `/docs/${file}`),
];

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
