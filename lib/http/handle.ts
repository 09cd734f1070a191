import type { Context as HonoContext } from "hono";
import { SESSION_MS } from "@/lib/access/session-policy";
import { ERRORS, LarderError } from "@/lib/kernel/errors";
import type { Value } from "@/lib/kernel/values";
import type { Context } from "@/lib/platform/context";
import type { Vectors } from "@/lib/serving/answer-text";
import { chooseType } from "./accept";
import type { AppOptions, HttpEnv } from "./app-options";
import { toCsv } from "./csv";
import { once, type StoredAnswer } from "./idempotency";
import { parseInput } from "./parse-input";
import { toLarderError } from "./problem";
import { readBody } from "./read-body";
import { recordRead, recordServed } from "./record-read";
import { recordRefusal } from "./record-refusal";
import {
  DataFile,
  type FileAnswer,
  hasBody,
  JsonLinesFile,
  ParquetFile,
  type Route,
  TableFile,
  takesKey,
} from "./route";
import { sessionCookie, setCookie } from "./sender";
import { TABLE_TYPES } from "./table-stream";

/** Everything below it is the API. */
export const BASE_PATH = "/api/v1";

const JSON_TYPE = "application/json";
const CSV_TYPE = "text/csv";
const PARQUET_TYPE = "application/vnd.apache.parquet";
/** Headers are kept short; the body has all of them. */
const MAX_WARNINGS = 20;
const JSON_LINES_TYPE = "application/x-ndjson";

/** Media types a route answers with, the preferred one first. */
export function offeredTypes(definition: Route): string[] {
  if (definition.output === ParquetFile) return [PARQUET_TYPE, "application/octet-stream"];
  if (definition.output === JsonLinesFile) return [JSON_LINES_TYPE];
  if (definition.output === DataFile) return [PARQUET_TYPE, CSV_TYPE, "application/octet-stream"];
  if (definition.output === TableFile) return [...TABLE_TYPES];
  return definition.table ? [JSON_TYPE, CSV_TYPE] : [JSON_TYPE];
}

/** Answers one request to a route: parse, find the project, call the verb, write the answer. Throws LarderErrors. */
export async function handle(definition: Route, options: AppOptions, c: HonoContext<HttpEnv>): Promise<Response> {
  if (!definition.online) return respond(definition, options, c);
  const startedAt = performance.now();
  let status = ERRORS.internal.status as number;
  try {
    const answer = await respond(definition, options, c);
    status = answer.status;
    return answer;
  } catch (error) {
    status = ERRORS[toLarderError(error).code].status;
    throw error;
  } finally {
    recordRead(c.req.raw, { route: definition.online, status, seconds: (performance.now() - startedAt) / 1000 });
  }
}

async function respond(definition: Route, options: AppOptions, c: HonoContext<HttpEnv>): Promise<Response> {
  const request = c.req.raw;
  const type = chooseType(c.req.header("accept") ?? null, offeredTypes(definition));
  const url = new URL(request.url);
  const query = url.searchParams;
  const project = query.get("project") ?? c.req.header("x-larder-project") ?? null;
  query.delete("project");
  const ctx = await enter(definition, options, { project, request, requestId: c.get("requestId") });
  // Who may not come in is told so before anything of theirs is read.
  const body = hasBody(definition.method) ? await readBody(request, definition.access ?? "project") : undefined;
  const parts = { path: pathValues(definition.path, url.pathname), query, body };
  const input = parseInput(definition, { ...parts, ifMatch: c.req.header("if-match") ?? null });
  try {
    return await run(definition, options, ctx, { c, type, input });
  } catch (error) {
    await recordRefusal(ctx, error);
    throw error;
  }
}

async function enter(
  definition: Route,
  options: AppOptions,
  who: { project: string | null; request: Request; requestId: string },
): Promise<Context> {
  try {
    return await options.contextFor({ ...who, access: definition.access ?? "project" });
  } catch (error) {
    await recordRefusal(options.base, error);
    throw error;
  }
}

async function run(
  definition: Route,
  options: AppOptions,
  ctx: Context,
  { c, type, input }: { c: HonoContext<HttpEnv>; type: string; input: unknown },
): Promise<Response> {
  const key = c.req.header("idempotency-key");
  if (key !== undefined && takesKey(definition)) {
    const route = `${ctx.actor.id} ${definition.method} ${c.req.path}`;
    const { answer, replayed } = await once(ctx, { key, route, input }, async () =>
      store(definition, await call(definition, options, ctx, { input, type, request: c.req.raw })),
    );
    return jsonAnswer(answer, replayed ? { "Idempotent-Replayed": "true" } : {});
  }
  const output = await call(definition, options, ctx, { input, type, request: c.req.raw });
  if ([ParquetFile, JsonLinesFile, DataFile, TableFile].some((file) => file === definition.output))
    return fileAnswer(output as FileAnswer, type, c.req.method === "HEAD");
  const extra: Record<string, string> = definition.table ? { Vary: "Accept" } : {};
  const warnings = definition.warnings?.(output) ?? [];
  // RFC 9111 retired the header, but clients know it, and no other says this of an answer.
  if (warnings.length > 0)
    extra.Warning = warnings
      .slice(0, MAX_WARNINGS)
      .map((text) => `299 larder ${JSON.stringify(text)}`)
      .join(", ");
  if (type === CSV_TYPE && definition.table) {
    const headers = headersOf(`${CSV_TYPE}; charset=utf-8; header=present`, extra);
    return new Response(toCsv(definition.table(output)), { headers });
  }
  if (definition.revision) extra.ETag = `"${definition.revision(output)}"`;
  if (!definition.session) return jsonAnswer(store(definition, output), extra);
  const { sessionToken, ...body } = output as { sessionToken?: string | null };
  const answer = jsonAnswer(store(definition, body), extra);
  const { secure } = options.door;
  const value = definition.session === "end" ? null : sessionToken;
  if (value !== undefined && !(definition.session === "start" && value === null))
    answer.headers.append(
      "Set-Cookie",
      setCookie(sessionCookie(options.door), value, { secure, maxAgeSeconds: SESSION_MS / 1000 }),
    );
  return answer;
}

/**
 * The path parameters, each decoded once. A segment with a literal | is an entity id of URL-encoded parts:
 * it stays as it is, so that a part may hold a | itself.
 */
function pathValues(path: string, pathname: string): Record<string, string> {
  const given = pathname.slice(BASE_PATH.length).split("/");
  const values = path.split("/").flatMap((segment, at): [string, string][] => {
    const raw = given[at] ?? "";
    return segment.startsWith("{") ? [[segment.slice(1, -1), raw.includes("|") ? raw : decode(raw)]] : [];
  });
  return Object.fromEntries(values);
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    throw new LarderError("invalid_parameter", "The path is not URL-encoded UTF-8", [], { cause: error });
  }
}

async function call(
  definition: Route,
  options: AppOptions,
  ctx: Context,
  { input, type, request }: { input: unknown; type: string; request: Request },
): Promise<unknown> {
  // Asked for only where it is used: it is made when it is read.
  const caller = {
    type,
    key: request.headers.get("idempotency-key"),
    served: (vectors: Vectors) => recordServed(ctx, request, vectors),
    get signal(): AbortSignal {
      return request.signal;
    },
  };
  const output = await definition.run(ctx, input as Record<string, unknown>, caller);
  if (options.checkOutput) {
    const checked = definition.output.safeParse(output);
    if (!checked.success)
      throw new Error(
        `${definition.method} ${definition.path} answered what its schema forbids: ${checked.error.message}`,
      );
  }
  return output;
}

function store(definition: Route, output: unknown): StoredAnswer {
  const location = definition.location ? `${BASE_PATH}${definition.location(output)}` : null;
  return { status: definition.status ?? 200, location, body: output as Value };
}

function jsonAnswer(answer: StoredAnswer, extra: Record<string, string>): Response {
  const headers = headersOf(JSON_TYPE, answer.location ? { ...extra, Location: answer.location } : extra);
  return new Response(JSON.stringify(answer.body), { status: answer.status, headers });
}

function fileAnswer(file: FileAnswer, type: string, headOnly: boolean): Response {
  const name = file.fileName.replace(/[^\w.-]/g, "_");
  const headers = headersOf(file.contentType ?? type, {
    "Content-Disposition": `attachment; filename="${name}"`,
    ...(file.byteCount === null ? {} : { "Content-Length": String(file.byteCount) }),
  });
  // A stream that nobody reads would keep its file open.
  if (headOnly) void file.stream.cancel().catch(() => undefined);
  return new Response(headOnly ? null : file.stream, { headers });
}

function headersOf(type: string, extra: Record<string, string>): Record<string, string> {
  return { "Content-Type": type, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", ...extra };
}
