import { z } from "zod";
import type { ErrorCode } from "@/lib/kernel/errors";
import type { Column, Value } from "@/lib/kernel/values";
import type { Context } from "@/lib/platform/context";
import type { Vectors } from "@/lib/serving/answer-text";

export type Method = "get" | "post" | "put" | "patch" | "delete";

/** A table as CSV writes it; the type of a column decides what is text. */
export type Table = { columns: Column[]; rows: readonly (readonly Value[])[] };

/** What a download's verb answers. `byteCount` is null when it is not known before the end. */
export type FileAnswer = {
  fileName: string;
  byteCount: number | null;
  /** Of `DataFile`: what it is. */
  contentType?: string;
  stream: ReadableStream<Uint8Array>;
};

const isFile = (value: unknown): boolean => typeof value === "object" && value !== null && "stream" in value;

/** The outputs of routes that answer a file instead of JSON. */
export const ParquetFile = z.custom<FileAnswer>(isFile);
export const JsonLinesFile = z.custom<FileAnswer>(isFile);
/** A table in the form that is asked for: Parquet, CSV, JSON or an Arrow stream; `run` is told which. */
export const TableFile = z.custom<FileAnswer>(isFile);
/** Parquet or CSV, as the input says. */
export const DataFile = z.custom<FileAnswer>(isFile);

/** One endpoint: everything the door, the OpenAPI document and the tests know about it. */
export type Route<I extends z.ZodObject = z.ZodObject, O extends z.ZodType = z.ZodType> = {
  method: Method;
  /** Below /api/v1, parameters in braces: `/feature-groups/{name}`. */
  path: string;
  /** Path parameters together with the query (GET, DELETE) or the body (POST, PUT, PATCH). */
  input: I;
  output: O;
  /**
   * Calls the verb. A method, so that routes of all inputs fit one list. `signal`: the caller went away; `type`: the media
   * type of the answer; `key`: the Idempotency-Key, for verbs that keep it with what they write; `served`: is told what an
   * online read gave, to be counted.
   */
  run(
    ctx: Context,
    input: z.output<I>,
    options: { signal: AbortSignal; type: string; key: string | null; served(vectors: Vectors): void },
  ): Promise<z.output<O>>;
  status?: 200 | 201 | 202;
  summary: string;
  tags: readonly string[];
  description?: string;
  /** Codes of problems beyond those that every route may answer. */
  problems?: readonly ErrorCode[];
  /** A POST that writes nothing: it takes no Idempotency-Key. */
  readOnly?: boolean;
  /** Path below /api/v1 of what was created or started. */
  location?(output: z.output<O>): string;
  /** Offers text/csv too. */
  table?(output: z.output<O>): Table;
  /** What the answer warns of, for the Warning header. */
  warnings?(output: z.output<O>): string[];
  /** An online read: the name it is counted under, as on the data plane. */
  online?: string;
  /** Who may ask at all: members of the project (the default), anybody signed in, or anybody. */
  access?: "account" | "public";
  /**
   * `start`: the verb's answer has a `sessionToken`, which leaves as a cookie and not in the body; null starts none.
   * `end`: the session's cookie is taken back.
   */
  session?: "start" | "end";
  /** The answer has a secret that is shown this once: it is not kept to be replayed to an Idempotency-Key. */
  secret?: boolean;
  /** A change of what was read before: If-Match is required, and reaches the verb as `expectedRevision`. */
  conditional?: boolean;
  /** Revision of what is answered, for the ETag. */
  revision?(output: z.output<O>): number;
};

/** Declares an endpoint. Fields that its schema does not name are refused, whatever the schema says. */
export function route<I extends z.ZodObject, O extends z.ZodType>(definition: Route<I, O>): Route {
  const missing = pathNames(definition.path).find((name) => !(name in definition.input.shape));
  if (missing) throw new Error(`${definition.method} ${definition.path}: the input has no field ${missing}`);
  return definition as unknown as Route;
}

/** The parameters in a path. */
export function pathNames(path: string): string[] {
  return Array.from(path.matchAll(/\{(\w+)\}/g), (match) => match[1] as string);
}

/** Whether the rest of the input arrives as a body rather than in the query. */
export function hasBody(method: Method): boolean {
  return method === "post" || method === "put" || method === "patch";
}

/** Whether an Idempotency-Key counts: for writes, unless the answer has what must be kept nowhere. */
export function takesKey(definition: Route): boolean {
  return isWrite(definition) && definition.session === undefined && definition.secret !== true;
}

/** Whether a request to this route may change something. */
export function isWrite(definition: Route): boolean {
  return definition.method !== "get" && definition.readOnly !== true;
}
