import type { OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import { authorize } from "@/lib/access/authorize";
import { MAX_FILE_BYTES, MAX_JSON_BYTES, WriteOptions, WriteRows } from "@/lib/datasets/ingest-schema";
import { jsonLines } from "@/lib/datasets/row-bodies";
import { type RowsIn, writeRows } from "@/lib/datasets/write-rows";
import { LarderError } from "@/lib/kernel/errors";
import type { AppOptions, HttpEnv } from "./app-options";
import { BASE_PATH } from "./handle";
import type { Operation, Parameter } from "./openapi";
import { problemResponsesWith } from "./openapi-problems";
import { parseWith } from "./parse-input";
import { recordRefusal } from "./record-refusal";
import { rowList } from "./row-list";
import { ROW_PROBLEMS } from "./row-problems";
import { chunksOf } from "./uploads";

/** The endpoint that takes rows, as JSON or as a file: below /api/v1. */
export const ROWS_PATH = "/feature-groups/{name}/rows";

const JSON_TYPE = "application/json";
const FILES = [
  ["application/x-ndjson", "json"],
  ["text/csv", "csv"],
  ["application/vnd.apache.parquet", "parquet"],
] as const;

/** Adds the endpoint. The guard of the application stands before it as before all others. */
export function mountRows(app: OpenAPIHono<HttpEnv>, options: AppOptions): void {
  app.post(`${BASE_PATH}/feature-groups/:name/rows`, async (c) => {
    const request = c.req.raw;
    const query = new URL(request.url).searchParams;
    const project = query.get("project") ?? c.req.header("x-larder-project") ?? null;
    query.delete("project");
    const ctx = await options
      .contextFor({ project, request, requestId: c.get("requestId"), access: "project" })
      .catch(async (error: unknown) => {
        await recordRefusal(options.base, error);
        throw error;
      });
    try {
      const { name } = parseWith(NameOnly, { name: c.req.param("name") }, () => false) as z.infer<typeof NameOnly>;
      // Who may not write is told so before a byte of it is read.
      authorize(ctx, "rows.write", `feature_group:${name}`);
      const key = c.req.header("idempotency-key") ?? null;
      const input = { ...(await rowsIn(request, name, query)), key };
      const { answer, replayed } = await writeRows(ctx, input, { signal: request.signal });
      return Response.json(answer, {
        status: 201,
        headers: {
          "Cache-Control": "no-store",
          "X-Content-Type-Options": "nosniff",
          ...(replayed ? { "Idempotent-Replayed": "true" } : {}),
        },
      });
    } catch (error) {
      await recordRefusal(ctx, error);
      throw error;
    }
  });
}

async function rowsIn(request: Request, name: string, query: URLSearchParams): Promise<RowsIn> {
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  const declared = Number(request.headers.get("content-length") ?? 0);
  const file = FILES.find(([media]) => media === type);
  if (file) {
    const input = parseWith(WriteRows, { ...Object.fromEntries(query), name }, () => false) as WriteRows;
    if (declared > MAX_FILE_BYTES) throw tooLarge("A file", MAX_FILE_BYTES);
    return { ...input, format: file[1], body: chunksOf(request.body) };
  }
  if (type !== JSON_TYPE) {
    const types = [JSON_TYPE, ...FILES.map(([media]) => media)].join(", ");
    throw new LarderError("unsupported_media_type", `Send rows as one of ${types}`);
  }
  parseWith(NameOnly, { ...Object.fromEntries(query), name }, () => false);
  if (declared > MAX_JSON_BYTES) throw tooLarge("A JSON body", MAX_JSON_BYTES);
  const { rows, rest } = rowList(await textOf(request.body));
  return { ...(parseWith(WriteOptions, rest) as WriteOptions), name, format: "json", body: jsonLines(rows) };
}

const NameOnly = WriteRows.pick({ name: true });

async function textOf(body: ReadableStream<Uint8Array> | null): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunksOf(body)) {
    length += chunk.length;
    if (length > MAX_JSON_BYTES) throw tooLarge("A JSON body", MAX_JSON_BYTES);
    chunks.push(chunk);
  }
  if (length === 0) throw new LarderError("malformed_json", "The body is empty; it must be JSON");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch (error) {
    throw new LarderError("malformed_json", "The body is not valid UTF-8", [], { cause: error });
  }
}

function tooLarge(what: string, bytes: number): LarderError {
  return new LarderError("payload_too_large", `${what} may have at most ${bytes / 1024 / 1024} MB`);
}

/** The endpoint as the OpenAPI document has it; `parameters` are those that every endpoint takes. */
export function rowsOperation(parameters: readonly Parameter[]): Operation {
  const options = z.toJSONSchema(WriteOptions, { io: "input" }).properties as Record<string, { description?: string }>;
  return {
    method: "post",
    path: ROWS_PATH,
    operationId: "postFeatureGroupsNameRows",
    summary: "Write rows into a feature group that has no SQL",
    description:
      "JSON of at most 10 MB, or the file itself, at most 1 GB. All rows are written as one commit, or none: 422 names the first 100 problems by their rows, and counts all of them. With mode=quarantine the bad rows are put aside, and `accepted` and `rejected` add up to what was sent.",
    tags: ["Feature groups"],
    parameters: [
      { name: "name", in: "path", required: true, schema: { type: "string" } },
      ...Object.entries(options).map(([name, { description = "", ...schema }]) => ({
        name,
        in: "query" as const,
        schema,
        description: `${description}. Not with a JSON body, which has it as a field`,
      })),
      {
        name: "Idempotency-Key",
        in: "header",
        schema: { type: "string", minLength: 1, maxLength: 255 },
        description:
          "The same key with the same rows gets the first answer again (Idempotent-Replayed: true), for ever",
      },
      ...parameters,
    ],
    requestBody: {
      required: true,
      content: {
        [JSON_TYPE]: { schema: { $ref: "#/components/schemas/RowsBodyInput" } },
        ...Object.fromEntries(FILES.map(([media]) => [media, { schema: { type: "string", contentMediaType: media } }])),
      },
    },
    responses: {
      201: {
        description: "The rows are written",
        content: { "application/json": { schema: { $ref: "#/components/schemas/WrittenRows" } } },
        headers: { "Idempotent-Replayed": { schema: { type: "string" } } },
      },
      ...problemResponsesWith([
        "feature_group_not_found",
        "malformed_json",
        "state_conflict",
        "commit_conflict",
        "payload_too_large",
        "unsupported_media_type",
        "unreadable_file",
        ...ROW_PROBLEMS,
        "validation_failed",
        "idempotency_key_reused",
        "request_timeout",
        "timeout",
        "insufficient_storage",
        "temp_space_exhausted",
        "resource_exhausted",
      ]),
    },
  };
}
