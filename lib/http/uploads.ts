import type { OpenAPIHono } from "@hono/zod-openapi";
import { authorize } from "@/lib/access/authorize";
import { type UploadedFile, UploadFile } from "@/lib/datasets/schema";
import { UPLOAD_PERMISSION, uploadFile } from "@/lib/datasets/upload-file";
import { LarderError } from "@/lib/kernel/errors";
import type { AppOptions, HttpEnv } from "./app-options";
import { BASE_PATH } from "./handle";
import type { Operation, Parameter } from "./openapi";
import { problemResponsesWith } from "./openapi-problems";
import { parseWith } from "./parse-input";
import { recordRefusal } from "./record-refusal";

/** The one endpoint whose body is a file: below /api/v1. */
export const UPLOAD_PATH = "/uploads";

const FORMATS = [
  ["text/csv", "csv"],
  ["application/vnd.apache.parquet", "parquet"],
  ["application/json", "json"],
  ["application/x-ndjson", "json"],
] as const;
const MAX_BYTES = 1024 * 1024 * 1024;
/** A sender that stops for so long has gone. */
const IDLE_MS = 60_000;

/** Adds the endpoint that takes a file as it is. The guard of the application stands before it as before all others. */
export function mountUploads(app: OpenAPIHono<HttpEnv>, options: AppOptions): void {
  app.post(BASE_PATH + UPLOAD_PATH, async (c) => {
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
    const input = parseWith(UploadFile, Object.fromEntries(query), () => false) as UploadFile;
    try {
      // Who may not upload is told so before a byte of it is read.
      authorize(ctx, UPLOAD_PERMISSION[input.purpose], `upload:${input.name}`);
      const format = formatOf(request.headers.get("content-type"), input.purpose);
      if (Number(request.headers.get("content-length") ?? 0) > MAX_BYTES)
        throw new LarderError("payload_too_large", `A file may have at most ${MAX_BYTES / 1024 / 1024} MB`);
      const uploaded = await uploadFile(ctx, { ...input, format, body: chunksOf(request.body) });
      return Response.json(uploaded, {
        status: 201,
        headers: { "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff" },
      });
    } catch (error) {
      await recordRefusal(ctx, error);
      throw error;
    }
  });
}

/** A source names CSV and Parquet; the rows of a training set may come as JSON too. */
function formatOf(contentType: string | null, purpose: UploadFile["purpose"]): UploadedFile["format"] {
  const type = contentType?.split(";")[0]?.trim().toLowerCase();
  const formats = FORMATS.filter(([, format]) => purpose === "spine" || format !== "json");
  const known = formats.find(([media]) => media === type);
  if (known) return known[1];
  const types = formats.map(([media]) => media).join(" or ");
  throw new LarderError("unsupported_media_type", `Send the file itself as ${types}`);
}

/** A body in pieces. Throws `request_timeout` when it stops arriving. */
export async function* chunksOf(body: ReadableStream<Uint8Array> | null): AsyncGenerator<Uint8Array> {
  if (!body) return;
  const reader = body.getReader();
  let timer: NodeJS.Timeout | undefined;
  try {
    while (true) {
      const idle = new Promise<never>((_, reject) => {
        const stop = (): void => reject(new LarderError("request_timeout", "The file stopped arriving"));
        timer = setTimeout(stop, IDLE_MS);
      });
      const next = await Promise.race([reader.read(), idle]);
      clearTimeout(timer);
      if (next.done) return;
      yield next.value;
    }
  } finally {
    clearTimeout(timer);
    // Not awaited: a sender that never ends must not hold the answer back.
    void reader.cancel().catch(() => undefined);
  }
}

/** The endpoint as the OpenAPI document has it; `parameters` are those that every endpoint takes. */
export function uploadOperation(parameters: readonly Parameter[]): Operation {
  const name = UploadFile.shape.name;
  return {
    method: "post",
    path: UPLOAD_PATH,
    operationId: "postUploads",
    summary: "Upload a file that file sources of the project may read, or that has the rows of a training set",
    description:
      "The body is the file itself, at most 1 GB: CSV or Parquet, with purpose=spine JSON too. The path that is answered, upload:<id>.csv, goes into the paths of a file source, or into the spine of a training set.",
    tags: ["Sources"],
    parameters: [
      {
        name: "purpose",
        in: "query",
        schema: { type: "string", enum: ["source", "spine"], default: "source" },
        description: UploadFile.shape.purpose.description ?? "",
      },
      { name: "name", in: "query", schema: { type: "string", maxLength: 200 }, description: name.description ?? "" },
      ...parameters,
    ],
    requestBody: {
      required: true,
      content: Object.fromEntries(
        FORMATS.map(([media]) => [media, { schema: { type: "string", contentMediaType: media } }]),
      ),
    },
    responses: {
      201: {
        description: "The file is kept, and every value in it can be read",
        content: { "application/json": { schema: { $ref: "#/components/schemas/UploadedFile" } } },
      },
      ...problemResponsesWith([
        "payload_too_large",
        "unsupported_media_type",
        "unreadable_file",
        "request_timeout",
        "insufficient_storage",
        "resource_exhausted",
      ]),
    },
  };
}
