import { tmpdir } from "node:os";
import { join } from "node:path";
import { LarderError } from "@/lib/kernel/errors";
import type { Context } from "@/lib/platform/context";
import { createApp } from "./app";
import type { AppOptions } from "./app-options";
import { probesOf } from "./health";

/** What a test sends: JSON unless it says otherwise. */
export type Sent = { method?: string; body?: unknown; raw?: BodyInit; headers?: Record<string, string> };

/** An answer with its body read. */
export type Received = { status: number; headers: Headers; text: string; json: Record<string, unknown> };

/** Tests only: sends requests to a real application over a real context; what a schema forbids is a 500. */
export function testApp(
  ctx: Context,
  overrides: Partial<AppOptions> = {},
): { send(path: string, sent?: Sent): Promise<Received>; fetch(request: Request): Promise<Response> } {
  const app = createApp({
    base: ctx,
    door: { demo: false, secure: false },
    contextFor: async ({ project }) => (project === null ? ctx : { ...ctx, project: await projectOf(ctx, project) }),
    log: ctx.log,
    probes: probesOf({ db: ctx.db, online: ctx.online, offlineDir: tmpdir() }),
    hosts: [],
    swaggerDir: join(import.meta.dirname, "../../node_modules/swagger-ui-dist"),
    checkOutput: true,
    ...overrides,
  });
  const fetch = async (request: Request): Promise<Response> => app.fetch(request);
  return { fetch, send: async (path, sent = {}) => receive(await fetch(requestOf(path, sent))) };
}

/** Tests only: fails unless the answer is a problem of that status and code as RFC 9457 and trust.md §4.0 have it. */
export function expectProblem(answer: Received, status: number, code: string): void {
  const { json, headers } = answer;
  if (answer.status !== status || json.code !== code)
    throw new Error(`expected ${status} ${code}, got ${answer.status} ${answer.text.slice(0, 500)}`);
  if (headers.get("content-type") !== "application/problem+json")
    throw new Error(`not a problem: ${headers.get("content-type")}`);
  if (json.status !== status || json.request_id !== headers.get("x-request-id"))
    throw new Error(`inconsistent problem: ${answer.text}`);
  for (const field of ["type", "title", "detail", "instance"]) {
    if (typeof json[field] !== "string" || json[field] === "")
      throw new Error(`problem without ${field}: ${answer.text}`);
  }
  if (/\bat .*\.[tj]s:|node_modules|prisma/i.test(answer.text))
    throw new Error(`a problem must not show our insides: ${answer.text}`);
}

async function projectOf(ctx: Context, name: string): Promise<Context["project"]> {
  const project = await ctx.db.project.findUnique({ where: { name }, select: { id: true, name: true } });
  if (!project) throw new LarderError("project_not_found", `There is no project ${name}`);
  return project;
}

function requestOf(path: string, { method, body, raw, headers = {} }: Sent): Request {
  const init: RequestInit & { duplex: "half" } = {
    method: method ?? (body === undefined && raw === undefined ? "GET" : "POST"),
    headers,
    duplex: "half",
  };
  if (raw !== undefined) init.body = raw;
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers = { "content-type": "application/json", ...headers };
  }
  return new Request(`http://localhost${path.startsWith("/api") ? path : `/api/v1${path}`}`, init);
}

async function receive(response: Response): Promise<Received> {
  const text = await response.text();
  const isJson = /json/.test(response.headers.get("content-type") ?? "");
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: isJson && text ? (JSON.parse(text) as Record<string, unknown>) : {},
  };
}
