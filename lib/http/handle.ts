import type { Context as HonoContext } from "hono";
import { recordOnlineRequest } from "@/lib/jobs/get-stats";
import { LarderError } from "@/lib/kernel/errors";
import type { Value } from "@/lib/kernel/values";
import type { Context } from "@/lib/platform/context";
import { chooseType } from "./accept";
import type { AppOptions, HttpEnv } from "./app-options";
import { toCsv } from "./csv";
import { once, type StoredAnswer } from "./idempotency";
import { parseInput } from "./parse-input";
import { readBody } from "./read-body";
import { type FileAnswer, hasBody, isWrite, ParquetFile, type Route } from "./route";

/** Everything below it is the API. */
export const BASE_PATH = "/api/v1";

const JSON_TYPE = "application/json";
const CSV_TYPE = "text/csv";
const PARQUET_TYPE = "application/vnd.apache.parquet";

/** Media types a route answers with, the preferred one first. */
export function offeredTypes(definition: Route): string[] {
  if (definition.output === ParquetFile) return [PARQUET_TYPE, "application/octet-stream"];
  return definition.table ? [JSON_TYPE, CSV_TYPE] : [JSON_TYPE];
}

/** Answers one request to a route: parse, find the project, call the verb, write the answer. Throws LarderErrors. */
export async function handle(definition: Route, options: AppOptions, c: HonoContext<HttpEnv>): Promise<Response> {
  const startedAt = performance.now();
  try {
    const answer = await respond(definition, options, c);
    if (definition.online) recordOnlineRequest(performance.now() - startedAt, false);
    return answer;
  } catch (error) {
    if (definition.online) recordOnlineRequest(performance.now() - startedAt, true);
    throw error;
  }
}

async function respond(definition: Route, options: AppOptions, c: HonoContext<HttpEnv>): Promise<Response> {
  const request = c.req.raw;
  const type = chooseType(c.req.header("accept") ?? null, offeredTypes(definition));
  const url = new URL(request.url);
  const query = url.searchParams;
  const project = query.get("project") ?? c.req.header("x-larder-project") ?? null;
  query.delete("project");
  const body = hasBody(definition.method) ? await readBody(request) : undefined;
  const input = parseInput(definition, { path: pathValues(definition.path, url.pathname), query, body });
  const ctx = await options.contextFor({ project, request });
  const key = c.req.header("idempotency-key");
  if (key !== undefined && isWrite(definition)) {
    const route = `${definition.method} ${c.req.path}`;
    const { answer, replayed } = await once(ctx, { key, route, input }, async () =>
      store(definition, await call(definition, options, ctx, input)),
    );
    return jsonAnswer(answer, replayed ? { "Idempotent-Replayed": "true" } : {});
  }
  const output = await call(definition, options, ctx, input);
  if (definition.output === ParquetFile) return fileAnswer(output as FileAnswer, type, request.method === "HEAD");
  if (type === CSV_TYPE && definition.table) {
    return new Response(toCsv(definition.table(output)), {
      headers: headersOf(`${CSV_TYPE}; charset=utf-8; header=present`, { Vary: "Accept" }),
    });
  }
  return jsonAnswer(store(definition, output), definition.table ? { Vary: "Accept" } : {});
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

async function call(definition: Route, options: AppOptions, ctx: Context, input: unknown): Promise<unknown> {
  const output = await definition.run(ctx, input as Record<string, unknown>);
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
  const headers = headersOf(type, {
    "Content-Disposition": `attachment; filename="${name}"`,
    "Content-Length": String(file.byteCount),
  });
  // A stream that nobody reads would keep its file open.
  if (headOnly) void file.stream.cancel().catch(() => undefined);
  return new Response(headOnly ? null : file.stream, { headers });
}

function headersOf(type: string, extra: Record<string, string>): Record<string, string> {
  return { "Content-Type": type, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", ...extra };
}
