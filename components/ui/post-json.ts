import { fetchJson, RequestError } from "./fetch-json";
import type { AnswerError } from "./use-act";

/** Sends a form about signing in. These go to the API and not through an action: its answer sets the session's cookie. */
export async function postJson<T>(
  path: string,
  body: unknown,
): Promise<{ ok: true; data: T } | { ok: false; error: AnswerError }> {
  try {
    const headers = { "content-type": "application/json" };
    return { ok: true, data: await fetchJson<T>(path, { method: "POST", headers, body: JSON.stringify(body) }) };
  } catch (error) {
    return { ok: false, error: errorOf(error) };
  }
}

function errorOf(error: unknown): AnswerError {
  if (!(error instanceof RequestError))
    return {
      code: "unreachable",
      detail: "The server does not answer. Check the connection and try again.",
      issues: [],
    };
  return { ...error.problem, detail: error.message };
}
