/** An answer that was not 2xx, with the problem's own words where there are any. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** Fetches JSON from this product's API. Throws RequestError with the problem's detail when the answer is not 2xx. */
export async function fetchJson<T>(url: string, init?: RequestInit): Promise<T> {
  const response = await fetch(url, { ...init, headers: { accept: "application/json", ...init?.headers } });
  const body: unknown = await response.json().catch(() => null);
  if (response.ok) return body as T;
  const problem = (body ?? {}) as { detail?: unknown; title?: unknown };
  const message = [problem.detail, problem.title].find((text): text is string => typeof text === "string");
  throw new RequestError(response.status, message ?? `The server answered ${response.status}.`);
}
