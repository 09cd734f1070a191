import { ERRORS, type ErrorCode, type ErrorIssue } from "@/lib/kernel/errors";
import { CliError } from "./error";

/** Talks to the HTTP API. Throws CliError with what the API said. */
export type Client = { call<T>(method: "GET" | "POST", path: string, body?: unknown): Promise<T> };

/** A client of the API at `url`. */
export function createClient(options: { url: string; project?: string; token?: string }): Client {
  return {
    call: async <T>(method: string, path: string, body?: unknown): Promise<T> => {
      const response = await fetch(`${options.url.replace(/\/$/, "")}/api/v1${path}`, {
        method,
        headers: {
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...(options.token ? { authorization: `Bearer ${options.token}` } : {}),
          ...(options.project ? { "x-larder-project": options.project } : {}),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }).catch((error: unknown) => {
        throw new CliError(`Larder does not answer at ${options.url}; is it running? (${String(error)})`, 6);
      });
      const answer: unknown = await response.json();
      if (!response.ok) throw problem(answer as Problem);
      return answer as T;
    },
  };
}

type Problem = { code?: ErrorCode; detail?: string; errors?: ErrorIssue[] };

function problem({ code, detail, errors = [] }: Problem): CliError {
  const issues = errors.map((issue) => {
    const place = issue.file ? `${issue.file}${issue.line ? `:${issue.line}` : ""}: ` : "";
    return `  ${place}${issue.detail}`;
  });
  const hint = code === "unauthenticated" ? "\nMake a token on the page API tokens, and set LARDER_TOKEN to it." : "";
  return new CliError(
    [`${detail ?? "Failed"} (${code ?? "unknown"})${hint}`, ...issues].join("\n"),
    code ? ERRORS[code].exit : 1,
  );
}
