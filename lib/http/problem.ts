import { ERRORS, type ErrorCode, type ErrorIssue, isLarderError, LarderError } from "@/lib/kernel/errors";
import { isUnavailable } from "@/lib/platform/db";

/** RFC 9457, with the stable `code`, the id of the request, and what exactly is wrong. */
export type Problem = {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance?: string;
  code: ErrorCode;
  request_id: string;
  errors?: ErrorIssue[];
};

const RETRY_AFTER_SECONDS = "2";

/** Any error as a LarderError; what nobody foresaw becomes `internal` and keeps its cause for the log. */
export function toLarderError(error: unknown): LarderError {
  if (isLarderError(error)) return error.code in ERRORS ? error : internal(error);
  if (isLostDatabase(error)) {
    return new LarderError("dependency_unavailable", "The metadata database does not answer", [], { cause: error });
  }
  return internal(error);
}

/** The answer to a request that failed. Says nothing that the error did not mean to say. */
export function problem(
  error: unknown,
  requestId: string,
  options: { instance?: string; headers?: Record<string, string> } = {},
): Response {
  const known = toLarderError(error);
  const body = problemOf(known, requestId, options.instance);
  const { status } = body;
  const headers = new Headers(options.headers);
  headers.set("Content-Type", "application/problem+json");
  headers.set("Cache-Control", "no-store");
  headers.set("X-Content-Type-Options", "nosniff");
  if (status === 503 || known.code === "idempotency_in_progress") headers.set("Retry-After", RETRY_AFTER_SECONDS);
  if (known.retryAfterSeconds !== undefined) headers.set("Retry-After", String(known.retryAfterSeconds));
  if (status === 401) headers.set("WWW-Authenticate", "Bearer");
  return new Response(JSON.stringify(body), { status, headers });
}

/** The body of such an answer. */
export function problemOf(error: LarderError, requestId: string, instance?: string): Problem {
  const { status, title } = ERRORS[error.code];
  return {
    type: `urn:larder:problem:${error.code}`,
    title,
    status,
    detail: error.detail,
    ...(instance ? { instance } : {}),
    code: error.code,
    request_id: requestId,
    ...(error.issues.length > 0 ? { errors: error.issues } : {}),
  };
}

function internal(cause: unknown): LarderError {
  return new LarderError("internal", "Something went wrong on our side; the log has it under this request_id", [], {
    cause,
  });
}

/** Prisma wraps what the driver says, at most a few levels deep. A missing file (ENOENT by path) is no lost database. */
function isLostDatabase(error: unknown): boolean {
  for (let current = error, depth = 0; current instanceof Error && depth < 4; current = current.cause, depth++) {
    const isFile = "syscall" in current && "path" in current && current.syscall !== "connect";
    if (!isFile && isUnavailable(current)) return true;
    if (current.name === "PrismaClientInitializationError") return true;
    if (
      /DatabaseNotReachable|ConnectionClosed|Can't reach database|Connection terminated|connection timeout/i.test(
        current.message,
      )
    )
      return true;
  }
  return false;
}
