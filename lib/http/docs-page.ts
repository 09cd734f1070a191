import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { BASE_PATH } from "./handle";

/** What the page loads, all from this server: two files of swagger-ui-dist, and our own start and looks. */
export const DOCS_FILES = ["swagger-ui.css", "swagger-ui-bundle.js", "start.js", "start.css"] as const;
export type DocsFile = (typeof DOCS_FILES)[number];

const BASE = `${BASE_PATH}/docs`;

/** Swagger UI writes style attributes, hence unsafe-inline for styles only. In the page too: Next sets a header of its own. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'";

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Larder API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${BASE}/swagger-ui.css">
<link rel="stylesheet" href="${BASE}/start.css">
</head>
<body>
<noscript>This page needs JavaScript. The API is described in <a href="${BASE_PATH}/openapi.json">openapi.json</a>.</noscript>
<main id="api"></main>
<script src="${BASE}/swagger-ui-bundle.js"></script>
<script src="${BASE}/start.js"></script>
</body>
</html>
`;

const START_JS = `const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();
SwaggerUIBundle({
  url: "${BASE_PATH}/openapi.json",
  dom_id: "#api",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
});
`;

const START_CSS = `body { margin: 0; background: #fff; }
noscript { display: block; padding: 2rem; font: 1rem system-ui, sans-serif; }
html.dark-mode body { background: #1c2022; }
.swagger-ui .wrapper { max-width: 1200px; }
.swagger-ui .info { margin: 2rem 0 1rem; }
`;

/** The browsable page of the API. */
export function docsPage(): Response {
  return new Response(PAGE, { headers: headersOf("text/html; charset=utf-8") });
}

/** One of the files the page loads. */
export async function docsFile(swaggerDir: string, file: DocsFile): Promise<Response> {
  const type = file.endsWith(".css") ? "text/css; charset=utf-8" : "text/javascript; charset=utf-8";
  const headers = { ...headersOf(type), "Cache-Control": "public, max-age=3600" };
  if (file === "start.js") return new Response(START_JS, { headers });
  if (file === "start.css") return new Response(START_CSS, { headers });
  return new Response(new Uint8Array(await readFile(join(/* turbopackIgnore: true */ swaggerDir, file))), { headers });
}

function headersOf(type: string): Record<string, string> {
  return {
    "Content-Type": type,
    "Content-Security-Policy": `${POLICY}; frame-ancestors 'none'`,
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
  };
}
