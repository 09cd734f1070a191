/** An answer that was not 2xx, with the problem's own words where there are any. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  constructor(
    readonly status: number,
    message: string,
    /** Of the problem: its stable code, and what is wrong with which field. */
    readonly problem: { code: string; issues: { detail: string; pointer?: string }[] },
  ) {
    super(message);
  }
}

/** Fetches JSON from this product's API. Throws RequestError with the problem's detail when the answer is not 2xx. */
export async function fetchJson<T>(url: string, init?: RequestInit): Promise<T> {
  const response = await fetch(url, { ...init, headers: { accept: "application/json", ...init?.headers } });
  const body: unknown = await response.json().catch(() => null);
  if (response.ok) return body as T;
  const problem = (body ?? {}) as { detail?: unknown; title?: unknown; code?: unknown; errors?: unknown };
  const message = [problem.detail, problem.title].find((text): text is string => typeof text === "string");
  throw new RequestError(response.status, message ?? `The server answered ${response.status}.`, {
    code: typeof problem.code === "string" ? problem.code : "internal",
    issues: Array.isArray(problem.errors) ? problem.errors : [],
  });
}
