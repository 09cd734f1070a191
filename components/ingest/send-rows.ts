import type { RowProblem, WrittenRows } from "@/lib/datasets/ingest-schema";

const TYPES: Record<string, string> = {
  csv: "text/csv",
  parquet: "application/vnd.apache.parquet",
  ndjson: "application/x-ndjson",
  jsonl: "application/x-ndjson",
  json: "application/json",
};

/** Media type of a file of rows by the end of its name; null: none that can be sent. */
export function typeOf(name: string): string | null {
  const end = name.toLowerCase().split(".").at(-1) ?? "";
  return Object.hasOwn(TYPES, end) ? (TYPES[end] ?? null) : null;
}

/** What the server answered: what was written, or what is wrong. */
export type SendAnswer =
  | { ok: true; written: WrittenRows; replayed: boolean }
  | { ok: false; detail: string; problems: RowProblem[] };

/** Sends rows to a group and tells how much has gone out, as a share. `key`: sent again, nothing is written twice. */
export function sendRows(
  group: string,
  given: { body: Blob | string; type: string; query: Record<string, string>; key: string },
  onShare: (share: number) => void,
  signal: AbortSignal,
): Promise<SendAnswer> {
  return new Promise((resolve) => {
    // Unlike fetch, it tells how far the sending is.
    const request = new XMLHttpRequest();
    const query = new URLSearchParams(given.query).toString();
    request.open("POST", `/api/v1/feature-groups/${encodeURIComponent(group)}/rows${query === "" ? "" : `?${query}`}`);
    request.setRequestHeader("content-type", given.type);
    request.setRequestHeader("idempotency-key", given.key);
    request.upload.onprogress = ({ loaded, total }) => onShare(total > 0 ? loaded / total : 0);
    const failed = (detail: string, problems: RowProblem[] = []): void => resolve({ ok: false, detail, problems });
    request.onload = () => {
      const body = parse(request.responseText);
      if (request.status === 201) {
        const replayed = request.getResponseHeader("idempotent-replayed") === "true";
        resolve({ ok: true, written: body as unknown as WrittenRows, replayed });
      } else
        failed(
          typeof body.detail === "string" ? body.detail : `The server answered ${request.status}.`,
          Array.isArray(body.errors) ? (body.errors as RowProblem[]) : [],
        );
    };
    request.onerror = () => failed("The rows did not arrive. Send them again: nothing is written twice.");
    request.onabort = () => failed("Sending was cancelled.");
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(given.body);
  });
}

function parse(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
